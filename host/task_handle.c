// task_handle.c - the class Task that scripts hold, and waiting for the end of a task.
// Loop thread only. The userdata keeps the coroutine, and with it the outcome, once the task is
// dead.
#include "task.h"

#include "api.h"

static const char *const TYPE = "affiche.task";

static void join_cancel(struct op *op)
{
    struct join *join = (struct join *)op;
    if (!join->target)
        return;
    struct join **link = &join->target->joiners;
    while (*link != join)
        link = &(*link)->next;
    *link = join->next;
    join->target = NULL;
    op_done(op);
}

int task_wait(lua_State *L, struct task *task, op_finish_fn finish_fn)
{
    struct join *join = op_begin(L, sizeof *join, join_cancel, NULL);
    join->target = task;
    join->next = task->joiners;
    task->joiners = join;
    task->observed = true;
    return op_wait(L, &join->op, finish_fn);
}

int task_push_outcome(lua_State *L, struct task *task)
{
    lua_State *co = task->co;
    int results = lua_gettop(co);
    luaL_checkstack(L, results + 2, NULL);
    lua_pushboolean(L, !task->failed);
    if (!lua_checkstack(co, results))
        luaL_error(L, "not enough memory");
    for (int i = 1; i <= results; i++)
        lua_pushvalue(co, i);
    lua_xmove(co, L, results);
    task->observed = true;
    return results + 1;
}

struct task *task_check(lua_State *L, int arg)
{
    return *(struct task **)luaL_checkudata(L, arg, TYPE);
}

static int join_finish(lua_State *L, struct op *op)
{
    (void)op;
    return task_push_outcome(L, task_check(L, 1));
}

static int task_l_join(lua_State *L)
{
    struct task *task = task_check(L, 1);
    if (task->state == TASK_DEAD)
        return task_push_outcome(L, task);
    luaL_argcheck(L, task != task_of(L), 1, "a task cannot wait for itself");
    return task_wait(L, task, join_finish);
}

static int task_l_cancel(lua_State *L)
{
    task_cancel(task_check(L, 1));
    return 0;
}

static int task_l_status(lua_State *L)
{
    static const char *const names[] = {"ready", "running", "waiting", "dead"};
    lua_pushstring(L, names[task_check(L, 1)->state]);
    return 1;
}

static int task_l_collect(lua_State *L)
{
    struct task **handle = lua_touserdata(L, 1);
    if (*handle)
        task_abandon(*handle);
    *handle = NULL;
    return 0;
}

struct task **task_push_handle(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"join", task_l_join}, {"cancel", task_l_cancel}, {"status", task_l_status}, {NULL, NULL}};
    struct task **handle = lua_newuserdatauv(L, sizeof *handle, 1);
    *handle = NULL;
    api_push_type(L, TYPE, methods, task_l_collect);
    lua_pushcfunction(L, task_l_cancel); // leaving its block ends a task, being collected does not
    lua_setfield(L, -2, "__close");
    lua_setmetatable(L, -2);
    return handle;
}
