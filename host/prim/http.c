// http.c - host.http(request): one HTTP request, one reply.
// Loop thread only. The request, its body and what came back are owned by the operation.
#include "../http.h"

#include "../api.h"
#include "../form.h"
#include <string.h>
#include <strings.h>

enum { REQUEST = 1, LINES, BODY };

static int http_finish(lua_State *L, struct op *op)
{
    struct http_request *r = (struct http_request *)op;
    int failed = http_push_failure(L, r);
    if (failed)
        return failed;
    http_push_reply(L, r);
    return 1;
}

static const char *check_method(lua_State *L, const char *fallback)
{
    const char *method = api_opt_string(L, REQUEST, "method", fallback);
    size_t letters = strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-");
    if (letters == 0 || method[letters] != '\0' || letters > 20)
        luaL_error(L, "option 'method': upper-case letters expected");
    return method;
}

// Pushes the body, or nil.
static void push_body(lua_State *L, struct http_options *o)
{
    bool form = lua_getfield(L, REQUEST, "form") != LUA_TNIL;
    int type = lua_getfield(L, REQUEST, "body");
    if (form + (type != LUA_TNIL) + (o->body_file != NULL) > 1)
        luaL_error(L, "options 'body', 'body_file' and 'form': only one of them");
    if (type != LUA_TNIL && type != LUA_TSTRING)
        luaL_error(L, "option 'body': string expected, got %s", luaL_typename(L, -1));
    if (form)
        form_push(L, -2, "option 'form'");
    lua_replace(L, BODY);
    lua_settop(L, BODY);
    o->body = lua_tolstring(L, BODY, &o->body_length);
}

static bool names_type(lua_State *L)
{
    for (lua_Integer i = 1; i <= (lua_Integer)lua_rawlen(L, LINES); i++) {
        lua_rawgeti(L, LINES, i);
        bool found = strncasecmp(lua_tostring(L, -1), "content-type:", 13) == 0;
        lua_pop(L, 1);
        if (found)
            return true;
    }
    return false;
}

// libcurl calls every body a form unless it is told otherwise.
static void silence_type(lua_State *L)
{
    bool form = lua_getfield(L, REQUEST, "form") != LUA_TNIL;
    lua_pop(L, 1);
    if (form || names_type(L))
        return;
    lua_pushliteral(L, "Content-Type:");
    lua_rawseti(L, LINES, (lua_Integer)lua_rawlen(L, LINES) + 1);
}

static int l_http(lua_State *L)
{
    static const char *const keys[] = {
        "url",   "method",          "headers",   "body",    "form",      "timeout",     "max_bytes",
        "fresh", "connect_timeout", "redirects", "ca_file", "body_file", "body_offset", NULL};
    luaL_checktype(L, REQUEST, LUA_TTABLE);
    lua_settop(L, REQUEST);
    api_check_options(L, REQUEST, keys);
    struct http_options o = {.name = "http", .headers = LINES};
    o.url = api_opt_string(L, REQUEST, "url", NULL);
    if (!o.url)
        return luaL_error(L, "option 'url': string expected");
    o.timeout = api_opt_number(L, REQUEST, "timeout", 60, 0, 86400);
    o.connect_timeout = api_opt_number(L, REQUEST, "connect_timeout", 15, 0, 86400);
    o.max_bytes = (size_t)api_opt_integer(L, REQUEST, "max_bytes", 16 << 20, 0, 1 << 30);
    o.redirects = (int)api_opt_integer(L, REQUEST, "redirects", 0, 0, 50);
    o.fresh = api_opt_boolean(L, REQUEST, "fresh", false);
    o.ca_file = api_opt_string(L, REQUEST, "ca_file", NULL);
    o.body_file = api_opt_string(L, REQUEST, "body_file", NULL);
    o.body_offset = (uint64_t)api_opt_integer(L, REQUEST, "body_offset", 0, 0, LUA_MAXINTEGER);
    lua_getfield(L, REQUEST, "headers");
    http_push_headers(L, -1, "option 'headers'");
    lua_replace(L, LINES);
    lua_pushnil(L);
    push_body(L, &o);
    o.method = check_method(L, o.body || o.body_file ? "POST" : "GET");
    silence_type(L);
    return http_wait(L, http_begin(L), &o, http_finish);
}

PRIM(http, l_http)
