// resize.c - Lanczos3 resampling of a planned part of a picture, separable, vertical first: rows
// lie in one piece, so the inner loop runs over neighbours. The sums of rows keep 6 bits after the
// point, so that rounding costs nothing that can be seen.
#include "resize.h"

#include "axis.h"
#include "kernel.h"
#include <stdlib.h>
#include <string.h>

// One plane, or interleaved channels.
struct samples {
    uint8_t *bytes;
    size_t stride;
    int width, height, channels;
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

// `half` is 2 for chroma at half size.
static int make_grid(struct run *run, const struct curve *curve, const struct fit_plan *p, int half,
                     struct range range, const struct samples *from, const struct samples *to,
                     struct grid *grid)
{
    grid->base = (int32_t)((range.offset + 0.5) * (1 << KERNEL_BITS));
    struct mapping across = {p->from_x / half, p->from_w / p->w};
    struct mapping down = {p->from_y / half, p->from_h / p->h};
    if (axis_make(run, curve, &grid->across, across, to->width, from->width, range.gain))
        return -1;
    return axis_make(run, curve, &grid->down, down, to->height, from->height, 1);
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

static bool is_copy(const struct fit_plan *p)
{
    return p->from_w == p->w && p->from_h == p->h;
}

static void copy(const struct samples *source, int x, int y, const struct samples *out)
{
    const uint8_t *row =
        source->bytes + (size_t)y * source->stride + (size_t)x * (size_t)source->channels;
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
    if (is_copy(p)) {
        copy(&from, (int)p->from_x, (int)p->from_y, &to);
        return 0;
    }
    struct curve curve;
    struct grid grid = {0};
    axis_fill_curve(&curve);
    int status = make_grid(run, &curve, p, 1, SAME, &from, &to, &grid);
    if (status == 0)
        status = resample(run, &from, &grid, &to);
    free_grid(&grid);
    return status;
}

bool resize_takes_planes(const struct fit_plan *p)
{
    bool beside = p->w < p->width && (p->x % 2 || p->w % 2);
    bool above = p->h < p->height && (p->y % 2 || p->h % 2);
    bool between = is_copy(p) && ((int)p->from_x % 2 || (int)p->from_y % 2);
    return !beside && !above && !between;
}

static struct samples plane_of(const struct yuv *yuv, int plane)
{
    return (struct samples){yuv->plane[plane], yuv->stride[plane], yuv_side(plane, yuv->width),
                            yuv_side(plane, yuv->height), 1};
}

// Where the picture stands in the result's plane.
static struct samples place_of(const struct yuv *yuv, int plane, const struct fit_plan *p)
{
    int half = plane ? 2 : 1;
    struct samples place = plane_of(yuv, plane);
    place.bytes += (size_t)(p->y / half) * place.stride + (size_t)(p->x / half);
    place.width = yuv_side(plane, p->w);
    place.height = yuv_side(plane, p->h);
    return place;
}

static void copy_planes(const struct yuv *source, const struct fit_plan *p, const struct yuv *out)
{
    for (int plane = 0; plane < 3; plane++) {
        int half = plane ? 2 : 1;
        struct samples from = plane_of(source, plane), to = place_of(out, plane, p);
        copy(&from, (int)p->from_x / half, (int)p->from_y / half, &to);
    }
}

static int resample_planes(struct run *run, const struct yuv *source, const struct fit_plan *p,
                           const struct yuv *out)
{
    struct curve curve;
    struct grid grid = {0};
    int status = 0;
    axis_fill_curve(&curve);
    for (int plane = 0; status == 0 && plane < 3; plane++) {
        struct samples from = plane_of(source, plane), to = place_of(out, plane, p);
        if (plane < 2) { // both planes of chroma have the same
            free_grid(&grid);
            grid = (struct grid){0};
            status =
                make_grid(run, &curve, p, plane ? 2 : 1, plane ? CHROMA : LUMA, &from, &to, &grid);
        }
        if (status == 0)
            status = resample(run, &from, &grid, &to);
    }
    free_grid(&grid);
    return status;
}

int resize_planes(struct run *run, const struct yuv *source, const struct fit_plan *p,
                  struct yuv *out)
{
    if (yuv_alloc(run, out, p->width, p->height, false))
        return -1;
    out->full = !is_copy(p);
    if (p->w < p->width || p->h < p->height)
        yuv_fill(out, run->job->options.background);
    if (!is_copy(p))
        return resample_planes(run, source, p, out);
    copy_planes(source, p, out);
    return 0;
}
