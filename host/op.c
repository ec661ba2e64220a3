// op.c - operations: begin, wait, done, and what happens when nobody waits any more.
// Loop thread only. An operation is freed when its box in Lua is closed, its work has ended and its
// timer is gone: three references, in any order.
#include "op.h"

#include "api.h"
#include "task.h"
#include <assert.h>
#include <stdlib.h>

static const char *const BOX = "affiche.op";

struct box {
    struct op *op;
};

static void op_unref(struct op *op)
{
    assert(op->refs > 0);
    if (--op->refs > 0)
        return;
    op->host->op_count--;
    if (op->release)
        op->release(op);
    free(op);
}

static void on_timer_closed(uv_handle_t *handle)
{
    op_unref(handle->data);
}

static void stop_timer(struct op *op)
{
    if (op->timer_set && !uv_is_closing((uv_handle_t *)&op->timer))
        uv_close((uv_handle_t *)&op->timer, on_timer_closed);
}

static void op_cancel(struct op *op)
{
    if (op->cancelled || op->state == OP_DONE)
        return;
    op->cancelled = true;
    if (op->cancel)
        op->cancel(op);
}

static void on_timer(uv_timer_t *timer)
{
    struct op *op = timer->data;
    if (op->state == OP_DONE)
        return;
    op->timed_out = true;
    op_cancel(op);
}

// The box leaves its function: results were taken, or the task was killed while it waited.
static int box_close(lua_State *L)
{
    struct box *box = lua_touserdata(L, 1);
    struct op *op = box->op;
    if (!op)
        return 0;
    box->op = NULL;
    op->task = NULL;
    op_cancel(op);
    op_unref(op);
    return 0;
}

void *op_begin(lua_State *L, size_t size, op_cancel_fn cancel, op_release_fn release)
{
    struct task *task = task_of(L);
    if (!task)
        luaL_error(L, "this call waits, and waiting is not possible in a coroutine made by a "
                      "script: use host.spawn");
    if (task->state != TASK_RUNNING)
        luaL_error(L, "this call waits, and a task that is being ended cannot wait");
    if (!lua_isyieldable(L))
        luaL_error(L, "this call waits, and waiting is not possible inside require, table.sort, "
                      "string.gsub, __tostring or __gc");
    if (task->cancel_pending && task->shields == 0) {
        api_error(L, "cancelled", false, "wait", "the task was cancelled");
        lua_error(L);
    }
    luaL_checkstack(L, 8, NULL);
    struct box *box = lua_newuserdatauv(L, sizeof *box, 0);
    box->op = NULL;
    api_push_type(L, BOX, NULL, box_close);
    lua_setmetatable(L, -2);
    lua_toclose(L, -1);
    struct op *op = calloc(1, size);
    if (!op)
        luaL_error(L, "not enough memory");
    op->host = task->host;
    op->task = task;
    op->cancel = cancel;
    op->release = release;
    op->refs = 2; // the box, and the work in flight
    op->host->op_count++;
    box->op = op;
    return op;
}

void op_timeout(struct op *op, double seconds)
{
    assert(!op->timer_set);
    if (seconds <= 0)
        return;
    uv_timer_init(&op->host->loop, &op->timer);
    op->timer.data = op;
    op->timer_set = true;
    op->refs++;
    uv_timer_start(&op->timer, on_timer, (uint64_t)(seconds * 1000) + 1, 0);
}

static int op_continue(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    struct op *op = (struct op *)context;
    return op->finish(L, op);
}

int op_wait(lua_State *L, struct op *op, op_finish_fn finish)
{
    op->finish = finish;
    if (op->state == OP_DONE)
        return finish(L, op);
    op->state = OP_WAITING;
    op->task->wait = op;
    op->task->state = TASK_WAITING;
    return lua_yieldk(L, 0, (lua_KContext)op, op_continue);
}

void op_done(struct op *op)
{
    assert(op->state != OP_DONE);
    bool waiting = op->state == OP_WAITING;
    op->state = OP_DONE;
    stop_timer(op);
    if (op->task && waiting)
        task_wake(op->task);
    op_unref(op);
}

uv_loop_t *op_loop(struct op *op)
{
    return &op->host->loop;
}
