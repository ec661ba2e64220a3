// test_target.c - request targets and byte ranges.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "target.h"
#include <cmocka.h>

static bool parse(const char *text, char *buffer, struct target *out)
{
    memcpy(buffer, text, strlen(text) + 1);
    return target_parse(buffer, out);
}

static void test_path_is_decoded(void **state)
{
    char buffer[100];
    struct target t;
    (void)state;
    assert_true(parse("/a%20b/%C3%A9?x=1", buffer, &t));
    assert_string_equal(t.path, "/a b/\xC3\xA9");
    assert_string_equal(t.query, "x=1");
    assert_true(parse("/a+b%25%3f", buffer, &t));
    assert_string_equal(t.path, "/a+b%?");
    assert_null(t.query);
    assert_true(parse("/a..b/...", buffer, &t));
}

static void test_bad_targets_are_refused(void **state)
{
    static const char *const bad[] = {
        "",       "*",     "http://evil/", "a/b",       "/a%00",    "/a%2Fb",
        "/a%2fb", "/..",   "/a/../b",      "/%2e%2e/b", "/%2E./b",  "/a%",
        "/a%4",   "/a%zz", "/a?x=%00",     "/a?x=%g0",  "/a/..?x=1"};
    char buffer[100];
    struct target t;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (parse(bad[i], buffer, &t))
            fail_msg("accepted: %s", bad[i]);
}

static void test_query_pairs(void **state)
{
    char text[] = "a=1&&b=x+y%26%3D&c&=d&e==";
    char *rest = text, *name, *value;
    (void)state;
    assert_true(target_pair(&rest, &name, &value));
    assert_string_equal(name, "a");
    assert_string_equal(value, "1");
    assert_true(target_pair(&rest, &name, &value));
    assert_string_equal(name, "b");
    assert_string_equal(value, "x y&=");
    assert_true(target_pair(&rest, &name, &value));
    assert_string_equal(name, "c");
    assert_string_equal(value, "");
    assert_true(target_pair(&rest, &name, &value));
    assert_string_equal(name, "");
    assert_string_equal(value, "d");
    assert_true(target_pair(&rest, &name, &value));
    assert_string_equal(name, "e");
    assert_string_equal(value, "=");
    assert_false(target_pair(&rest, &name, &value));
    rest = NULL;
    assert_false(target_pair(&rest, &name, &value));
}

static void expect_part(const char *text, uint64_t size, uint64_t first, uint64_t length)
{
    uint64_t f = 99, n = 99;
    assert_int_equal(range_parse(text, size, &f, &n), RANGE_PART);
    assert_int_equal(f, first);
    assert_int_equal(n, length);
}

static void test_ranges(void **state)
{
    uint64_t f, n;
    (void)state;
    expect_part("bytes=0-0", 10, 0, 1);
    expect_part("bytes=2-5", 10, 2, 4);
    expect_part("bytes=2-", 10, 2, 8);
    expect_part("bytes=2-99", 10, 2, 8);
    expect_part("bytes=-3", 10, 7, 3);
    expect_part("bytes=-99", 10, 0, 10);
    static const char *const whole[] = {NULL,
                                        "",
                                        "bytes",
                                        "bytes=",
                                        "bytes=a-b",
                                        "bytes=5-2",
                                        "items=0-1",
                                        "bytes=0-1,3",
                                        "bytes=0 -1",
                                        "bytes=--1",
                                        "bytes=1",
                                        "bytes=-",
                                        "bytes=99999999999999999999999-"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (range_parse(whole[i], 10, &f, &n) != RANGE_WHOLE)
            fail_msg("not taken as the whole: %s", whole[i]);
    assert_int_equal(range_parse("bytes=10-", 10, &f, &n), RANGE_OUTSIDE);
    assert_int_equal(range_parse("bytes=-0", 10, &f, &n), RANGE_OUTSIDE);
    assert_int_equal(range_parse("bytes=0-", 0, &f, &n), RANGE_OUTSIDE);
    assert_int_equal(range_parse("bytes=-1", 0, &f, &n), RANGE_OUTSIDE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_path_is_decoded),
        cmocka_unit_test(test_bad_targets_are_refused),
        cmocka_unit_test(test_query_pairs),
        cmocka_unit_test(test_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
