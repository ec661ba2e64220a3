// png_read.c - pixels and facts from a PNG, by libpng; png_fast.c has most of the pixels.
// The library leaves by longjmp: what must be freed then lives in struct reader, not in registers.
#include "colour.h"
#include "decoders.h"

#include "input.h"
#include "metadata.h"
#include "png_fast.h"
#include "png_packed.h"
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    png_structp png;
    png_infop info;
    struct run *run;
    const uint8_t *bytes;
    size_t length, at;
    uint8_t **rows; // owned
};

static void on_error(png_structp png, png_const_charp text)
{
    struct reader *r = png_get_error_ptr(png);
    if (strcmp(text, "Out of memory") == 0)
        report_memory(r->run);
    else
        report(r->run, CODEC_FORMAT, "the PNG file is damaged: %s", text);
    png_longjmp(png, 1);
}

// Warnings are about chunks beside the picture; what is missing from it is an error.
static void on_warning(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static void on_read(png_structp png, png_bytep target, size_t count)
{
    struct reader *r = png_get_io_ptr(png);
    if (count > r->length - r->at)
        png_error(png, "it is cut short");
    memcpy(target, r->bytes + r->at, count);
    r->at += count;
}

static void on_row(png_structp png, png_uint_32 row, int pass)
{
    struct reader *r = png_get_io_ptr(png);
    (void)pass;
    if (row % 64 == 0 && report_stopped(r->run))
        png_longjmp(png, 1);
}

static int open_reader(struct reader *r)
{
    r->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, r, on_error, on_warning);
    r->info = r->png ? png_create_info_struct(r->png) : NULL;
    return r->info ? 0 : report_memory(r->run);
}

// Limits and sources, then the header. Takes memory, so it runs where a jump is caught.
static void read_info(struct reader *r)
{
    png_set_read_fn(r->png, r, on_read);
    png_set_read_status_fn(r->png, on_row);
    png_set_user_limits(r->png, CODEC_MAX_SIDE, CODEC_MAX_SIDE);
    png_set_chunk_malloc_max(r->png, CODEC_MAX_ICC + 65536);
    png_set_chunk_cache_max(r->png, 128);
    // Texts and the like can be bombs, and nothing here wants them.
    png_set_keep_unknown_chunks(r->png, PNG_HANDLE_CHUNK_NEVER,
                                (png_const_bytep) "iTXt\0zTXt\0tEXt\0sPLT", 4);
    png_read_info(r->png, r->info);
}

static void close_reader(struct reader *r)
{
    png_destroy_read_struct(&r->png, &r->info, NULL);
    free(r->rows);
}

// Whatever the file holds becomes 8 bits grey, RGB or RGBA.
static enum image_layout set_transforms(struct reader *r)
{
    int type = png_get_color_type(r->png, r->info);
    bool alpha = (type & PNG_COLOR_MASK_ALPHA) || png_get_valid(r->png, r->info, PNG_INFO_tRNS);
    png_set_expand(r->png);
    png_set_scale_16(r->png);
    if (!(type & PNG_COLOR_MASK_COLOR) && alpha)
        png_set_gray_to_rgb(r->png);
    png_set_interlace_handling(r->png);
    png_read_update_info(r->png, r->info);
    if (alpha)
        return IMAGE_RGBA;
    return (type & PNG_COLOR_MASK_COLOR) ? IMAGE_RGB : IMAGE_GREY;
}

static int keep_profile(struct reader *r, struct image *image)
{
    png_charp name;
    int method;
    png_bytep icc;
    png_uint_32 length;
    if (!png_get_iCCP(r->png, r->info, &name, &method, &icc, &length))
        return 0;
    return image_keep_icc(r->run, image, icc, length);
}

static void name_profile(struct reader *r, struct codec_facts *facts)
{
    struct image image = {0};
    if (keep_profile(r, &image) == 0 && image.icc)
        colour_name(image.icc, image.icc_length, facts->profile, sizeof facts->profile);
    image_free(&image);
}

// What nearly every PNG is, and png_fast.c reads. Asked before the transforms are set.
static bool is_common(struct reader *r)
{
    int type = png_get_color_type(r->png, r->info);
    return png_get_bit_depth(r->png, r->info) == 8 &&
           png_get_interlace_type(r->png, r->info) == PNG_INTERLACE_NONE &&
           !png_get_valid(r->png, r->info, PNG_INFO_tRNS) &&
           (type == PNG_COLOR_TYPE_GRAY || type == PNG_COLOR_TYPE_RGB ||
            type == PNG_COLOR_TYPE_RGB_ALPHA);
}

