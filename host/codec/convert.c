// convert.c - the fixed order of a conversion: decode, turn, sRGB, flatten, fit, encode.
#include "convert.h"

#include "backdrop.h"
#include "colour.h"
#include "decoders.h"
#include "exif.h"
#include "fit.h"
#include "jpeg.h"
#include "jpeg_scan.h"
#include "resize.h"
#include "stream.h"
#include <stdlib.h>
#include <string.h>

#define LOWEST_QUALITY 50 // below it a smaller picture looks better
#define SHRINK_STEP 0.85
#define SMALLEST_WIDTH 16

// What is converted: planes, or when there are none an image. Upright, opaque, sRGB.
struct picture {
    int width, height;
    struct image image;
    struct yuv planes;
};

static void free_picture(struct picture *picture)
{
    image_free(&picture->image);
    yuv_free(&picture->planes);
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

static int encode_once(struct run *run, const struct picture *picture, struct jpeg_result *result)
{
    result->limit = run->job->options.max_bytes;
    if (picture->planes.plane[0])
        return jpeg_encode_planes(run, &picture->planes, result);
    return jpeg_encode(run, &picture->image, result);
}

// Encodes with the highest quality whose file is not too long. 1: done, 0: too long even with the
// lowest, -1: failed.
static int encode(struct run *run, const struct picture *picture, const struct fit_plan *plan)
{
    int high = run->job->options.quality, low = high < LOWEST_QUALITY ? high : LOWEST_QUALITY;
    // The wished quality first: it nearly always does, and then nothing is tried after it.
    struct jpeg_result result = {.quality = high, .direct = true};
    for (; low <= high; result.quality = (low + high) / 2, result.direct = false) {
        if (encode_once(run, picture, &result))
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

static int fit_and_encode(struct run *run, const struct picture *picture,
                          const struct fit_plan *plan)
{
    struct picture fitted = {0};
    if (fit_is_identity(plan, picture->width, picture->height))
        return encode(run, picture, plan);
    int status = picture->planes.plane[0]
                     ? resize_planes(run, &picture->planes, plan, &fitted.planes)
                     : resize(run, &picture->image, plan, &fitted.image);
    if (status == 0 && fitted.image.pixels)
        status = backdrop_fill(run, &picture->image, plan, &fitted.image);
    if (status == 0)
        status = encode(run, &fitted, plan);
    free_picture(&fitted);
    return status;
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

// Whether the JPEG may go on as it is; *keep_icc when its profile is worth keeping.
static int may_pass(struct run *run, const uint8_t *bytes, size_t length, const struct image *image,
                    bool *pass, bool *keep_icc)
{
    const struct codec_facts *facts = &run->answer->facts;
    bool broken = true;
    *pass = false;
    if (!run->job->options.passthrough || strcmp(facts->format, "jpeg") != 0)
        return 0;
    if (image->icc && !colour_is_srgb(image->icc, image->icc_length, &broken))
        return 0;
    *keep_icc = image->icc && !broken && (run->job->options.keep & CODEC_KEEP_ICC);
    return jpeg_is_plain(run, bytes, length, pass);
}

// The same picture in the same blocks, upright, with nothing beside it but a profile to be kept.
// NULL when that cannot be had. Returns new.
static uint8_t *copy_picture(const struct run *run, const uint8_t *bytes, size_t length,
                             const struct image *profile, size_t *size)
{
    int orientation = run->answer->facts.orientation;
    if (orientation == 1)
        return jpeg_scan_strip(bytes, length, profile != NULL, size);
    return jpeg_turn(bytes, length, orientation, profile, size);
}

// 1: passed through, 0: it must be encoded, -1: failed. The picture has been decoded without a
// complaint, so it is whole.
static int pass_through(struct run *run, const uint8_t *bytes, size_t length,
                        const struct image *image, const struct fit_plan *plan)
{
    bool pass, keep_icc = false;
    size_t max = run->job->options.max_bytes, size = 0;
    bool turn = run->answer->facts.orientation > 1, swap = run->answer->facts.orientation >= 5;
    if (!fit_is_identity(plan, swap ? image->height : image->width,
                         swap ? image->width : image->height))
        return 0;
    if (may_pass(run, bytes, length, image, &pass, &keep_icc))
        return -1;
    if (!pass)
        return 0;
    uint8_t *jpeg = copy_picture(run, bytes, length, keep_icc ? image : NULL, &size);
    if (jpeg == NULL)
        return turn ? 0 : report_memory(run);
    if (max && size > max) {
        free(jpeg);
        return 0;
    }
    keep_result(run, plan, &(struct jpeg_result){.bytes = jpeg, .length = size});
    run->answer->turned = turn;
    if (keep_icc) {
        run->answer->removed &= ~(uint32_t)CODEC_ICC;
        run->answer->kept |= CODEC_KEEP_ICC;
    }
    return 1;
}

// A lossy WebP that needs no turn and no change of colours goes from plane to plane: what the
// codecs store is the same, so RGB between them would only cost time and sharpness.
static bool takes_planes(struct run *run, const uint8_t *bytes, size_t length,
                         const struct fit_plan *plan)
{
    const struct codec_facts *facts = &run->answer->facts;
    bool planar;
    if (run->job->options.backdrop != CODEC_COLOUR && backdrop_is_needed(plan))
        return false;
    return strcmp(facts->format, "webp") == 0 && facts->orientation == 1 && !facts->icc &&
           webp_is_still(bytes, length, &planar) && planar && resize_takes_planes(plan);
}

static int prepare_planes(struct run *run, const uint8_t *bytes, size_t length,
                          struct picture *picture)
{
    if (webp_decode_planes(run, bytes, length, &picture->planes) || report_stopped(run))
        return -1;
    if (picture->planes.plane[3])
        yuv_flatten(&picture->planes, run->job->options.background, 0, picture->planes.height);
    picture->width = picture->planes.width;
    picture->height = picture->planes.height;
    return 0;
}

// As prepare_planes, over RGB. 1: the source was passed through and nothing is left to do.
static int prepare_image(struct run *run, const uint8_t *bytes, size_t length,
                         const struct fit_plan *plan, struct picture *picture)
{
    struct image *image = &picture->image;
    int status = decode(run, bytes, length, image);
    if (status == 0)
        status = pass_through(run, bytes, length, image, plan);
    if (status)
        return status;
    if (report_stopped(run) || image_turn(run, image, run->answer->facts.orientation) ||
        colour_to_srgb(run, image) || report_stopped(run))
        return -1;
    image_flatten(image, run->job->options.background);
    picture->width = image->width;
    picture->height = image->height;
    return 0;
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
    struct picture picture = {0};
    struct fit_plan plan;
    bool swap = facts->orientation >= 5;
    run->answer->removed = facts->extras; // an encoder is given pixels and nothing else
    int status = fit_plan(run, swap ? facts->height : facts->width,
                          swap ? facts->width : facts->height, 1, &plan);
    if (status == 0)
        status = convert_in_passing(run, bytes, length, &plan);
    if (status == 0)
        status = takes_planes(run, bytes, length, &plan)
                     ? prepare_planes(run, bytes, length, &picture)
                     : prepare_image(run, bytes, length, &plan, &picture);
    if (status == 0)
        status = search_size(run, &picture, &plan);
    free_picture(&picture);
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
