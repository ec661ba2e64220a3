// test_http_error.c - what libcurl's results become.
#include "http_error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void is(CURLcode code, bool sent, const char *kind, bool retryable)
{
    struct http_class class = http_classify(code, sent);
    assert_string_equal(class.kind, kind);
    assert_int_equal(class.retryable, retryable);
}

static void test_classes(void **state)
{
    (void)state;
    is(CURLE_COULDNT_RESOLVE_HOST, false, "network", true);
    is(CURLE_COULDNT_CONNECT, false, "network", true);
    is(CURLE_GOT_NOTHING, true, "network", true);
    is(CURLE_PARTIAL_FILE, true, "network", true);
    is(CURLE_RECV_ERROR, true, "network", true);
    is(CURLE_OPERATION_TIMEDOUT, true, "timeout", true);
    is(CURLE_SSL_CONNECT_ERROR, false, "tls", true);
    is(CURLE_PEER_FAILED_VERIFICATION, false, "tls", false);
    is(CURLE_SSL_CACERT_BADFILE, false, "tls", false);
    is(CURLE_URL_MALFORMAT, false, "format", false);
    is(CURLE_TOO_MANY_REDIRECTS, true, "remote", false);
    is(CURLE_WEIRD_SERVER_REPLY, true, "remote", false);
    is(CURLE_FILESIZE_EXCEEDED, true, "limit", false);
    is(CURLE_OUT_OF_MEMORY, false, "limit", true);
}

static void test_one_code_for_two_things(void **state)
{
    (void)state;
    is(CURLE_UNSUPPORTED_PROTOCOL, false, "format", false); // our URL
    is(CURLE_UNSUPPORTED_PROTOCOL, true, "remote", false);  // their answer
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_one_code_for_two_things),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
