// web_answer.c - answers: handed over from outside of libmicrohttpd, sent from within.
// Loop thread only. An answer is kept in the request; its connection is resumed, and libmicrohttpd
// asks for it in web_on_access.

#include "sys/listen.h"
#include "web_private.h"
#include <stdio.h>
#include <string.h>

enum { STREAM_BLOCK = 16 * 1024 };

static void resume(struct web_request *request)
{
    if (!request->suspended)
        return;
    request->suspended = false;
    MHD_resume_connection(request->connection);
    web_run_soon(request->web); // no descriptor tells the loop
}

enum MHD_Result web_send(struct web_request *request)
{
    struct MHD_Response *response = request->response;
    if (!request->status || !response)
        return MHD_NO; // closes the connection
    request->response = NULL;
    enum MHD_Result result = MHD_queue_response(request->connection, request->status, response);
    MHD_destroy_response(response);
    return result;
}

void web_answer(struct web_request *request, unsigned status, struct MHD_Response *response)
{
    if (request->state == WEB_ANSWERED || !request->connection) {
        request->state = WEB_ANSWERED;
        if (response)
            MHD_destroy_response(response);
        return;
    }
    request->state = WEB_ANSWERED;
    request->status = status;
    request->response = response;
    resume(request);
}

void web_drop(struct web_request *request)
{
    if (!request->streaming) {
        web_answer(request, 0, NULL);
    } else if (!request->ended) {
        request->ended = request->broken = true;
        resume(request);
    }
}

struct MHD_Response *web_error_response(const char *message, bool close)
{
    char text[256];
    int length = snprintf(text, sizeof text, "{\"success\":false,\"error\":\"%s\"}\n", message);
    struct MHD_Response *response =
        MHD_create_response_from_buffer((size_t)length, text, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return NULL;
    MHD_add_response_header(response, "Content-Type", "application/json");
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (close)
        MHD_add_response_header(response, "Connection", "close");
    return response;
}

void web_refuse(struct web_request *request, unsigned status, const char *message)
{
    web_answer(request, status, web_error_response(message, false));
}

// ---- streams ------------------------------------------------------------------------------------

// libmicrohttpd wants the next piece.
static ssize_t on_read(void *cls, uint64_t position, char *buffer, size_t max)
{
    struct web_request *request = cls;
    struct web_text *stream = &request->stream;
    (void)position;
    if (request->broken)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (stream->length > 0) {
        size_t length = stream->length < max ? stream->length : max;
        memcpy(buffer, stream->data, length);
        stream->length -= length;
        memmove(stream->data, stream->data + length, stream->length);
        return (ssize_t)length;
    }
    if (request->ended)
        return MHD_CONTENT_READER_END_OF_STREAM;
    request->suspended = true;
    MHD_suspend_connection(request->connection);
    return 0;
}

static void on_stream_free(void *cls)
{
    struct web_request *request = cls;
    request->ended = true; // nobody reads any more
    web_request_unref(request);
}

struct MHD_Response *web_stream_response(struct web_request *request)
{
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, STREAM_BLOCK, on_read, request, on_stream_free);
    if (!response)
        return NULL;
    request->refs++;
    request->streaming = true;
    return response;
}

static bool is_gone(const struct web_request *request)
{
    if (request->ended || !request->connection)
        return true;
    return sys_peer_gone(web_connection_of(request->connection)->fd);
}

bool web_stream_write(struct web_request *request, const char *data, size_t length)
{
    if (is_gone(request)) {
        web_drop(request);
        return false;
    }
    if (length > WEB_STREAM_QUEUE - request->stream.length)
        web_run(request->web); // the kernel may take what lies here
    if (!request->connection || request->ended)
        return false;
    if (!web_text_append(&request->stream, data, length, WEB_STREAM_QUEUE)) {
        web_drop(request);
        return false;
    }
    if (length > 0)
        resume(request);
    return true;
}

void web_stream_end(struct web_request *request)
{
    request->ended = true;
    resume(request);
}
