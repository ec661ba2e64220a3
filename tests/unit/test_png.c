// test_png.c - PNGs of each common kind, filter and layout of chunks come out as they went in, and
// damage of the pixels never comes out at all.
#include "codec/decoders.h"
#include "codec/png_fast.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <png.h>

struct file {
    uint8_t bytes[1 << 19];
    size_t length;
};

struct kind {
    int type, filter, width, height;
    size_t chunk; // bytes of a chunk of pixels
};

static struct file file;
static uint8_t source[320 * 200 * 4];

static void on_write(png_structp png, png_bytep bytes, size_t length)
{
    struct file *to = png_get_io_ptr(png);
    assert_true(to->length + length <= sizeof to->bytes);
    memcpy(to->bytes + to->length, bytes, length);
    to->length += length;
}

static size_t channels_of(int type)
{
    return type == PNG_COLOR_TYPE_GRAY ? 1 : type == PNG_COLOR_TYPE_RGB ? 3 : 4;
}

static void write_png(const struct kind *kind)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    file.length = 0;
    png_set_write_fn(png, &file, on_write, NULL);
    png_set_IHDR(png, info, (png_uint_32)kind->width, (png_uint_32)kind->height, 8, kind->type,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
    png_set_filter(png, 0, kind->filter);
    png_set_compression_buffer_size(png, kind->chunk);
    png_write_info(png, info);
    for (int y = 0; y < kind->height; y++)
        png_write_row(png, source + (size_t)y * (size_t)kind->width * channels_of(kind->type));
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
}

static int decode(struct image *image)
{
    struct codec_answer answer = {0};
    struct codec_job job = {.options = {.max_pixels = CODEC_MAX_PIXELS}};
    struct run run = {&job, &answer};
    uint8_t *exact = malloc(file.length);
    assert_non_null(exact);
    memcpy(exact, file.bytes, file.length);
    int status = png_decode(&run, exact, file.length, image);
    free(exact);
    return status;
}

static void assert_same(const struct kind *kind)
{
    size_t length = (size_t)kind->width * (size_t)kind->height * channels_of(kind->type);
    struct image image = {0};
    assert_int_equal(decode(&image), 0);
    assert_int_equal(image_stride(&image) * (size_t)image.height, length);
    assert_memory_equal(image.pixels, source, length);
    free(image.pixels);
    image.pixels = NULL;
    assert_true(png_fast_decode(file.bytes, file.length, &image)); // and it was not libpng
    assert_memory_equal(image.pixels, source, length);
    image_free(&image);
}

static void test_each_filter(void **state)
{
    (void)state;
    static const int types[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    static const int filters[] = {PNG_FILTER_NONE, PNG_FILTER_SUB,   PNG_FILTER_UP,
                                  PNG_FILTER_AVG,  PNG_FILTER_PAETH, PNG_ALL_FILTERS};
    static const int sizes[][2] = {{1, 1}, {1, 9}, {5, 1}, {33, 17}, {320, 200}};
    for (size_t t = 0; t < 3; t++)
        for (size_t f = 0; f < 6; f++)
            for (size_t s = 0; s < 5; s++)
                for (size_t chunk = 50; chunk < 100000; chunk += 60000) {
                    struct kind kind = {types[t], filters[f], sizes[s][0], sizes[s][1], chunk};
                    write_png(&kind);
                    assert_same(&kind);
                }
}

// A byte of a chunk of pixels, its name, its length or its sum: libpng has the last word, and says
// no. Whatever is cut off has its end missing.
static void test_damage(void **state)
{
    (void)state;
    struct kind kind = {PNG_COLOR_TYPE_RGB, PNG_ALL_FILTERS, 33, 17, 100};
    write_png(&kind);
    size_t length = file.length;
    for (size_t i = 33; i < length; i++) {
        struct image image = {.layout = IMAGE_RGB, .width = 33, .height = 17};
        file.bytes[i] ^= 0x10;
        if (i < length - 12)
            assert_false(png_fast_decode(file.bytes, length, &image));
        assert_false(png_fast_decode(file.bytes, i, &image));
        assert_null(image.pixels);
        if (decode(&image) == 0) // it does not look behind the pixels
            assert_memory_equal(image.pixels, source, (size_t)33 * 17 * 3);
        image_free(&image);
        file.bytes[i] ^= 0x10;
    }
}

// A header that claims more or fewer pixels than the stream has.
static void test_other_sizes(void **state)
{
    (void)state;
    struct kind kind = {PNG_COLOR_TYPE_RGB, PNG_FILTER_PAETH, 33, 17, 100};
    write_png(&kind);
    for (int height = 1; height < 40; height++) {
        struct image image = {.layout = IMAGE_RGB, .width = 33, .height = height};
        assert_int_equal(png_fast_decode(file.bytes, file.length, &image), height == 17);
        image_free(&image);
    }
}

int main(void)
{
    uint32_t seed = 3;
    for (size_t i = 0; i < sizeof source; i++) {
        seed = seed * 1664525 + 1013904223;
        source[i] = (uint8_t)(i / 97 + (seed >> 24) / (1 + i / 4 % 5));
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_filter),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_other_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
