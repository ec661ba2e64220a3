// http_pool.h - the one curl_multi of the loop, driven by uv_poll and one uv_timer.
// Loop thread only. Used by http.c alone; http_pool_free stands in http.h.
#pragma once

#include "host.h"
#include <curl/curl.h>

struct http_request;

// Returns new: an easy handle with nothing set, taken from those that are idle; NULL when memory is
// short. Makes the pool at first use; libcurl must be ready (curl_problem).
CURL *http_pool_take(struct host *host);
// Takes the handle back, which must not be running. Accepts NULL, also when the pool is gone.
void http_pool_give(struct host *host, CURL *easy);
// Starts the transfer of `request`, whose CURLOPT_PRIVATE the handle carries. http_ended follows
// from the loop, never from inside this call.
CURLcode http_pool_start(struct host *host, CURL *easy);
// Stops it; http_ended does not follow.
void http_pool_stop(struct host *host, CURL *easy);

// To be provided by the owner of requests: the transfer is over and out of the multi. Called
// outside of every curl callback.
void http_ended(struct http_request *request, CURLcode code);
