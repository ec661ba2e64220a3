// convert.c - the fixed order of a conversion: decode, turn, sRGB, flatten, fit, encode. What goes
// from plane to plane is turned after it was fitted.
#include "convert.h"

#include "backdrop.h"
#include "colour.h"
#include "decoders.h"
#include "exif.h"
#include "fit.h"
#include "jpeg.h"
#include "passing.h"
#include "planes.h"
#include "resize.h"
#include "stream.h"
#include <stdlib.h>
#include <string.h>

#define LOWEST_QUALITY 50 // below it a smaller picture looks better
#define SHRINK_STEP 0.85
#define SMALLEST_WIDTH 16

// What is converted: planes, or when there are none an image. Opaque, sRGB.
struct picture {
    int width, height; // upright
    struct planes planes;
    struct image image; // upright
};

// The same as the encoder gets it.
struct fitted {
    struct yuv planes;
    struct image image;
};

static bool has_planes(const struct picture *picture)
{
    return picture->planes.yuv.plane[0] != NULL;
}

static int decode(struct run *run, const uint8_t *bytes, size_t length, struct image *image)
{
    const char *format = run->answer->facts.format;
    if (strcmp(format, "jpeg") == 0)
        return jpeg_decode(run, bytes, length, image);
    if (strcmp(format, "png") == 0)
        return png_decode(run, bytes, length, image);
    if (strcmp(format, "gif") == 0)
        return gif_decode(run, bytes, length, image);
    if (strcmp(format, "heic") == 0 || strcmp(format, "avif") == 0)
        return heif_decode(run, bytes, length, image);
    return webp_decode(run, bytes, length, image);
}

static void keep_result(struct run *run, const struct fit_plan *plan,
                        const struct jpeg_result *result)
{
    struct codec_answer *a = run->answer;
    free(a->jpeg);
    a->jpeg = result->bytes;
    a->jpeg_length = result->length;
    a->width = plan->width;
    a->height = plan->height;
    a->quality = result->quality;
}

static int encode_once(struct run *run, const struct fitted *fitted, struct jpeg_result *result)
{
    result->limit = run->job->options.max_bytes;
    return fitted->planes.plane[0] ? jpeg_encode_planes(run, &fitted->planes, result)
                                   : jpeg_encode(run, &fitted->image, result);
}

// Encodes with the highest quality whose file is not too long. 1: done, 0: too long even with the
// lowest, -1: failed.
static int encode(struct run *run, const struct fitted *fitted, const struct fit_plan *plan)
{
    int high = run->job->options.quality, low = high < LOWEST_QUALITY ? high : LOWEST_QUALITY;
    // The wished quality first: it nearly always does, and then nothing is tried after it.
    struct jpeg_result result = {.quality = high, .direct = true};
    for (; low <= high; result.quality = (low + high) / 2, result.direct = false) {
        if (encode_once(run, fitted, &result))
            return -1;
        if (result.length) {
            keep_result(run, plan, &result);
            low = result.quality + 1;
        } else {
            high = result.quality - 1;
        }
    }
    return run->answer->jpeg_length > 0;
}

static int fit_planes(struct run *run, const struct planes *planes, const struct fit_plan *plan)
{
    struct fitted fitted = {.planes = planes->yuv};
    if (planes_are_fit(planes, plan))
        return encode(run, &fitted, plan);
    fitted.planes = (struct yuv){0};
    int status = planes_fit(run, planes, plan, &fitted.planes);
    if (status == 0)
        status = encode(run, &fitted, plan);
    yuv_free(&fitted.planes);
    return status;
}

static int fit_image(struct run *run, const struct image *image, const struct fit_plan *plan)
{
    struct fitted fitted = {.image = *image};
    if (fit_is_identity(plan, image->width, image->height))
        return encode(run, &fitted, plan);
    fitted.image = (struct image){0};
    int status = resize(run, image, plan, &fitted.image);
    if (status == 0)
        status = backdrop_fill(run, image, plan, &fitted.image);
    if (status == 0)
        status = encode(run, &fitted, plan);
    image_free(&fitted.image);
    return status;
}

static int fit_and_encode(struct run *run, const struct picture *picture,
                          const struct fit_plan *plan)
{
    return has_planes(picture) ? fit_planes(run, &picture->planes, plan)
                               : fit_image(run, &picture->image, plan);
}

