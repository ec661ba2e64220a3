// test_ftp_presence.c - lines of listings, in the styles that servers use.
#include "ftp_presence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_lines(void **state)
{
    (void)state;
    const char *unix_line = "-rw-r--r--    1 1000     1000        18815 Nov 22 09:00 a b.jpg";
    assert_int_equal(ftp_presence_listed(unix_line, "a b.jpg"), 18815);
    assert_int_equal(ftp_presence_listed(unix_line, "b.jpg"), 18815); // names have no blanks
    assert_int_equal(ftp_presence_listed(unix_line, "jpg"), -1);
    assert_int_equal(ftp_presence_listed("-rw-r--r-- 1 0 0 0 Jan 1 2025 e", "e"), 0);
    assert_int_equal(ftp_presence_listed("11-22-26  09:00AM                18815 a.jpg", "a.jpg"),
                     18815);
    assert_int_equal(ftp_presence_listed("11-22-26  09:00AM       <DIR>          a", "a"), -1);
    assert_int_equal(ftp_presence_listed("drwxr-xr-x 2 0 0 4096 Jan 1 2025 a", "a"), -1);
    assert_int_equal(ftp_presence_listed("lrwxrwxrwx 1 0 0 4 Jan 1 2025 a", "a"), -1);
    assert_int_equal(ftp_presence_listed("total 12", "12"), -1);
    assert_int_equal(ftp_presence_listed("- a", "a"), -1);
    assert_int_equal(ftp_presence_listed("a", "a"), -1);
    assert_int_equal(ftp_presence_listed("", "a"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
