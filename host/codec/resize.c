// resize.c - Lanczos3 resampling of a planned part of a picture, separable, vertical first: rows
// lie in one piece, so the inner loop runs over neighbours.
#include "resize.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOBES 3.0
#define CHANNELS 3

// For each output position, which source positions count and how much.
struct axis {
    int taps;
    int *first;     // owned
    float *weights; // owned: `taps` for each output position
};

static double lanczos(double x)
{
    const double pi = 3.14159265358979323846;
    if (fabs(x) < 1e-9)
        return 1;
    if (fabs(x) >= LOBES)
        return 0;
    return LOBES * sin(pi * x) * sin(pi * x / LOBES) / (pi * pi * x * x);
}

// The window of one output position; weights sum to 1, positions outside the source do not count.
static void fill_window(const struct axis *axis, int i, double centre, double stretch, int limit)
{
    float *weights = axis->weights + (size_t)i * (size_t)axis->taps;
    int first = (int)floor(centre - LOBES * stretch + 0.5);
    first = first < 0 ? 0 : first;
    if (first > limit - axis->taps)
        first = limit - axis->taps;
    double sum = 0;
    for (int t = 0; t < axis->taps; t++)
        sum += lanczos((first + t + 0.5 - centre) / stretch);
    for (int t = 0; t < axis->taps; t++)
        weights[t] = (float)(lanczos((first + t + 0.5 - centre) / stretch) / sum);
    axis->first[i] = first;
}

// `out` positions for the span from..from+length of a source with `limit` positions.
static int make_axis(struct run *run, struct axis *axis, double from, double length, int out,
                     int limit)
{
    double scale = length / out, stretch = scale > 1 ? scale : 1;
    double taps = ceil(LOBES * stretch * 2) + 1;
    axis->taps = taps < limit ? (int)taps : limit;
    axis->first = malloc((size_t)out * sizeof *axis->first);
    axis->weights = malloc((size_t)out * (size_t)axis->taps * sizeof *axis->weights);
    if (axis->first == NULL || axis->weights == NULL)
        return report_memory(run);
    for (int i = 0; i < out; i++)
        fill_window(axis, i, from + (i + 0.5) * scale, stretch, limit);
    return 0;
}

static void free_axis(struct axis *axis)
{
    free(axis->first);
    free(axis->weights);
}

// One source-wide row of sums over the rows of the window.
static void sum_rows(const struct image *source, const struct axis *axis, int y,
                     float *restrict sum)
{
    size_t stride = image_stride(source);
    const float *weights = axis->weights + (size_t)y * (size_t)axis->taps;
    memset(sum, 0, stride * sizeof *sum);
    for (int t = 0; t < axis->taps; t++) {
        const uint8_t *restrict row = source->pixels + (size_t)(axis->first[y] + t) * stride;
        float weight = weights[t];
        for (size_t i = 0; i < stride; i++)
            sum[i] += weight * row[i];
    }
}

static uint8_t to_byte(float value)
{
    return value <= 0 ? 0 : value >= 255 ? 255 : (uint8_t)(value + 0.5f);
}

static void sum_columns(const float *sum, const struct axis *axis, int width, uint8_t *out)
{
    for (int x = 0; x < width; x++, out += CHANNELS) {
        const float *weights = axis->weights + (size_t)x * (size_t)axis->taps;
        const float *in = sum + (size_t)axis->first[x] * CHANNELS;
        float red = 0, green = 0, blue = 0;
        for (int t = 0; t < axis->taps; t++, in += CHANNELS) {
            red += weights[t] * in[0];
            green += weights[t] * in[1];
            blue += weights[t] * in[2];
        }
        out[0] = to_byte(red), out[1] = to_byte(green), out[2] = to_byte(blue);
    }
}

static uint8_t *place(const struct image *out, const struct fit_plan *p, int y)
{
    return out->pixels + (size_t)(p->y + y) * image_stride(out) + (size_t)p->x * CHANNELS;
}

static int resample(struct run *run, const struct image *source, const struct fit_plan *p,
                    struct image *out)
{
    struct axis across = {0}, down = {0};
    float *sum = malloc(image_stride(source) * sizeof *sum);
    if (sum == NULL)
        return report_memory(run);
    int status = make_axis(run, &across, p->from_x, p->from_w, p->w, source->width);
    if (status == 0)
        status = make_axis(run, &down, p->from_y, p->from_h, p->h, source->height);
    for (int y = 0; status == 0 && y < p->h; y++) {
        if (y % 16 == 0 && report_stopped(run))
            status = -1;
        sum_rows(source, &down, y, sum);
        sum_columns(sum, &across, p->w, place(out, p, y));
    }
    free(sum);
    free_axis(&across);
    free_axis(&down);
    return status;
}

static void copy(const struct image *source, const struct fit_plan *p, struct image *out)
{
    size_t stride = image_stride(source);
    const uint8_t *row = source->pixels + (size_t)p->from_y * stride + (size_t)p->from_x * CHANNELS;
    for (int y = 0; y < p->h; y++, row += stride)
        memcpy(place(out, p, y), row, (size_t)p->w * CHANNELS);
}

int resize(struct run *run, const struct image *source, const struct fit_plan *plan,
           struct image *out)
{
    if (image_alloc(run, out, IMAGE_RGB, plan->width, plan->height))
        return -1;
    const uint8_t *background = run->job->options.background;
    size_t pixels = (size_t)plan->width * (size_t)plan->height;
    if (plan->w < plan->width || plan->h < plan->height)
        for (size_t i = 0; i < pixels; i++)
            memcpy(out->pixels + i * CHANNELS, background, CHANNELS);
    if (plan->from_w != plan->w || plan->from_h != plan->h)
        return resample(run, source, plan, out);
    copy(source, plan, out);
    return 0;
}