// Smaller and smaller until the file is short enough.
static int search_size(struct run *run, const struct picture *picture, struct fit_plan *plan)
{
    int done;
    double shrink = 1;
    while ((done = fit_and_encode(run, picture, plan)) == 0) {
        int last = plan->width;
        shrink *= SHRINK_STEP;
        if (fit_plan(run, picture->width, picture->height, shrink, plan))
            return -1;
        if (plan->width >= last || plan->width < SMALLEST_WIDTH)
            return report(run, CODEC_LIMIT, "the picture cannot be made smaller than %zu bytes",
                          run->job->options.max_bytes);
    }
    return done < 0 ? -1 : 0;
}

// To pixels that are upright, opaque, sRGB.
static int refine(struct run *run, struct image *image)
{
    if (image_turn(run, image, run->answer->facts.orientation) || colour_to_srgb(run, image))
        return -1;
    image_flatten(image, run->job->options.background);
    return 0;
}

// 1: the source was passed through and nothing is left to do.
static int prepare(struct run *run, const uint8_t *bytes, size_t length,
                   const struct fit_plan *plan, struct picture *picture)
{
    struct jpeg_result result;
    int status = planes_take(run, bytes, length, plan);
    if (status >= 0)
        status = status ? planes_decode(run, bytes, length, plan, &picture->planes)
                        : decode(run, bytes, length, &picture->image);
    if (status == 0)
        status = passing(run, bytes, length, plan, &result);
    if (status == 1)
        keep_result(run, plan, &result);
    if (status == 0 && !report_stopped(run) && !has_planes(picture))
        status = refine(run, &picture->image);
    return report_stopped(run) ? -1 : status;
}

// Decoded and encoded in one pass, when the size stays. 1: done, 0: nothing came of it, -1: failed.
static int convert_in_passing(struct run *run, const uint8_t *bytes, size_t length,
                              const struct fit_plan *plan)
{
    const struct codec_options *o = &run->job->options;
    struct jpeg_result result = {.quality = o->quality, .limit = o->max_bytes, .direct = true};
    if (!fit_is_identity(plan, run->answer->facts.width, run->answer->facts.height) ||
        !stream_takes(run, bytes, length))
        return 0;
    if (stream_convert(run, bytes, length, &result))
        return -1;
    if (result.length)
        keep_result(run, plan, &result);
    return result.length > 0;
}

static int convert_picture(struct run *run, const uint8_t *bytes, size_t length)
{
    const struct codec_facts *facts = &run->answer->facts;
    bool swap = turn_of(facts->orientation).transpose;
    struct picture picture = {.width = swap ? facts->height : facts->width,
                              .height = swap ? facts->width : facts->height};
    struct fit_plan plan;
    run->answer->removed = facts->extras; // an encoder is given pixels and nothing else
    int status = fit_plan(run, picture.width, picture.height, 1, &plan);
    if (status == 0)
        status = convert_in_passing(run, bytes, length, &plan);
    if (status == 0)
        status = prepare(run, bytes, length, &plan, &picture);
    if (status == 0)
        status = search_size(run, &picture, &plan);
    yuv_free(&picture.planes.yuv);
    image_free(&picture.image);
    return status < 0 || run->answer->status ? -1 : 0;
}

// Puts a segment behind what says that the file is JFIF, which must stand first.
static int add_segment(struct run *run, const uint8_t *segment, size_t length)
{
    struct codec_answer *a = run->answer;
    uint8_t *jpeg = realloc(a->jpeg, a->jpeg_length + length);
    if (jpeg == NULL)
        return report_memory(run);
    bool jfif = a->jpeg_length > 20 && jpeg[3] == 0xE0;
    size_t at = jfif ? 20 : 2;
    memmove(jpeg + at + length, jpeg + at, a->jpeg_length - at);
    memcpy(jpeg + at, segment, length);
    a->jpeg = jpeg;
    a->jpeg_length += length;
    return 0;
}

// The words that may stay go into whatever the picture became; room for them is set aside before.
int convert(struct run *run, const uint8_t *bytes, size_t length)
{
    const struct codec_words *words = &run->answer->facts.words;
    struct codec_job job = *run->job;
    struct run own = {&job, run->answer};
    uint8_t segment[EXIF_MOST];
    size_t extra = exif_write(words, job.options.keep, segment);
    if (extra) // something is put in between yet
        job.store = NULL;
    if (job.options.max_bytes > extra)
        job.options.max_bytes -= extra;
    if (convert_picture(&own, bytes, length))
        return -1;
    if (words->artist[0])
        run->answer->kept |= job.options.keep & CODEC_KEEP_ARTIST;
    if (words->copyright[0])
        run->answer->kept |= job.options.keep & CODEC_KEEP_COPYRIGHT;
    return extra ? add_segment(run, segment, extra) : 0;
}
