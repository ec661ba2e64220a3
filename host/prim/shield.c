// shield.c - host.shield(fn, ...): put cancellation off until fn returns.
// Loop thread only. A guard on the stack ends the shield however fn is left.
#include "../api.h"
#include "../task.h"

static const char *const GUARD = "affiche.shield";

struct guard {
    struct task *task;
};

static int guard_close(lua_State *L)
{
    struct guard *guard = lua_touserdata(L, 1);
    if (guard->task)
        guard->task->shields--;
    guard->task = NULL;
    return 0;
}

static int shield_return(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return lua_gettop(L) - 1;
}

static int l_shield(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    struct task *task = task_of(L);
    if (!task)
        return luaL_error(L, "host.shield works in a task, not in a coroutine made by a script");
    struct guard *guard = lua_newuserdatauv(L, sizeof *guard, 0);
    guard->task = NULL;
    api_push_type(L, GUARD, NULL, guard_close);
    lua_setmetatable(L, -2);
    lua_insert(L, 1);
    lua_toclose(L, 1);
    guard->task = task;
    task->shields++;
    lua_callk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, shield_return);
    return shield_return(L, LUA_OK, 0);
}

PRIM(shield, l_shield)
