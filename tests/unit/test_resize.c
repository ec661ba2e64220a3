// test_resize.c - resampling: flat stays flat, slopes stay slopes, planes and RGB agree with a
// plain computation of the same filter.
#include "codec/kernel.h"
#include "codec/resize.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct codec_job job;
static struct codec_answer answer;
static struct run run = {&job, &answer};

static struct fit_plan whole(int from_w, int from_h, int w, int h)
{
    return (struct fit_plan){
        .width = w, .height = h, .w = w, .h = h, .from_w = from_w, .from_h = from_h};
}

static double lanczos(double x)
{
    const double pi = acos(-1);
    if (fabs(x) < 1e-9)
        return 1;
    return fabs(x) >= 3 ? 0 : 3 * sin(pi * x) * sin(pi * x / 3) / (pi * pi * x * x);
}

// One channel of one position, by the definition.
static double reference(const struct image *in, int c, double x, double y, double sx, double sy)
{
    double sum = 0, weights = 0, wide = fmax(sx, 1), high = fmax(sy, 1);
    for (int j = 0; j < in->height; j++)
        for (int i = 0; i < in->width; i++) {
            double w = lanczos((i + 0.5 - x) / wide) * lanczos((j + 0.5 - y) / high);
            sum += w * in->pixels[((size_t)j * (size_t)in->width + (size_t)i) * 3 + (size_t)c];
            weights += w;
        }
    return fmin(255, fmax(0, sum / weights));
}

static struct image noise(int width, int height)
{
    struct image image = {0};
    uint32_t seed = 1;
    assert_int_equal(image_alloc(&run, &image, IMAGE_RGB, width, height), 0);
    for (size_t i = 0; i < image_stride(&image) * (size_t)height; i++) {
        seed = seed * 1664525 + 1013904223;
        image.pixels[i] = (uint8_t)(seed >> 24);
    }
    return image;
}

static void test_against_the_definition(void **state)
{
    (void)state;
    static const int sizes[][4] = {{37, 29, 16, 12}, {20, 20, 45, 31}, {64, 3, 5, 7},
                                   {1, 1, 9, 4},     {50, 50, 50, 20}, {100, 90, 1, 1}};
    for (size_t s = 0; s < 6; s++) {
        const int *n = sizes[s];
        struct image in = noise(n[0], n[1]), out = {0};
        struct fit_plan plan = whole(n[0], n[1], n[2], n[3]);
        assert_int_equal(resize(&run, &in, &plan, &out), 0);
        double sx = (double)n[0] / n[2], sy = (double)n[1] / n[3];
        for (int y = 0; y < n[3]; y++)
            for (int x = 0; x < n[2]; x++)
                for (int c = 0; c < 3; c++) {
                    double wanted = reference(&in, c, (x + 0.5) * sx, (y + 0.5) * sy, sx, sy);
                    size_t at = ((size_t)y * (size_t)n[2] + (size_t)x) * 3 + (size_t)c;
                    assert_true(fabs(out.pixels[at] - wanted) <= 1.0);
                }
        image_free(&in);
        image_free(&out);
    }
}

static void assert_luma(int found, int limited)
{
    double wanted = fmin(255, fmax(0, (limited - 16) * 255.0 / 219));
    assert_true(fabs(found - wanted) <= 1.1); // each was rounded once
}

// Luma and the red channel get the same numbers, so they must end alike, but for the range that
// planes are brought to.
static void test_planes_agree_with_rgb(void **state)
{
    (void)state;
    for (int width = 1; width < 90; width += 7) {
        struct image in = noise(101, 67), out = {0};
        struct yuv planes, small;
        struct fit_plan plan = whole(101, 67, width, 33);
        assert_int_equal(yuv_alloc(&run, &planes, 101, 67, false), 0);
        for (int p = 1; p < 3; p++)
            memset(planes.plane[p], 99, planes.stride[p] * 34);
        for (int y = 0; y < 67; y++)
            for (int x = 0; x < 101; x++)
                planes.plane[0][(size_t)y * planes.stride[0] + (size_t)x] =
                    in.pixels[((size_t)y * 101 + (size_t)x) * 3];
        assert_int_equal(resize(&run, &in, &plan, &out), 0);
        assert_int_equal(resize_planes(&run, &planes, &plan, &small), 0);
        for (int y = 0; y < 33; y++)
            for (int x = 0; x < width; x++)
                assert_luma(small.plane[0][(size_t)y * small.stride[0] + (size_t)x],
                            out.pixels[((size_t)y * (size_t)width + (size_t)x) * 3]);
        assert_true(small.full);
        assert_int_equal(small.plane[1][0], 95); // flat stays flat: 128 - 29 * 255 / 224
        assert_int_equal(small.plane[2][(width - 1) / 2], 95);
        image_free(&in);
        image_free(&out);
        yuv_free(&planes);
        yuv_free(&small);
    }
}

// A shrink by thousands has thousands of small weights, and none may be lost.
static void test_great_shrinks_keep_the_mean(void **state)
{
    (void)state;
    struct image in = {0}, out = {0};
    struct fit_plan plan = whole(16000, 20, 2, 1);
    assert_int_equal(image_alloc(&run, &in, IMAGE_RGB, 16000, 20), 0);
    for (size_t i = 0; i < (size_t)16000 * 20; i++)
        memset(in.pixels + i * 3, i % 2 ? 201 : 101, 3);
    assert_int_equal(resize(&run, &in, &plan, &out), 0);
    assert_true(abs(out.pixels[0] - 151) <= 1 && abs(out.pixels[5] - 151) <= 1);
    image_free(&in);
    image_free(&out);
}

#ifdef __x86_64__

static void compare_kernels(const struct kernel *one, const struct kernel *other, int taps)
{
    static uint8_t rows[40 * 200], bytes[2][60];
    static int16_t sums[2][200], weights[64 * 40];
    int first[64], room = (taps + KERNEL_TAPS - 1) / KERNEL_TAPS * KERNEL_TAPS;
    srand(7);
    for (size_t i = 0; i < sizeof rows; i++)
        rows[i] = (uint8_t)rand();
    for (int i = 0; i < 64; i++) {
        first[i] = rand() % 100;
        for (int t = 0; t < room; t++)
            weights[i * room + t] = (int16_t)(t < taps ? rand() % 2001 - 1000 : 0);
    }
    one->rows(rows, 200, weights, taps, 150, sums[0]);
    other->rows(rows, 200, weights, taps, 150, sums[1]);
    assert_memory_equal(sums[0], sums[1], 150 * sizeof **sums);
    for (int width = 50; width < 60; width++) {
        one->columns(sums[0], first, weights, room, 1 << 19, width, bytes[0]);
        other->columns(sums[0], first, weights, room, 1 << 19, width, bytes[1]);
        assert_memory_equal(bytes[0], bytes[1], (size_t)width);
    }
}

static void test_kernels_agree(void **state)
{
    (void)state;
    for (int taps = 1; taps < 34; taps++) {
        compare_kernels(&kernel_plain, &kernel_sse2, taps);
        if (__builtin_cpu_supports("avx2"))
            compare_kernels(&kernel_plain, &kernel_avx2, taps);
    }
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_the_definition),
        cmocka_unit_test(test_planes_agree_with_rgb),
        cmocka_unit_test(test_great_shrinks_keep_the_mean),
#ifdef __x86_64__
        cmocka_unit_test(test_kernels_agree),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
