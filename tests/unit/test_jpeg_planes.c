// test_jpeg_planes.c - planes of a JPEG against what libjpeg gives as pixels in the same colours:
// every sampling, odd sizes, reductions, and the same answer as the other decoder to what is
// damaged.
#include "codec/jpeg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jpeglib.h>

struct file {
    uint8_t *bytes;
    unsigned long length;
};

// `stored` GRAYSCALE or YCbCr, whose luma has so many samples for one of chroma.
struct kind {
    J_COLOR_SPACE stored;
    int h, v;
    bool progressive, arithmetic;
    unsigned restart; // rows of blocks
};

static const struct kind KINDS[] = {
    {JCS_YCbCr, 2, 2, false, false, 0},     {JCS_YCbCr, 2, 1, false, false, 0},
    {JCS_YCbCr, 1, 2, false, false, 0},     {JCS_YCbCr, 1, 1, false, false, 0},
    {JCS_GRAYSCALE, 1, 1, false, false, 0}, {JCS_GRAYSCALE, 2, 2, false, false, 0},
    {JCS_YCbCr, 2, 2, true, false, 0},      {JCS_YCbCr, 1, 1, true, false, 0},
    {JCS_YCbCr, 2, 2, false, true, 0},      {JCS_YCbCr, 2, 2, false, false, 1},
};
#define KINDS_COUNT (sizeof KINDS / sizeof KINDS[0])

static const int SIZES[][2] = {{1, 1}, {1, 17}, {17, 1}, {8, 8}, {16, 16}, {33, 31}, {101, 77}};
#define SIZES_COUNT (sizeof SIZES / sizeof SIZES[0])

static void set_kind(struct jpeg_compress_struct *jpeg, const struct kind *kind)
{
    jpeg_set_defaults(jpeg);
    jpeg_set_colorspace(jpeg, kind->stored);
    jpeg_set_quality(jpeg, 85, TRUE);
    jpeg->comp_info[0].h_samp_factor = kind->h;
    jpeg->comp_info[0].v_samp_factor = kind->v;
    jpeg->arith_code = kind->arithmetic;
    jpeg->restart_in_rows = (int)kind->restart;
    if (kind->progressive)
        jpeg_simple_progression(jpeg);
}

// Noise over slopes of different colours.
static struct file make(int width, int height, const struct kind *kind)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct file file = {0};
    uint8_t row[4 * 256];
    unsigned noise = 1;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &file.bytes, &file.length);
    jpeg.image_width = (JDIMENSION)width;
    jpeg.image_height = (JDIMENSION)height;
    jpeg.in_color_space = kind->stored == JCS_YCCK ? JCS_CMYK : JCS_RGB;
    jpeg.input_components = kind->stored == JCS_YCCK ? 4 : 3;
    set_kind(&jpeg, kind);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW rows[] = {row};
        for (int i = 0; i < width * jpeg.input_components; i++) {
            noise = noise * 1103515245 + 12345;
            int slope = i % 3 == 0 ? i : i % 3 == 1 ? 2 * (int)jpeg.next_scanline : 255 - i;
            row[i] = (uint8_t)((slope + (int)(noise >> 16) % 32) & 255);
        }
        jpeg_write_scanlines(&jpeg, rows, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    return file;
}

// Luma and chroma of each pixel, chroma repeated.
static uint8_t *decode_pixels(const struct file *file, int reduction)
{
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, file->bytes, file->length);
    jpeg_read_header(&jpeg, TRUE);
    jpeg.out_color_space = jpeg.jpeg_color_space;
    jpeg.do_fancy_upsampling = FALSE;
    jpeg.scale_denom = (unsigned)reduction;
    jpeg_start_decompress(&jpeg);
    size_t stride = (size_t)jpeg.output_width * (size_t)jpeg.output_components;
    uint8_t *pixels = malloc(stride * jpeg.output_height);
    assert_non_null(pixels);
    while (jpeg.output_scanline < jpeg.output_height) {
        JSAMPROW row = pixels + jpeg.output_scanline * stride;
        jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_destroy_decompress(&jpeg);
    return pixels;
}

static uint8_t sample(const struct yuv *yuv, int plane, int x, int y)
{
    if (yuv_is_chroma(plane))
        x /= yuv->across, y /= yuv->down;
    return yuv->plane[plane][(size_t)y * yuv->stride[plane] + (size_t)x];
}

static void check(int width, int height, const struct kind *kind, int reduction)
{
    struct codec_job job = {.options.max_pixels = CODEC_MAX_PIXELS};
    struct codec_answer answer = {0};
    struct run run = {&job, &answer};
    struct yuv yuv = {0};
    bool planar = false, grey = kind->stored == JCS_GRAYSCALE;
    struct file file = make(width, height, kind);
    uint8_t *pixels = decode_pixels(&file, reduction);
    assert_int_equal(jpeg_is_planar(&run, file.bytes, file.length, &planar), 0);
    assert_true(planar);
    assert_int_equal(jpeg_decode_planes(&run, file.bytes, file.length, reduction, &yuv), 0);
    assert_true(yuv.full);
    assert_int_equal(yuv.width, (width + reduction - 1) / reduction);
    assert_int_equal(yuv.height, (height + reduction - 1) / reduction);
    assert_int_equal(yuv.across, grey ? 2 : reduction > 1 && kind->v == kind->h ? 1 : kind->h);
    assert_int_equal(yuv.down, grey ? 2 : reduction > 1 && kind->v == kind->h ? 1 : kind->v);
    for (int y = 0; y < yuv.height; y++)
        for (int x = 0; x < yuv.width; x++) {
            size_t at = (size_t)y * (size_t)yuv.width + (size_t)x;
            assert_int_equal(sample(&yuv, 0, x, y), pixels[grey ? at : at * 3]);
            for (int p = 1; p < 3; p++)
                assert_int_equal(sample(&yuv, p, x, y), grey ? 128 : pixels[at * 3 + (size_t)p]);
        }
    yuv_free(&yuv);
    free(pixels);
    free(file.bytes);
}

