// heif_read.c - pixels of the primary picture, and facts, from HEIC and AVIF, by libheif.
// The library turns and mirrors by itself, so what comes from here is upright: an EXIF orientation
// beside that is to be ignored, says the format.
#include "colour.h"
#include "decoders.h"
#include "heif_colour.h"
#include "heif_library.h"
#include "input.h"
#include "metadata.h"
#include "mp4.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BLOCKS = 16, MAX_BLOCK = 4 << 20 };

struct reader {
    const struct heif_library *heif;
    struct heif_context *context;
    struct heif_image_handle *picture;
};

int heif_ask(struct run *run)
{
    const struct heif_library *heif = heif_library();
    if (heif == NULL)
        return report(run, CODEC_FORMAT, "libheif is not installed (Debian: " HEIF_PACKAGE ")");
    snprintf(run->answer->message, sizeof run->answer->message, "%s%s%s", heif->get_version(),
             heif->have_decoder_for_format(HEIF_HEVC) ? " heic" : "",
             heif->have_decoder_for_format(HEIF_AV1) ? " avif" : "");
    return 0;
}

static const char *format_name(const struct run *run)
{
    return strcmp(run->answer->facts.format, "avif") == 0 ? "AVIF" : "HEIC";
}

// For an error that is there.
static int fail(struct run *run, const struct reader *r, struct heif_error error)
{
    const char *format = format_name(run);
    int codec = strcmp(format, "AVIF") == 0 ? HEIF_AV1 : HEIF_HEVC;
    if (error.code == HEIF_MEMORY)
        return report_memory(run);
    if ((error.code == HEIF_UNSUPPORTED || error.code == HEIF_PLUGIN) &&
        !r->heif->have_decoder_for_format(codec))
        return report(run, CODEC_FORMAT, "%s cannot be read: libheif %s has no decoder for it here",
                      format, r->heif->get_version());
    return report(run, CODEC_FORMAT, "the %s file is damaged or not supported: %s", format,
                  error.message ? error.message : "no reason given");
}

// Each box must end within the file: libheif reads one that is cut short as far as it goes.
static int check_boxes(struct run *run, const uint8_t *bytes, size_t length)
{
    size_t at = 0;
    while (at < length) {
        uint64_t left = length - at, size = left < 8 ? 0 : input_be32(bytes + at);
        if (size == 1)
            size = left < 16 ? 0 : input_be64(bytes + at + 8);
        else if (size == 0 && left >= 8)
            size = left; // the last one may leave it open
        if (size < 8 || size > left)
            return report(run, CODEC_FORMAT, "the %s file is cut short at byte %zu",
                          format_name(run), at);
        at += (size_t)size;
    }
    return 0;
}

// close_reader is due in any case.
static int open_reader(struct run *run, const uint8_t *bytes, size_t length, struct reader *r)
{
    *r = (struct reader){.heif = heif_library()};
    if (r->heif == NULL)
        return report(run, CODEC_FORMAT,
                      "%s needs libheif, which is not installed (Debian: " HEIF_PACKAGE ")",
                      format_name(run));
    r->context = r->heif->context_alloc();
    if (r->context == NULL)
        return report_memory(run);
    if (r->heif->context_set_max_decoding_threads)
        r->heif->context_set_max_decoding_threads(r->context, 0);
    struct heif_error error =
        r->heif->context_read_from_memory_without_copy(r->context, bytes, length, NULL);
    if (error.code == 0)
        error = r->heif->context_get_primary_image_handle(r->context, &r->picture);
    return error.code == 0 ? 0 : fail(run, r, error);
}

static void close_reader(const struct reader *r)
{
    if (r->picture)
        r->heif->image_handle_release(r->picture);
    if (r->context)
        r->heif->context_free(r->context);
}

// ---- facts --------------------------------------------------------------------------------------

