// test_fuzz.c - the kept inputs of `make fuzz`, through each of the same entries. Runs in the
// project's root.
#include "../fuzz/entries.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CORPUS "tests/fuzz/corpus"

static void feed_file(const char *folder, const char *name, fuzz_fn run)
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
    run(exact, length);
    free(exact);
}

static void feed(const char *folder, fuzz_fn run)
{
    char path[128];
    snprintf(path, sizeof path, CORPUS "/%s", folder);
    DIR *listing = opendir(path);
    assert_non_null(listing);
    int count = 0;
    for (struct dirent *e; (e = readdir(listing)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        feed_file(folder, e->d_name, run);
        count++;
    }
    closedir(listing);
    assert_true(count >= 5);
}

static void test_entry(void **state)
{
    const struct fuzz_entry *entry = *state;
    char folders[128];
    snprintf(folders, sizeof folders, "%s", entry->kept ? entry->kept : entry->name);
    char *rest = NULL;
    for (char *name = strtok_r(folders, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
        feed(name, entry->run);
}

int main(void)
{
    struct CMUnitTest tests[64];
    size_t count = 0;
    for (const struct fuzz_entry *e = fuzz_entries; e->name; e++)
        tests[count++] = (struct CMUnitTest){
            .name = e->name, .test_func = test_entry, .initial_state = (void *)(uintptr_t)e};
    return _cmocka_run_group_tests("fuzz", tests, count, NULL, NULL);
}
