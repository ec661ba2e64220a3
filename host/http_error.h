// http_error.h - what libcurl's result of an HTTP request means to a script. Any thread.
#pragma once

#include <curl/curl.h>
#include <stdbool.h>

struct http_class {
    const char *kind;
    bool retryable;
};
// `sent`: whether a byte of the request may have left. Not for CURLE_OK.
struct http_class http_classify(CURLcode code, bool sent);
