// resize.c - Lanczos3 resampling of a planned part of a picture, separable, vertical first: rows
// lie in one piece, so the inner loop runs over neighbours.
//
// Weights have 14 bits after the point and sum to exactly 1; the sums of rows keep 6 bits, so that
// rounding costs nothing that can be seen.
#include "resize.h"

#include "kernel.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOBES 3
#define STEPS 512 // of the curve for each lobe
#define WEIGHT_BITS 14

// One plane, or interleaved channels.
struct samples {
    uint8_t *bytes;
    size_t stride;
    int width, height, channels;
};

// For each output position, which source positions count and how much.
struct axis {
    int taps, room;   // weights that count, and those that are stored
    int *first;       // owned; three more than positions, as for the weights
    int16_t *weights; // owned: `room` for each output position
};

// Where an output position lies in the source: from + (i + 0.5) * scale.
struct mapping {
    double from, scale;
};

static double lanczos(double x)
{
    const double pi = 3.14159265358979323846;
    if (x < 1e-9)
        return 1;
    if (x >= LOBES)
        return 0;
    return LOBES * sin(pi * x) * sin(pi * x / LOBES) / (pi * pi * x * x);
}

// Sines for each weight would take longer than the resampling.
struct curve {
    double at[LOBES * STEPS + 2];
};

static void fill_curve(struct curve *curve)
{
    for (int i = 0; i < LOBES * STEPS + 2; i++)
        curve->at[i] = lanczos((double)i / STEPS);
}

static double look_up(const struct curve *curve, double x)
{
    double at = fmin(fabs(x), LOBES) * STEPS;
    int i = (int)at;
    return curve->at[i] + (curve->at[i + 1] - curve->at[i]) * (at - i);
}

// The window of one output position. What rounding takes from a weight goes to the next one, so
// that the sum is exact however many there are.
static void fill_window(const struct curve *curve, const struct axis *axis, int i, double centre,
                        double stretch, int limit)
{
    int16_t *weights = axis->weights + (size_t)i * (size_t)axis->room;
    int first = (int)floor(centre - LOBES * stretch + 0.5);
    first = first < 0 ? 0 : first;
    if (first > limit - axis->taps)
        first = limit - axis->taps;
    double sum = 0, part = 0;
    for (int t = 0; t < axis->taps; t++)
        sum += look_up(curve, (first + t + 0.5 - centre) / stretch);
    int last = 0;
    for (int t = 0; t < axis->taps; t++) {
        part += look_up(curve, (first + t + 0.5 - centre) / stretch) / sum * (1 << WEIGHT_BITS);
        int now = (int)floor(part + 0.5);
        weights[t] = (int16_t)(now - last);
        last = now;
    }
    axis->first[i] = first;
}

// `out` positions in a source with `limit` positions.
static int make_axis(struct run *run, struct axis *axis, struct mapping map, int out, int limit)
{
    struct curve curve;
    double stretch = map.scale > 1 ? map.scale : 1;
    double taps = ceil(LOBES * stretch * 2) + 1;
    axis->taps = taps < limit ? (int)taps : limit;
    axis->room = (axis->taps + KERNEL_TAPS - 1) / KERNEL_TAPS * KERNEL_TAPS;
    axis->first = calloc((size_t)out + 3, sizeof *axis->first);
    axis->weights = calloc(((size_t)out + 3) * (size_t)axis->room, sizeof *axis->weights);
    if (axis->first == NULL || axis->weights == NULL)
        return report_memory(run);
    fill_curve(&curve);
    for (int i = 0; i < out; i++)
        fill_window(&curve, axis, i, map.from + (i + 0.5) * map.scale, stretch, limit);
    return 0;
}

static void free_axis(struct axis *axis)
{
    free(axis->first);
    free(axis->weights);
}

