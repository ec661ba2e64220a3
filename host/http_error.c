// http_error.c - what libcurl's result of an HTTP request means to a script. Any thread.
// retryable says that the same call may succeed later, not that it is harmless to make it: whoever
// must not act twice looks at err.sent.
#include "http_error.h"

#include <stddef.h>

static const struct {
    CURLcode code;
    struct http_class class;
} classes[] = {
    {CURLE_FAILED_INIT, {"io", false}}, // there is no libcurl
    {CURLE_URL_MALFORMAT, {"format", false}},
    {CURLE_OPERATION_TIMEDOUT, {"timeout", true}},
    {CURLE_OUT_OF_MEMORY, {"limit", true}},
    {CURLE_FILESIZE_EXCEEDED, {"limit", false}},
    {CURLE_TOO_MANY_REDIRECTS, {"remote", false}},
    {CURLE_WEIRD_SERVER_REPLY, {"remote", false}},
    {CURLE_BAD_CONTENT_ENCODING, {"remote", false}},
    // A handshake that is cut or reset looks the same as one that cannot be agreed on.
    {CURLE_SSL_CONNECT_ERROR, {"tls", true}},
    {CURLE_PEER_FAILED_VERIFICATION, {"tls", false}},
    {CURLE_SSL_CACERT_BADFILE, {"tls", false}},
    {CURLE_SSL_CERTPROBLEM, {"tls", false}},
    {CURLE_SSL_CIPHER, {"tls", false}},
    {CURLE_SSL_ISSUER_ERROR, {"tls", false}},
    {CURLE_SSL_CRL_BADFILE, {"tls", false}},
    {CURLE_SSL_INVALIDCERTSTATUS, {"tls", false}},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, {"tls", false}},
    {CURLE_USE_SSL_FAILED, {"tls", false}},
};

struct http_class http_classify(CURLcode code, bool sent)
{
    // One code for two things: a scheme we do not speak, and an answer that is no HTTP.
    if (code == CURLE_UNSUPPORTED_PROTOCOL)
        return (struct http_class){sent ? "remote" : "format", false};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (classes[i].code == code)
            return classes[i].class;
    }
    return (struct http_class){"network", true};
}
