// test_sniff.c - every format by its first bytes, and what merely looks like one.

#include "sniff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
// cmocka needs the four above
#include <cmocka.h>

static const struct {
    const char *format; // NULL: none
    size_t length;
    const char *bytes;
} cases[] = {
    {"jpeg", 4, "\xff\xd8\xff\xe0"},
    {"png", 8, "\x89PNG\r\n\x1a\n"},
    {"webp", 12, "RIFF\x10\0\0\0WEBP"},
    {"gif", 6, "GIF87a"},
    {"gif", 6, "GIF89a"},
    {"mp4", 12,
     "\0\0\0\x20"
     "ftypisom"},
    {"mp4", 12,
     "\0\0\0\x20"
     "ftypiso6"},
    {"mp4", 12,
     "\0\0\0\x20"
     "ftyp3gp5"},
    {"mp4", 24,
     "\0\0\0\x18"
     "ftypXAVC\0\0\0\0zzzzmp42"},
    {"mov", 12,
     "\0\0\0\x14"
     "ftypqt  "},
    {"mov", 8, "\0\0\0\x08wide"},
    {"mov", 8, "\0\0\x02\0moov"},
    {"heic", 12,
     "\0\0\0\x18"
     "ftypheic"},
    {"heic", 20,
     "\0\0\0\x14"
     "ftypmif1\0\0\0\0zzzz"},
    {"avif", 12,
     "\0\0\0\x18"
     "ftypavif"},
    {"avif", 20,
     "\0\0\0\x14"
     "ftypmif1\0\0\0\0avif"},
    {"tiff", 8, "II*\0\x08\0\0\0"},
    {"tiff", 8, "MM\0*\0\0\0\x08"},
    {"bmp", 18, "BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"},
    {NULL, 0, ""},
    {NULL, 2, "\xff\xd8"},
    {NULL, 18, "BMW is a car maker"},
    {NULL, 12, "RIFF\x10\0\0\0WAVE"},
    {NULL, 16, "all free of cost"},
    {NULL, 8, "the mdat"},
    {NULL, 20,
     "\0\0\0\x14"
     "ftypM4A \0\0\0\0mp42"},
    // the brand beyond the end of the box does not count
    {NULL, 20,
     "\0\0\0\x10"
     "ftypXXXX\0\0\0\0mp42"},
    {NULL, 15, "<!doctype html>"},
};

static void test_formats(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const unsigned char *bytes = (const unsigned char *)cases[i].bytes;
        const char *format = sniff_format(bytes, cases[i].length);
        if (cases[i].format)
            assert_string_equal(format ? format : "none", cases[i].format);
        else
            assert_null(format);
    }
}

// Every prefix, in a block of exactly its size: a sanitizer sees the first byte read beyond it.
static void test_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t length = 1; length < cases[i].length; length++) {
            unsigned char *bytes = malloc(length);
            assert_non_null(bytes);
            memcpy(bytes, cases[i].bytes, length);
            const char *format = sniff_format(bytes, length);
            if (format)
                assert_string_equal(format, cases[i].format ? cases[i].format : "none");
            free(bytes);
        }
}

static void test_kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (cases[i].format)
            assert_non_null(sniff_kind(cases[i].format));
    assert_string_equal(sniff_kind("mov"), "video");
    assert_string_equal(sniff_kind("mp4"), "video");
    assert_string_equal(sniff_kind("avif"), "image");
    assert_null(sniff_kind("text"));
    assert_null(sniff_kind(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
