// test_graph_class.c - which Graph codes are the account's, a limit, or the server's.
#include "graph_class.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_auth(void **state)
{
    (void)state;
    static const int codes[] = {3, 10, 102, 190, 200, 250, 299, 2500};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        assert_string_equal(graph_kind(codes[i], 0), "auth");
}

static void test_limit(void **state)
{
    (void)state;
    static const int codes[] = {4, 17, 32, 341, 368, 613, 80000, 80002, 80014};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        assert_string_equal(graph_kind(codes[i], 0), "limit");
    assert_string_equal(graph_kind(4, 2207051), "limit");
    assert_string_equal(graph_kind(9, 2207042), "limit");
}

static void test_remote(void **state)
{
    (void)state;
    static const int codes[] = {-2, -1, 0, 1, 2, 9, 24, 100, 199, 300, 9007, 36000, 79999, 80015};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        assert_string_equal(graph_kind(codes[i], 0), "remote");
    assert_string_equal(graph_kind(9007, 2207027), "remote");
}

static void test_retryable(void **state)
{
    (void)state;
    assert_true(graph_retryable(1, 400, false));
    assert_true(graph_retryable(2, 400, false));
    assert_true(graph_retryable(-1, 400, false));
    assert_true(graph_retryable(-2, 400, false));
    assert_true(graph_retryable(100, 400, true));
    assert_true(graph_retryable(100, 500, false));
    assert_false(graph_retryable(190, 400, false));
    assert_false(graph_retryable(4, 403, false));
    assert_false(graph_retryable(0, 499, false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_auth),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_remote),
        cmocka_unit_test(test_retryable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
