// task.c - coroutines as tasks: spawn, resume, end.
// Loop thread only. A task's coroutine is anchored in the registry while it lives; afterwards its
// results, or its Error, lie on the coroutine's own stack, which the userdata keeps.
#include "task.h"

#include "api.h"
#include "log.h"
#include "op.h"
#include "script.h"
#include <assert.h>
#include <stdlib.h>

// ---- life ---------------------------------------------------------------------------------------

static void log_failure(struct task *task)
{
    lua_State *co = task->co;
    lua_getfield(co, 1, "traceback");
    lua_getfield(co, 1, "message");
    const char *message = lua_tostring(co, -1), *trace = lua_tostring(co, -2);
    log_write(task->host, LOG_ERROR, "a task failed: %s%s%s", message ? message : "(no message)",
              trace ? "\n" : "", trace ? trace : "");
    lua_settop(co, 1);
}

static int report_unobserved(lua_State *L)
{
    log_failure(lua_touserdata(L, 1));
    return 0;
}

static void task_unref(struct task *task)
{
    if (--task->refs == 0)
        free(task);
}

struct task *task_of(lua_State *L)
{
    return *(struct task **)lua_getextraspace(L);
}

static void enqueue(struct task *task)
{
    struct host *host = task->host;
    task->next_ready = NULL;
    struct task **end = host->ready_last ? &host->ready_last->next_ready : &host->ready_first;
    *end = host->ready_last = task;
    task->refs++; // the list's; a task may die while it stands there
    // A timer that was due when uv_run began is served before the loop polls: it must not sleep.
    if (host->in_loop)
        uv_stop(&host->loop);
}

static struct task *dequeue(struct host *host)
{
    struct task *task = host->ready_first;
    if (!task)
        return NULL;
    host->ready_first = task->next_ready;
    if (!host->ready_first)
        host->ready_last = NULL;
    return task;
}

void task_wake(struct task *task)
{
    assert(task->state == TASK_WAITING);
    task->state = TASK_READY;
    task->wait = NULL;
    enqueue(task);
}

static void link_task(struct host *host, struct task *task)
{
    task->next = host->tasks;
    if (task->next)
        task->next->prev = task;
    host->tasks = task;
    host->task_count++;
}

static void unlink_task(struct task *task)
{
    struct host *host = task->host;
    if (task->prev)
        task->prev->next = task->next;
    else
        host->tasks = task->next;
    if (task->next)
        task->next->prev = task->prev;
    host->task_count--;
}

void task_abandon(struct task *task)
{
    if (task->state == TASK_DEAD && task->failed && !task->observed) {
        task->observed = true;
        log_failure(task);
    }
    task->owned_by_lua = false;
    task_unref(task);
}

struct task *task_spawn(lua_State *L, int arguments)
{
    luaL_checkstack(L, 8, NULL);
    struct host *host = host_of(L);
    struct task **handle = task_push_handle(L); // fn args… handle
    lua_insert(L, -arguments - 2);              // handle fn args…
    lua_State *co = lua_newthread(L);           // handle fn args… co
    *(struct task **)lua_getextraspace(co) = NULL;
    script_arm(co);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, -arguments - 4, 1);
    int anchor = luaL_ref(L, LUA_REGISTRYINDEX); // handle fn args…
    struct task *task = lua_checkstack(co, arguments + 8) ? calloc(1, sizeof *task) : NULL;
    if (!task) {
        luaL_unref(L, LUA_REGISTRYINDEX, anchor);
        luaL_error(L, "not enough memory");
    }
    task->host = host;
    task->co = co;
    task->anchor = anchor;
    task->start_arguments = arguments;
    task->refs = 2; // alive, and the handle
    task->owned_by_lua = true;
    *(struct task **)lua_getextraspace(co) = task;
    *handle = task;
    lua_xmove(L, co, arguments + 1); // handle
    link_task(host, task);
    enqueue(task);
    return task;
}

// ---- the end ------------------------------------------------------------------------------------

static void finish(struct task *task)
{
    lua_State *L = task->host->L;
    task->state = TASK_DEAD;
    unlink_task(task);
    while (task->joiners) {
        struct join *join = task->joiners;
        task->joiners = join->next;
        join->target = NULL;
        op_done(&join->op);
    }
    if (task->failed && !task->observed && !task->owned_by_lua) {
        task->observed = true;
        lua_pushcfunction(L, report_unobserved);
        lua_pushlightuserdata(L, task);
        if (lua_pcall(L, 1, 0, 0) != LUA_OK)
            lua_pop(L, 1);
    }
    *(struct task **)lua_getextraspace(task->co) = NULL;
    luaL_unref(L, LUA_REGISTRYINDEX, task->anchor);
    task_unref(task);
}

