// test_fit.c - the arithmetic of sizes: ratios hold exactly, nothing leaves its bounds.
#include "codec/fit.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct codec_job job;
static struct codec_answer answer;

static int plan(int width, int height, struct fit_plan *p)
{
    struct run run = {&job, &answer};
    answer = (struct codec_answer){0};
    return fit_plan(&run, width, height, 1, p);
}

static void limits(enum codec_fit fit, double low, double high, int min_width, int max_width)
{
    job.options = (struct codec_options){.fit = fit,
                                         .focus_x = 0.5,
                                         .focus_y = 0.5,
                                         .min_ratio = low,
                                         .max_ratio = high,
                                         .min_width = min_width,
                                         .max_width = max_width,
                                         .max_pixels = CODEC_MAX_PIXELS};
}

static void check_plan(const struct fit_plan *p, int width, int height)
{
    const struct codec_options *o = &job.options;
    double ratio = (double)p->width / p->height;
    assert_true(o->min_ratio == 0 || ratio >= o->min_ratio);
    assert_true(o->max_ratio == 0 || ratio <= o->max_ratio);
    assert_true(o->min_width == 0 || p->width >= o->min_width);
    assert_true(o->max_width == 0 || p->width <= o->max_width);
    assert_true(p->x >= 0 && p->y >= 0 && p->w >= 1 && p->h >= 1);
    assert_true(p->x + p->w <= p->width && p->y + p->h <= p->height);
    assert_true(p->from_x >= 0 && p->from_y >= 0);
    assert_true(p->from_x + p->from_w <= width + 1e-6 && p->from_y + p->from_h <= height + 1e-6);
}

// What is shown keeps its shape, within what whole numbers, even ones beside background, cost.
static void check_shape(const struct fit_plan *p)
{
    double across = p->from_w / p->w, down = p->from_h / p->h;
    assert_true(across * (p->w - 2.01) <= down * p->w + across * 2.01 * p->w / p->h);
    assert_true(down * (p->h - 2.01) <= across * p->h + down * 2.01 * p->h / p->w);
}

static void test_no_limits_change_nothing(void **state)
{
    (void)state;
    struct fit_plan p;
    limits(CODEC_PAD, 0, 0, 0, 0);
    assert_int_equal(plan(123, 457, &p), 0);
    assert_true(fit_is_identity(&p, 123, 457));
    limits(CODEC_NONE, 0.8, 1.91, 320, 1440);
    assert_int_equal(plan(1080, 1350, &p), 0); // exactly 0.8
    assert_true(fit_is_identity(&p, 1080, 1350));
}

static void test_every_shape(void **state)
{
    (void)state;
    static const int sides[] = {1, 2, 3, 17, 319, 320, 321, 999, 1079, 1080, 1441, 4032};
    static const double ratios[][2] = {{0.8, 1.91}, {0.5625, 0.5625},  {1, 1}, {0.75, 0}, {0, 1.5},
                                       {0.01, 10},  {4.0 / 5, 4.0 / 5}};
    static const int widths[][2] = {{0, 0}, {320, 1440}, {0, 1080}, {320, 0}};
    const size_t count = sizeof sides / sizeof sides[0];
    for (size_t r = 0; r < 7; r++)
        for (size_t w = 0; w < 4; w++)
            for (size_t i = 0; i < count * count * 2; i++) {
                struct fit_plan p;
                int width = sides[i % count], height = sides[i / count % count];
                limits(i / count / count ? CODEC_CROP : CODEC_PAD, ratios[r][0], ratios[r][1],
                       widths[w][0], widths[w][1]);
                if (plan(width, height, &p)) { // only what would be too large, or has no such size
                    assert_int_equal(answer.status, CODEC_LIMIT);
                    continue;
                }
                check_plan(&p, width, height);
                check_shape(&p);
            }
}

