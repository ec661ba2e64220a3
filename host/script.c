// script.c - what plain Lua may do: libraries, search paths, instruction budget.
//
// Scripts are the user's own code, so the aim is to survive mistakes, not to jail an attacker: text
// chunks only, absolute search paths only, no way to end or block the whole process by a slip, and
// a hook that stops a script which holds the loop.
#include "script.h"

#include "api.h"
#include "log.h"
#include "sys/stall.h"
#include "task.h"
#include <lualib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { HOOK_EVERY = 1000 }; // instructions: its cost is below what can be measured
enum { STALL_SECONDS = 30, EXIT_STALLED = 2 };

// A collection begins when memory has grown by a quarter, not doubled, and is done in larger steps:
// what lives is little here, and most of what is made is dropped at once. Not before there is
// something to gain, though: while modules are read, a quarter more comes again and again.
enum { GC_PAUSE = 125, GC_STEP = 400, GC_FLOOR = 2 << 20 };

static const char MEMORY_ERROR = 0; // registry key by address

// ---- budget -------------------------------------------------------------------------------------

static void on_count(lua_State *L, lua_Debug *ar)
{
    struct host *host = host_of(L);
    if (!host->budget.collects && host->budget.memory_used > GC_FLOOR) {
        host->budget.collects = true;
        lua_gc(L, LUA_GCRESTART);
    }
    double used = (double)(uv_hrtime() - host->budget.started) / 1e9;
    if (used < host->budget.seconds / 2)
        return;
    if (used < host->budget.seconds) {
        if (!host->budget.warned && lua_getinfo(L, "Sl", ar)) {
            host->budget.warned = true;
            log_write(host, LOG_WARN, "%s:%d holds the program for %.1f s", ar->short_src,
                      ar->currentline, used);
        }
        return;
    }
    // From here on every instruction raises, so that a pcall in a loop cannot swallow it.
    lua_sethook(L, on_count, LUA_MASKCOUNT, 1);
    lua_getinfo(L, "Sl", ar);
    luaL_error(L, "%s:%d: stopped: it ran for more than %f s without waiting", ar->short_src,
               ar->currentline, host->budget.seconds);
}

void script_arm(lua_State *L)
{
    lua_sethook(L, on_count, LUA_MASKCOUNT, HOOK_EVERY);
}

// The instruction hook does not run inside a function of C, and matching a pattern may take for
// ever. Nothing can be unwound there, so the program ends: what was done is in the journal. Reads
// the stack alone, which stands still meanwhile.
static void on_stall(void *context)
{
    struct host *host = context;
    struct task *task = host->current;
    double used = (double)(uv_hrtime() - host->budget.started) / 1e9;
    if (!task || used < STALL_SECONDS)
        return;
    char text[512];
    lua_Debug ar = {.short_src = "?"};
    for (int level = 0; ar.currentline <= 0 && lua_getstack(task->co, level, &ar); level++)
        lua_getinfo(task->co, "Sl", &ar);
    int length = snprintf(text, sizeof text,
                          "affiche: %s:%d: a call that does not come back has held the program for "
                          "%d s (a pattern that cannot end?): stopped, nothing is lost\n",
                          ar.short_src, ar.currentline, (int)used);
    if (length > 0)
        (void)!write(STDERR_FILENO, text,
                     (size_t)length < sizeof text ? (size_t)length : sizeof text);
    _exit(EXIT_STALLED);
}

void script_watch(struct host *host)
{
    stall_watch(STALL_SECONDS / 3, on_stall, host);
}

void script_start_budget(struct host *host, lua_State *co)
{
    host->budget.started = uv_hrtime();
    host->budget.warned = false;
    script_arm(co);
}

void script_push_memory_error(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &MEMORY_ERROR);
}

// ---- loading ------------------------------------------------------------------------------------

