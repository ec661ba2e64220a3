// graph_post.c - host.graph_post(url, form, options): a write of the Graph API.
// Loop thread only. The operation is an HTTP request and owns what came back. It is sent once:
// neither redirects nor a lost connection make it go out again.
#include "../graph.h"

#include "../api.h"

static int l_graph_post(lua_State *L)
{
    struct http_options o = {.name = "graph_post", .method = "POST"};
    graph_check(L, &o, "form");
    o.body = lua_tolstring(L, GRAPH_FORM, &o.body_length);
    return http_wait(L, http_begin(L), &o, graph_finish);
}

PRIM(graph_post, l_graph_post)