// Protected: [1] the coroutine that failed, as a thread. Returns its error as an Error table with
// the traceback, taken while the stack still stands.
static int make_report(lua_State *L)
{
    lua_State *co = lua_tothread(L, 1);
    lua_pushvalue(co, -1);
    lua_xmove(co, L, 1);
    api_to_error(L); // co error
    if (lua_getfield(L, 2, "traceback") == LUA_TNIL) {
        luaL_traceback(L, co, NULL, 0);
        lua_setfield(L, 2, "traceback");
    }
    lua_settop(L, 2);
    return 1;
}

// Runs what is still to be closed on the coroutine, then leaves only the error there. The error
// lies on top of the main state's stack and is popped.
static void close_with_error(struct task *task)
{
    lua_State *L = task->host->L;
    task->state = TASK_DEAD; // from here on nothing in it can wait
    task->failed = true;
    lua_resetthread(task->co);
    lua_settop(task->co, 0);
    lua_xmove(L, task->co, 1);
}

static void fail(struct task *task, int status)
{
    lua_State *L = task->host->L;
    if (status == LUA_ERRMEM) {
        lua_gc(L, LUA_GCCOLLECT, 0);
        script_push_memory_error(L);
    } else {
        lua_pushcfunction(L, make_report);
        lua_rawgeti(L, LUA_REGISTRYINDEX, task->anchor);
        if (lua_pcall(L, 1, 1, 0) != LUA_OK) {
            lua_pop(L, 1);
            script_push_memory_error(L);
        }
    }
    close_with_error(task);
    finish(task);
}

static int make_cancelled(lua_State *L)
{
    api_error(L, "cancelled", false, "task", "the task was cancelled");
    return 1;
}

static void kill_now(struct task *task)
{
    lua_State *L = task->host->L;
    lua_pushcfunction(L, make_cancelled);
    if (lua_pcall(L, 0, 1, 0) != LUA_OK) {
        lua_pop(L, 1);
        script_push_memory_error(L);
    }
    task->observed = true; // whoever cancelled it knows
    close_with_error(task);
    finish(task);
}

void task_cancel(struct task *task)
{
    if (task->state == TASK_DEAD)
        return;
    if (task->state == TASK_RUNNING || task->shields > 0) {
        task->cancel_pending = true; // op_begin raises once it may
        return;
    }
    kill_now(task);
}

void task_cancel_all(struct host *host)
{
    // A close handler may spawn or end others: start over until one pass finds nothing to end.
    for (bool again = true; again;) {
        again = false;
        for (struct task *task = host->tasks; task; task = task->next) {
            if (task->cancel_pending || task->state == TASK_RUNNING)
                continue;
            task_cancel(task);
            again = true;
            break;
        }
    }
}

// ---- resume -------------------------------------------------------------------------------------

static int make_yield_error(lua_State *L)
{
    return luaL_error(L,
                      "coroutine.yield outside of a coroutine that the script made: a task waits "
                      "by calling a primitive, such as host.sleep");
}

static void resume(struct task *task)
{
    struct host *host = task->host;
    int arguments = task->start_arguments, results = 0;
    task->start_arguments = 0;
    task->state = TASK_RUNNING;
    host->current = task;
    uv_update_time(&host->loop); // timers begin now, not when the loop was last polled
    script_start_budget(host, task->co);
    int status = lua_resume(task->co, host->L, arguments, &results);
    host->current = NULL;
    if (status == LUA_YIELD && task->state == TASK_WAITING) {
        if (task->cancel_pending && task->shields == 0)
            kill_now(task);
    } else if (status == LUA_YIELD) {
        lua_settop(task->co, 0);
        lua_pushcfunction(host->L, make_yield_error);
        lua_pcall(host->L, 0, 1, 0);
        lua_xmove(host->L, task->co, 1);
        fail(task, LUA_ERRRUN);
    } else if (status == LUA_OK) {
        finish(task);
    } else {
        fail(task, status);
    }
}

bool task_run_ready(struct host *host)
{
    struct task *last = host->ready_last; // what becomes ready meanwhile has its turn next time
    for (struct task *task = NULL; task != last && host->ready_first;) {
        task = dequeue(host);
        bool was_last = task == last;
        if (task->state == TASK_READY)
            resume(task);
        task_unref(task); // NOLINT(clang-analyzer-unix.Malloc): enqueue took a reference of its own
        if (was_last)
            break;
    }
    return host->ready_first != NULL;
}
