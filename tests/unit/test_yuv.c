// test_yuv.c - ranges, flattening and the fill colour of planes, against plain arithmetic.
#include "codec/yuv.h"

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

static void test_expansion_is_exact(void **state)
{
    (void)state;
    uint8_t in[256], out[256 + YUV_PADDING];
    for (int i = 0; i < 256; i++)
        in[i] = (uint8_t)i;
    for (int plane = 0; plane < 3; plane++) {
        yuv_expand_row(plane, in, 256, out);
        for (int i = 0; i < 256; i++) {
            double full = plane ? (i - 128) * 255.0 / 224 + 128 : (i - 16) * 255.0 / 219;
            assert_int_equal(out[i], (int)floor(fmin(255, fmax(0, full)) + 0.5));
        }
    }
}

static void assert_near(int found, double wanted, double by)
{
    assert_true(fabs(found - wanted) <= by);
}

// Each alpha over each of some values, at odd sizes too.
static void test_flatten(void **state)
{
    (void)state;
    static const uint8_t white[3] = {255, 255, 255};
    for (int width = 1; width < 70; width += 3) {
        struct yuv yuv;
        assert_int_equal(yuv_alloc(&run, &yuv, width, 257, true), 0);
        for (int y = 0; y < 257; y++)
            for (int x = 0; x < width; x++) {
                yuv.plane[0][(size_t)y * yuv.stride[0] + (size_t)x] = (uint8_t)(16 + x);
                yuv.plane[3][(size_t)y * yuv.stride[3] + (size_t)x] = (uint8_t)(y < 256 ? y : 255);
                yuv.plane[1][(size_t)(y / 2) * yuv.stride[1] + (size_t)(x / 2)] = 200;
                yuv.plane[2][(size_t)(y / 2) * yuv.stride[2] + (size_t)(x / 2)] = 40;
            }
        yuv_flatten(&yuv, white, 0, 100);
        yuv_flatten(&yuv, white, 100, 257);
        for (int y = 0; y < 256; y++)
            for (int x = 0; x < width; x++) {
                int even = y - y % 2;
                double a = y / 255.0, half = (even + 0.5) / 255;
                const uint8_t *luma = yuv.plane[0] + (size_t)y * yuv.stride[0];
                const uint8_t *u = yuv.plane[1] + (size_t)(y / 2) * yuv.stride[1];
                const uint8_t *v = yuv.plane[2] + (size_t)(y / 2) * yuv.stride[2];
                assert_near(luma[x], (16 + x) * a + 235 * (1 - a), 0.51);
                assert_near(u[x / 2], 200 * half + 128 * (1 - half), 0.8);
                assert_near(v[x / 2], 40 * half + 128 * (1 - half), 0.8);
            }
        yuv_free(&yuv);
        yuv_free(&yuv);
    }
}

static void test_fill(void **state)
{
    (void)state;
    static const struct {
        uint8_t rgb[3], yuv[3];
    } colours[] = {{{255, 255, 255}, {235, 128, 128}},
                   {{0, 0, 0}, {16, 128, 128}},
                   {{255, 0, 0}, {81, 90, 240}},
                   {{0, 0, 255}, {41, 240, 110}}};
    for (size_t i = 0; i < 4; i++) {
        struct yuv yuv;
        assert_int_equal(yuv_alloc(&run, &yuv, 17, 9, false), 0);
        assert_null(yuv.plane[3]);
        yuv_fill(&yuv, colours[i].rgb);
        for (int p = 0; p < 3; p++) {
            size_t last = (size_t)(yuv_side(p, 9) - 1) * yuv.stride[p];
            assert_int_equal(yuv.plane[p][0], colours[i].yuv[p]);
            assert_int_equal(yuv.plane[p][last + (size_t)yuv_side(p, 17) - 1], colours[i].yuv[p]);
        }
        yuv_free(&yuv);
    }
}

// Every sample has its own number, as far as there are so many.
static struct yuv number(int width, int height)
{
    struct yuv yuv;
    assert_int_equal(yuv_alloc(&run, &yuv, width, height, false), 0);
    for (int p = 0; p < 3; p++)
        for (int y = 0; y < yuv_side(p, height); y++)
            for (int x = 0; x < yuv_side(p, width); x++)
                yuv.plane[p][(size_t)y * yuv.stride[p] + (size_t)x] =
                    (uint8_t)(x * 7 + y * 31 + p * 100);
    return yuv;
}

// Where a sample of an upright row and column is stored, by what EXIF says of each orientation.
static size_t stored_at(int orientation, int x, int y, int width, int height, size_t stride)
{
    const int right = width - 1, bottom = height - 1;
    const int places[8][2] = {{x, y}, {right - x, y},  {right - x, bottom - y}, {x, bottom - y},
                              {y, x}, {y, bottom - x}, {right - y, bottom - x}, {right - y, x}};
    const int *at = places[orientation - 1];
    return (size_t)at[1] * stride + (size_t)at[0];
}

static void check_turn(int width, int height, int orientation)
{
    struct yuv in = number(width, height), out;
    bool swap = orientation >= 5;
    int w = swap ? height : width, h = swap ? width : height;
    assert_int_equal(yuv_alloc(&run, &out, w + 6, h + 4, false), 0);
    for (int p = 0; p < 3; p++)
        memset(out.plane[p], 77, out.stride[p] * (size_t)yuv_side(p, h + 4));
    yuv_turn(&in, turn_of(orientation), &out, 4, 2);
    for (int p = 0; p < 3; p++)
        for (int y = 0; y < yuv_side(p, h + 4); y++)
            for (int x = 0; x < yuv_side(p, w + 6); x++) {
                int left = p ? 2 : 4, top = p ? 1 : 2, u = x - left, v = y - top;
                bool inside = u >= 0 && v >= 0 && u < yuv_side(p, w) && v < yuv_side(p, h);
                size_t from = inside ? stored_at(orientation, u, v, yuv_side(p, width),
                                                 yuv_side(p, height), in.stride[p])
                                     : 0;
                assert_int_equal(out.plane[p][(size_t)y * out.stride[p] + (size_t)x],
                                 inside ? in.plane[p][from] : 77);
            }
    yuv_free(&in);
    yuv_free(&out);
}

static void test_turn(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {2, 1}, {1, 5}, {8, 8}, {16, 16}, {17, 31}, {64, 47}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int orientation = 1; orientation <= 8; orientation++)
            check_turn(sizes[i][0], sizes[i][1], orientation);
}

static void test_finer_chroma(void **state)
{
    (void)state;
    struct yuv yuv;
    assert_int_equal(yuv_alloc_full(&run, &yuv, 17, 9, 1, 2), 0);
    assert_true(yuv.full);
    assert_int_equal(yuv_width(&yuv, 1), 17);
    assert_int_equal(yuv_height(&yuv, 2), 5);
    assert_int_equal(yuv_width(&yuv, 0), 17);
    assert_int_equal(yuv_height(&yuv, 0), 9);
    assert_false(yuv_is_halved(&yuv));
    assert_true(yuv.plane[2] >= yuv.plane[1] + yuv.stride[1] * 5);
    yuv_free(&yuv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expansion_is_exact),
        cmocka_unit_test(test_flatten),
        cmocka_unit_test(test_fill),
        cmocka_unit_test(test_turn),
        cmocka_unit_test(test_finer_chroma),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
