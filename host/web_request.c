// web_request.c - a request from its first line to its last byte: checks, headers, body, queue.
// Loop thread only, inside libmicrohttpd: C data only. What libmicrohttpd lets pass although it can
// be read in two ways is refused here, before anybody routes by it.

#include "web_private.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    // An oversized body is read and forgotten up to here, so that the answer is not lost in the
    // reset of a connection that closes with unread bytes.
    DRAIN_LIMIT = 16 * 1024 * 1024,
    HEADERS_LIMIT = 1024 * 1024, // never reached: the connection's memory is smaller
};

// ---- text ---------------------------------------------------------------------------------------

bool web_text_append(struct web_text *text, const char *data, size_t length, size_t limit)
{
    if (length > limit || text->length > limit - length)
        return false;
    size_t needed = text->length + length + 1;
    if (needed > text->capacity) {
        size_t capacity = text->capacity * 2 > needed ? text->capacity * 2 : needed;
        char *grown = realloc(text->data, capacity);
        if (!grown)
            return false;
        text->data = grown;
        text->capacity = capacity;
    }
    if (length)
        memcpy(text->data + text->length, data, length);
    text->length += length;
    text->data[text->length] = '\0';
    return true;
}

void web_text_free(struct web_text *text)
{
    free(text->data);
    *text = (struct web_text){0};
}

// ---- life ---------------------------------------------------------------------------------------

static void set_remote(struct web_request *request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (!info || !info->client_addr)
        return;
    if (info->client_addr->sa_family == AF_INET6)
        uv_ip6_name((const void *)info->client_addr, request->remote, sizeof request->remote);
    else
        uv_ip4_name((const void *)info->client_addr, request->remote, sizeof request->remote);
}

void *web_on_target(void *cls, const char *uri, struct MHD_Connection *handle)
{
    struct web *web = cls;
    struct web_connection *connection = web_connection_of(handle);
    struct web_request *request = connection && uri ? calloc(1, sizeof *request) : NULL;
    if (!request)
        return NULL;
    request->text = strdup(uri);
    if (!request->text) {
        free(request);
        return NULL;
    }
    request->line_end = (uintptr_t)uri + strlen(uri);
    request->web = web;
    request->connection = handle;
    request->refs = 1;
    web_ref(web);
    set_remote(request);
    connection->request = request;
    return request;
}

void web_request_unref(struct web_request *request)
{
    if (--request->refs > 0)
        return;
    web_unref(request->web);
    web_text_free(&request->headers);
    web_text_free(&request->body);
    web_text_free(&request->stream);
    free(request->method);
    free(request->text);
    free(request);
}

void web_release(struct web_request *request)
{
    if (!request)
        return;
    if (request->streaming) {
        if (!request->ended)
            web_drop(request);
    } else if (request->state != WEB_ANSWERED) {
        web_refuse(request, MHD_HTTP_INTERNAL_SERVER_ERROR, "internal error");
    }
    web_request_unref(request);
}

void web_on_completed(void *cls, struct MHD_Connection *handle, void **context,
                      enum MHD_RequestTerminationCode code)
{
    struct web_request *request = *context;
    struct web_connection *connection = web_connection_of(handle);
    (void)cls;
    (void)code;
    *context = NULL;
    if (connection) {
        connection->request = NULL;
        web_set_phase(connection, PHASE_HEADERS); // the next one may come
    }
    if (!request)
        return;
    request->connection = NULL;
    request->suspended = false;
    if (request->response) // never sent; a stream's holds a reference to the request
        MHD_destroy_response(request->response);
    request->response = NULL;
    web_request_unref(request);
}

// ---- headers ------------------------------------------------------------------------------------

struct survey {
    struct web_request *request;
    unsigned hosts, lengths, encodings;
    bool complete; // every header could be copied
};

static enum MHD_Result on_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                 const char *value)
{
    struct survey *survey = cls;
    struct web_text *headers = &survey->request->headers;
    (void)kind;
    if (!value)
        value = "";
    survey->hosts += strcasecmp(name, "Host") == 0;
    survey->lengths += strcasecmp(name, "Content-Length") == 0;
    survey->encodings += strcasecmp(name, "Transfer-Encoding") == 0;
    survey->complete = web_text_append(headers, name, strlen(name) + 1, HEADERS_LIMIT) &&
                       web_text_append(headers, value, strlen(value) + 1, HEADERS_LIMIT);
    return survey->complete ? MHD_YES : MHD_NO;
}

