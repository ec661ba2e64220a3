// test_redact.c - every form of a secret goes, innocent text stays.
#include "redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct redactor *with(const char *secret, const char *user, bool shown)
{
    struct redactor *r = redactor_new();
    assert_non_null(r);
    assert_int_equal(redactor_add(r, secret, strlen(secret), user, shown), 0);
    return r;
}

static void check(const struct redactor *r, const char *text, const char *expected)
{
    size_t length;
    char *out = redactor_apply(r, text, strlen(text), &length);
    assert_non_null(out);
    assert_string_equal(out, expected);
    assert_int_equal(length, strlen(expected));
    char *again = redactor_apply(r, out, length, NULL);
    assert_string_equal(again, expected);
    free(again);
    free(out);
}

static void plain_and_encoded(void **state)
{
    (void)state;
    struct redactor *r = with("p@ss \"w\\rd/1\n\xc3\xa9", NULL, false);
    check(r, "[p@ss \"w\\rd/1\n\xc3\xa9]", "[***]");
    check(r, "q=p%40ss%20%22w%5Crd%2F1%0A%C3%A9&x", "q=***&x");
    check(r, "q=p%40ss+%22w%5crd%2f1%0a%c3%a9&x", "q=***&x");
    check(r, "{\"a\":\"p@ss \\\"w\\\\rd/1\\n\xc3\xa9\"}", "{\"a\":\"***\"}");
    check(r, "{\"a\":\"p@ss \\\"w\\\\rd\\/1\\n\\u00e9\"}", "{\"a\":\"***\"}");
    check(r, "{\"a\":\"p\\u0040ss \\u0022w\\u005crd/1\\u000a\\u00E9\"}", "{\"a\":\"***\"}");
    check(r, "p@ss is innocent", "p@ss is innocent");
    redactor_free(r);
}

static void prefix_from_eight_on(void **state)
{
    (void)state;
    struct redactor *r = with("abcdefghijkl", NULL, false);
    check(r, "abcdefg abcdefgh abcdefghijk! abcdefghijkl", "abcdefg *** ***! ***");
    redactor_free(r);
}

static void base64_at_every_alignment(void **state)
{
    (void)state;
    struct redactor *r = with("correct horse", NULL, false);
    check(r, "Y29ycmVjdCBob3JzZQ==", "***");
    check(r, "Basic dTpjb3JyZWN0IGhvcnNl.", "Basic dT***.");             // u:
    check(r, "Basic dXU6Y29ycmVjdCBob3JzZQ== end", "Basic dXU6*** end"); // uu:
    check(r, "Basic dXV1OmNvcnJlY3QgaG9yc2U= end", "Basic dXV1O*** end");
    check(r, "a=Y29ycmVjdCBob3JzZQ%3D%3D&b", "a=***&b");
    redactor_free(r);
    r = with("\xff\xfe\xfb\xff?\?>>~~", NULL, false); // both alphabets
    check(r, "//77/z8/Pj5+fg==", "***");
    check(r, "__77_z8_Pj5-fg==", "***");
    redactor_free(r);
}

static void confined_secrets_stay_elsewhere(void **state)
{
    (void)state;
    struct redactor *r = with("logi", "logi", false);
    check(r, "host logicamp.org user logi", "host logicamp.org user logi");
    check(r, "> PASS logi\r\n", "> PASS ***\r\n");
    check(r, "ftp://logi:logi@logicamp.org/x", "ftp://logi:***@logicamp.org/x");
    check(r, "Basic bG9naTpsb2dp", "Basic ***");
    redactor_free(r);
    r = with("longenough", NULL, true);
    check(r, "longenough", "longenough");
    check(r, "PASS longenough", "PASS ***");
    check(r, "sftp://longenough@host", "sftp://***@host");
    redactor_free(r);
    r = with("a/b", NULL, false);
    check(r, "ftp://u:a/b@host a/b", "ftp://u:***@host a/b");
    redactor_free(r);
}

static void patterns_without_registration(void **state)
{
    (void)state;
    struct redactor *r = redactor_new();
    check(r, "GET /me?access_token=abc.d|e&x=1", "GET /me?access_token=***&x=1");
    check(r, "{\"access_token\": \"abc\", \"n\":1}", "{\"access_token\": \"***\", \"n\":1}");
    check(r, "{\\\"access_token\\\":\\\"abc\\\"}", "{\\\"access_token\\\":\\\"***\\\"}");
    check(r, "next=%3Faccess_token%3Dabc%26b", "next=%3Faccess_token%3D***");
    check(r, "Invalid access_token: none", "Invalid access_token: none");
    check(r, "Authorization: Bearer abc-123\r\nHost: x", "Authorization: Bearer ***\r\nHost: x");
    check(r, "token EAABsbCS1234 and IGAAxyz_9-8 end", "token *** and *** end");
    check(r, "\\nEAABsbCS1234567890abcdef", "\\n***");
    check(r, "SEAAB IDEAAL EAAB", "SEAAB IDEAAL EAAB");
    check(r, "ftp://u:p@h/ http:\\/\\/u:p@h mail a:b@c",
          "ftp://u:***@h/ http:\\/\\/u:***@h mail a:b@c");
    check(r, "http://h:80/a@b", "http://h:80/a@b");
    check(r, "", "");
    redactor_free(r);
}

static void overlapping_leave_no_tail(void **state)
{
    (void)state;
    struct redactor *r = with("abcdefgh12345", NULL, false);
    assert_int_equal(redactor_add(r, "defghXYZ-more", 13, NULL, false), 0);
    check(r, "<abcdefghXYZ-more>", "<***>");
    check(r, "<abcdefgh12345defghXYZ-more>", "<***>");
    redactor_free(r);
}

static void long_hostile_text_is_linear(void **state)
{
    (void)state;
    struct redactor *r = with("EAAEAAEAAEAAB", NULL, false);
    size_t length = 3000000;
    char *text = malloc(length + 1);
    for (size_t i = 0; i < length; i++)
        text[i] = "EAA"[i % 3];
    text[length] = 0;
    check(r, text, "***");
    for (size_t i = 0; i < length; i++)
        text[i] = "access_token="[i % 13];
    text[length] = 0;
    check(r, text, "access_token=***");
    free(text);
    redactor_free(r);
}

static void bytes_of_any_kind(void **state)
{
    (void)state;
    struct redactor *r = with("secret-value", NULL, false);
    uint32_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        static const char alphabet[33] = "secrt-valu%\\/+\"=:@ BEAIGbnu0-\x80\xff";
        char text[64] = {0};
        size_t length = round % sizeof text;
        for (size_t i = 0; i < length; i++)
            text[i] = alphabet[(seed = seed * 1664525 + 1013904223) >> 16 & 31];
        char *exact = malloc(length ? length : 1); // so that a sanitizer sees one byte too many
        memcpy(exact, text, length);
        char *out = redactor_apply(r, exact, length, NULL);
        assert_non_null(out);
        assert_null(strstr(out, "secret-v"));
        free(out);
        free(exact);
    }
    redactor_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_and_encoded),
        cmocka_unit_test(prefix_from_eight_on),
        cmocka_unit_test(base64_at_every_alignment),
        cmocka_unit_test(confined_secrets_stay_elsewhere),
        cmocka_unit_test(patterns_without_registration),
        cmocka_unit_test(overlapping_leave_no_tail),
        cmocka_unit_test(long_hostile_text_is_linear),
        cmocka_unit_test(bytes_of_any_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
