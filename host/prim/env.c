// env.c - host.env([name]): the process environment.
// Loop thread only. Does not wait.
#include "../api.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int push_all(lua_State *L)
{
    lua_newtable(L);
    for (char **entry = environ; entry && *entry; entry++) {
        const char *equals = strchr(*entry, '=');
        if (!equals)
            continue;
        lua_pushlstring(L, *entry, (size_t)(equals - *entry));
        lua_pushstring(L, equals + 1);
        lua_rawset(L, -3);
    }
    return 1;
}

static int l_env(lua_State *L)
{
    if (lua_isnoneornil(L, 1))
        return push_all(L);
    lua_pushstring(L, getenv(luaL_checkstring(L, 1)));
    return 1;
}

PRIM(env, l_env)