static void test_padding_keeps_every_pixel(void **state)
{
    (void)state;
    struct fit_plan p;
    limits(CODEC_PAD, 0.8, 1.91, 320, 1440);
    for (int height = 500; height < 1700; height++) {
        assert_int_equal(plan(400, height, &p), 0);
        check_plan(&p, 400, height);
        assert_int_equal(p.w, 400);
        assert_int_equal(p.h, height);
    }
}

static void test_cropping_stays_on_whole_pixels(void **state)
{
    (void)state;
    struct fit_plan p;
    limits(CODEC_CROP, 0.8, 1.91, 320, 1440);
    for (int width = 1000; width < 1440; width++) {
        assert_int_equal(plan(width, 400, &p), 0);
        check_plan(&p, width, 400);
        assert_true(p.from_w == p.w && p.from_h == p.h);
        assert_true(p.from_x == (int)p.from_x && p.from_y == (int)p.from_y);
        assert_true(p.w >= 760);
    }
}

static void test_none_refuses(void **state)
{
    (void)state;
    struct fit_plan p;
    limits(CODEC_NONE, 0.8, 1.91, 0, 0);
    assert_int_equal(plan(79, 100, &p), -1);
    assert_int_equal(answer.status, CODEC_FORMAT);
    assert_int_equal(plan(192, 100, &p), -1);
    assert_int_equal(plan(191, 100, &p), 0);
    assert_int_equal(plan(80, 100, &p), 0);
}

static void test_results_are_bounded(void **state)
{
    (void)state;
    struct fit_plan p;
    limits(CODEC_PAD, 0, 0, 320, 0);
    assert_int_equal(plan(1, 16383, &p), -1);
    assert_int_equal(answer.status, CODEC_LIMIT);
    limits(CODEC_PAD, 0.8, 1.91, 0, 0);
    assert_int_equal(plan(16383, 64, &p), -1);
    assert_int_equal(answer.status, CODEC_LIMIT);
}

// Where the upright pixel that `at` stands for lies in the stored source, across or down.
static void check_side(const struct fit_plan *p, const struct fit_plan *before, struct turn turn,
                       bool across, int width, int height)
{
    bool mirror = across ? turn.mirror_x : turn.mirror_y;
    bool stored_across = across != turn.transpose;
    int count = across ? p->w : p->h, side = across ? width : height;
    double from = across ? p->from_x : p->from_y, length = across ? p->from_w : p->from_h;
    double found = stored_across ? before->from_x : before->from_y;
    double found_length = stored_across ? before->from_w : before->from_h;
    assert_int_equal(stored_across ? before->w : before->h, count);
    assert_int_equal(stored_across ? before->chroma_x : before->chroma_y, mirror ? count % 2 : 0);
    assert_true(fabs(found_length - length) < 1e-9);
    assert_true(fabs((mirror ? side - found - found_length : found) - from) < 1e-9);
}

static void test_before_a_turn(void **state)
{
    (void)state;
    for (int orientation = 1; orientation <= 8; orientation++)
        for (int width = 100; width < 104; width++)
            for (int fit = CODEC_PAD; fit <= CODEC_CROP; fit++) {
                struct turn turn = turn_of(orientation);
                struct fit_plan p, before;
                limits((enum codec_fit)fit, 1.91, 2, 0, 90);
                job.options.focus_x = 0.2;
                job.options.focus_y = 0.9;
                assert_int_equal(plan(width, 77, &p), 0);
                before = fit_before_turn(&p, turn, width, 77);
                assert_true(before.x == 0 && before.y == 0);
                assert_true(before.width == before.w && before.height == before.h);
                check_side(&p, &before, turn, true, width, 77);
                check_side(&p, &before, turn, false, width, 77);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_limits_change_nothing),
        cmocka_unit_test(test_every_shape),
        cmocka_unit_test(test_padding_keeps_every_pixel),
        cmocka_unit_test(test_cropping_stays_on_whole_pixels),
        cmocka_unit_test(test_none_refuses),
        cmocka_unit_test(test_results_are_bounded),
        cmocka_unit_test(test_before_a_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
