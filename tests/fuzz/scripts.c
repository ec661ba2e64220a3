// scripts.c - the readers that are Lua: readers.lua, in a state such as the host has. Runs in the
// project's root.
#include "entries.h"

#include "api.h"
#include "graph.h"
#include "memory.h"
#include "script.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define READERS "tests/fuzz/readers.lua"
#define MEMORY (64 << 20)

lua_Hook fuzz_on_line;

// refuse(value, status): what the host makes of an answer that is a refusal; else nothing.
static int refuse(lua_State *L)
{
    lua_settop(L, 2);
    return graph_push_refusal(L, "graph_get", 1, (long)lua_tointeger(L, 2)) ? 2 : 0;
}

// Leaves the table of readers.
static int open_readers(lua_State *L)
{
    script_open(L);
    if (luaL_loadfile(L, READERS) != LUA_OK)
        return lua_error(L);
    lua_pushcfunction(L, refuse);
    lua_call(L, 1, 1);
    return 1;
}

static int say(lua_State *L)
{
    luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
    return 1;
}

static void run(lua_State *L, int arguments, int results)
{
    int at = lua_gettop(L) - arguments;
    lua_pushcfunction(L, say);
    lua_insert(L, at);
    if (lua_pcall(L, arguments, results, at) != LUA_OK) {
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
        fuzz_claim(false);
    }
    lua_remove(L, at);
}

// Opened once.
static struct host *open_host(void)
{
    static struct host host;
    char root[PATH_MAX];
    if (host.L)
        return &host;
    host.budget.memory_cap = MEMORY;
    host.budget.seconds = 5;
    host.root = realpath(".", root);
    host.L = lua_newstate(memory_allocate, &host);
    fuzz_claim(host.root && host.L);
    *(struct task **)lua_getextraspace(host.L) = NULL;
    lua_pushcfunction(host.L, open_readers);
    run(host.L, 0, 1);
    host.root = NULL;
    return &host;
}

static void feed(const char *reader, const uint8_t *bytes, size_t length)
{
    struct host *host = open_host();
    lua_State *L = host->L;
    script_start_budget(host, L);
    if (fuzz_on_line)
        lua_sethook(L, fuzz_on_line, LUA_MASKLINE, 0);
    lua_getfield(L, 1, reader);
    lua_pushlstring(L, (const char *)bytes, length);
    run(L, 1, 0);
}

void fuzz_dotenv(const uint8_t *bytes, size_t length)
{
    feed("dotenv", bytes, length);
}

void fuzz_json(const uint8_t *bytes, size_t length)
{
    feed("json", bytes, length);
}

void fuzz_robots(const uint8_t *bytes, size_t length)
{
    feed("robots", bytes, length);
}