static void test_planes_are_the_pixels(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS_COUNT; k++)
        for (size_t s = 0; s < SIZES_COUNT; s++)
            check(SIZES[s][0], SIZES[s][1], &KINDS[k], 1);
}

static void test_reductions(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS_COUNT; k++)
        for (size_t s = 0; s < SIZES_COUNT; s++)
            for (int reduction = 2; reduction <= 8; reduction *= 2)
                check(SIZES[s][0], SIZES[s][1], &KINDS[k], reduction);
}

static bool is_planar(const struct kind *kind)
{
    struct codec_job job = {0};
    struct codec_answer answer = {0};
    struct run run = {&job, &answer};
    struct file file = make(40, 40, kind);
    bool planar = true;
    assert_int_equal(jpeg_is_planar(&run, file.bytes, file.length, &planar), 0);
    free(file.bytes);
    return planar;
}

static void test_what_has_no_such_planes(void **state)
{
    (void)state;
    assert_true(is_planar(&(struct kind){.stored = JCS_YCbCr, .h = 2, .v = 2}));
    assert_false(is_planar(&(struct kind){.stored = JCS_YCbCr, .h = 4, .v = 1}));
    assert_false(is_planar(&(struct kind){.stored = JCS_YCbCr, .h = 3, .v = 1}));
    assert_false(is_planar(&(struct kind){.stored = JCS_RGB, .h = 1, .v = 1}));
    assert_false(is_planar(&(struct kind){.stored = JCS_YCCK, .h = 1, .v = 1}));
}

static int answers;

static bool stop_soon(void *context)
{
    (void)context;
    return --answers < 0;
}

static void assert_same_answer(const uint8_t *bytes, size_t length)
{
    struct codec_job job = {.options.max_pixels = CODEC_MAX_PIXELS};
    struct codec_answer pixels = {0}, planes = {0};
    struct run run = {&job, &pixels}, other = {&job, &planes};
    struct image image = {0};
    struct yuv yuv = {0};
    bool planar = false;
    int status = jpeg_decode(&run, bytes, length, &image);
    if (jpeg_is_planar(&other, bytes, length, &planar) || planar) {
        int found = planes.status ? -1 : jpeg_decode_planes(&other, bytes, length, 1, &yuv);
        assert_int_equal(found, status);
        assert_int_equal(planes.status, pixels.status);
        assert_string_equal(planes.message, pixels.message);
    }
    image_free(&image);
    yuv_free(&yuv);
}

// Cut anywhere, and with any byte replaced: the decoders differ in nothing that is said of it.
static void test_damage_is_judged_alike(void **state)
{
    (void)state;
    static const size_t kinds[] = {0, 4, 6, 9};
    for (size_t k = 0; k < 4; k++) {
        struct file file = make(60, 50, &KINDS[kinds[k]]);
        for (size_t at = 0; at < file.length; at += 3) {
            uint8_t *exact = malloc(at + 1), before = file.bytes[at];
            assert_non_null(exact);
            memcpy(exact, file.bytes, at);
            assert_same_answer(exact, at);
            free(exact);
            file.bytes[at] = (uint8_t)(before ^ 0x55);
            assert_same_answer(file.bytes, file.length);
            file.bytes[at] = before;
        }
        free(file.bytes);
    }
}

static void test_limits_and_stops(void **state)
{
    (void)state;
    struct file file = make(101, 77, &KINDS[0]);
    struct codec_job job = {.options.max_pixels = 100 * 77, .stopped = stop_soon};
    struct codec_answer answer = {0};
    struct run run = {&job, &answer};
    struct yuv yuv = {0};
    answers = 3;
    assert_int_equal(jpeg_decode_planes(&run, file.bytes, file.length, 8, &yuv), -1);
    assert_int_equal(answer.status, CODEC_LIMIT);
    assert_null(yuv.plane[0]);
    job.options.max_pixels = 101 * 77;
    answer = (struct codec_answer){0};
    assert_int_equal(jpeg_decode_planes(&run, file.bytes, file.length, 1, &yuv), -1);
    assert_int_equal(answer.status, CODEC_STOPPED);
    yuv_free(&yuv);
    free(file.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_planes_are_the_pixels),
        cmocka_unit_test(test_reductions),
        cmocka_unit_test(test_what_has_no_such_planes),
        cmocka_unit_test(test_damage_is_judged_alike),
        cmocka_unit_test(test_limits_and_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
