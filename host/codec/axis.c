// axis.c - the weights of resampling. They have 14 bits after the point.
#include "axis.h"

#include "kernel.h"
#include <math.h>
#include <stdlib.h>

#define WEIGHT_BITS 14
#define BASE (1 << WEIGHT_BITS)

static double lanczos(double x)
{
    const double pi = 3.14159265358979323846;
    if (x < 1e-9)
        return 1;
    if (x >= AXIS_LOBES)
        return 0;
    return AXIS_LOBES * sin(pi * x) * sin(pi * x / AXIS_LOBES) / (pi * pi * x * x);
}

void axis_fill_curve(struct curve *curve)
{
    for (int i = 0; i < AXIS_LOBES * AXIS_STEPS + 2; i++)
        curve->at[i] = lanczos((double)i / AXIS_STEPS);
}

static double look_up(const struct curve *curve, double x)
{
    double at = fmin(fabs(x), AXIS_LOBES) * AXIS_STEPS;
    int i = (int)at;
    return curve->at[i] + (curve->at[i + 1] - curve->at[i]) * (at - i);
}

// How many source positions count for one output position. The window ends in ripples: what is
// less than one position longer than whole vectors is cut there, which nobody can see.
static int count_taps(double stretch, int limit)
{
    double length = AXIS_LOBES * stretch * 2, whole = floor(length / KERNEL_TAPS) * KERNEL_TAPS;
    double taps = whole > 0 && length - whole < 1 ? whole : ceil(length);
    return taps < limit ? (int)taps : limit;
}

// The window of one output position; `room` for its numbers. What rounding takes from a weight goes
// to the next one, so that the sum is exact however many there are.
static void fill_window(const struct curve *curve, const struct axis *axis, int i, double centre,
                        double stretch, int limit, double gain, double *numbers)
{
    int16_t *weights = axis->weights + (size_t)i * (size_t)axis->room;
    int first = (int)floor(centre - axis->taps / 2.0 + 0.5);
    first = first < 0 ? 0 : first;
    if (first > limit - axis->taps)
        first = limit - axis->taps;
    double sum = 0, part = 0, step = 1 / stretch;
    for (int t = 0; t < axis->taps; t++)
        sum += numbers[t] = look_up(curve, (first + t + 0.5 - centre) * step);
    int last = 0;
    double whole = gain * BASE / sum;
    for (int t = 0; t < axis->taps; t++) {
        part += numbers[t] * whole;
        int now = (int)(part + 2 * BASE + 0.5) - 2 * BASE; // rounded, also below 0
        weights[t] = (int16_t)(now - last);
        last = now;
    }
    axis->first[i] = first;
}

int axis_make(struct run *run, const struct curve *curve, struct axis *axis, struct mapping map,
              int out, int limit, double gain)
{
    double stretch = map.scale > 1 ? map.scale : 1;
    axis->taps = count_taps(stretch, limit);
    axis->room = (axis->taps + KERNEL_TAPS - 1) / KERNEL_TAPS * KERNEL_TAPS;
    axis->first = calloc((size_t)out + 3, sizeof *axis->first);
    axis->weights = calloc(((size_t)out + 3) * (size_t)axis->room, sizeof *axis->weights);
    double *numbers = malloc((size_t)axis->taps * sizeof *numbers);
    if (axis->first == NULL || axis->weights == NULL || numbers == NULL) {
        free(numbers);
        return report_memory(run);
    }
    for (int i = 0; i < out; i++)
        fill_window(curve, axis, i, map.from + (i + 0.5) * map.scale, stretch, limit, gain,
                    numbers);
    free(numbers);
    return 0;
}

void axis_free(struct axis *axis)
{
    free(axis->first);
    free(axis->weights);
}
