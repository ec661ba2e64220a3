// live.c - host.live(): what is alive now, so that a spec can demand that it goes away.
// Loop thread only. Does not wait.
#include "../api.h"

static void count(uv_handle_t *handle, void *argument)
{
    // What does not keep the program running, such as an idle decoder, is kept for the next use.
    *(lua_Integer *)argument += uv_has_ref(handle);
}

static int l_live(lua_State *L)
{
    struct host *host = host_of(L);
    lua_Integer handles = 0;
    uv_walk(&host->loop, count, &handles);
    lua_createtable(L, 0, 4);
    lua_pushinteger(L, host->task_count);
    lua_setfield(L, -2, "tasks");
    lua_pushinteger(L, host->op_count);
    lua_setfield(L, -2, "operations");
    lua_pushinteger(L, handles);
    lua_setfield(L, -2, "handles");
    lua_pushinteger(L, (lua_Integer)host->budget.memory_used);
    lua_setfield(L, -2, "memory");
    return 1;
}

PRIM(live, l_live)
