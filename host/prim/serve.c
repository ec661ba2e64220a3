// serve.c - host.serve(options, handler): an HTTP server, each request in a task of its own.
// Loop thread only. A task, the dispatcher, waits for requests and spawns the others; whoever holds
// the Server closes it, and the dispatcher then ends what is under way.
#include "../serve.h"
#include "../api.h"
#include "../lib/mhd.h"
#include "../log.h"
#include "../task.h"
#include "../web.h"
#include <netinet/in.h>
#include <string.h>

static const char *const SERVER = "Server";
static const char *const FEED = "affiche.feed";

// The Server in the hands of the script, and the dispatcher's own hold on the same server.
struct server {
    struct web *web; // referenced; NULL once closed
    unsigned port;
};

static int server_close(lua_State *L)
{
    struct server *server = lua_touserdata(L, 1);
    struct web *web = server->web;
    server->web = NULL;
    if (web)
        web_close(web);
    web_unref(web);
    return 0;
}

// ---- the dispatcher -----------------------------------------------------------------------------

struct next {
    struct op op;
    struct web *web; // referenced
};

static void next_cancel(struct op *op)
{
    web_watch(((struct next *)op)->web, NULL);
    op_done(op);
}

static void next_release(struct op *op)
{
    web_unref(((struct next *)op)->web);
}

static int next_finish(lua_State *L, struct op *op)
{
    (void)L;
    (void)op;
    return 0;
}

// Protected: [1] the feed. Returns once a request is queued or the server is closed.
static int wait_for_request(lua_State *L)
{
    struct web *web = ((struct server *)lua_touserdata(L, 1))->web;
    struct next *next = op_begin(L, sizeof *next, next_cancel, next_release);
    next->web = web;
    web_ref(web);
    web_watch(web, &next->op);
    return op_wait(L, &next->op, next_finish);
}

// Protected: [1] the feed, [2] the handler, [3] the tasks under way. Starts the first of the queue.
static int start_request(lua_State *L)
{
    struct web *web = ((struct server *)lua_touserdata(L, 1))->web;
    lua_pushcfunction(L, serve_request);
    struct exchange *exchange = serve_push_exchange(L, 3); // function exchange
    lua_pushvalue(L, -1);
    lua_pushboolean(L, 1);
    lua_rawset(L, 3); // the place is made while failing is still harmless
    lua_pushvalue(L, -1);
    lua_insert(L, 4); // exchange function exchange
    lua_pushvalue(L, 2);
    task_spawn(L, 2); // exchange task
    lua_rawset(L, 3);
    exchange->request = web_take(web);
    return 0;
}

static void refuse_request(lua_State *L, struct web *web)
{
    const char *message = lua_tostring(L, -1);
    log_write(web_host(web), LOG_ERROR, "a request could not be handled: %s",
              message ? message : "no memory");
    web_release(web_take(web));
}

static void cancel_requests(lua_State *L, int tasks)
{
    lua_pushnil(L);
    while (lua_next(L, tasks)) {
        if (lua_isuserdata(L, -1))
            task_cancel(task_check(L, -1));
        lua_pop(L, 1);
    }
}

static int dispatch_on(lua_State *L, int status, lua_KContext context)
{
    struct web *web = ((struct server *)lua_touserdata(L, 1))->web;
    (void)status;
    (void)context;
    while (!web_is_closed(web)) {
        lua_settop(L, 3);
        if (!web_first(web)) {
            lua_pushcfunction(L, wait_for_request);
            lua_pushvalue(L, 1);
            lua_callk(L, 1, 0, 0, dispatch_on);
            continue;
        }
        lua_pushcfunction(L, start_request);
        lua_pushvalue(L, 1);
        lua_pushvalue(L, 2);
        lua_pushvalue(L, 3);
        if (lua_pcall(L, 3, 0, 0) != LUA_OK)
            refuse_request(L, web);
    }
    cancel_requests(L, 3);
    return 0;
}

// The dispatcher task: [1] the feed, [2] the handler. However it ends, the server is closed.
static int dispatch(lua_State *L)
{
    lua_toclose(L, 1);
    lua_newtable(L); // [3] the exchanges under way and their tasks
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    return dispatch_on(L, LUA_OK, 0);
}

