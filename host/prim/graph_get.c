// graph_get.c - host.graph_get(url, query, options): a read of the Graph API.
// Loop thread only. The operation is an HTTP request and owns what came back.
#include "../graph.h"

#include "../api.h"
#include <string.h>

// The token has an option of its own; here it would end up in a URL.
static void refuse_token(lua_State *L)
{
    if (lua_istable(L, GRAPH_FIELDS) && lua_getfield(L, GRAPH_FIELDS, "access_token") != LUA_TNIL)
        luaL_argerror(L, GRAPH_FIELDS, "a token in a URL gets logged: use option 'token'");
}

static int l_graph_get(lua_State *L)
{
    struct http_options o = {.name = "graph_get", .method = "GET"};
    refuse_token(L);
    graph_check(L, &o, "query");
    const char *query = lua_tostring(L, GRAPH_FORM);
    const char *joint = strchr(o.url, '?') ? "&" : "?";
    if (*query)
        o.url = lua_pushfstring(L, "%s%s%s", o.url, joint, query);
    return http_wait(L, http_begin(L), &o, graph_finish);
}

PRIM(graph_get, l_graph_get)
