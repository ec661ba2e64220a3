// test_fuzz.c - the kept inputs of `make fuzz`, through the same entries. Runs in the project's
// root.
#include "../fuzz/entries.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define CORPUS "tests/fuzz/corpus"

static void feed_file(const char *folder, const char *name, fuzz_fn entry)
{
    static uint8_t bytes[1 << 20];
    char path[512];
    snprintf(path, sizeof path, CORPUS "/%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    uint8_t *exact = malloc(length ? length : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, length);
    entry(exact, length);
    fuzz_probe(exact, length);
    free(exact);
}

static void feed(const char *folder, fuzz_fn entry)
{
    char path[128];
    snprintf(path, sizeof path, CORPUS "/%s", folder);
    DIR *listing = opendir(path);
    assert_non_null(listing);
    int count = 0;
    for (struct dirent *e; (e = readdir(listing)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        feed_file(folder, e->d_name, entry);
        count++;
    }
    closedir(listing);
    assert_true(count >= 5);
}

static void test_jpeg(void **state)
{
    (void)state;
    feed("jpeg", fuzz_jpeg);
}

static void test_png(void **state)
{
    (void)state;
    feed("png", fuzz_png);
}

static void test_webp(void **state)
{
    (void)state;
    feed("webp", fuzz_webp);
}

static void test_gif(void **state)
{
    (void)state;
    feed("gif", fuzz_gif);
}

static void test_heif(void **state)
{
    (void)state;
    feed("heif", fuzz_heif);
}

static void test_boxes(void **state)
{
    (void)state;
    feed("boxes", fuzz_boxes);
}

static void test_words(void **state)
{
    (void)state;
    feed("words", fuzz_words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jpeg),  cmocka_unit_test(test_png),  cmocka_unit_test(test_webp),
        cmocka_unit_test(test_gif),   cmocka_unit_test(test_heif), cmocka_unit_test(test_boxes),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
