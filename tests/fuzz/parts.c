// parts.c - readers of a part of a file, whatever stands round it.
#include "entries.h"

#include "codec/colour.h"
#include "codec/exif.h"
#include "codec/metadata.h"
#include "codec/mp4.h"
#include "codec/png_fast.h"
#include "codec/png_packed.h"
#include "codec_check.h"
#include <libdeflate.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

// A block of their own, so that a sanitizer sees a byte too many. Returns new.
static uint8_t *copy_exactly(const uint8_t *bytes, size_t length)
{
    uint8_t *exact = malloc(length ? length : 1);
    fuzz_claim(exact != NULL);
    memcpy(exact, bytes, length);
    return exact;
}

// The box reader, whatever the first bytes say.
void fuzz_boxes(const uint8_t *bytes, size_t length)
{
    struct codec_job job = {.kind = CODEC_PROBE, .bytes = bytes, .size = length};
    struct codec_answer answer = {0};
    struct run run = {&job, &answer};
    int status = mp4_probe(&run);
    fuzz_claim((status == 0) == (answer.status == CODEC_OK));
    if (status)
        return;
    strcpy(answer.facts.format, "mp4");
    answer.facts.video = true;
    answer.facts.size = length;
    fuzz_claim(codec_check_answer(&answer, &job));
}

// What is written of the words says the same as they do.
static void check_exif_again(const struct codec_words *words)
{
    uint8_t segment[EXIF_MOST];
    struct codec_facts facts = {.orientation = 1};
    size_t length = exif_write(words, CODEC_KEEP_ARTIST | CODEC_KEEP_COPYRIGHT, segment);
    fuzz_claim((length > 0) == (words->artist[0] || words->copyright[0]));
    if (length == 0)
        return;
    exif_read(segment + 4, length - 4, &facts);
    fuzz_claim(strcmp(facts.words.artist, words->artist) == 0);
    fuzz_claim(strcmp(facts.words.copyright, words->copyright) == 0);
}

// EXIF, IPTC, XMP and the text chunks of PNG: the first byte chooses.
void fuzz_words(const uint8_t *bytes, size_t length)
{
    struct codec_answer answer = {.facts = {.format = "jpeg", .width = 1, .height = 1}};
    struct codec_job job = {.kind = CODEC_PROBE};
    struct metadata found = {0};
    if (length == 0)
        return;
    static const char types[3][5] = {"iTXt", "tEXt", "zTXt"};
    struct png_packed packed = {0};
    int kind = bytes[0] % 6;
    uint8_t *exact = copy_exactly(bytes + 1, length - 1);
    answer.facts.orientation = 1;
    if (kind == 0)
        exif_read(exact, length - 1, &answer.facts);
    else if (kind == 1)
        iptc_read(exact, length - 1, &answer.facts);
    else if (kind == 2)
        xmp_read(exact, length - 1, &answer.facts);
    else
        png_packed_read(&packed, (const uint8_t *)types[kind - 3], exact, length - 1, &answer.facts,
                        &found);
    metadata_read(&found, &answer.facts);
    png_packed_free(&packed);
    fuzz_claim(codec_check_answer(&answer, &job));
    check_exif_again(&answer.facts.words);
    free(exact);
}

// A profile, for pixels of the kind that the first byte chooses.
void fuzz_icc(const uint8_t *bytes, size_t length)
{
    static const enum image_layout layouts[] = {IMAGE_GREY, IMAGE_RGB, IMAGE_RGBA, IMAGE_CMYK};
    struct codec_answer answer = {0};
    struct codec_job job = {.kind = CODEC_CONVERT};
    struct run run = {&job, &answer};
    struct image image = {0};
    char name[80];
    bool broken;
    if (length == 0)
        return;
    fuzz_claim(image_alloc(&run, &image, layouts[bytes[0] % 4], 17, 3) == 0);
    fuzz_claim(image_keep_icc(&run, &image, bytes + 1, length - 1) == 0);
    if (image.icc) {
        colour_name(image.icc, image.icc_length, name, sizeof name);
        fuzz_claim(strlen(name) < sizeof name);
        fuzz_claim(colour_is_srgb(image.icc, image.icc_length, &broken) || !broken);
    }
    fuzz_claim(colour_to_srgb(&run, &image) == 0);
    fuzz_claim(image.layout == IMAGE_RGB || image.layout == IMAGE_RGBA);
    image_free(&image);
}