const char *web_header(const struct web_request *request, const char *name)
{
    const char *at = request->headers.data, *end = at + request->headers.length;
    while (at < end) {
        const char *value = at + strlen(at) + 1;
        if (strcasecmp(at, name) == 0)
            return value;
        at = value + strlen(value) + 1;
    }
    return NULL;
}

static bool is_number(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && length <= 18 && strspn(text, "0123456789") == length;
}

// What is wrong with the request, or NULL.
static const char *find_fault(struct web_request *request, const char *version)
{
    struct survey survey = {.request = request, .complete = true};
    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, on_header, &survey);
    if (!survey.complete)
        return "the headers cannot be kept";
    // A NUL in the request line ends the text that we are given, not the line itself.
    if ((uintptr_t)version != request->line_end + 1)
        return "a NUL or a space in the request target";
    if (!target_parse(request->text, &request->target))
        return "the request target is not acceptable";
    if (survey.hosts != 1)
        return "exactly one Host header is needed";
    if (survey.lengths + survey.encodings > 1)
        return "more than one length of the body";
    const char *length = web_header(request, "Content-Length");
    if (length && !is_number(length))
        return "Content-Length is not a number";
    const char *encoding = web_header(request, "Transfer-Encoding");
    if (encoding && strcasecmp(encoding, "chunked") != 0)
        return "this Transfer-Encoding is not understood";
    return NULL;
}

// ---- answers from here --------------------------------------------------------------------------

static enum MHD_Result refuse(struct web_request *request, unsigned status, const char *message)
{
    request->state = WEB_ANSWERED;
    request->status = status;
    request->response = web_error_response(message, true);
    web_set_phase(web_connection_of(request->connection), PHASE_BUSY);
    return web_send(request);
}

static enum MHD_Result refuse_size(struct web_request *request)
{
    return refuse(request, MHD_HTTP_CONTENT_TOO_LARGE, "the body is too large");
}

// ---- body ---------------------------------------------------------------------------------------

static bool wants_answer_before_body(const struct web_request *request)
{
    const char *length = web_header(request, "Content-Length");
    return web_header(request, "Expect") || strtoull(length, NULL, 10) > DRAIN_LIMIT;
}

static enum MHD_Result begin(struct web_request *request, const char *method, const char *version)
{
    struct web_connection *connection = web_connection_of(request->connection);
    request->method = strdup(method);
    if (!request->method)
        return MHD_NO;
    request->is_head = strcmp(method, "HEAD") == 0;
    const char *fault = find_fault(request, version);
    if (fault)
        return refuse(request, MHD_HTTP_BAD_REQUEST, fault);
    if (connection->surplus)
        return refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE, "too many connections");
    const char *length = web_header(request, "Content-Length");
    if (length && strtoull(length, NULL, 10) > request->web->options.max_body) {
        request->oversized = true;
        if (wants_answer_before_body(request))
            return refuse_size(request);
    }
    request->state = WEB_READING;
    web_set_phase(connection, PHASE_BODY);
    return MHD_YES;
}

static enum MHD_Result take_body(struct web_request *request, const char *data, size_t *size)
{
    size_t limit = request->web->options.max_body;
    size_t length = *size;
    *size = 0;
    if (request->oversized)
        return MHD_YES;
    if (length <= limit && request->body.length <= limit - length)
        return web_text_append(&request->body, data, length, limit) ? MHD_YES : MHD_NO;
    request->oversized = true;
    web_text_free(&request->body);
    return MHD_YES;
}

static enum MHD_Result complete(struct web_request *request)
{
    struct web *web = request->web;
    if (request->oversized)
        return refuse_size(request);
    web_set_phase(web_connection_of(request->connection), PHASE_BUSY);
    request->state = WEB_QUEUED;
    request->refs++;
    if (web->last)
        web->last->next = request;
    else
        web->first = request;
    web->last = request;
    request->suspended = true;
    MHD_suspend_connection(request->connection);
    return MHD_YES;
}

enum MHD_Result web_on_access(void *cls, struct MHD_Connection *handle, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **context)
{
    struct web *web = cls;
    struct web_request *request = *context;
    (void)handle;
    (void)url; // decoded by libmicrohttpd, which stops at an encoded NUL
    if (!request)
        return MHD_NO;
    if (request->state == WEB_ANSWERED)
        return web_send(request);
    if (web->closed)
        return MHD_NO;
    if (request->state == WEB_NEW)
        return begin(request, method, version);
    if (request->state == WEB_READING)
        return *size ? take_body(request, data, size) : complete(request);
    request->suspended = true; // still queued: go on resting
    MHD_suspend_connection(request->connection);
    return MHD_YES;
}
