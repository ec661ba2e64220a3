// test_files.c - names, hashes, reading and removing.

#include "files.h"
#include "lib/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>
// cmocka needs the first ones above
#include <cmocka.h>

static void check_split(const char *path, const char *folder, const char *name)
{
    struct files_place place;
    assert_int_equal(files_split(path, &place), 0);
    assert_string_equal(place.folder, folder);
    assert_string_equal(place.name, name);
    free(place.folder);
}

static void test_split(void **state)
{
    (void)state;
    check_split("a", ".", "a");
    check_split("/a", "/", "a");
    check_split("x/y/a", "x/y", "a");
    check_split("x//a", "x/", "a");
    static const char *const folders[] = {"", "/", "a/", ".", "..", "a/.", "a/.."};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        struct files_place place;
        assert_int_equal(files_split(folders[i], &place), UV_EISDIR);
        assert_null(place.folder);
    }
}

static void test_join(void **state)
{
    (void)state;
    static const char *const cases[][3] = {{"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"/", "b", "/b"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *path = files_join(cases[i][0], cases[i][1]);
        assert_string_equal(path, cases[i][2]);
        free(path);
    }
}

static void check_suffixed(const char *name, unsigned n, const char *expected)
{
    char out[DISK_NAME_MAX + 1];
    files_suffixed(name, n, out);
    assert_string_equal(out, expected);
}

static void test_suffixed(void **state)
{
    (void)state;
    check_suffixed("photo.jpg", 2, "photo-2.jpg");
    check_suffixed("photo.jpg", 9999, "photo-9999.jpg");
    check_suffixed("photo", 2, "photo-2");
    check_suffixed(".hidden", 2, ".hidden-2");
    check_suffixed(".hidden.jpg", 3, ".hidden-3.jpg");
    check_suffixed("a.tar.gz", 2, "a.tar-2.gz");
    check_suffixed("end.", 2, "end-2.");
    check_suffixed("a.no extension at all", 2, "a.no extension at all-2");
}

static void fill(char name[DISK_NAME_MAX + 1], const char *unit, const char *end)
{
    size_t size = strlen(unit), room = DISK_NAME_MAX - strlen(end);
    char *next = name;
    for (; room >= size; room -= size, next += size)
        memcpy(next, unit, size);
    memset(next, 'x', room);
    memcpy(next + room, end, strlen(end) + 1);
}

// Not longer than a name may be, no character cut, the extension kept, and two names stay two.
static void test_suffixed_long(void **state)
{
    (void)state;
    static const char *const units[] = {"a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        char one[DISK_NAME_MAX + 1], two[DISK_NAME_MAX + 1];
        char first[DISK_NAME_MAX + 1], second[DISK_NAME_MAX + 1];
        fill(one, units[i], "-1.jpg");
        fill(two, units[i], "-2.jpg");
        assert_int_equal(strlen(one), DISK_NAME_MAX);
        files_suffixed(one, 2, first);
        files_suffixed(two, 2, second);
        assert_string_not_equal(first, second);
        assert_true(strlen(first) > DISK_NAME_MAX - 5);
        assert_string_equal(first + strlen(first) - 6, "-2.jpg");
        size_t stem = strlen(first) - strlen("-12345678-2.jpg");
        assert_memory_equal(first, one, stem);
        assert_int_equal(stem % strlen(units[i]), 0); // whole characters
        files_suffixed(one, 3, second);
        assert_string_not_equal(first, second);
    }
    char odd[DISK_NAME_MAX + 1], out[DISK_NAME_MAX + 1];
    fill(odd, "\xbf", ""); // continuation bytes alone: no UTF-8
    files_suffixed(odd, 2, out);
    assert_int_equal(strlen(out), DISK_NAME_MAX);
}

static void test_temporary(void **state)
{
    (void)state;
    char one[DISK_NAME_MAX + 1], two[DISK_NAME_MAX + 1];
    assert_int_equal(files_temporary(one), 0);
    assert_int_equal(files_temporary(two), 0);
    assert_string_not_equal(one, two);
    assert_int_equal(one[0], '.');
    assert_string_equal(strrchr(one, '.'), ".part");
    assert_true(strlen(one) < 40);
}

static int make_folder(void **state)
{
    *state = strdup("/tmp/affiche-unit-XXXXXX");
    return *state && mkdtemp(*state) ? 0 : -1;
}

static int drop_folder(void **state)
{
    int code = files_remove(*state, true, NULL);
    free(*state);
    return code;
}

static char *make_file(const char *folder, const char *name, const char *text)
{
    char *path = files_join(folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    return path;
}

static bool after_some(void *owner)
{
    int *left = owner;
    return (*left)-- <= 0;
}

static void test_hash_and_read(void **state)
{
    char *path = make_file(*state, "a", "abc");
    char hex[FILES_SHA256_HEX], *data;
    uint64_t size;
    size_t length;
    assert_int_equal(files_hash(path, NULL, hex, &size), 0);
    assert_int_equal(size, 3);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(files_read(path, 3, NULL, &data, &length), 0);
    assert_int_equal(length, 3);
    assert_memory_equal(data, "abc", 3);
    free(data);
    assert_int_equal(files_read(path, 2, NULL, &data, &length), FILES_TOO_LARGE);
    assert_null(data);
    assert_int_equal(files_read("/proc/self/status", 5, NULL, &data, &length), FILES_TOO_LARGE);
    assert_null(data);
    free(path);
}

static void test_stopped(void **state)
{
    char *path = make_file(*state, "a", "abc"), *data;
    char hex[FILES_SHA256_HEX];
    uint64_t size;
    size_t length;
    // At the start, and between the last byte and the end of the file.
    for (int after = 0; after < 2; after++) {
        int left = after;
        struct files_stop stop = {after_some, &left};
        assert_int_equal(files_hash(path, &stop, hex, &size), UV_ECANCELED);
        left = after;
        assert_int_equal(files_read(path, 100, &stop, &data, &length), UV_ECANCELED);
        assert_null(data);
    }
    int left = 0;
    struct files_stop stop = {after_some, &left};
    assert_int_equal(files_remove(path, false, &stop), UV_ECANCELED);
    assert_int_equal(access(path, F_OK), 0);
    free(path);
}

static void test_folders(void **state)
{
    char *deep = files_join(*state, "a/b//c/");
    char *file = make_file(*state, "file", "x");
    char *below = files_join(file, "a");
    assert_int_equal(files_make_folders(deep, 0755), 0);
    assert_int_equal(files_make_folders(deep, 0755), 0);
    assert_int_equal(files_make_folders(file, 0755), UV_ENOTDIR);
    assert_int_equal(files_make_folders(below, 0755), UV_ENOTDIR);
    char *top = files_join(*state, "a");
    assert_int_equal(files_remove(top, false, NULL), UV_ENOTEMPTY);
    assert_int_equal(files_remove(top, true, NULL), 0);
    assert_int_equal(files_remove(top, true, NULL), 0);
    assert_int_not_equal(access(top, F_OK), 0);
    free(top);
    free(below);
    free(file);
    free(deep);
}

static int open_crypto(void **state)
{
    (void)state;
    assert_null(crypto_problem());
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_join),
        cmocka_unit_test(test_suffixed),
        cmocka_unit_test(test_suffixed_long),
        cmocka_unit_test(test_temporary),
        cmocka_unit_test_setup_teardown(test_hash_and_read, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(test_stopped, make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(test_folders, make_folder, drop_folder),
    };
    return cmocka_run_group_tests(tests, open_crypto, NULL);
}
