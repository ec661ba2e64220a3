// test_ftp_session.c - the login folder, read from what an FTP server says.
#include "ftp_session.h"
#include "lib/curl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void hear(struct ftp_session *session, const char *const *lines)
{
    for (; *lines; lines++)
        ftp_session_hear(session, *lines);
}

static void test_login_folder(void **state)
{
    (void)state;
    struct ftp_session session;
    assert_int_equal(ftp_session_open(&session), 0);
    hear(&session,
         (const char *[]){"220 hello", "331 password", "230-welcome", "230 in", "200 PBSZ",
                          "200 PROT", "257 \"/srv/a \"\"b\"\"\" is it", NULL});
    assert_string_equal(session.entry, "/srv/a \"b\"");
    hear(&session, (const char *[]){"550 no folder", "257 \"/made\" created", NULL});
    assert_string_equal(session.entry, "/srv/a \"b\"");
    hear(&session, (const char *[]){"220 another connection", NULL});
    assert_null(session.entry);
    hear(&session, (const char *[]){"230 in", "500 no PWD", "257 \"/made\" created", NULL});
    assert_null(session.entry);
    hear(&session, (const char *[]){"220 x", "230 in", "257 nothing quoted", NULL});
    assert_null(session.entry);
    hear(&session, (const char *[]){"220 x", "230 in", "257 \"/never closed", NULL});
    assert_null(session.entry);
    hear(&session, (const char *[]){"220 x", "230 in", "257 \"C:\\odd\"", NULL});
    assert_null(session.entry);
    ftp_session_close(&session);
}

static int open_curl(void **state)
{
    (void)state;
    assert_null(curl_problem());
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_login_folder)};
    return cmocka_run_group_tests(tests, open_curl, NULL);
}
