// webp_read.c - pixels of the first frame, and facts, from a WebP, by libwebp and libwebpdemux.
#include "decoders.h"

#include "colour.h"
#include "input.h"
#include "metadata.h"
#include "webp.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <webp/decode.h>

#define MAX_TIMED 2000 // frames

static int damaged(struct run *run)
{
    return report(run, CODEC_FORMAT, "the WebP file is damaged");
}

// The length that the container claims must be there: the rest of a download may be missing.
static int check_length(struct run *run, const uint8_t *bytes, size_t length)
{
    if (length < 12)
        return report(run, CODEC_FORMAT, "the WebP file is cut short");
    uint64_t claimed = (uint64_t)input_le32(bytes + 4) + 8;
    if (claimed > length)
        return report(run, CODEC_FORMAT, "the WebP file is cut short: %zu of %llu bytes", length,
                      (unsigned long long)claimed);
    return 0;
}

int webp_open(struct run *run, const uint8_t *bytes, size_t length, WebPDemuxer **demuxer)
{
    WebPData data = {bytes, length};
    *demuxer = NULL;
    if (check_length(run, bytes, length))
        return -1;
    *demuxer = WebPDemux(&data);
    return *demuxer ? 0 : damaged(run);
}

// The chunk of that name, as long as the demuxer lives; NULL when there is none.
static const uint8_t *find_chunk(WebPDemuxer *demuxer, const char *name, size_t *length)
{
    WebPChunkIterator chunk;
    if (!WebPDemuxGetChunk(demuxer, name, 1, &chunk))
        return NULL;
    const uint8_t *bytes = chunk.chunk.bytes;
    *length = chunk.chunk.size;
    WebPDemuxReleaseChunkIterator(&chunk);
    return bytes;
}

static void read_blocks(struct codec_facts *facts, WebPDemuxer *demuxer)
{
    struct metadata found = {0};
    size_t length = 0;
    found.exif = find_chunk(demuxer, "EXIF", &found.exif_length);
    found.xmp = find_chunk(demuxer, "XMP ", &found.xmp_length);
    const uint8_t *icc = find_chunk(demuxer, "ICCP", &length);
    facts->icc = icc != NULL;
    if (icc)
        colour_name(icc, length, facts->profile, sizeof facts->profile);
    facts->extras = facts->icc ? CODEC_ICC : 0;
    metadata_read(&found, facts);
}

// Of an animation that could be one for people: each step to a frame is a search for it.
static void add_durations(struct codec_facts *facts, WebPIterator *frame)
{
    if (facts->frames < 2 || facts->frames > MAX_TIMED)
        return;
    do
        facts->duration += frame_milliseconds((unsigned)frame->duration) / 1000.0;
    while (WebPDemuxNextFrame(frame));
    facts->duration = round(facts->duration * 1000) / 1000;
}

static int read_facts(struct run *run, WebPDemuxer *demuxer)
{
    struct codec_facts *facts = &run->answer->facts;
    WebPBitstreamFeatures features;
    WebPIterator frame;
    facts->width = (int)WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH);
    facts->height = (int)WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT);
    facts->frames = WebPDemuxGetI(demuxer, WEBP_FF_FRAME_COUNT);
    read_blocks(facts, demuxer);
    if (!WebPDemuxGetFrame(demuxer, 1, &frame))
        return damaged(run);
    facts->alpha = frame.has_alpha || frame.width < facts->width || frame.height < facts->height;
    facts->depth = 8;
    bool known =
        WebPGetFeatures(frame.fragment.bytes, frame.fragment.size, &features) == VP8_STATUS_OK;
    snprintf(facts->colour, sizeof facts->colour, "%s",
             known && features.format == 2 ? "rgb" : "ycbcr");
    add_durations(facts, &frame);
    WebPDemuxReleaseIterator(&frame);
    return 0;
}

int webp_probe(struct run *run, const uint8_t *bytes, size_t length)
{
    WebPDemuxer *demuxer;
    if (webp_open(run, bytes, length, &demuxer))
        return -1;
    int status = read_facts(run, demuxer);
    WebPDemuxDelete(demuxer);
    if ((uint64_t)input_le32(bytes + 4) + 8 < length)
        run->answer->facts.extras |= CODEC_TRAILER;
    return status;
}

int webp_decode_frame(struct run *run, const WebPIterator *frame, struct image *image)
{
    WebPDecoderConfig config;
    if (frame->x_offset < 0 || frame->y_offset < 0 ||
        frame->x_offset > image->width - frame->width ||
        frame->y_offset > image->height - frame->height)
        return report(run, CODEC_FORMAT, "the WebP file is damaged: a frame outside its canvas");
    if (!WebPInitDecoderConfig(&config) ||
        WebPGetFeatures(frame->fragment.bytes, frame->fragment.size, &config.input) !=
            VP8_STATUS_OK ||
        config.input.width != frame->width || config.input.height != frame->height)
        return damaged(run);
    size_t stride = image_stride(image);
    size_t start =
        (size_t)frame->y_offset * stride + (size_t)frame->x_offset * image_channels(image->layout);
    config.output.colorspace = image->layout == IMAGE_RGBA ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = image->pixels + start;
    config.output.u.RGBA.stride = (int)stride;
    config.output.u.RGBA.size = stride * (size_t)image->height - start;
    VP8StatusCode code = WebPDecode(frame->fragment.bytes, frame->fragment.size, &config);
    WebPFreeDecBuffer(&config.output);
    if (code == VP8_STATUS_OUT_OF_MEMORY)
        return report_memory(run);
    return code == VP8_STATUS_OK ? 0 : damaged(run);
}

static int decode_first(struct run *run, WebPDemuxer *demuxer, struct image *image)
{
    WebPIterator frame;
    uint32_t width = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH);
    uint32_t height = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT);
    if (image_check_size(run, width, height))
        return -1;
    if (!WebPDemuxGetFrame(demuxer, 1, &frame))
        return damaged(run);
    bool beside = frame.width < (int)width || frame.height < (int)height;
    enum image_layout layout = frame.has_alpha || beside ? IMAGE_RGBA : IMAGE_RGB;
    int status = beside ? image_alloc(run, image, layout, (int)width, (int)height)
                        : image_alloc_raw(run, image, layout, (int)width, (int)height);
    if (status == 0)
        status = webp_decode_frame(run, &frame, image);
    WebPDemuxReleaseIterator(&frame);
    return status;
}

int webp_decode(struct run *run, const uint8_t *bytes, size_t length, struct image *image)
{
    WebPDemuxer *demuxer;
    WebPChunkIterator chunk;
    if (webp_open(run, bytes, length, &demuxer))
        return -1;
    int status = decode_first(run, demuxer, image);
    if (status == 0 && WebPDemuxGetChunk(demuxer, "ICCP", 1, &chunk)) {
        status = image_keep_icc(run, image, chunk.chunk.bytes, chunk.chunk.size);
        WebPDemuxReleaseChunkIterator(&chunk);
    }
    WebPDemuxDelete(demuxer);
    return status;
}
