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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expansion_is_exact),
        cmocka_unit_test(test_flatten),
        cmocka_unit_test(test_fill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
