// fit.c - which part of a picture goes where, and how large.
// Ratios are compared as a script would, `width / height` in double precision, so what is promised
// is what can be checked.
#include "fit.h"

#include <math.h>

#define MAX_SEARCH 2000 // widths tried until one has a height of the right ratio

static bool ratio_fits(const struct codec_options *o, double ratio)
{
    return (o->min_ratio <= 0 || ratio >= o->min_ratio) &&
           (o->max_ratio <= 0 || ratio <= o->max_ratio);
}

// The height next to `height` whose ratio fits, or 0 when no whole number does.
static int fitting_height(const struct codec_options *o, int width, double height)
{
    double best = fmax(1, round(height));
    if (o->max_ratio > 0)
        best = fmax(best, ceil(width / o->max_ratio - 1e-6));
    if (o->min_ratio > 0)
        best = fmin(best, floor(width / o->min_ratio + 1e-6));
    if (best < 1 || best > 1e6)
        return 0;
    return ratio_fits(o, width / best) ? (int)best : 0;
}

static bool width_fits(const struct codec_options *o, int width)
{
    return width >= 1 && (o->min_width == 0 || width >= o->min_width) &&
           (o->max_width == 0 || width <= o->max_width);
}

// Whole numbers near the wished size. `direction` +1 prefers wider ones, -1 narrower ones.
static bool choose_size(const struct codec_options *o, double width, double height, int direction,
                        struct fit_plan *plan)
{
    double start = direction > 0 ? ceil(width - 1e-6) : floor(width + 1e-6);
    if (!(start < 1e6))
        return false;
    for (int i = 0; i < MAX_SEARCH; i++) {
        int step = (i + 1) / 2 * (i % 2 ? direction : -direction);
        plan->width = (int)start + step;
        if (!width_fits(o, plan->width))
            continue;
        plan->height = fitting_height(o, plan->width, height * plan->width / width);
        if (plan->height > 0)
            return true;
    }
    return false;
}

// The wished size before scaling: the source, widened or cut to the allowed ratio.
static void wish(const struct codec_options *o, double *width, double *height)
{
    double ratio = *width / *height;
    if (ratio_fits(o, ratio))
        return;
    bool tall = o->min_ratio > 0 && ratio < o->min_ratio;
    double target = tall ? o->min_ratio : o->max_ratio;
    if (tall == (o->fit == CODEC_PAD))
        *width = *height * target;
    else
        *height = *width / target;
}

// The factor that brings a width within the limits, and further down by `shrink`.
static double choose_scale(const struct codec_options *o, double width, double shrink)
{
    double target = width;
    if (o->max_width && target > o->max_width)
        target = o->max_width;
    target *= shrink;
    if (o->min_width && target < o->min_width)
        target = o->min_width;
    return target / width;
}

// The whole source on a canvas of the planned size, in its middle.
static void place_padded(struct fit_plan *p, int width, int height, double scale)
{
    double fits = fmin((double)p->width / width, (double)p->height / height);
    scale = fmin(scale, fits);
    p->w = (int)fmin(p->width, fmax(1, round(width * scale)));
    p->h = (int)fmin(p->height, fmax(1, round(height * scale)));
    if (scale != 1) { // room to choose: keep the edges on whole chroma pixels
        p->w -= p->w > 1 && p->w < p->width ? p->w % 2 : 0;
        p->h -= p->h > 1 && p->h < p->height ? p->h % 2 : 0;
    }
    p->x = (p->width - p->w) / 4 * 2; // even, so that chroma at half size meets the edge
    p->y = (p->height - p->h) / 4 * 2;
    p->from_w = width;
    p->from_h = height;
}

// As much of the source as the planned ratio allows, with the focus as near to the middle as goes.
static void place_cropped(const struct codec_options *o, struct fit_plan *p, int width, int height)
{
    double factor = fmin((double)width / p->width, (double)height / p->height);
    p->w = p->width;
    p->h = p->height;
    p->from_w = fmin(width, p->width * factor);
    p->from_h = fmin(height, p->height * factor);
    p->from_x = fmin(fmax(0, o->focus_x * width - p->from_w / 2), width - p->from_w);
    p->from_y = fmin(fmax(0, o->focus_y * height - p->from_h / 2), height - p->from_h);
    if (p->from_w == p->width &&
        p->from_h == p->height) { // no scaling: stay on whole pixels, of chroma too
        p->from_x = floor(p->from_x / 2) * 2;
        p->from_y = floor(p->from_y / 2) * 2;
    }
}

static void place_whole(struct fit_plan *p, int width, int height)
{
    p->w = p->width;
    p->h = p->height;
    p->from_w = width;
    p->from_h = height;
}

int fit_plan(struct run *run, int width, int height, double shrink, struct fit_plan *plan)
{
    const struct codec_options *o = &run->job->options;
    bool fits = ratio_fits(o, (double)width / height);
    if (!fits && o->fit == CODEC_NONE)
        return report(run, CODEC_FORMAT,
                      "the picture's ratio %.3f (%d x %d) is outside %.3f to %.3f, and fit is none",
                      (double)width / height, width, height, o->min_ratio, o->max_ratio);
    double w = width, h = height;
    *plan = (struct fit_plan){0};
    wish(o, &w, &h);
    double scale = choose_scale(o, w, shrink);
    if (!choose_size(o, w * scale, h * scale, o->fit == CODEC_CROP ? -1 : 1, plan))
        return report(run, CODEC_LIMIT, "no size within the limits of width and ratio for %d x %d",
                      width, height);
    if (plan->width > CODEC_MAX_SIDE || plan->height > CODEC_MAX_SIDE ||
        (uint64_t)plan->width * (uint64_t)plan->height > o->max_pixels)
        return report(run, CODEC_LIMIT, "the result would have %d x %d pixels, which is too many",
                      plan->width, plan->height);
    if (fits)
        place_whole(plan, width, height);
    else if (o->fit == CODEC_PAD)
        place_padded(plan, width, height, scale);
    else
        place_cropped(o, plan, width, height);
    return 0;
}

bool fit_is_identity(const struct fit_plan *p, int width, int height)
{
    return p->width == width && p->height == height && p->w == width && p->h == height &&
           p->from_w == width && p->from_h == height;
}

struct fit_plan fit_before_turn(const struct fit_plan *plan, struct turn turn, int width,
                                int height)
{
    struct fit_plan p = *plan;
    p.width = p.w, p.height = p.h;
    p.x = p.y = 0;
    if (turn.mirror_x)
        p.from_x = width - p.from_x - p.from_w, p.chroma_x = p.w % 2;
    if (turn.mirror_y)
        p.from_y = height - p.from_y - p.from_h, p.chroma_y = p.h % 2;
    if (!turn.transpose)
        return p;
    return (struct fit_plan){.width = p.height,
                             .height = p.width,
                             .w = p.h,
                             .h = p.w,
                             .from_x = p.from_y,
                             .from_y = p.from_x,
                             .from_w = p.from_h,
                             .from_h = p.from_w,
                             .chroma_x = p.chroma_y,
                             .chroma_y = p.chroma_x};
}