static void read_picture(struct reader *r, struct image *image)
{
    read_info(r);
    png_uint_32 width = png_get_image_width(r->png, r->info);
    png_uint_32 height = png_get_image_height(r->png, r->info);
    if (image_check_size(r->run, width, height))
        return;
    bool common = is_common(r);
    image->layout = set_transforms(r);
    image->width = (int)width;
    image->height = (int)height;
    if (keep_profile(r, image) || (common && png_fast_decode(r->bytes, r->length, image)) ||
        image_alloc(r->run, image, image->layout, (int)width, (int)height))
        return;
    size_t stride = image_stride(image);
    if (png_get_rowbytes(r->png, r->info) != stride) { // the transforms did not do what they say
        report(r->run, CODEC_FORMAT, "the PNG file has an unknown kind of pixels");
        return;
    }
    r->rows = malloc(height * sizeof *r->rows);
    if (r->rows == NULL) {
        report_memory(r->run);
        return;
    }
    for (png_uint_32 y = 0; y < height; y++)
        r->rows[y] = image->pixels + y * stride;
    png_read_image(r->png, r->rows);
    png_read_end(r->png, NULL);
}

int png_decode(struct run *run, const uint8_t *bytes, size_t length, struct image *image)
{
    struct reader r = {.run = run, .bytes = bytes, .length = length};
    if (open_reader(&r) == 0 && setjmp(png_jmpbuf(r.png)) == 0)
        read_picture(&r, image);
    close_reader(&r);
    return run->answer->status ? -1 : 0;
}

static void read_header_facts(struct reader *r)
{
    struct codec_facts *facts = &r->run->answer->facts;
    read_info(r);
    facts->width = (int)png_get_image_width(r->png, r->info);
    facts->height = (int)png_get_image_height(r->png, r->info);
    facts->alpha = (png_get_color_type(r->png, r->info) & PNG_COLOR_MASK_ALPHA) ||
                   png_get_valid(r->png, r->info, PNG_INFO_tRNS);
    facts->icc = png_get_valid(r->png, r->info, PNG_INFO_iCCP) != 0;
    facts->extras |= facts->icc ? CODEC_ICC : 0;
    name_profile(r, facts);
    facts->depth = png_get_bit_depth(r->png, r->info);
    int type = png_get_color_type(r->png, r->info);
    snprintf(facts->colour, sizeof facts->colour, "%s",
             type == PNG_COLOR_TYPE_PALETTE ? "palette"
             : type & PNG_COLOR_MASK_COLOR  ? "rgb"
                                            : "grey");
}

// Which way is up is said by the format's own chunk alone.
static void keep_blocks(const struct metadata *found, const struct png_packed *packed,
                        struct codec_facts *facts)
{
    metadata_read(found, facts);
    if (packed->exif)
        facts->orientation = 1;
}

// Chunks one after the other up to IEND: finds what libpng shows late or not at all.
static int walk_chunks(struct run *run, const uint8_t *bytes, size_t length,
                       struct png_packed *packed)
{
    struct codec_facts *facts = &run->answer->facts;
    struct metadata found = {0};
    size_t at = 8;
    while (length - at >= 12) {
        const uint8_t *chunk = bytes + at;
        size_t size = input_be32(chunk);
        if (size > length - at - 12)
            break;
        at += 12 + size;
        if (memcmp(chunk + 4, "IEND", 4) == 0) {
            facts->extras |= at < length ? CODEC_TRAILER : 0;
            keep_blocks(&found, packed, facts);
            return 0;
        }
        if (memcmp(chunk + 4, "eXIf", 4) == 0)
            found.exif = chunk + 8, found.exif_length = size, packed->exif = false;
        else if (memcmp(chunk + 4, "acTL", 4) == 0 && size == 8 && input_be32(chunk + 8) > 0)
            facts->frames = input_be32(chunk + 8);
        else
            png_packed_read(packed, chunk + 4, chunk + 8, size, facts, &found);
    }
    return report(run, CODEC_FORMAT, "the PNG file is cut short at byte %zu of %zu", at, length);
}

int png_probe(struct run *run, const uint8_t *bytes, size_t length)
{
    struct reader r = {.run = run, .bytes = bytes, .length = length};
    struct png_packed packed = {0};
    int status = length < 8 ? -1 : walk_chunks(run, bytes, length, &packed);
    png_packed_free(&packed);
    if (status)
        return -1;
    if (open_reader(&r) == 0 && setjmp(png_jmpbuf(r.png)) == 0)
        read_header_facts(&r);
    close_reader(&r);
    return run->answer->status ? -1 : 0;
}
