// test_ftp_target.c - which URLs and names are taken, and what is made of them.
#include "ftp_target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void is_refused(const char *url, const char *word)
{
    struct ftp_target target = {0};
    const char *why = ftp_target_parse(&target, url);
    assert_non_null(why);
    assert_non_null(strstr(why, word));
    ftp_target_free(&target);
}

static void test_refused(void **state)
{
    (void)state;
    is_refused("http://h/a", "begin with");
    is_refused("ftp://h", "host and a path");
    is_refused("ftp:///a", "host and a path");
    is_refused("ftp://h?a/b", "host and a path");
    is_refused("ftp://user:secret@h/a", "user and password");
    is_refused("ftp://h\r\n/a", "strange");
    is_refused("ftp://h/", "file name");
    is_refused("ftp://h/a/", "file name");
    is_refused("ftp://h/a%2F", "file name");
    is_refused("ftp://h/a%0D%0ADELE%20b", "control");
    is_refused("ftp://h/a\nb", "control");
    is_refused("ftp://h/a%7f", "control");
    is_refused("ftp://h/a%00b", "encoded");
    is_refused("ftp://h/a%2", "encoded");
    is_refused("ftp://h/a%zz", "encoded");
    is_refused("ftp://h/a?b", "encoded");
    is_refused("ftp://h/a#b", "encoded");
    is_refused("ftp://h/../a", "..");
    is_refused("ftp://h/x/..%2fa", "..");
    is_refused("ftp://h/%2e/a", "..");
}

struct expected {
    const char *url, *folder, *name, *out, *path, *folder_url;
};

// The login folder is /srv/us.
static const struct expected ok[] = {
    {"ftp://h/a", "", "a", "ftp://h/a", "/srv/us/a", "ftp://h/"},
    {"FTP://h:21/x/y/a", "x/y", "a", "ftp://h:21/x/y/a", "/srv/us/x/y/a", "ftp://h:21/x/y/"},
    {"ftp://h/%2Fx/a", "/x", "a", "ftp://h/%2Fx/a", "/x/a", "ftp://h/%2Fx/"},
    {"ftp://h//x/a", "/x", "a", "ftp://h/%2Fx/a", "/x/a", "ftp://h/%2Fx/"},
    {"ftp://h/%2Fa", "/", "a", "ftp://h/%2Fa", "/a", "ftp://h/%2F"},
    {"ftp://h/d%20;type=a/a%3Btype=i", "d ;type=a", "a;type=i",
     "ftp://h/d%20%3Btype%3Da/a%3Btype%3Di", "/srv/us/d ;type=a/a;type=i",
     "ftp://h/d%20%3Btype%3Da/"},
    {"ftps://[::1]:990/%C3%A9/a", "é", "a", "ftps://[::1]:990/%C3%A9/a", "/srv/us/é/a",
     "ftps://[::1]:990/%C3%A9/"},
    {"sftp://h/srv/a", "srv", "a", "sftp://h/srv/a", "/srv/a", "sftp://h/srv/"},
    {"sftp://h/~/up/a", "~/up", "a", "sftp://h/~/up/a", "up/a", "sftp://h/~/up/"},
    {"sftp://h/~/a", "~", "a", "sftp://h/~/a", "a", "sftp://h/~/"},
    {"sftp://h/a", "", "a", "sftp://h/a", "/a", "sftp://h/"},
};

static void test_taken_apart_and_put_together(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ok / sizeof *ok; i++) {
        struct ftp_target target = {0};
        assert_null(ftp_target_parse(&target, ok[i].url));
        assert_string_equal(target.folder, ok[i].folder);
        assert_string_equal(target.name, ok[i].name);
        char *url = ftp_target_url(&target, target.name);
        char *folder_url = ftp_target_url(&target, NULL);
        char *path = ftp_target_path(&target, target.name, "/srv/us");
        assert_string_equal(url, ok[i].out);
        assert_string_equal(folder_url, ok[i].folder_url);
        assert_string_equal(path, ok[i].path);
        free(url);
        free(folder_url);
        free(path);
        ftp_target_free(&target);
    }
}

static void test_path_without_known_login_folder(void **state)
{
    (void)state;
    struct ftp_target target = {0};
    assert_null(ftp_target_parse(&target, "ftp://h/x/a"));
    char *path = ftp_target_path(&target, "b", NULL);
    assert_string_equal(path, "x/b");
    free(path);
    path = ftp_target_path(&target, "b", "/");
    assert_string_equal(path, "/x/b");
    free(path);
    ftp_target_free(&target);
}

static void test_names(void **state)
{
    (void)state;
    assert_true(ftp_target_is_name(".a b.part"));
    assert_false(ftp_target_is_name(""));
    assert_false(ftp_target_is_name("."));
    assert_false(ftp_target_is_name(".."));
    assert_false(ftp_target_is_name("a/b"));
    assert_false(ftp_target_is_name("a\r\nDELE b"));
    assert_false(ftp_target_clean("\x7f"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_taken_apart_and_put_together),
        cmocka_unit_test(test_path_without_known_login_folder),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
