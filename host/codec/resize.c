// resize.c - Lanczos3 resampling of a planned part of a picture, separable, vertical first: rows
// lie in one piece, so the inner loop runs over neighbours. The sums of rows keep 6 bits after the
// point, so that rounding costs nothing that can be seen.
#include "resize.h"

#include "axis.h"
#include "kernel.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// One plane, or interleaved channels.
struct samples {
    uint8_t *bytes;
    size_t stride;
    int width, height, channels;
};

// Where the positions of a result lie in their source.
struct place {
    struct mapping across, down;
};

// How the positions of a result are made; planes of the same size share it.
struct grid {
    struct axis across, down;
    int32_t base; // of the sums
};

// What a value becomes on the way. Planes leave in full range: to round them once more for that
// would cost up to 1 dB.
struct range {
    double gain, offset;
};
static const struct range SAME = {1, 0};
static const struct range LUMA = {255.0 / 219, -16 * 255.0 / 219};
static const struct range CHROMA = {255.0 / 224, 128 - 128 * 255.0 / 224};

static uint8_t to_byte(int32_t sum)
{
    int32_t value = (sum + (1 << (KERNEL_BITS - 1))) >> KERNEL_BITS;
    return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)value;
}

static void sum_pixels(const int16_t *in, const struct axis *axis, int width, uint8_t *out)
{
    for (int x = 0; x < width; x++, out += 3) {
        const int16_t *weights = axis->weights + (size_t)x * (size_t)axis->room;
        const int16_t *window = in + (size_t)axis->first[x] * 3;
        int32_t sum[3] = {0};
        for (int t = 0; t < axis->taps; t++, window += 3)
            for (int c = 0; c < 3; c++)
                sum[c] += weights[t] * window[c];
        for (int c = 0; c < 3; c++)
            out[c] = to_byte(sum[c]);
    }
}

static int make_grid(struct run *run, const struct curve *curve, const struct place *place,
                     struct range range, const struct samples *from, const struct samples *to,
                     struct grid *grid)
{
    grid->base = (int32_t)((range.offset + 0.5) * (1 << KERNEL_BITS));
    if (axis_make(run, curve, &grid->across, place->across, to->width, from->width, range.gain))
        return -1;
    return axis_make(run, curve, &grid->down, place->down, to->height, from->height, 1);
}

static void free_grid(struct grid *grid)
{
    axis_free(&grid->across);
    axis_free(&grid->down);
}

// Sums of rows are as wide as the source. Blocks reach beyond a row, into the next or, after the
// last one, into the padding that every picture has.
static int resample(struct run *run, const struct samples *source, const struct grid *grid,
                    const struct samples *out)
{
    const struct kernel *kernel = kernel_choose();
    const struct axis *across = &grid->across, *down = &grid->down;
    size_t length = (size_t)source->width * (size_t)source->channels;
    int16_t *sum = calloc(length + KERNEL_BLOCK + KERNEL_TAPS, sizeof *sum);
    if (sum == NULL)
        return report_memory(run);
    for (int y = 0; y < out->height && !(y % 16 == 0 && report_stopped(run)); y++) {
        uint8_t *row = out->bytes + (size_t)y * out->stride;
        kernel->rows(source->bytes + (size_t)down->first[y] * source->stride, source->stride,
                     down->weights + (size_t)y * (size_t)down->room, down->taps, length, sum);
        if (source->channels == 1)
            kernel->columns(sum, across->first, across->weights, across->room, grid->base,
                            out->width, row);
        else
            sum_pixels(sum, across, out->width, row);
    }
    free(sum);
    return run->answer->status ? -1 : 0;
}

static bool is_whole(const struct mapping *map)
{
    return map->scale == 1 && map->from == floor(map->from);
}

// Each position is one of the source.
static bool is_copy(const struct place *place)
{
    return is_whole(&place->across) && is_whole(&place->down);
}

static struct place place_pixels(const struct fit_plan *p)
{
    return (struct place){{p->from_x, p->from_w / p->w}, {p->from_y, p->from_h / p->h}};
}

static void copy(const struct samples *source, const struct place *place, const struct samples *out)
{
    const uint8_t *row = source->bytes + (size_t)place->down.from * source->stride +
                         (size_t)place->across.from * (size_t)source->channels;
    for (int i = 0; i < out->height; i++, row += source->stride)
        memcpy(out->bytes + (size_t)i * out->stride, row,
               (size_t)out->width * (size_t)out->channels);
}

