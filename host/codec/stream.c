// stream.c - a still WebP that keeps its size, encoded while it is decoded: rows are flattened and
// compressed while the cache holds them, and little of the picture is there at a time. That matters
// for alpha and for lossless pictures, of which libwebp has a copy of its own.
#include "stream.h"

#include "decoders.h"
#include <string.h>

struct stream {
    struct run *run;
    struct jpeg_writer *writer;
    struct yuv planes; // both are views of what the decoder has
    struct image pixels;
    bool planar, alpha;
    int height, flat; // rows, and those on the background
    bool ended;       // the writer takes no more
};

bool stream_takes(struct run *run, const uint8_t *bytes, size_t length)
{
    const struct codec_facts *facts = &run->answer->facts;
    bool planar;
    return strcmp(facts->format, "webp") == 0 && facts->orientation == 1 && !facts->icc &&
           webp_is_still(bytes, length, &planar) && (facts->alpha || !planar);
}

static void flatten(struct stream *s, int ready)
{
    const uint8_t *background = s->run->job->options.background;
    if (s->planar)
        yuv_flatten(&s->planes, background, s->flat, ready);
    else
        image_flatten_rows(&s->pixels, background, s->flat, ready);
}

static int on_rows(void *context, int ready)
{
    struct stream *s = context;
    ready -= ready < s->height ? ready % 2 : 0; // whole rows of chroma
    if (report_stopped(s->run))
        return -1;
    if (s->alpha && ready > s->flat)
        flatten(s, ready);
    s->flat = ready;
    int done = s->planar ? jpeg_add_planes(s->writer, &s->planes, ready)
                         : jpeg_add(s->writer, &s->pixels, ready);
    s->ended = done < 0;
    return done;
}

int stream_convert(struct run *run, const uint8_t *bytes, size_t length, struct jpeg_result *result)
{
    const struct codec_facts *facts = &run->answer->facts;
    struct stream s = {.run = run, .alpha = facts->alpha, .height = facts->height};
    if (!webp_is_still(bytes, length, &s.planar))
        return report(run, CODEC_FORMAT, "the WebP file is damaged");
    s.writer = jpeg_open(run, facts->width, facts->height, s.planar,
                         facts->alpha ? IMAGE_RGBA : IMAGE_RGB, result);
    if (s.writer == NULL)
        return -1;
    struct yuv *planes = s.planar ? &s.planes : NULL;
    struct image *pixels = s.planar ? NULL : &s.pixels;
    int status = webp_decode_bands(run, bytes, length, planes, pixels, on_rows, &s);
    if (jpeg_close(s.writer, result))
        return -1;
    return s.ended ? 0 : status; // too long: there is no result
}
