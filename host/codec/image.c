// image.c - a decoded picture in memory.
#include "image.h"

#include "sys/pages.h"
#include "turn.h"
#include <stdlib.h>
#include <string.h>

int image_check_size(struct run *run, uint64_t width, uint64_t height)
{
    if (width == 0 || height == 0)
        return report(run, CODEC_FORMAT, "the picture is empty (%llu x %llu pixels)",
                      (unsigned long long)width, (unsigned long long)height);
    if (width > CODEC_MAX_SIDE || height > CODEC_MAX_SIDE)
        return report(run, CODEC_LIMIT, "the picture has %llu x %llu pixels, a side may have %d",
                      (unsigned long long)width, (unsigned long long)height, CODEC_MAX_SIDE);
    if (width * height > run->job->options.max_pixels)
        return report(run, CODEC_LIMIT,
                      "the picture has %llu x %llu pixels, more than %.1f megapixels",
                      (unsigned long long)width, (unsigned long long)height,
                      (double)run->job->options.max_pixels / 1e6);
    return 0;
}

static void set_shape(struct image *image, enum image_layout layout, int width, int height)
{
    image->layout = layout;
    image->width = width;
    image->height = height;
}

int image_alloc_raw(struct run *run, struct image *image, enum image_layout layout, int width,
                    int height)
{
    set_shape(image, layout, width, height);
    size_t length = (size_t)height * image_stride(image);
    image->pixels = malloc(length + IMAGE_PADDING);
    if (image->pixels == NULL)
        return report_memory(run);
    pages_prefer_huge(image->pixels, length);
    memset(image->pixels + length, 0, IMAGE_PADDING);
    return 0;
}

int image_alloc(struct run *run, struct image *image, enum image_layout layout, int width,
                int height)
{
    set_shape(image, layout, width, height);
    image->pixels = calloc((size_t)height * image_stride(image) + IMAGE_PADDING, 1);
    return image->pixels ? 0 : report_memory(run);
}

int image_keep_icc(struct run *run, struct image *image, const uint8_t *icc, size_t length)
{
    if (icc == NULL || length == 0 || length > CODEC_MAX_ICC)
        return 0;
    free(image->icc);
    image->icc_length = length;
    image->icc = malloc(length);
    if (image->icc == NULL)
        return report_memory(run);
    memcpy(image->icc, icc, length);
    return 0;
}

// Where the pixels of one upright row come from: a start in the stored picture and a step, both
// counted in pixels. `width` and `height` are the upright ones.
static void upright_row(struct turn turn, ptrdiff_t width, ptrdiff_t height, ptrdiff_t y,
                        ptrdiff_t *start, ptrdiff_t *step)
{
    ptrdiff_t down = turn.transpose ? 1 : width, across = turn.transpose ? height : 1;
    ptrdiff_t first = turn.mirror_x ? width - 1 : 0, row = turn.mirror_y ? height - 1 - y : y;
    *start = row * down + first * across;
    *step = turn.mirror_x ? -across : across;
}

int image_turn(struct run *run, struct image *image, int orientation)
{
    struct turn turn = turn_of(orientation);
    struct image turned = {0};
    if (turn_is_none(turn))
        return 0;
    if (image_alloc(run, &turned, image->layout, turn.transpose ? image->height : image->width,
                    turn.transpose ? image->width : image->height))
        return -1;
    ptrdiff_t channels = (ptrdiff_t)image_channels(image->layout);
    uint8_t *out = turned.pixels;
    for (int y = 0; y < turned.height; y++) {
        ptrdiff_t start, step;
        upright_row(turn, turned.width, turned.height, y, &start, &step);
        const uint8_t *in = image->pixels + start * channels;
        for (int x = 0; x < turned.width; x++, out += channels, in += step * channels)
            memcpy(out, in, (size_t)channels);
    }
    free(image->pixels);
    image->pixels = turned.pixels;
    image->width = turned.width;
    image->height = turned.height;
    return 0;
}

void image_flatten(struct image *image, const uint8_t background[3])
{
    if (image->layout != IMAGE_RGBA)
        return;
    size_t pixels = (size_t)image->width * (size_t)image->height;
    const uint8_t *in = image->pixels;
    uint8_t *out = image->pixels; // never overtakes `in`
    for (size_t i = 0; i < pixels; i++, in += 4, out += 3) {
        unsigned alpha = in[3];
        for (int c = 0; c < 3; c++)
            out[c] = image_blend(in[c], background[c], alpha);
    }
    image->layout = IMAGE_RGB;
}

void image_flatten_rows(struct image *image, const uint8_t background[3], int from, int to)
{
    size_t pixels = (size_t)image->width * (size_t)(to - from);
    uint8_t *at = image->pixels + (size_t)from * image_stride(image);
    for (size_t i = 0; i < pixels; i++, at += 4) {
        unsigned alpha = at[3];
        for (int c = 0; c < 3; c++)
            at[c] = image_blend(at[c], background[c], alpha);
    }
}

void image_free(struct image *image)
{
    free(image->pixels);
    free(image->icc);
    image->pixels = image->icc = NULL;
}
