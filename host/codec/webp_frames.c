// webp_frames.c - the frames of an animated WebP as they are shown, one after the other.
//
// What is under a frame is opaque from the start, the background that the job names: laying frame
// over frame on it gives the same picture as laying all of them on it at last. So there is one
// canvas, without alpha, and beside it no more than the frame in hand.
#include "decoders.h"

#include "colour.h"
#include "webp.h"
#include <string.h>

struct stage {
    struct run *run;
    struct image canvas; // owned, IMAGE_RGB
    WebPChunkIterator profile;
    frame_fn next;
    void *context;
};

static uint8_t *pixel(const struct image *image, int x, int y)
{
    return image->pixels + (size_t)y * image_stride(image) + (size_t)x * (size_t)image->layout;
}

// Makes the place of a frame background.
static void clear(const struct stage *s, const WebPIterator *frame)
{
    const uint8_t *background = s->run->job->options.background;
    for (int y = 0; y < frame->height; y++) {
        uint8_t *out = pixel(&s->canvas, frame->x_offset, frame->y_offset + y);
        for (int x = 0; x < frame->width; x++, out += 3)
            memcpy(out, background, 3);
    }
}

static void lay(const struct stage *s, const WebPIterator *frame, const struct image *image)
{
    for (int y = 0; y < image->height; y++) {
        uint8_t *out = pixel(&s->canvas, frame->x_offset, frame->y_offset + y);
        const uint8_t *in = pixel(image, 0, y);
        if (image->layout == IMAGE_RGB) {
            memcpy(out, in, image_stride(image));
            continue;
        }
        for (int x = 0; x < image->width; x++, in += 4, out += 3)
            for (int c = 0; c < 3; c++)
                out[c] = image_blend(in[c], out[c], in[3]);
    }
}

// The frame by itself, in sRGB.
static int decode(const struct stage *s, const WebPIterator *frame, struct image *image)
{
    WebPIterator alone = *frame;
    enum image_layout layout = frame->has_alpha ? IMAGE_RGBA : IMAGE_RGB;
    alone.x_offset = alone.y_offset = 0;
    if (image_check_size(s->run, (uint64_t)frame->width, (uint64_t)frame->height) ||
        image_alloc_raw(s->run, image, layout, frame->width, frame->height) ||
        webp_decode_frame(s->run, &alone, image) ||
        image_keep_icc(s->run, image, s->profile.chunk.bytes, s->profile.chunk.size))
        return -1;
    return colour_to_srgb(s->run, image);
}

static int show(struct stage *s, const WebPIterator *frame)
{
    int orientation = s->run->answer->facts.orientation;
    unsigned milliseconds = frame_milliseconds((unsigned)frame->duration);
    struct image turned = {0};
    if (orientation == 1)
        return s->next(s->context, &s->canvas, milliseconds);
    if (image_alloc_raw(s->run, &turned, IMAGE_RGB, s->canvas.width, s->canvas.height))
        return -1;
    memcpy(turned.pixels, s->canvas.pixels, image_stride(&turned) * (size_t)turned.height);
    int status = image_turn(s->run, &turned, orientation);
    if (status == 0)
        status = s->next(s->context, &turned, milliseconds);
    image_free(&turned);
    return status;
}

static int play(struct stage *s, const WebPIterator *frame)
{
    struct image image = {0};
    if (frame->x_offset < 0 || frame->y_offset < 0 ||
        frame->x_offset > s->canvas.width - frame->width ||
        frame->y_offset > s->canvas.height - frame->height)
        return report(s->run, CODEC_FORMAT, "the WebP file is damaged: a frame outside its canvas");
    int status = decode(s, frame, &image);
    if (status == 0 && frame->blend_method == WEBP_MUX_NO_BLEND)
        clear(s, frame);
    if (status == 0)
        lay(s, frame, &image);
    image_free(&image);
    if (status == 0)
        status = show(s, frame);
    if (status == 0 && frame->dispose_method == WEBP_MUX_DISPOSE_BACKGROUND)
        clear(s, frame);
    return status;
}

static int play_all(struct stage *s, WebPDemuxer *demuxer)
{
    WebPIterator frame;
    WebPIterator whole = {.width = (int)WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH),
                          .height = (int)WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT)};
    if (image_check_size(s->run, (uint64_t)whole.width, (uint64_t)whole.height) ||
        image_alloc_raw(s->run, &s->canvas, IMAGE_RGB, whole.width, whole.height))
        return -1;
    clear(s, &whole);
    if (!WebPDemuxGetFrame(demuxer, 1, &frame))
        return report(s->run, CODEC_FORMAT, "the WebP file is damaged");
    int status;
    do
        status = report_stopped(s->run) ? -1 : play(s, &frame);
    while (status == 0 && WebPDemuxNextFrame(&frame));
    WebPDemuxReleaseIterator(&frame);
    return status;
}

int webp_frames(struct run *run, const uint8_t *bytes, size_t length, frame_fn next, void *context)
{
    struct stage s = {.run = run, .next = next, .context = context};
    WebPDemuxer *demuxer;
    if (webp_open(run, bytes, length, &demuxer))
        return -1;
    bool profiled = WebPDemuxGetChunk(demuxer, "ICCP", 1, &s.profile) != 0;
    int status = play_all(&s, demuxer);
    if (profiled)
        WebPDemuxReleaseChunkIterator(&s.profile);
    WebPDemuxDelete(demuxer);
    image_free(&s.canvas);
    return status;
}
