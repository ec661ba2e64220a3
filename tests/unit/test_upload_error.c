// test_upload_error.c - what results of libcurl and replies of servers mean.
#include "lib/curl.h"
#include "upload_error.h"

#include <curl/curl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct seen {
    int curl_code, code;
    const char *reply, *detail;
    const char *kind;
    bool retryable;
    const char *word; // in the message
};

// Each was seen with a real server or a misbehaving one.
static const struct seen all[] = {
    {CURLE_PARTIAL_FILE, 426, "426 Failure reading", "", "network", true, "426"},
    {CURLE_PARTIAL_FILE, 451, "451 Local error", "", "remote", true, "451"},
    {CURLE_PARTIAL_FILE, 452, "452 No space", "", "limit", false, "full"},
    {CURLE_REMOTE_DISK_FULL, 552, "552 Quota", "", "limit", false, "quota"},
    {CURLE_UPLOAD_FAILED, 552, "552 Quota", "", "limit", false, "quota"},
    {CURLE_UPLOAD_FAILED, 550, "550 Permission denied", "", "remote", false, "Permission"},
    {CURLE_FTP_WEIRD_PASV_REPLY, 550, "550 Overwrite", "unknown PASV reply", "remote", false,
     "Overwrite"},
    {CURLE_UPLOAD_FAILED, 553, "553 Bad name", "", "remote", false, "name"},
    {CURLE_UPLOAD_FAILED, 450, "450 Busy", "", "remote", true, "busy"},
    {CURLE_SEND_ERROR, 150, "150 Ok", "Send failure", "network", true, "disk is full"},
    {CURLE_RECV_ERROR, 0, "", "Recv failure", "network", true, "lost"},
    {CURLE_RECV_ERROR, 0, "", "Too large response headers: 300000", "remote", false, "no end"},
    {CURLE_LOGIN_DENIED, 530, "530 Login incorrect.", "Access denied: 530", "auth", false, "login"},
    {CURLE_LOGIN_DENIED, 550, "550 SSL/TLS required on the control channel", "", "tls", false,
     "FTP_TLS=require"},
    {CURLE_LOGIN_DENIED, 530, "530 Non-anonymous sessions must use encryption.", "", "tls", false,
     "FTP_TLS=require"},
    {CURLE_USE_SSL_FAILED, 530, "530 Please login", "", "tls", false, "not offer"},
    {CURLE_PEER_FAILED_VERIFICATION, 234, "234 Go", "self-signed", "tls", false, "not trusted"},
    {CURLE_SSL_CACERT_BADFILE, 0, "", "", "tls", false, "CA file"},
    {CURLE_REMOTE_ACCESS_DENIED, 550, "550 No such", "", "remote", false, "folder"},
    {CURLE_COULDNT_RESOLVE_HOST, 0, "", "", "network", true, "name"},
    {CURLE_COULDNT_CONNECT, 0, "", "", "network", true, "reached"},
    {CURLE_OPERATION_TIMEDOUT, 150, "150 Ok", "", "timeout", true, "too long"},
    {CURLE_WEIRD_SERVER_REPLY, 421, "421 Too many", "", "remote", true, "connections"},
    {CURLE_SSH, 0, "", "", "remote", true, "SSH"},
    {CURLE_READ_ERROR, 0, "", "", "io", false, "read"},
    {CURLE_LDAP_CANNOT_BIND, 0, "", "", "remote", true, "failed"},
};

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct upload_error error = {0};
        upload_error_set(&error, all[i].curl_code, all[i].code, "uploading", all[i].reply,
                         all[i].detail);
        assert_string_equal(error.kind, all[i].kind);
        assert_int_equal(error.retryable, all[i].retryable);
        assert_int_equal(error.code, all[i].code);
        assert_memory_equal(error.message, "uploading: ", 11);
        assert_non_null(strstr(error.message, all[i].word));
    }
}

// A positive reply says nothing about the failure, so libcurl's words stand in the message.
static void test_the_better_words_are_shown(void **state)
{
    (void)state;
    struct upload_error error = {0};
    upload_error_set(&error, CURLE_SEND_ERROR, 150, "uploading", "150 Ok", "Broken pipe");
    assert_non_null(strstr(error.message, "(Broken pipe)"));
    upload_error_set(&error, CURLE_UPLOAD_FAILED, 553, "uploading", "553 No", "Failed FTP upload");
    assert_non_null(strstr(error.message, "(553 No)"));
}

// Replies come in whatever encoding the server likes, and may hold anything.
static void test_strange_bytes(void **state)
{
    (void)state;
    struct upload_error error = {0};
    upload_error_set(&error, CURLE_UPLOAD_FAILED, 553, "u", "553 refus\xe9 \x1b[2J", "");
    assert_non_null(strstr(error.message, "(553 refus? ?[2J)"));
    upload_error_set(&error, CURLE_UPLOAD_FAILED, 553, "u", "553 refus\xc3\xa9 \xe2\x82\xac", "");
    assert_non_null(strstr(error.message, "(553 refus\xc3\xa9 \xe2\x82\xac)"));
    upload_error_set(&error, CURLE_UPLOAD_FAILED, 553, "u", "553 \xc3", "");
    assert_non_null(strstr(error.message, "(553 ?)"));
}

static int open_curl(void **state)
{
    (void)state;
    assert_null(curl_problem());
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_the_better_words_are_shown),
        cmocka_unit_test(test_strange_bytes),
    };
    return cmocka_run_group_tests(tests, open_curl, NULL);
}
