// gif_read.c - pixels of the first frame, and facts, from a GIF, by giflib.
// Pixels that the frame does not cover, and those it marks so, are transparent.
#include "decoders.h"

#include <gif_lib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// What is said of one frame in front of it.
struct control {
    int transparent; // index of a colour, or -1
    unsigned milliseconds;
};

struct source {
    const uint8_t *bytes;
    size_t length, at;
};

static int on_read(GifFileType *gif, GifByteType *target, int count)
{
    struct source *s = gif->UserData;
    size_t wanted = count > 0 ? (size_t)count : 0;
    size_t there = s->length - s->at < wanted ? s->length - s->at : wanted;
    memcpy(target, s->bytes + s->at, there);
    s->at += there;
    return (int)there;
}

static int damaged(struct run *run, const GifFileType *gif, int error)
{
    const char *text = GifErrorString(gif ? gif->Error : error);
    return report(run, CODEC_FORMAT, "the GIF file is damaged or cut short: %s",
                  text ? text : "bad structure");
}

static int open_gif(struct run *run, struct source *source, GifFileType **gif)
{
    int error = 0;
    *gif = DGifOpen(source, on_read, &error);
    if (*gif == NULL)
        return damaged(run, NULL, error);
    if ((*gif)->SWidth <= 0 || (*gif)->SHeight <= 0)
        return report(run, CODEC_FORMAT, "the GIF file has an empty canvas");
    return 0;
}

// Reads an extension; a graphic control block is for the frame that follows.
static int read_extension(GifFileType *gif, struct control *control, struct codec_facts *facts)
{
    int code;
    GifByteType *block;
    if (DGifGetExtension(gif, &code, &block) == GIF_ERROR)
        return -1;
    if (block && code == GRAPHICS_EXT_FUNC_CODE && block[0] >= 4)
        *control = (struct control){block[1] & 1 ? block[4] : -1,
                                    10 * (unsigned)(block[2] | block[3] << 8)};
    if (code == COMMENT_EXT_FUNC_CODE)
        facts->extras |= CODEC_COMMENT;
    if (block && code == APPLICATION_EXT_FUNC_CODE && block[0] >= 8)
        facts->extras |= memcmp(block + 1, "XMP Data", 8) == 0 ? CODEC_XMP : 0;
    while (block)
        if (DGifGetExtensionNext(gif, &block) == GIF_ERROR)
            return -1;
    return 0;
}

// Goes to the next frame's description. 1: there is one, 0: the end, -1: damage.
static int next_frame(GifFileType *gif, struct control *control, struct codec_facts *facts)
{
    *control = (struct control){.transparent = -1};
    for (;;) {
        GifRecordType type;
        if (DGifGetRecordType(gif, &type) == GIF_ERROR)
            return -1;
        if (type == TERMINATE_RECORD_TYPE)
            return 0;
        if (type == IMAGE_DESC_RECORD_TYPE)
            return DGifGetImageDesc(gif) == GIF_ERROR ? -1 : 1;
        if (type == EXTENSION_RECORD_TYPE && read_extension(gif, control, facts))
            return -1;
    }
}

static int skip_pixels(GifFileType *gif)
{
    int size;
    GifByteType *block;
    if (DGifGetCode(gif, &size, &block) == GIF_ERROR)
        return -1;
    while (block)
        if (DGifGetCodeNext(gif, &block) == GIF_ERROR)
            return -1;
    return 0;
}

// Whether the frame in hand leaves parts of the canvas free.
static bool covers(const GifFileType *gif)
{
    const GifImageDesc *d = &gif->Image;
    return d->Left == 0 && d->Top == 0 && d->Width >= gif->SWidth && d->Height >= gif->SHeight;
}

