// map.c - host.map(list, options, fn): a function over a list, some at a time, results in order.
// Loop thread only. N worker tasks draw from one counter; the caller joins them one after another.
// The guard on the caller's stack ends them when the caller is killed.
#include "../api.h"
#include "../task.h"

static const char *const GUARD = "affiche.map";
enum { LIST = 1, OPTIONS, FN, RESULTS, STATE, WORKERS }; // stack of the caller
enum { DEFAULT_CONCURRENCY = 8, MOST = 1024 };

struct map {
    lua_Integer next, count; // next index to draw, length of the list
    lua_Integer workers, joined;
    bool failed; // user value 1 of the state holds the first Error
};

// ---- a worker: [1] list [2] fn [3] results [4] state [5] message handler ------------------------

static int add_traceback(lua_State *L)
{
    api_to_error(L);
    if (lua_getfield(L, -1, "traceback") == LUA_TNIL) {
        luaL_traceback(L, L, NULL, 1);
        lua_setfield(L, -3, "traceback");
    }
    lua_settop(L, 1);
    return 1;
}

static bool store_result(lua_State *L, struct map *map, int status, lua_Integer index)
{
    if (status == LUA_OK || status == LUA_YIELD) {
        lua_seti(L, 3, index);
        return true;
    }
    if (!map->failed) {
        map->failed = true;
        lua_setiuservalue(L, 4, 1);
    }
    return false;
}

static int worker_run(lua_State *L);

static int worker_continue(lua_State *L, int status, lua_KContext index)
{
    if (!store_result(L, lua_touserdata(L, 4), status, (lua_Integer)index))
        return 0;
    return worker_run(L);
}

static int worker_run(lua_State *L)
{
    struct map *map = lua_touserdata(L, 4);
    while (!map->failed && map->next <= map->count) {
        lua_Integer index = map->next++;
        lua_settop(L, 5);
        lua_pushvalue(L, 2);
        lua_geti(L, 1, index);
        lua_pushinteger(L, index);
        int status = lua_pcallk(L, 2, 1, 5, (lua_KContext)index, worker_continue);
        if (!store_result(L, map, status, index))
            break;
    }
    return 0;
}

static int worker(lua_State *L)
{
    lua_pushcfunction(L, add_traceback);
    return worker_run(L);
}

// ---- the caller ---------------------------------------------------------------------------------

static int guard_close(lua_State *L)
{
    struct map *map = lua_touserdata(L, 1);
    if (lua_getiuservalue(L, 1, 2) != LUA_TTABLE)
        return 0;
    for (lua_Integer i = map->joined + 1; i <= map->workers; i++) {
        if (lua_geti(L, -1, i) == LUA_TUSERDATA)
            task_cancel(task_check(L, -1));
        lua_pop(L, 1);
    }
    map->joined = map->workers; // collected later, it must not look at tasks collected before it
    return 0;
}

static int join_next(lua_State *L, struct op *op)
{
    (void)op;
    struct map *map = lua_touserdata(L, STATE);
    for (; map->joined < map->workers; map->joined++) {
        lua_geti(L, WORKERS, map->joined + 1);
        struct task *task = task_check(L, -1);
        lua_pop(L, 1); // the table keeps it
        if (task->state != TASK_DEAD)
            return task_wait(L, task, join_next);
        if (task->failed && !map->failed) {
            map->failed = true;
            task_push_outcome(L, task);
            lua_setiuservalue(L, STATE, 1);
        }
    }
    if (map->failed) {
        lua_getiuservalue(L, STATE, 1);
        return lua_error(L);
    }
    lua_pushvalue(L, RESULTS);
    return 1;
}

static int l_map(lua_State *L)
{
    static const char *const keys[] = {"concurrency", NULL};
    luaL_checktype(L, LIST, LUA_TTABLE);
    if (lua_isfunction(L, 2)) {
        lua_pushnil(L);
        lua_insert(L, 2);
    }
    api_check_options(L, OPTIONS, keys);
    lua_Integer concurrency =
        api_opt_integer(L, OPTIONS, "concurrency", DEFAULT_CONCURRENCY, 1, MOST);
    luaL_checktype(L, FN, LUA_TFUNCTION);
    lua_settop(L, FN);
    lua_Integer count = luaL_len(L, LIST);
    lua_newtable(L);
    struct map *map = lua_newuserdatauv(L, sizeof *map, 2);
    *map = (struct map){.next = 1, .count = count};
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, STATE, 2);
    lua_pushvalue(L, STATE);
    api_push_type(L, GUARD, NULL, guard_close);
    lua_setmetatable(L, -2);
    lua_toclose(L, -1);
    lua_Integer workers = count < concurrency ? count : concurrency;
    luaL_checkstack(L, (int)workers + 16, NULL);
    while (map->workers < workers) {
        lua_pushcfunction(L, worker);
        lua_pushvalue(L, LIST);
        lua_pushvalue(L, FN);
        lua_pushvalue(L, RESULTS);
        lua_pushvalue(L, STATE);
        task_spawn(L, 4);
        lua_seti(L, WORKERS, ++map->workers);
    }
    return join_next(L, NULL);
}

PRIM(map, l_map)
