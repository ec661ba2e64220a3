// http.h - HTTP requests on the one curl_multi of the loop.
// Loop thread only. Used by the primitives http, graph_get and graph_post.
#pragma once

#include "http_body.h"
#include "op.h"
#include <curl/curl.h>

// What to ask for. Everything is borrowed, until http_wait returns.
struct http_options {
    const char *name; // of the primitive, for errors; a literal
    const char *url;
    const char *method;     // upper case
    const char *body;       // NULL: none
    size_t body_length;     // bytes
    const char *body_file;  // in its place: the rest of this file,
    uint64_t body_offset;   // from this byte on
    int headers;            // stack index of a list of lines "Name: value"; 0: none
    const char *ca_file;    // NULL: what the environment or libcurl says
    double timeout;         // seconds, for the whole
    double connect_timeout; // seconds, for name, connection and TLS
    size_t max_bytes;       // of the reply's body
    int redirects;          // how many to follow
    bool fresh;             // a connection of its own, closed afterwards
};

// One request under way; what came back stays here until the operation is freed.
struct http_request {
    struct op op;
    const char *name;           // as in the options
    CURL *easy;                 // owned
    struct curl_slist *headers; // owned: lines to send
    char *what;                 // owned: "GET https://host/path", for errors; may be NULL
    char *source;               // owned: the file that is sent, or NULL
    struct http_body file;      // used when there is one
    char *url;                  // owned by libcurl: where it ended
    char *body;                 // owned
    size_t length, capacity, max_bytes;
    size_t header_bytes; // received
    CURLcode code;       // how it ended
    bool running;        // in the multi
    bool ended;          // was in it
    bool sent;           // false: certainly no byte of the request has left
    bool safe;           // GET or HEAD: a second try by libcurl has no effect
    bool repeated;       // libcurl wanted to send a request again that is not safe
    bool too_large;      // body or headers
    bool no_memory;
    long issued; // how often libcurl has begun to send it, redirects included
    char error[CURL_ERROR_SIZE];
};

// Pushes a list of header lines from the table name → value at `index` (nil or none: an empty
// list). A name or value that could break out of its line raises, by name, without the value.
void http_push_headers(lua_State *L, int index, const char *what);
// op_begin for a request.
struct http_request *http_begin(lua_State *L);
// Starts it and waits; the last statement of a primitive.
int http_wait(lua_State *L, struct http_request *r, const struct http_options *options,
              op_finish_fn finish);
// For `finish`: 0 when a reply came, whatever its status; else pushes nil and an Error.
int http_push_failure(lua_State *L, struct http_request *r);
// The status of the reply.
long http_status(struct http_request *r);
// Pushes the table Reply.
void http_push_reply(lua_State *L, struct http_request *r);

// Accepts NULL. Only after every operation has ended.
void http_pool_free(struct http_pool *pool);