int resize(struct run *run, const struct image *source, const struct fit_plan *p, struct image *out)
{
    if (image_alloc(run, out, IMAGE_RGB, p->width, p->height))
        return -1;
    const uint8_t *background = run->job->options.background;
    size_t pixels = (size_t)p->width * (size_t)p->height;
    if (p->w < p->width || p->h < p->height)
        for (size_t i = 0; i < pixels; i++)
            memcpy(out->pixels + i * 3, background, 3);
    struct samples from = {source->pixels, image_stride(source), source->width, source->height, 3};
    struct samples to = {out->pixels + (size_t)p->y * image_stride(out) + (size_t)p->x * 3,
                         image_stride(out), p->w, p->h, 3};
    struct place place = place_pixels(p);
    if (is_copy(&place)) {
        copy(&from, &place, &to);
        return 0;
    }
    struct curve curve;
    struct grid grid = {0};
    axis_fill_curve(&curve);
    int status = make_grid(run, &curve, &place, SAME, &from, &to, &grid);
    if (status == 0)
        status = resample(run, &from, &grid, &to);
    free_grid(&grid);
    return status;
}

bool resize_takes_planes(const struct fit_plan *p)
{
    bool beside = p->w < p->width && (p->x % 2 || p->w % 2);
    bool above = p->h < p->height && (p->y % 2 || p->h % 2);
    return !beside && !above;
}

static struct samples plane_of(const struct yuv *yuv, int plane)
{
    return (struct samples){yuv->plane[plane], yuv->stride[plane], yuv_width(yuv, plane),
                            yuv_height(yuv, plane), 1};
}

// Where the picture stands in the result's plane.
static struct samples part_of(const struct yuv *yuv, int plane, const struct fit_plan *p)
{
    int half = plane ? 2 : 1;
    struct samples part = plane_of(yuv, plane);
    part.bytes += (size_t)(p->y / half) * part.stride + (size_t)(p->x / half);
    part.width = yuv_side(plane, p->w);
    part.height = yuv_side(plane, p->h);
    return part;
}

// `apart` pixels of the source are one sample of its chroma, two of the result one of that.
static struct mapping map_chroma(const struct mapping *pixels, int shift, int apart)
{
    return (struct mapping){(pixels->from - shift * pixels->scale) / apart,
                            pixels->scale * 2 / apart};
}

static struct place place_chroma(const struct fit_plan *p, const struct yuv *source)
{
    struct place pixels = place_pixels(p);
    return (struct place){map_chroma(&pixels.across, p->chroma_x, source->across),
                          map_chroma(&pixels.down, p->chroma_y, source->down)};
}

// One kind of plane: luma, or both of chroma, which have the same grid.
static int resize_kind(struct run *run, const struct curve *curve, const struct yuv *source,
                       const struct fit_plan *p, const struct yuv *out, bool chroma)
{
    struct place place = chroma ? place_chroma(p, source) : place_pixels(p);
    struct grid grid = {0};
    int status = 0, first = chroma ? 1 : 0, last = chroma ? 2 : 0;
    bool widen = out->full && !source->full;
    for (int plane = first; status == 0 && plane <= last; plane++) {
        struct samples from = plane_of(source, plane), to = part_of(out, plane, p);
        if (is_copy(&place)) {
            copy(&from, &place, &to);
            continue;
        }
        if (plane == first)
            status = make_grid(run, curve, &place,
                               !widen   ? SAME
                               : chroma ? CHROMA
                                        : LUMA,
                               &from, &to, &grid);
        if (status == 0)
            status = resample(run, &from, &grid, &to);
    }
    free_grid(&grid);
    return status;
}

int resize_planes(struct run *run, const struct yuv *source, const struct fit_plan *p,
                  struct yuv *out)
{
    struct curve curve;
    struct place pixels = place_pixels(p);
    if (yuv_alloc(run, out, p->width, p->height, false))
        return -1;
    out->full = source->full || !is_copy(&pixels);
    if (p->w < p->width || p->h < p->height)
        yuv_fill(out, run->job->options.background);
    axis_fill_curve(&curve);
    if (resize_kind(run, &curve, source, p, out, false))
        return -1;
    return resize_kind(run, &curve, source, p, out, true);
}
