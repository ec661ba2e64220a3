// planes.c - lossy WebP and most JPEGs: decoded to planes, fitted, turned.
#include "planes.h"

#include "backdrop.h"
#include "colour.h"
#include "decoders.h"
#include "jpeg.h"
#include "jpeg_scan.h"
#include "resize.h"
#include <math.h>
#include <string.h>

#define LEAST_SHRINK 2 // that remains after a reduction: it leaves edges to be smoothed

// Whether the colours can stay as they are.
static int keeps_colours(struct run *run, const uint8_t *bytes, size_t length, bool *keeps)
{
    struct image profile = {0};
    bool broken;
    if (run->answer->facts.icc && jpeg_scan_icc(run, bytes, length, &profile))
        return -1;
    *keeps = profile.icc == NULL || colour_is_srgb(profile.icc, profile.icc_length, &broken);
    image_free(&profile);
    return 0;
}

static int take_jpeg(struct run *run, const uint8_t *bytes, size_t length)
{
    bool planar = false, keeps = false;
    if (jpeg_is_planar(run, bytes, length, &planar))
        return -1;
    if (planar && keeps_colours(run, bytes, length, &keeps))
        return -1;
    return keeps;
}

int planes_take(struct run *run, const uint8_t *bytes, size_t length, const struct fit_plan *plan)
{
    const struct codec_facts *facts = &run->answer->facts;
    bool planar = false;
    if (run->job->options.backdrop != CODEC_COLOUR && backdrop_is_needed(plan))
        return 0;
    if (!resize_takes_planes(plan))
        return 0;
    if (strcmp(facts->format, "jpeg") == 0)
        return take_jpeg(run, bytes, length);
    return strcmp(facts->format, "webp") == 0 && !facts->icc &&
           webp_is_still(bytes, length, &planar) && planar;
}

// What a JPEG's transform can shrink by before the resampler does, at no loss that can be seen.
static int choose_reduction(const struct fit_plan *plan)
{
    double shrink = fmin(plan->from_w / plan->w, plan->from_h / plan->h);
    int reduction = 1;
    while (reduction < 8 && shrink >= 2 * LEAST_SHRINK * reduction)
        reduction *= 2;
    return reduction;
}

int planes_decode(struct run *run, const uint8_t *bytes, size_t length, const struct fit_plan *plan,
                  struct planes *planes)
{
    const struct codec_facts *facts = &run->answer->facts;
    struct turn turn = turn_of(facts->orientation);
    *planes = (struct planes){.turn = turn, .reduction = 1};
    planes->width = turn.transpose ? facts->height : facts->width;
    planes->height = turn.transpose ? facts->width : facts->height;
    if (strcmp(facts->format, "jpeg") == 0) {
        planes->reduction = choose_reduction(plan);
        return jpeg_decode_planes(run, bytes, length, planes->reduction, &planes->yuv);
    }
    if (webp_decode_planes(run, bytes, length, &planes->yuv))
        return -1;
    if (planes->yuv.plane[3])
        yuv_flatten(&planes->yuv, run->job->options.background, 0, planes->yuv.height);
    return 0;
}

bool planes_are_fit(const struct planes *planes, const struct fit_plan *plan)
{
    return turn_is_none(planes->turn) && yuv_is_halved(&planes->yuv) &&
           fit_is_identity(plan, planes->width, planes->height);
}

// The plan for the planes as they are.
static struct fit_plan plan_stored(const struct planes *planes, const struct fit_plan *plan)
{
    struct fit_plan stored = *plan;
    if (!turn_is_none(planes->turn))
        stored = fit_before_turn(plan, planes->turn, planes->width, planes->height);
    stored.from_x /= planes->reduction, stored.from_w /= planes->reduction;
    stored.from_y /= planes->reduction, stored.from_h /= planes->reduction;
    return stored;
}

static int turn(struct run *run, const struct yuv *from, struct turn turn,
                const struct fit_plan *plan, struct yuv *out)
{
    if (yuv_alloc(run, out, plan->width, plan->height, false))
        return -1;
    out->full = from->full;
    if (backdrop_is_needed(plan))
        yuv_fill(out, run->job->options.background);
    yuv_turn(from, turn, out, plan->x, plan->y);
    return 0;
}

int planes_fit(struct run *run, const struct planes *planes, const struct fit_plan *plan,
               struct yuv *out)
{
    struct fit_plan stored = plan_stored(planes, plan);
    struct yuv lying = {0};
    if (turn_is_none(planes->turn))
        return resize_planes(run, &planes->yuv, &stored, out);
    if (yuv_is_halved(&planes->yuv) && !stored.chroma_x && !stored.chroma_y &&
        fit_is_identity(&stored, planes->yuv.width, planes->yuv.height))
        return turn(run, &planes->yuv, planes->turn, plan, out);
    int status = resize_planes(run, &planes->yuv, &stored, &lying);
    if (status == 0)
        status = turn(run, &lying, planes->turn, plan, out);
    yuv_free(&lying);
    return status;
}
