// test_planes.c - what goes from plane to plane is no further from the picture than what goes over
// RGB: each turn, each sampling, odd sizes, on a picture full of coloured edges.
#include "codec/colour.h"
#include "codec/decoders.h"
#include "codec/jpeg.h"
#include "codec/planes.h"
#include "codec/resize.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jpeglib.h>
#include <webp/encode.h>

#define MOST_LOST 0.2         // dB
#define MOST_LOST_REDUCED 0.7 // a wrong place costs far more

struct file {
    uint8_t *bytes;
    size_t length;
    const char *format;
    bool grey;
};

static struct codec_job job;
static struct codec_answer answer;
static struct run run = {&job, &answer};

// Discs of several colours on slopes.
static uint8_t *draw(int width, int height)
{
    uint8_t *rgb = malloc((size_t)width * (size_t)height * 3 + IMAGE_PADDING), *at = rgb;
    assert_non_null(rgb);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++, at += 3) {
            int u = x % 23 - 11, v = y % 19 - 9, disc = x / 23 + 2 * (y / 19);
            bool inside = u * u + v * v < 60;
            at[0] = (uint8_t)(inside && disc % 2 ? 220 : x * 255 / width);
            at[1] = (uint8_t)(inside && disc % 3 ? 30 : y * 255 / height);
            at[2] = (uint8_t)(inside && disc % 5 ? 200 : 90);
        }
    return rgb;
}

// `h` x `v` of luma for one of chroma; 0: grey.
static struct file make_jpeg(int width, int height, int h, int v)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct file file = {.format = "jpeg", .grey = h == 0};
    unsigned long length = 0;
    uint8_t *rgb = draw(width, height);
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &file.bytes, &length);
    jpeg.image_width = (JDIMENSION)width;
    jpeg.image_height = (JDIMENSION)height;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 95, TRUE);
    if (h == 0)
        jpeg_set_colorspace(&jpeg, JCS_GRAYSCALE);
    jpeg.comp_info[0].h_samp_factor = h ? h : 1;
    jpeg.comp_info[0].v_samp_factor = h ? v : 1;
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = rgb + (size_t)jpeg.next_scanline * (size_t)width * 3;
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    free(rgb);
    file.length = length;
    return file;
}

static struct file make_webp(int width, int height)
{
    struct file file = {.format = "webp"};
    uint8_t *rgb = draw(width, height);
    file.length = WebPEncodeRGB(rgb, width, height, width * 3, 90, &file.bytes);
    assert_int_not_equal(file.length, 0);
    free(rgb);
    return file;
}

static struct image decode(const struct file *file)
{
    struct image image = {0};
    int status = strcmp(file->format, "jpeg") == 0
                     ? jpeg_decode(&run, file->bytes, file->length, &image)
                     : webp_decode(&run, file->bytes, file->length, &image);
    assert_int_equal(status, 0);
    assert_int_equal(colour_to_srgb(&run, &image), 0); // grey becomes RGB
    return image;
}

static double psnr(const struct image *a, const struct image *b)
{
    double sum = 0;
    size_t count = image_stride(a) * (size_t)a->height;
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    for (size_t i = 0; i < count; i++)
        sum += (a->pixels[i] - b->pixels[i]) * (a->pixels[i] - b->pixels[i]);
    return 10 * log10(65025 * (double)count / (sum + 1e-9));
}

static struct image reread(struct jpeg_result *result)
{
    struct file file = {result->bytes, result->length, "jpeg", false};
    struct image image = decode(&file);
    free(result->bytes);
    return image;
}

// Turned and fitted over RGB; takes the image.
static struct image fit(struct image image, const struct fit_plan *plan)
{
    struct image fitted = {0};
    assert_int_equal(image_turn(&run, &image, answer.facts.orientation), 0);
    assert_int_equal(resize(&run, &image, plan, &fitted), 0);
    image_free(&image);
    return fitted;
}

// What was drawn, without any loss; of a grey file what it holds.
static struct image go_without_loss(const struct file *file, const struct fit_plan *plan)
{
    if (file->grey)
        return fit(decode(file), plan);
    struct image drawn = {
        .layout = IMAGE_RGB, .width = answer.facts.width, .height = answer.facts.height};
    drawn.pixels = draw(drawn.width, drawn.height);
    return fit(drawn, plan);
}

static struct image go_over_rgb(const struct file *file, const struct fit_plan *plan)
{
    struct jpeg_result result = {.quality = 95};
    struct image fitted = fit(decode(file), plan);
    assert_int_equal(jpeg_encode(&run, &fitted, &result), 0);
    image_free(&fitted);
    return reread(&result);
}

static struct image go_by_planes(const struct file *file, const struct fit_plan *plan)
{
    struct jpeg_result result = {.quality = 95};
    struct planes planes = {0};
    struct yuv fitted = {0};
    assert_int_equal(planes_take(&run, file->bytes, file->length, plan), 1);
    assert_int_equal(planes_decode(&run, file->bytes, file->length, plan, &planes), 0);
    bool fit = planes_are_fit(&planes, plan);
    assert_int_equal(fit ? 0 : planes_fit(&run, &planes, plan, &fitted), 0);
    assert_int_equal(jpeg_encode_planes(&run, fit ? &planes.yuv : &fitted, &result), 0);
    yuv_free(&planes.yuv);
    yuv_free(&fitted);
    return reread(&result);
}

