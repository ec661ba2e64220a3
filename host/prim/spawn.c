// spawn.c - host.spawn(fn, ...): start a function as a task of its own.
// Loop thread only. Does not wait.
#include "../api.h"
#include "../task.h"

static int l_spawn(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    task_spawn(L, lua_gettop(L) - 1);
    return 1;
}

PRIM(spawn, l_spawn)