// ---- Server -------------------------------------------------------------------------------------

// [upvalue 1] the methods.
static int server_index(lua_State *L)
{
    struct server *server = luaL_checkudata(L, 1, SERVER);
    if (lua_type(L, 2) == LUA_TSTRING && strcmp(lua_tostring(L, 2), "port") == 0) {
        lua_pushinteger(L, server->port);
        return 1;
    }
    lua_settop(L, 2);
    lua_gettable(L, lua_upvalueindex(1));
    return 1;
}

static int server_l_close(lua_State *L)
{
    luaL_checkudata(L, 1, SERVER);
    return server_close(L);
}

static struct server *push_server(lua_State *L)
{
    static const luaL_Reg methods[] = {{"close", server_l_close}, {NULL, NULL}};
    struct server *server = lua_newuserdatauv(L, sizeof *server, 0);
    *server = (struct server){0};
    api_push_type(L, SERVER, methods, server_close);
    if (lua_getfield(L, -1, "__index") == LUA_TTABLE) {
        lua_pushcclosure(L, server_index, 1);
        lua_setfield(L, -2, "__index");
        lua_pushnil(L);
    }
    lua_pop(L, 1);
    lua_setmetatable(L, -2);
    return server;
}

static struct server *push_feed(lua_State *L)
{
    struct server *feed = lua_newuserdatauv(L, sizeof *feed, 0);
    *feed = (struct server){0};
    api_push_type(L, FEED, NULL, server_close);
    lua_setmetatable(L, -2);
    return feed;
}

// ---- the primitive ------------------------------------------------------------------------------

static void read_address(lua_State *L, const char *name, int port, struct sockaddr_storage *out)
{
    if (strcmp(name, "localhost") == 0)
        name = "127.0.0.1";
    if (uv_ip4_addr(name, port, (struct sockaddr_in *)out) < 0 &&
        uv_ip6_addr(name, port, (struct sockaddr_in6 *)out) < 0)
        luaL_error(L, "option 'host': numeric address or localhost expected, got '%s'", name);
}

static int fail_open(lua_State *L, int code, const char *name, int port)
{
    api_fail(L, code, "serve", NULL);
    lua_pushfstring(L, "serve: %s: %s port %d", uv_strerror(code), name, port);
    lua_setfield(L, -2, "message");
    return 2;
}

static int l_serve(lua_State *L)
{
    static const char *const keys[] = {
        "host", "port", "max_body", "header_timeout", "body_timeout", "max_connections", NULL};
    struct sockaddr_storage address;
    struct web_options options = {.address = (const struct sockaddr *)&address};
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    api_check_options(L, 1, keys);
    const char *name = api_opt_string(L, 1, "host", "127.0.0.1");
    int port = (int)api_opt_integer(L, 1, "port", 0, 0, 65535);
    options.max_body = (size_t)api_opt_integer(L, 1, "max_body", 64 * 1024, 0, 1 << 30);
    options.header_timeout = api_opt_number(L, 1, "header_timeout", 10, 0.01, 3600);
    options.body_timeout = api_opt_number(L, 1, "body_timeout", 30, 0.01, 3600);
    options.max_connections = (unsigned)api_opt_integer(L, 1, "max_connections", 256, 1, 10000);
    read_address(L, name, port, &address);
    const char *problem = microhttpd_problem();
    if (problem)
        return api_error(L, "io", false, "serve", "serve: %s", problem);

    struct server *server = push_server(L); // [3]
    lua_pushcfunction(L, dispatch);
    struct server *feed = push_feed(L);
    lua_pushvalue(L, 2); // dispatch feed handler
    int code = web_open(host_of(L), &options, &server->web);
    if (code < 0)
        return fail_open(L, code, name, port);
    server->port = web_port(server->web);
    feed->web = server->web;
    web_ref(feed->web);
    task_spawn(L, 2);
    lua_settop(L, 3);
    return 1;
}

PRIM(serve, l_serve)
