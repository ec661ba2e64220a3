// web.h - an HTTP server inside the loop: libmicrohttpd polled by libuv.
//
// A request that has arrived whole is queued, its connection suspended, until somebody answers it;
// `web_watch` tells when the queue has something. Nothing of Lua is touched here. Loop thread only;
// nothing waits.
#pragma once

#include "op.h"
#include "target.h"

struct web;
struct sockaddr;
struct MHD_Connection;
struct MHD_Response;

enum { WEB_STREAM_QUEUE = 256 * 1024 }; // bytes that a client may lag behind a stream

struct web_options {
    const struct sockaddr *address; // borrowed, only during web_open
    size_t max_body;                // bytes; more is answered 413
    double header_timeout;          // seconds until the headers are complete, and between requests
    double body_timeout;            // seconds until the body is complete
    unsigned max_connections;       // beyond it the oldest unfinished request is cut
};

struct web_text {
    char *data; // owned; NUL-terminated once not empty
    size_t length, capacity;
};

enum web_state { WEB_NEW, WEB_READING, WEB_QUEUED, WEB_ANSWERED };

// One request and its answer. Held by the connection and by whoever answers it.
struct web_request {
    struct web *web;                   // referenced
    struct MHD_Connection *connection; // borrowed; NULL once the exchange is over
    unsigned refs;
    enum web_state state;
    bool suspended;     // the connection rests until MHD_resume_connection
    bool oversized;     // more body than allowed has been announced or seen
    bool is_head;       // the answer has no body
    char remote[64];    // address of the peer
    char *method;       // owned
    char *text;         // owned: what target points into
    uintptr_t line_end; // where the request target ends in the parser's buffer
    struct target target;
    struct web_text headers; // "name\0value\0" for each, as sent
    struct web_text body;
    struct web_request *next; // in the queue
    // The answer.
    unsigned status; // 0: cut the connection
    struct MHD_Response *response;
    struct web_text stream; // what the client has not been given yet
    bool streaming;         // the response reads from `stream`
    bool ended;             // no more will be written
    bool broken;            // cut instead of ended
};

// Returns new (one reference), or a negative errno-style code.
int web_open(struct host *host, const struct web_options *options, struct web **out);
unsigned web_port(const struct web *web);
struct host *web_host(const struct web *web);
bool web_is_closed(const struct web *web);
// Stops accepting and lets go of every connection: what is answered is sent as far as the kernel
// takes it at once, the rest is cut. May be called twice.
void web_close(struct web *web);
void web_ref(struct web *web);
// Accepts NULL. The last one must come after web_close.
void web_unref(struct web *web);

// `waiter` gets op_done when a request is queued or the server closes. One at a time; NULL forgets.
void web_watch(struct web *web, struct op *waiter);
// The first request of the queue, borrowed; NULL when there is none.
struct web_request *web_first(struct web *web);
// Takes it out of the queue; the caller gets the queue's reference.
struct web_request *web_take(struct web *web);

// Lets go. Accepts NULL. A request that nobody answered is answered 500; a stream that was not
// ended is cut.
void web_release(struct web_request *request);
// The value of a header as sent, or NULL; the name in any letter case.
const char *web_header(const struct web_request *request, const char *name);

void web_text_free(struct web_text *text);

// Answers. Only the first counts; later ones, and those for a client that has gone, are dropped.
void web_drop(struct web_request *request);
// A plain JSON error.
void web_refuse(struct web_request *request, unsigned status, const char *message);
// Takes the response (NULL: no memory, the connection is cut).
void web_answer(struct web_request *request, unsigned status, struct MHD_Response *response);
// A response that sends what is written later.
struct MHD_Response *web_stream_response(struct web_request *request);
// Returns false once the client has gone or lags too far behind: then it is cut.
bool web_stream_write(struct web_request *request, const char *data, size_t length);
void web_stream_end(struct web_request *request);