// Copies a block; NULL when there is nothing to be had. Returns new.
static uint8_t *read_block(const struct reader *r, uint32_t id, size_t *length)
{
    *length = r->heif->image_handle_get_metadata_size(r->picture, id);
    uint8_t *block = *length > 0 && *length <= MAX_BLOCK ? malloc(*length) : NULL;
    if (block && r->heif->image_handle_get_metadata(r->picture, id, block).code != 0) {
        free(block);
        block = NULL;
    }
    return block;
}

// The place of the TIFF header stands in front of it.
static void read_exif(const uint8_t *block, size_t length, struct codec_facts *facts)
{
    if (length < 4 || input_be32(block) > length - 4)
        return;
    size_t skip = 4 + input_be32(block);
    struct metadata found = {.exif = block + skip, .exif_length = length - skip};
    metadata_read(&found, facts);
}

static void read_metadata(const struct reader *r, struct codec_facts *facts)
{
    uint32_t ids[MAX_BLOCKS];
    int count =
        r->heif->image_handle_get_list_of_metadata_block_IDs(r->picture, NULL, ids, MAX_BLOCKS);
    for (int i = 0; i < count && i < MAX_BLOCKS; i++) {
        const char *type = r->heif->image_handle_get_metadata_type(r->picture, ids[i]);
        const char *content = r->heif->image_handle_get_metadata_content_type(r->picture, ids[i]);
        size_t length;
        uint8_t *block = read_block(r, ids[i], &length);
        bool exif = type && strcmp(type, "Exif") == 0;
        bool xmp = content && strcmp(content, "application/rdf+xml") == 0;
        facts->extras |= exif ? CODEC_EXIF : xmp ? CODEC_XMP : CODEC_OTHER;
        if (block && exif)
            read_exif(block, length, facts);
        else if (block && xmp)
            metadata_read(&(struct metadata){.xmp = block, .xmp_length = length}, facts);
        free(block);
    }
    facts->orientation = 1;
}

// The profile that is embedded, or what the numbers in its place mean.
static int read_profile(struct run *run, const struct reader *r, struct image *image)
{
    size_t length = r->heif->image_handle_get_raw_color_profile_size(r->picture);
    struct heif_nclx *nclx = NULL;
    if (length > 0 && length <= CODEC_MAX_ICC) {
        uint8_t *icc = malloc(length);
        if (icc == NULL)
            return report_memory(run);
        if (r->heif->image_handle_get_raw_color_profile(r->picture, icc).code == 0)
            image->icc = icc, image->icc_length = length;
        else
            free(icc);
        return 0;
    }
    struct heif_error error = r->heif->image_handle_get_nclx_color_profile(r->picture, &nclx);
    if (nclx == NULL)
        return 0;
    int status = error.code == 0 ? heif_colour_profile(run, nclx, image) : 0;
    r->heif->nclx_color_profile_free(nclx); // it is there after an error, too
    return status;
}

static int name_profile(struct run *run, const struct reader *r)
{
    struct codec_facts *facts = &run->answer->facts;
    struct image image = {0};
    int status = read_profile(run, r, &image);
    if (image.icc && facts->icc)
        colour_name(image.icc, image.icc_length, facts->profile, sizeof facts->profile);
    image_free(&image);
    return status;
}

