// web_private.h - what web.c, web_request.c and web_answer.c share.
#pragma once

#include "web.h"
#include <microhttpd.h>

enum web_phase {
    PHASE_HEADERS, // nothing yet, or a part of the headers
    PHASE_BODY,
    PHASE_BUSY, // the request is whole: ours to answer
    PHASE_CUT,  // shut down, not yet noticed by libmicrohttpd
};

// One TCP connection, made and freed by libmicrohttpd's notification.
struct web_connection {
    struct web *web;
    int fd; // borrowed
    enum web_phase phase;
    uint64_t deadline;           // uv_now(); 0: none
    bool surplus;                // beyond max_connections, and nothing could be cut for it
    struct web_request *request; // borrowed: the one under way
    struct web_connection *older, *newer;
};

struct web {
    struct host *host;
    struct MHD_Daemon *daemon; // owned; NULL once closed
    struct web_options options;
    unsigned port;
    unsigned refs; // who holds it, its requests, its open handles
    bool closed;
    bool running; // inside MHD_run
    uv_poll_t poll;
    uv_timer_t timer;
    struct web_connection *oldest, *newest;
    unsigned connections;
    struct web_request *first, *last; // queue
    struct op *waiter;                // borrowed
};

// web.c
void web_run(struct web *web);
void web_run_soon(struct web *web);
struct web_connection *web_connection_of(struct MHD_Connection *handle);
void web_set_phase(struct web_connection *connection, enum web_phase phase);

// web_request.c: callbacks of libmicrohttpd, `cls` is the struct web.
void *web_on_target(void *cls, const char *uri, struct MHD_Connection *handle);
enum MHD_Result web_on_access(void *cls, struct MHD_Connection *handle, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **context);
void web_on_completed(void *cls, struct MHD_Connection *handle, void **context,
                      enum MHD_RequestTerminationCode code);
// Appends, NUL-terminated. False: more than `limit`, or no memory; nothing was changed.
bool web_text_append(struct web_text *text, const char *data, size_t length, size_t limit);
void web_request_unref(struct web_request *request);

// web_answer.c
// Sends the answer that the request has: from within web_on_access.
enum MHD_Result web_send(struct web_request *request);
// A plain JSON error; closes the connection when told.
struct MHD_Response *web_error_response(const char *message, bool close);
