// upload_error.h - what a failed FTP or SFTP request means.
// Any thread, plain C data. The server's code is asked first: the CURLcode often misleads.
#pragma once

#include <stdbool.h>

struct upload_error {
    const char *kind; // NULL: no error. Else one of the words of Error.kind, static
    bool retryable;
    int code;            // reply code of the server, 0 without
    const char *name;    // a code by name ("EEXIST") instead, static, or NULL
    char message[640];   // for people, UTF-8, without secrets
    bool rename_refused; // the server does not rename; the temporary file was removed
    bool taken;          // the final name holds something else
    bool tls_offered;    // the server has offered TLS
};

// Fills `error` from a result of libcurl (a CURLcode), the server's last code (0 without), its last
// reply line and libcurl's own words; both may be empty. `doing` names the step.
void upload_error_set(struct upload_error *error, int curl_code, int code, const char *doing,
                      const char *reply, const char *detail);
// Fills `error` with a failure of our own. printf-like.
void upload_error_own(struct upload_error *error, const char *kind, bool retryable,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));
