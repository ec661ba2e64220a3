// limit.c - host.limit(options): how long a script may hold the loop, how much memory Lua may take.
// Loop thread only. Does not wait.
#include "../api.h"

static int l_limit(lua_State *L)
{
    static const char *const keys[] = {"seconds", "memory", NULL};
    luaL_checktype(L, 1, LUA_TTABLE);
    api_check_options(L, 1, keys);
    struct budget *budget = &host_of(L)->budget;
    lua_Number seconds = api_opt_number(L, 1, "seconds", budget->seconds, 0.01, 3600);
    lua_Integer memory = api_opt_integer(L, 1, "memory", (lua_Integer)budget->memory_cap, 8 << 20,
                                         (lua_Integer)1 << 40);
    budget->seconds = seconds;
    budget->memory_cap = (size_t)memory;
    return 0;
}

PRIM(limit, l_limit)
