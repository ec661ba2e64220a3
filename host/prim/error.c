// error.c - host.error(fields): an Error table made by a script, like those of the primitives.
// Loop thread only. Does not wait.
#include "../api.h"
#include "../log.h"
#include <stdlib.h>
#include <string.h>

static const char *const KINDS[] = {"io",     "network", "tls",       "auth",   "timeout", "remote",
                                    "format", "limit",   "cancelled", "script", NULL};

static void check_kind(lua_State *L)
{
    lua_getfield(L, 1, "kind");
    const char *kind = lua_tostring(L, -1);
    const char *const *known = KINDS;
    while (*known && (!kind || strcmp(*known, kind) != 0))
        known++;
    if (!*known)
        luaL_error(L, "'%s' is not a kind of error", kind ? kind : luaL_typename(L, -1));
    lua_pop(L, 1);
}

static int l_error(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    check_kind(L);
    size_t length;
    lua_getfield(L, 1, "message");
    const char *message = luaL_checklstring(L, -1, &length);
    char *clean = log_redact(host_of(L), message, length, &length);
    if (!clean)
        return luaL_error(L, "not enough memory");
    lua_pushlstring(L, clean, length);
    free(clean);
    lua_setfield(L, 1, "message");
    lua_getfield(L, 1, "retryable");
    lua_pushboolean(L, lua_toboolean(L, -1));
    lua_setfield(L, 1, "retryable");
    api_push_error_meta(L);
    lua_setmetatable(L, 1);
    lua_settop(L, 1);
    return 1;
}

PRIM(error, l_error)
