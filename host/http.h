// http.h - HTTP requests on the one curl_multi of the loop.
// Loop thread only. Used by the primitives http, graph_get and graph_post.
#pragma once

#include "host.h"

// Accepts NULL. Only after every operation has ended.
void http_pool_free(struct http_pool *pool);
