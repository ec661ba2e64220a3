// backdrop.c - what stands beside a padded picture, when it is made of the picture itself.
#include "backdrop.h"

#include "resize.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COARSE 24 // a blurred picture is worked on at this part of its size
#define BLUR_ROUNDS 2

bool backdrop_is_needed(const struct fit_plan *p)
{
    return p->w < p->width || p->h < p->height;
}

static uint8_t *pixel(const struct image *image, int x, int y)
{
    return image->pixels + (size_t)y * image_stride(image) + (size_t)x * 3;
}

static void repeat(uint8_t *out, const uint8_t colour[3], int count)
{
    for (int i = 0; i < count; i++)
        memcpy(out + (size_t)i * 3, colour, 3);
}

static void fill_edges(const struct fit_plan *p, struct image *out)
{
    size_t stride = image_stride(out);
    int right = p->x + p->w, bottom = p->y + p->h;
    for (int y = p->y; y < bottom; y++) {
        repeat(pixel(out, 0, y), pixel(out, p->x, y), p->x);
        if (right < out->width)
            repeat(pixel(out, right, y), pixel(out, right - 1, y), out->width - right);
    }
    for (int y = 0; y < p->y; y++)
        memcpy(pixel(out, 0, y), pixel(out, 0, p->y), stride);
    for (int y = bottom; y < out->height; y++)
        memcpy(pixel(out, 0, y), pixel(out, 0, bottom - 1), stride);
}

// The middle of the source that has the canvas' shape, small.
static struct fit_plan plan_cover(const struct image *source, const struct fit_plan *p)
{
    struct fit_plan cover = {0};
    cover.width = cover.w = p->width / COARSE + 2;
    cover.height = cover.h = p->height / COARSE + 2;
    double factor = fmin((double)source->width / p->width, (double)source->height / p->height);
    cover.from_w = p->width * factor;
    cover.from_h = p->height * factor;
    cover.from_x = (source->width - cover.from_w) / 2;
    cover.from_y = (source->height - cover.from_h) / 2;
    return cover;
}

// The mean of three neighbours, along rows (step 3) or columns (step of a row), into `out`.
static void smooth(const struct image *in, uint8_t *out, bool along)
{
    size_t stride = image_stride(in);
    for (int y = 0; y < in->height; y++)
        for (int x = 0; x < in->width; x++) {
            const uint8_t *here = pixel(in, x, y);
            bool first = along ? x == 0 : y == 0;
            bool last = along ? x == in->width - 1 : y == in->height - 1;
            size_t step = along ? 3 : stride;
            const uint8_t *before = first ? here : here - step, *after = last ? here : here + step;
            uint8_t *to = out + (size_t)y * stride + (size_t)x * 3;
            for (int c = 0; c < 3; c++)
                to[c] = (uint8_t)((before[c] + 2 * here[c] + after[c] + 2) / 4);
        }
}

static int blur(struct run *run, struct image *small)
{
    size_t length = (size_t)small->height * image_stride(small);
    uint8_t *other = malloc(length);
    if (other == NULL)
        return report_memory(run);
    for (int round = 0; round < 2 * BLUR_ROUNDS; round++) {
        smooth(small, other, round % 2);
        memcpy(small->pixels, other, length);
    }
    free(other);
    return 0;
}

// What lies beside the picture, from an image of the same size.
static void copy_room(const struct image *from, const struct fit_plan *p, struct image *out)
{
    size_t stride = image_stride(out);
    int right = p->x + p->w;
    for (int y = 0; y < out->height; y++) {
        if (y < p->y || y >= p->y + p->h) {
            memcpy(pixel(out, 0, y), pixel(from, 0, y), stride);
            continue;
        }
        memcpy(pixel(out, 0, y), pixel(from, 0, y), (size_t)p->x * 3);
        if (right < out->width)
            memcpy(pixel(out, right, y), pixel(from, right, y), (size_t)(out->width - right) * 3);
    }
}

static int fill_blurred(struct run *run, const struct image *source, const struct fit_plan *p,
                        struct image *out)
{
    struct image small = {0}, large = {0};
    struct fit_plan cover = plan_cover(source, p);
    int status = resize(run, source, &cover, &small);
    struct fit_plan back = {.width = p->width,
                            .height = p->height,
                            .w = p->width,
                            .h = p->height,
                            .from_w = small.width,
                            .from_h = small.height};
    if (status == 0)
        status = blur(run, &small);
    if (status == 0)
        status = resize(run, &small, &back, &large);
    if (status == 0)
        copy_room(&large, p, out);
    image_free(&small);
    image_free(&large);
    return status;
}

int backdrop_fill(struct run *run, const struct image *source, const struct fit_plan *plan,
                  struct image *out)
{
    enum codec_backdrop kind = run->job->options.backdrop;
    if (kind == CODEC_COLOUR || !backdrop_is_needed(plan))
        return 0;
    if (kind == CODEC_BLUR)
        return fill_blurred(run, source, plan, out);
    fill_edges(plan, out);
    return 0;
}