static void set_source(const struct file *file, int width, int height, int orientation)
{
    answer = (struct codec_answer){0};
    answer.facts.width = width;
    answer.facts.height = height;
    answer.facts.orientation = orientation;
    snprintf(answer.facts.format, sizeof answer.facts.format, "%s", file->format);
}

static void compare(const struct file *file, const struct fit_plan *plan, double most_lost)
{
    struct image wanted = go_without_loss(file, plan);
    struct image encoded = go_over_rgb(file, plan), ours = go_by_planes(file, plan);
    double least = psnr(&encoded, &wanted) - most_lost, found = psnr(&ours, &wanted);
    if (found < least)
        fail_msg("%s, orientation %d, %d x %d: %.2f dB, wanted %.2f", file->format,
                 answer.facts.orientation, plan->width, plan->height, found, least);
    image_free(&wanted);
    image_free(&encoded);
    image_free(&ours);
}

static void set_limits(int max_width, enum codec_fit fit, double min_ratio, double max_ratio)
{
    job.options = (struct codec_options){.quality = 95,
                                         .fit = fit,
                                         .focus_x = 0.3,
                                         .focus_y = 0.7,
                                         .background = {200, 40, 90},
                                         .max_width = max_width,
                                         .min_width = max_width,
                                         .min_ratio = min_ratio,
                                         .max_ratio = max_ratio,
                                         .max_pixels = CODEC_MAX_PIXELS};
}

static void check_turns(const struct file *file, int width, int height, double most_lost)
{
    for (int orientation = 1; orientation <= 8; orientation++) {
        struct fit_plan plan;
        bool swap = orientation >= 5;
        set_source(file, width, height, orientation);
        assert_int_equal(fit_plan(&run, swap ? height : width, swap ? width : height, 1, &plan), 0);
        compare(file, &plan, most_lost);
    }
}

// As it is, smaller, larger, cut out and padded.
static void check_fits(const struct file *file, int width, int height)
{
    static const struct {
        int max_width;
        enum codec_fit fit;
        double min_ratio, max_ratio;
    } fits[] = {{0, CODEC_PAD, 0, 0},      {167, CODEC_PAD, 0, 0},   {168, CODEC_PAD, 0, 0},
                {401, CODEC_PAD, 0, 0},    {0, CODEC_CROP, 1.9, 0},  {0, CODEC_CROP, 0, 0.61},
                {190, CODEC_CROP, 1.9, 0}, {241, CODEC_PAD, 2.2, 0}, {201, CODEC_PAD, 0, 0.5}};
    for (size_t i = 0; i < sizeof fits / sizeof fits[0]; i++) {
        set_limits(fits[i].max_width, fits[i].fit, fits[i].min_ratio, fits[i].max_ratio);
        check_turns(file, width, height, MOST_LOST);
    }
}

static const int SIZES[][2] = {{320, 240}, {321, 239}, {320, 239}, {321, 240}};

static void check_sizes(int h, int v, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct file file = make_jpeg(SIZES[i][0], SIZES[i][1], h, v);
        check_fits(&file, SIZES[i][0], SIZES[i][1]);
        free(file.bytes);
    }
}

static void test_jpeg_of_usual_sampling(void **state)
{
    (void)state;
    check_sizes(2, 2, 4);
}

static void test_jpeg_of_other_samplings(void **state)
{
    (void)state;
    check_sizes(2, 1, 2);
    check_sizes(1, 2, 2);
    check_sizes(1, 1, 2);
    check_sizes(0, 0, 2);
}

static void test_webp(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct file file = make_webp(SIZES[i][0], SIZES[i][1]);
        check_fits(&file, SIZES[i][0], SIZES[i][1]);
        WebPFree(file.bytes);
    }
}

// Shrunk by the transform first, which costs a little of what is all edges.
static void test_great_shrinks(void **state)
{
    (void)state;
    for (int most = 150; most > 30; most /= 2)
        for (int odd = 0; odd < 2; odd++) {
            struct file file = make_jpeg(640 + odd, 480 - odd, 2, 2);
            set_limits(most, CODEC_PAD, 0, 0);
            check_turns(&file, 640 + odd, 480 - odd, MOST_LOST_REDUCED);
            set_limits(most / 2, CODEC_CROP, odd ? 1.9 : 0, odd ? 0 : 0.61);
            check_turns(&file, 640 + odd, 480 - odd, MOST_LOST_REDUCED);
            free(file.bytes);
        }
}

static void test_what_must_go_over_rgb(void **state)
{
    (void)state;
    struct file file = make_jpeg(321, 239, 2, 2);
    struct fit_plan plan;
    set_limits(0, CODEC_PAD, 2, 0);
    set_source(&file, 321, 239, 1);
    assert_int_equal(fit_plan(&run, 321, 239, 1, &plan),
                     0); // its edges are between pairs of pixels
    assert_int_equal(planes_take(&run, file.bytes, file.length, &plan), 0);
    set_limits(200, CODEC_PAD, 2, 0);
    assert_int_equal(fit_plan(&run, 321, 239, 1, &plan), 0);
    assert_int_equal(planes_take(&run, file.bytes, file.length, &plan), 1);
    job.options.backdrop = CODEC_BLUR;
    assert_int_equal(planes_take(&run, file.bytes, file.length, &plan), 0);
    free(file.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jpeg_of_usual_sampling),
        cmocka_unit_test(test_jpeg_of_other_samplings),
        cmocka_unit_test(test_webp),
        cmocka_unit_test(test_great_shrinks),
        cmocka_unit_test(test_what_must_go_over_rgb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