int heif_probe(struct run *run, const uint8_t *bytes, size_t length)
{
    struct codec_facts *facts = &run->answer->facts;
    struct reader r;
    int status = open_reader(run, bytes, length, &r);
    if (status == 0)
        status = check_boxes(run, bytes, length);
    if (status == 0) {
        const struct heif_library *heif = r.heif;
        facts->width = heif->image_handle_get_width(r.picture);
        facts->height = heif->image_handle_get_height(r.picture);
        facts->alpha = heif->image_handle_has_alpha_channel(r.picture) != 0;
        facts->depth = heif->image_handle_get_luma_bits_per_pixel(r.picture);
        facts->depth = facts->depth > 0 && facts->depth <= 16 ? facts->depth : 8;
        strcpy(facts->colour, "ycbcr");
        if (heif->image_handle_get_number_of_thumbnails(r.picture) > 0)
            facts->extras |= CODEC_THUMBNAIL;
        if (heif->image_handle_get_number_of_auxiliary_images(r.picture, HEIF_NOT_ALPHA) > 0 ||
            heif->context_get_number_of_top_level_images(r.context) > 1)
            facts->extras |= CODEC_OTHER;
        if (heif->image_handle_get_raw_color_profile_size(r.picture) > 0)
            facts->extras |= CODEC_ICC;
        facts->icc = facts->extras & CODEC_ICC;
        mp4_sequence(run);
        read_metadata(&r, facts);
        status = name_profile(run, &r);
    }
    close_reader(&r);
    return status;
}

// ---- pixels -------------------------------------------------------------------------------------

static int copy_pixels(struct run *run, const struct reader *r, const struct heif_image *decoded,
                       struct image *image)
{
    int stride = 0;
    int width = r->heif->image_get_primary_width(decoded);
    int height = r->heif->image_get_primary_height(decoded);
    const uint8_t *rows =
        r->heif->image_get_plane_readonly(decoded, HEIF_CHANNEL_INTERLEAVED, &stride);
    const struct codec_facts *facts = &run->answer->facts;
    if (rows == NULL || width != facts->width || height != facts->height)
        return report(run, CODEC_FORMAT, "the %s file holds another picture than it says",
                      format_name(run));
    if (image_alloc_raw(run, image, facts->alpha ? IMAGE_RGBA : IMAGE_RGB, width, height))
        return -1;
    for (int y = 0; y < height; y++)
        memcpy(image->pixels + (size_t)y * image_stride(image), rows + (ptrdiff_t)y * stride,
               image_stride(image));
    return 0;
}

// Colours that were multiplied by their alpha, as they were before.
static void divide_by_alpha(struct image *image)
{
    size_t pixels = (size_t)image->width * (size_t)image->height;
    for (uint8_t *p = image->pixels; pixels > 0; pixels--, p += 4)
        for (int c = 0; c < 3 && p[3] > 0; c++) {
            unsigned value = (p[c] * 255u + p[3] / 2u) / p[3];
            p[c] = (uint8_t)(value > 255 ? 255 : value);
        }
}

static int decode_picture(struct run *run, const struct reader *r, struct image *image)
{
    struct heif_image *decoded = NULL;
    bool alpha = run->answer->facts.alpha;
    struct heif_decoding_options *options = r->heif->decoding_options_alloc();
    if (options == NULL)
        return report_memory(run);
    if (options->version >= 2)
        options->to_8_bits = 1;
    // From version 8 on this also refuses a picture with missing tiles. Before, all it did was to
    // refuse numbers of colours that nobody defined, and to lose the memory of such a picture.
    if (options->version >= 8)
        options->strict = 1;
    struct heif_error error = r->heif->decode_image(r->picture, &decoded, HEIF_COLOUR_RGB,
                                                    alpha ? HEIF_RGBA : HEIF_RGB, options);
    r->heif->decoding_options_free(options);
    int status = error.code == 0 ? copy_pixels(run, r, decoded, image) : fail(run, r, error);
    if (decoded)
        r->heif->image_release(decoded);
    if (status == 0 && alpha && r->heif->image_handle_is_premultiplied_alpha &&
        r->heif->image_handle_is_premultiplied_alpha(r->picture))
        divide_by_alpha(image);
    return status;
}

int heif_decode(struct run *run, const uint8_t *bytes, size_t length, struct image *image)
{
    struct reader r;
    int status = open_reader(run, bytes, length, &r);
    if (status == 0)
        status = decode_picture(run, &r, image);
    if (status == 0)
        status = read_profile(run, &r, image);
    close_reader(&r);
    return status;
}
