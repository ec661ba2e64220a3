// http_body.h - a request's body out of a file, read piece by piece while it is sent.
// Loop thread only; the reading itself is done by a thread of the pool, so that a slow disk holds
// nobody up. Used by http.c alone.
#pragma once

#include "host.h"
#include <curl/curl.h>

struct http_body {
    uv_loop_t *loop;
    uv_fs_t request;    // the open or read under way
    bool busy;          // it is; `idle` follows, and until then nothing may be freed
    bool open;          // fd is
    bool waiting;       // libcurl was told to wait for the next piece
    uv_file fd;         // owned
    int status;         // UV_E* of what failed; UV_EOF: the file became shorter
    uint64_t at, end;   // bytes: read so far, size of the file
    char *piece;        // owned
    size_t have, taken; // bytes of the piece
    CURL *easy;         // borrowed
    // Called from the loop when a call of the file has ended: the first time (`open` or `status`)
    // and, once `stopped`, the last.
    void (*idle)(struct http_body *body);
    void *owner;
    bool stopped;
};

// Opens the file; `idle` follows. Negative UV_E* when it cannot even be tried.
int http_body_open(struct http_body *body, uv_loop_t *loop, const char *path, uint64_t offset);
// Once it is open: what is left of the file becomes the body of `easy`.
CURLcode http_body_set(struct http_body *body, CURL *easy);
// No more is wanted of it. True when it is idle already, else `idle` follows.
bool http_body_stop(struct http_body *body);
// Only when it is idle.
void http_body_free(struct http_body *body);
