// serve_request.c - a request's task: makes the Request, calls the handler, reports its failure.
// Loop thread only. Whatever becomes of the task, its exchange is closed: the client is answered.

#include "serve.h"

#include "api.h"
#include "log.h"
#include <ctype.h>
#include <string.h>

static const char *const EXCHANGE = "affiche.exchange";

static int exchange_close(lua_State *L)
{
    struct exchange *exchange = lua_touserdata(L, 1);
    struct web_request *request = exchange->request;
    exchange->request = NULL;
    web_release(request);
    if (lua_getiuservalue(L, 1, 1) == LUA_TTABLE) {
        lua_pushvalue(L, 1);
        lua_pushnil(L);
        lua_rawset(L, -3);
    }
    return 0;
}

struct exchange *serve_push_exchange(lua_State *L, int tasks)
{
    struct exchange *exchange = lua_newuserdatauv(L, sizeof *exchange, 1);
    exchange->request = NULL;
    api_push_type(L, EXCHANGE, NULL, exchange_close);
    lua_setmetatable(L, -2);
    lua_pushvalue(L, tasks);
    lua_setiuservalue(L, -2, 1);
    return exchange;
}

// ---- Request ------------------------------------------------------------------------------------

static void push_lower(lua_State *L, const char *text)
{
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    for (; *text; text++)
        luaL_addchar(&buffer, (char)tolower((unsigned char)*text));
    luaL_pushresult(&buffer);
}

static void push_headers(lua_State *L, const struct web_request *request)
{
    const char *at = request->headers.data, *end = at + request->headers.length;
    lua_newtable(L);
    while (at < end) {
        const char *value = at + strlen(at) + 1;
        push_lower(L, at);
        lua_pushvalue(L, -1);
        if (lua_rawget(L, -3) == LUA_TSTRING) {
            lua_pushfstring(L, "%s, %s", lua_tostring(L, -1), value);
            lua_remove(L, -2);
        } else {
            lua_pop(L, 1);
            lua_pushstring(L, value);
        }
        lua_rawset(L, -3);
        at = value + strlen(value) + 1;
    }
}

static void push_query(lua_State *L, char *query)
{
    char *name, *value;
    lua_newtable(L);
    while (target_pair(&query, &name, &value)) {
        lua_pushstring(L, value);
        lua_setfield(L, -2, name);
    }
}

// Once only: texts are decoded in place and the body is given away.
static void push_request(lua_State *L, struct web_request *request)
{
    lua_createtable(L, 0, 6);
    lua_pushstring(L, request->method);
    lua_setfield(L, -2, "method");
    lua_pushstring(L, request->target.path);
    lua_setfield(L, -2, "path");
    push_query(L, request->target.query);
    lua_setfield(L, -2, "query");
    push_headers(L, request);
    lua_setfield(L, -2, "headers");
    lua_pushlstring(L, request->body.data ? request->body.data : "", request->body.length);
    lua_setfield(L, -2, "body");
    lua_pushstring(L, request->remote);
    lua_setfield(L, -2, "remote");
    web_text_free(&request->body);
}

// ---- the task -----------------------------------------------------------------------------------

static int on_error(lua_State *L)
{
    lua_settop(L, 1);
    api_to_error(L);
    if (lua_getfield(L, 1, "traceback") == LUA_TNIL) {
        luaL_traceback(L, L, NULL, 1);
        lua_setfield(L, 1, "traceback");
    }
    lua_settop(L, 1);
    return 1;
}

// Protected: [1] the request as a light userdata, [2] the Error.
static int report(lua_State *L)
{
    struct web_request *request = lua_touserdata(L, 1);
    api_to_error(L);
    lua_getfield(L, 2, "kind");
    if (strcmp(lua_tostring(L, -1), "cancelled") == 0)
        return 0;
    lua_getfield(L, 2, "message");
    lua_getfield(L, 2, "traceback");
    const char *trace = lua_tostring(L, -1);
    log_write(host_of(L), LOG_ERROR, "%s %s failed: %s%s%s", request->method, request->target.path,
              lua_tostring(L, -2), trace ? "\n" : "", trace ? trace : "");
    return 0;
}

static int request_end(lua_State *L, int status, lua_KContext context)
{
    struct exchange *exchange = lua_touserdata(L, 1);
    (void)context;
    if (status == LUA_OK || status == LUA_YIELD)
        return 0;
    lua_pushcfunction(L, report);
    lua_pushlightuserdata(L, exchange->request);
    lua_pushvalue(L, -3);
    if (lua_pcall(L, 2, 0, 0) != LUA_OK)
        log_write(host_of(L), LOG_ERROR, "a request failed, and there is no memory to say how");
    return 0; // the exchange closes: 500, or a stream that is cut
}

static int respond(lua_State *L, int status, lua_KContext context)
{
    struct exchange *exchange = lua_touserdata(L, 1);
    (void)status;
    (void)context;
    return serve_respond(L, exchange->request, 3);
}

// [1] the exchange, [2] the handler.
static int handle(lua_State *L)
{
    struct exchange *exchange = lua_touserdata(L, 1);
    lua_pushvalue(L, 2);
    push_request(L, exchange->request);
    lua_callk(L, 1, 1, 0, respond);
    return respond(L, LUA_OK, 0);
}

int serve_request(lua_State *L)
{
    lua_toclose(L, 1);
    lua_pushcfunction(L, on_error);
    lua_pushcfunction(L, handle);
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    return request_end(L, lua_pcallk(L, 2, 0, 3, 0, request_end), 0);
}