// One source-wide row of sums. Blocks reach beyond a row, into the next or, after the last one,
// into the padding that every picture has.
static void sum_rows(const struct samples *source, const struct axis *axis, int y, int16_t *out)
{
    size_t length = (size_t)source->width * (size_t)source->channels;
    const uint8_t *rows = source->bytes + (size_t)axis->first[y] * source->stride;
    const int16_t *weights = axis->weights + (size_t)y * (size_t)axis->room;
    for (size_t i = 0; i < length; i += KERNEL_BLOCK)
        kernel_rows(rows + i, source->stride, weights, axis->taps, out + i);
}

static void sum_columns(const int16_t *in, const struct axis *axis, int width, uint8_t *out)
{
    uint8_t last[4] = {0};
    size_t room = (size_t)axis->room;
    for (int x = 0; x < width; x += 4) {
        bool whole = x + 4 <= width;
        kernel_columns(in, axis->first + x, axis->weights + (size_t)x * room, axis->room,
                       whole ? out + x : last);
        if (!whole)
            memcpy(out + x, last, (size_t)(width - x));
    }
}

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

static int resample(struct run *run, const struct samples *source, struct mapping across_map,
                    struct mapping down_map, const struct samples *out)
{
    struct axis across = {0}, down = {0};
    size_t length = (size_t)source->width * (size_t)source->channels + KERNEL_BLOCK;
    int16_t *sum = calloc(length, sizeof *sum);
    if (sum == NULL)
        return report_memory(run);
    int status = make_axis(run, &across, across_map, out->width, source->width);
    if (status == 0)
        status = make_axis(run, &down, down_map, out->height, source->height);
    for (int y = 0; status == 0 && y < out->height; y++) {
        if (y % 16 == 0 && report_stopped(run))
            status = -1;
        sum_rows(source, &down, y, sum);
        uint8_t *row = out->bytes + (size_t)y * out->stride;
        if (source->channels == 1)
            sum_columns(sum, &across, out->width, row);
        else
            sum_pixels(sum, &across, out->width, row);
    }
    free(sum);
    free_axis(&across);
    free_axis(&down);
    return status;
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
    return resample(run, &from, (struct mapping){p->from_x, p->from_w / p->w},
                    (struct mapping){p->from_y, p->from_h / p->h}, &to);
}

bool resize_takes_planes(const struct fit_plan *p)
{
    bool beside = p->w < p->width && (p->x % 2 || p->w % 2);
    bool above = p->h < p->height && (p->y % 2 || p->h % 2);
    bool between = is_copy(p) && ((int)p->from_x % 2 || (int)p->from_y % 2);
    return !beside && !above && !between;
}

static int resize_plane(struct run *run, const struct yuv *source, int plane,
                        const struct fit_plan *p, struct yuv *out)
{
    int half = plane ? 2 : 1;
    struct samples from = {source->plane[plane], source->stride[plane],
                           yuv_side(plane, source->width), yuv_side(plane, source->height), 1};
    struct samples to = {out->plane[plane] + (size_t)(p->y / half) * out->stride[plane] +
                             (size_t)(p->x / half),
                         out->stride[plane], yuv_side(plane, p->w), yuv_side(plane, p->h), 1};
    if (is_copy(p)) {
        copy(&from, (int)p->from_x / half, (int)p->from_y / half, &to);
        return 0;
    }
    return resample(run, &from, (struct mapping){p->from_x / half, p->from_w / p->w},
                    (struct mapping){p->from_y / half, p->from_h / p->h}, &to);
}

int resize_planes(struct run *run, const struct yuv *source, const struct fit_plan *p,
                  struct yuv *out)
{
    int status = yuv_alloc(run, out, p->width, p->height, false);
    if (status == 0 && (p->w < p->width || p->h < p->height))
        yuv_fill(out, run->job->options.background);
    for (int plane = 0; status == 0 && plane < 3; plane++)
        status = resize_plane(run, source, plane, p, out);
    return status;
}