static int count_frames(struct run *run, GifFileType *gif)
{
    struct codec_facts *facts = &run->answer->facts;
    struct control control;
    int more;
    while ((more = next_frame(gif, &control, facts)) == 1) {
        if (facts->frames == 0)
            facts->alpha = control.transparent >= 0 || !covers(gif);
        facts->duration += frame_milliseconds(control.milliseconds) / 1000.0;
        if (++facts->frames > CODEC_MAX_FRAMES)
            return report(run, CODEC_LIMIT, "the GIF file has more than %d frames",
                          CODEC_MAX_FRAMES);
        if (report_stopped(run))
            return -1;
        if (skip_pixels(gif))
            return damaged(run, gif, 0);
    }
    if (more < 0)
        return damaged(run, gif, 0);
    if (facts->frames == 0)
        return report(run, CODEC_FORMAT, "the GIF file holds no picture");
    facts->duration = facts->frames == 1 ? 0 : round(facts->duration * 100) / 100;
    return 0;
}

int gif_probe(struct run *run, const uint8_t *bytes, size_t length)
{
    struct source source = {bytes, length, 0};
    GifFileType *gif = NULL;
    run->answer->facts.frames = 0;
    run->answer->facts.depth = 8;
    strcpy(run->answer->facts.colour, "palette");
    int status = open_gif(run, &source, &gif);
    if (status == 0) {
        run->answer->facts.width = gif->SWidth;
        run->answer->facts.height = gif->SHeight;
        status = count_frames(run, gif);
    }
    DGifCloseFile(gif, NULL);
    return status;
}

// Rows of an interlaced frame come in four passes: the row for the n-th line of data.
static int interlaced_row(int n, int height)
{
    static const int start[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};
    for (int pass = 0; pass < 4; pass++) {
        int rows = (height - start[pass] + step[pass] - 1) / step[pass];
        if (n < rows)
            return start[pass] + n * step[pass];
        n -= rows > 0 ? rows : 0;
    }
    return 0;
}

// One row of colour indices to RGBA, the part of it that lies on the canvas.
static void put_row(const GifFileType *gif, const GifByteType *line, int row, int transparent,
                    struct image *image)
{
    const GifImageDesc *d = &gif->Image;
    const ColorMapObject *colors = d->ColorMap ? d->ColorMap : gif->SColorMap;
    int y = d->Top + row;
    if (y < 0 || y >= image->height)
        return;
    for (int i = 0; i < d->Width; i++) {
        int x = d->Left + i;
        if (x < 0 || x >= image->width || line[i] == transparent || line[i] >= colors->ColorCount)
            continue;
        uint8_t *p = image->pixels + (size_t)y * image_stride(image) + (size_t)x * 4;
        const GifColorType *c = &colors->Colors[line[i]];
        p[0] = c->Red, p[1] = c->Green, p[2] = c->Blue, p[3] = 255;
    }
}

static int read_frame(struct run *run, GifFileType *gif, int transparent, struct image *image)
{
    const GifImageDesc *d = &gif->Image;
    if (d->ColorMap == NULL && gif->SColorMap == NULL)
        return report(run, CODEC_FORMAT, "the GIF file has no colours");
    if (image_check_size(run, (uint64_t)d->Width, (uint64_t)d->Height))
        return -1;
    GifByteType *line = malloc((size_t)d->Width);
    if (line == NULL)
        return report_memory(run);
    int status = 0;
    for (int n = 0; status == 0 && n < d->Height; n++) {
        if (n % 64 == 0 && report_stopped(run))
            status = -1;
        else if (DGifGetLine(gif, line, d->Width) == GIF_ERROR)
            status = damaged(run, gif, 0);
        else
            put_row(gif, line, d->Interlace ? interlaced_row(n, d->Height) : n, transparent, image);
    }
    free(line);
    return status;
}

int gif_decode(struct run *run, const uint8_t *bytes, size_t length, struct image *image)
{
    struct source source = {bytes, length, 0};
    GifFileType *gif = NULL;
    struct codec_facts known = {0}; // by the probe
    struct control control;
    int status = open_gif(run, &source, &gif);
    if (status == 0)
        status = image_check_size(run, (uint64_t)gif->SWidth, (uint64_t)gif->SHeight);
    if (status == 0)
        status = image_alloc(run, image, IMAGE_RGBA, gif->SWidth, gif->SHeight);
    if (status == 0 && next_frame(gif, &control, &known) != 1)
        status = damaged(run, gif, 0);
    if (status == 0)
        status = read_frame(run, gif, control.transparent, image);
    DGifCloseFile(gif, NULL);
    return status;
}