// ---- rows of a PNG ------------------------------------------------------------------------------

struct file {
    uint8_t bytes[1 << 16];
    size_t length;
};

static void put32(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void add_chunk(struct file *f, const char *name, const uint8_t *bytes, size_t length)
{
    uint8_t *at = f->bytes + f->length;
    put32(at, (uint32_t)length);
    memcpy(at + 4, name, 4);
    memcpy(at + 8, bytes, length);
    put32(at + 8 + length, libdeflate_crc32(0, at + 4, length + 4));
    f->length += length + 12;
}

// The rows as they are, in a stream that is right.
static void add_rows(struct file *f, const uint8_t *rows, size_t length)
{
    static uint8_t stream[1 << 15];
    memcpy(stream, "\x78\1\1", 3);
    stream[3] = (uint8_t)length, stream[4] = (uint8_t)(length >> 8);
    stream[5] = (uint8_t)~length, stream[6] = (uint8_t)(~length >> 8);
    memcpy(stream + 7, rows, length);
    put32(stream + 7 + length, libdeflate_adler32(1, rows, length));
    add_chunk(f, "IDAT", stream, length + 11);
}

// libpng's simplest way, which knows nothing of ours.
static bool read_plainly(const struct file *f, png_uint_32 layout, uint8_t *pixels)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    bool good = png_image_begin_read_from_memory(&image, f->bytes, f->length) != 0;
    image.format = layout;
    good = good && png_image_finish_read(&image, NULL, pixels, 0, NULL) != 0;
    png_image_free(&image);
    return good;
}

// Filters and bytes of rows, as width, height, kind and rows: read as libpng reads them, or left to
// it.
void fuzz_rows(const uint8_t *bytes, size_t length)
{
    static const struct {
        uint8_t type;
        enum image_layout layout;
        png_uint_32 format;
    } kinds[] = {{0, IMAGE_GREY, PNG_FORMAT_GRAY},
                 {2, IMAGE_RGB, PNG_FORMAT_RGB},
                 {6, IMAGE_RGBA, PNG_FORMAT_RGBA}};
    static struct file file;
    static uint8_t rows[64 * (1 + 64 * 4)], plain[64 * 64 * 4];
    if (length < 3)
        return;
    struct image image = {.width = bytes[0] % 64 + 1, .height = bytes[1] % 64 + 1};
    int kind = bytes[2] % 3;
    image.layout = kinds[kind].layout;
    size_t total = (image_stride(&image) + 1) * (size_t)image.height;
    uint8_t head[13] = {[8] = 8, [9] = kinds[kind].type};
    memset(rows, 0, total);
    memcpy(rows, bytes + 3, length - 3 < total ? length - 3 : total);
    put32(head, (uint32_t)image.width);
    put32(head + 4, (uint32_t)image.height);
    memcpy(file.bytes, "\x89PNG\r\n\x1a\n", 8);
    file.length = 8;
    add_chunk(&file, "IHDR", head, sizeof head);
    add_rows(&file, rows, total);
    add_chunk(&file, "IEND", head, 0);
    bool good = png_fast_decode(file.bytes, file.length, &image);
    if (good)
        fuzz_claim(read_plainly(&file, kinds[kind].format, plain) &&
                   memcmp(plain, image.pixels, image_stride(&image) * (size_t)image.height) == 0);
    image_free(&image);
}
