// now.c - host.now([clock]): seconds, by the wall or the monotonic clock.
// Loop thread only. Does not wait.
#include "../api.h"
#include <time.h>

static int l_now(lua_State *L)
{
    static const char *const names[] = {"wall", "monotonic", NULL};
    static const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC};
    struct timespec now;
    clock_gettime(clocks[luaL_checkoption(L, 1, "wall", names)], &now);
    lua_pushnumber(L, (lua_Number)now.tv_sec + (lua_Number)now.tv_nsec / 1e9);
    return 1;
}

PRIM(now, l_now)
