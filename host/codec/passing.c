// passing.c - a JPEG that is fit already keeps its blocks.
#include "passing.h"

#include "colour.h"
#include "jpeg_scan.h"
#include "turn.h"
#include <stdlib.h>
#include <string.h>

// Whether the JPEG may go on as it is; `profile` is left empty when there is none worth keeping.
static int may_pass(struct run *run, const uint8_t *bytes, size_t length, struct image *profile,
                    bool *pass)
{
    bool broken = true;
    if (run->answer->facts.icc && jpeg_scan_icc(run, bytes, length, profile))
        return -1;
    if (profile->icc && !colour_is_srgb(profile->icc, profile->icc_length, &broken))
        return 0;
    if (broken || !(run->job->options.keep & CODEC_KEEP_ICC))
        image_free(profile);
    return jpeg_is_plain(run, bytes, length, pass);
}

// The same picture in the same blocks, upright, with nothing beside it but a profile to be kept.
// NULL when that cannot be had. Returns new.
static uint8_t *copy_picture(const struct run *run, const uint8_t *bytes, size_t length,
                             const struct image *profile, size_t *size)
{
    int orientation = run->answer->facts.orientation;
    if (turn_is_none(turn_of(orientation)))
        return jpeg_scan_strip(bytes, length, profile != NULL, size);
    return jpeg_turn(bytes, length, orientation, profile, size);
}

static int copy(struct run *run, const uint8_t *bytes, size_t length, const struct image *profile,
                struct jpeg_result *result)
{
    size_t max = run->job->options.max_bytes, size = 0;
    bool turned = !turn_is_none(turn_of(run->answer->facts.orientation));
    uint8_t *jpeg = copy_picture(run, bytes, length, profile->icc ? profile : NULL, &size);
    if (jpeg == NULL)
        return turned ? 0 : report_memory(run);
    if (max && size > max) {
        free(jpeg);
        return 0;
    }
    *result = (struct jpeg_result){.bytes = jpeg, .length = size};
    run->answer->turned = turned;
    if (profile->icc) {
        run->answer->removed &= ~(uint32_t)CODEC_ICC;
        run->answer->kept |= CODEC_KEEP_ICC;
    }
    return 1;
}

int passing(struct run *run, const uint8_t *bytes, size_t length, const struct fit_plan *plan,
            struct jpeg_result *result)
{
    const struct codec_facts *facts = &run->answer->facts;
    bool swap = turn_of(facts->orientation).transpose, pass = false;
    struct image profile = {0};
    if (!run->job->options.passthrough || strcmp(facts->format, "jpeg") != 0 ||
        !fit_is_identity(plan, swap ? facts->height : facts->width,
                         swap ? facts->width : facts->height))
        return 0;
    int status = may_pass(run, bytes, length, &profile, &pass);
    if (status == 0 && pass)
        status = copy(run, bytes, length, &profile, result);
    image_free(&profile);
    return status;
}