// load and loadfile that refuse precompiled chunks, whatever mode is asked for: bytecode is not
// verified in Lua 5.4.
static int text_only(lua_State *L)
{
    bool is_load = lua_toboolean(L, lua_upvalueindex(2));
    int mode = is_load ? 3 : 2; // load(chunk, name, mode, env), loadfile(name, mode, env)
    if (lua_gettop(L) < mode)
        lua_settop(L, mode);
    lua_pushliteral(L, "t");
    lua_replace(L, mode);
    lua_pushvalue(L, lua_upvalueindex(1)); // the original
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

static void wrap_text_only(lua_State *L, const char *name, bool is_load)
{
    lua_getglobal(L, name);
    lua_pushboolean(L, is_load);
    lua_pushcclosure(L, text_only, 2);
    lua_setglobal(L, name);
}

// A searcher for package.path that loads text alone.
static int search_lua(lua_State *L)
{
    lua_getfield(L, lua_upvalueindex(1), "searchpath");
    lua_pushvalue(L, 1);
    lua_getfield(L, lua_upvalueindex(1), "path");
    lua_call(L, 2, 2);
    if (lua_isnil(L, -2))
        return 1; // the message: where it was looked for
    const char *file = lua_tostring(L, -2);
    if (luaL_loadfilex(L, file, "t") != LUA_OK)
        return lua_error(L);
    lua_pushstring(L, file);
    return 2;
}

// Keeps the absolute entries of a search path: the working directory must not supply code.
static void push_absolute(lua_State *L, const char *path)
{
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    const char *separator = "";
    for (const char *entry = path; *entry;) {
        size_t length = strcspn(entry, ";");
        if (entry[0] == '/') {
            luaL_addstring(&out, separator);
            luaL_addlstring(&out, entry, length);
            separator = ";";
        }
        entry += length + (entry[length] == ';');
    }
    luaL_pushresult(&out);
}

// package[name] without relative entries. A LUA_PATH of the user's that leaves out the places of
// the system, as is usual, must not take from us the modules that we need ourselves.
static void push_search_path(lua_State *L, const char *name, const char *of_system)
{
    lua_getfield(L, -1, name);
    const char *path = lua_tostring(L, -1);
    if (strstr(path, of_system) == NULL)
        path = lua_pushfstring(L, "%s;%s", path, of_system);
    else
        lua_pushvalue(L, -1);
    push_absolute(L, path);
    lua_replace(L, -3);
    lua_pop(L, 1);
}

static void set_paths(lua_State *L, const char *root)
{
    lua_getglobal(L, "package");
    push_search_path(L, "path", LUA_PATH_DEFAULT);
    lua_pushfstring(L, "%s/modules/?.lua;%s/modules/?/init.lua;%s", root, root,
                    lua_tostring(L, -1));
    lua_setfield(L, -3, "path");
    lua_pop(L, 1);
    push_search_path(L, "cpath", LUA_CPATH_DEFAULT);
    lua_setfield(L, -2, "cpath");
    lua_getfield(L, -1, "searchers");
    lua_pushvalue(L, -2);
    lua_pushcclosure(L, search_lua, 1);
    lua_rawseti(L, -2, 2);
    lua_pop(L, 2);
}

// ---- globals ------------------------------------------------------------------------------------

static int undefined_global(lua_State *L)
{
    return luaL_error(L, "undefined global '%s'", luaL_tolstring(L, 2, NULL));
}

static int new_global(lua_State *L)
{
    return luaL_error(L, "global '%s' is not allowed: write 'local'", luaL_tolstring(L, 2, NULL));
}

static void seal_globals(lua_State *L)
{
    static const luaL_Reg meta[] = {
        {"__index", undefined_global}, {"__newindex", new_global}, {NULL, NULL}};
    lua_pushglobaltable(L);
    luaL_newlib(L, meta);
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
}

static void drop(lua_State *L, const char *library, const char *name)
{
    lua_getglobal(L, library);
    lua_pushnil(L);
    lua_setfield(L, -2, name);
    lua_pop(L, 1);
}

void script_open(lua_State *L)
{
    luaL_openlibs(L);
    lua_gc(L, LUA_GCINC, GC_PAUSE, GC_STEP, 0);
    lua_gc(L, LUA_GCSTOP);
    // These stop every file at once, or run a shell: host.exec is the way.
    drop(L, "os", "exit");
    drop(L, "os", "execute");
    drop(L, "io", "popen");
    wrap_text_only(L, "load", true);
    wrap_text_only(L, "loadfile", false);
    lua_pushnil(L);
    lua_setglobal(L, "dofile");
    set_paths(L, host_of(L)->root);
    api_open(L);
    lua_setglobal(L, "host");
    api_error(L, "limit", false, "script", "not enough memory");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &MEMORY_ERROR);
    lua_pop(L, 1);
    seal_globals(L);
}
