// http_body.c - a request's body out of a file.
// libcurl asks for bytes and is told to wait (CURL_READFUNC_PAUSE) whenever the next piece is still
// being read; the end of the read wakes it.
#include "http_body.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PIECE = 128 * 1024 };

static struct http_body *body_of(uv_fs_t *request)
{
    struct http_body *body = request->data;
    body->busy = false;
    return body;
}

// ---- open ---------------------------------------------------------------------------------------

static void on_size(uv_fs_t *request)
{
    struct http_body *body = body_of(request);
    body->status = request->result < 0 ? (int)request->result : 0;
    body->end = request->statbuf.st_size;
    if (body->status == 0 && !S_ISREG(request->statbuf.st_mode))
        body->status = UV_EFTYPE;
    if (body->status == 0 && body->at > body->end)
        body->status = UV_EOF;
    uv_fs_req_cleanup(request);
    body->idle(body);
}

static void on_open(uv_fs_t *request)
{
    struct http_body *body = body_of(request);
    body->status = request->result < 0 ? (int)request->result : 0;
    body->fd = (uv_file)request->result;
    body->open = body->status == 0;
    uv_fs_req_cleanup(request);
    if (body->open && !body->stopped) {
        body->status = uv_fs_fstat(body->loop, &body->request, body->fd, on_size);
        body->busy = body->status == 0;
    }
    if (!body->busy)
        body->idle(body);
}

int http_body_open(struct http_body *body, uv_loop_t *loop, const char *path, uint64_t offset)
{
    body->loop = loop;
    body->request.data = body;
    body->at = offset;
    body->piece = malloc(PIECE);
    if (!body->piece)
        return UV_ENOMEM;
    // Not to wait for the other end of a FIFO, nor to go where a link leads.
    int flags = UV_FS_O_RDONLY | UV_FS_O_NOFOLLOW | UV_FS_O_NONBLOCK | O_CLOEXEC;
    int status = uv_fs_open(loop, &body->request, path, flags, 0, on_open);
    body->busy = status == 0;
    return status;
}

// ---- while it is sent ---------------------------------------------------------------------------

static void on_piece(uv_fs_t *request)
{
    struct http_body *body = body_of(request);
    ssize_t got = request->result;
    uv_fs_req_cleanup(request);
    if (got <= 0)
        body->status = got < 0 ? (int)got : UV_EOF;
    else
        body->have = (size_t)got;
    body->taken = 0;
    body->at += got > 0 ? (uint64_t)got : 0;
    if (body->stopped) {
        body->idle(body);
    } else if (body->waiting) {
        body->waiting = false;
        curl_easy_pause(body->easy, CURLPAUSE_CONT);
    }
}

static void read_piece(struct http_body *body)
{
    uint64_t left = body->end - body->at;
    uv_buf_t buffer = uv_buf_init(body->piece, left < PIECE ? (unsigned)left : PIECE);
    body->have = body->taken = 0;
    body->status =
        uv_fs_read(body->loop, &body->request, body->fd, &buffer, 1, (int64_t)body->at, on_piece);
    body->busy = body->status == 0;
}

static size_t on_read(char *room, size_t size, size_t count, void *owner)
{
    struct http_body *body = owner;
    size_t most = size * count, left = body->have - body->taken;
    if (left == 0 && !body->busy && body->status == 0) {
        if (body->at == body->end)
            return 0;
        read_piece(body);
    }
    if (body->status != 0)
        return CURL_READFUNC_ABORT;
    if (left == 0) {
        body->waiting = true;
        return CURL_READFUNC_PAUSE;
    }
    size_t given = left < most ? left : most;
    memcpy(room, body->piece + body->taken, given);
    body->taken += given;
    return given;
}

CURLcode http_body_set(struct http_body *body, CURL *easy)
{
    body->easy = easy;
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, NULL);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(body->end - body->at));
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
    return curl_easy_setopt(easy, CURLOPT_READDATA, body);
}

// ---- end ----------------------------------------------------------------------------------------

bool http_body_stop(struct http_body *body)
{
    body->stopped = true;
    if (body->busy)
        uv_cancel((uv_req_t *)&body->request); // fails when it runs: it will not take long
    return !body->busy;
}

void http_body_free(struct http_body *body)
{
    uv_fs_t request;
    if (body->open) {
        uv_fs_close(NULL, &request, body->fd, NULL);
        uv_fs_req_cleanup(&request);
    }
    free(body->piece);
    body->open = false;
    body->piece = NULL;
}
