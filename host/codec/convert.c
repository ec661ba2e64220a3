// convert.c - the fixed order of a conversion: decode, turn, sRGB, flatten, fit, encode.
#include "convert.h"

#include "colour.h"
#include "decoders.h"
#include "fit.h"
#include "jpeg.h"
#include "jpeg_scan.h"
#include "resize.h"
#include <stdlib.h>
#include <string.h>

#define LOWEST_QUALITY 50 // below it a smaller picture looks better
#define SHRINK_STEP 0.85
#define SMALLEST_WIDTH 16

static int decode(struct run *run, const uint8_t *bytes, size_t length, struct image *image)
{
    const char *format = run->answer->facts.format;
    if (strcmp(format, "jpeg") == 0)
        return jpeg_decode(run, bytes, length, image);
    if (strcmp(format, "png") == 0)
        return png_decode(run, bytes, length, image);
    if (strcmp(format, "gif") == 0)
        return gif_decode(run, bytes, length, image);
    return webp_decode(run, bytes, length, image);
}

static void keep_result(struct run *run, const struct fit_plan *plan, int quality, uint8_t *jpeg,
                        size_t length)
{
    struct codec_answer *a = run->answer;
    a->jpeg = jpeg;
    a->jpeg_length = length;
    a->width = plan->width;
    a->height = plan->height;
    a->quality = quality;
}

// Encodes with the highest quality whose file is not too long. 1: done, 0: too long even with the
// lowest, -1: failed.
static int encode(struct run *run, const struct image *image, const struct fit_plan *plan)
{
    const struct codec_options *o = &run->job->options;
    int high = o->quality, low = high < LOWEST_QUALITY ? high : LOWEST_QUALITY;
    uint8_t *jpeg = NULL;
    size_t length = 0;
    // The wished quality first: it nearly always does.
    for (int quality = high; low <= high; quality = (low + high) / 2) {
        if (jpeg_encode(run, image, quality, o->max_bytes, &jpeg, &length))
            return -1;
        if (jpeg) {
            free(run->answer->jpeg);
            keep_result(run, plan, quality, jpeg, length);
            low = quality + 1;
        } else {
            high = quality - 1;
        }
    }
    return run->answer->jpeg != NULL;
}

static int fit_and_encode(struct run *run, const struct image *image, const struct fit_plan *plan)
{
    struct image fitted = {0};
    if (fit_is_identity(plan, image->width, image->height))
        return encode(run, image, plan);
    int status = resize(run, image, plan, &fitted);
    if (status == 0)
        status = encode(run, &fitted, plan);
    image_free(&fitted);
    return status;
}

// Smaller and smaller until the file is short enough.
static int search_size(struct run *run, const struct image *image, struct fit_plan *plan)
{
    int done;
    double shrink = 1;
    while ((done = fit_and_encode(run, image, plan)) == 0) {
        int last = plan->width;
        shrink *= SHRINK_STEP;
        if (fit_plan(run, image->width, image->height, shrink, plan))
            return -1;
        if (plan->width >= last || plan->width < SMALLEST_WIDTH)
            return report(run, CODEC_LIMIT, "the picture cannot be made smaller than %zu bytes",
                          run->job->options.max_bytes);
    }
    return done < 0 ? -1 : 0;
}

// Whether the JPEG may go on as it is; *keep_icc when its profile is worth keeping.
static int may_pass(struct run *run, const uint8_t *bytes, size_t length, const struct image *image,
                    bool *pass, bool *keep_icc)
{
    const struct codec_facts *facts = &run->answer->facts;
    bool broken = true;
    *pass = false;
    if (!run->job->options.passthrough || strcmp(facts->format, "jpeg") != 0 ||
        facts->orientation != 1)
        return 0;
    if (image->icc && !colour_is_srgb(image->icc, image->icc_length, &broken))
        return 0;
    *keep_icc = image->icc && !broken;
    return jpeg_is_plain(run, bytes, length, pass);
}

// 1: passed through, 0: it must be encoded, -1: failed. The picture has been decoded without a
// complaint, so it is whole.
static int pass_through(struct run *run, const uint8_t *bytes, size_t length,
                        const struct image *image, const struct fit_plan *plan)
{
    bool pass, keep_icc = false;
    size_t max = run->job->options.max_bytes, size = 0;
    if (!fit_is_identity(plan, image->width, image->height))
        return 0;
    if (may_pass(run, bytes, length, image, &pass, &keep_icc))
        return -1;
    if (!pass)
        return 0;
    uint8_t *jpeg = jpeg_scan_strip(bytes, length, keep_icc, &size);
    if (jpeg == NULL)
        return report_memory(run);
    if (max && size > max) {
        free(jpeg);
        return 0;
    }
    keep_result(run, plan, 0, jpeg, size);
    return 1;
}

int convert(struct run *run, const uint8_t *bytes, size_t length)
{
    const struct codec_facts *facts = &run->answer->facts;
    struct image image = {0};
    struct fit_plan plan;
    bool swap = facts->orientation >= 5;
    int status = fit_plan(run, swap ? facts->height : facts->width,
                          swap ? facts->width : facts->height, 1, &plan);
    if (status == 0)
        status = decode(run, bytes, length, &image);
    if (status == 0)
        status = pass_through(run, bytes, length, &image, &plan);
    if (status == 0 && !report_stopped(run))
        status = image_turn(run, &image, facts->orientation);
    if (status == 0)
        status = colour_to_srgb(run, &image);
    if (status == 0 && !report_stopped(run)) {
        image_flatten(&image, run->job->options.background);
        status = search_size(run, &image, &plan);
    }
    image_free(&image);
    return status < 0 || run->answer->status ? -1 : 0;
}
