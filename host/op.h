// op.h - an operation: the one thing a task waits for, and how to stop it.
//
// Life: op_begin (RUNNING) -> start something on the loop -> op_wait (WAITING) -> op_done, exactly
// once -> the task is put on the ready list and, in the main loop, never inside a callback,
// resumed; `finish` then runs inside the task and makes the Lua results. When a task is killed its
// operation is detached and `cancel` is called: op_done must still follow, finds nobody, and the
// memory goes. Loop thread only.
#pragma once

#include "host.h"

struct op;
// Stop the work soon; op_done follows later, once. Also called when time is up (op->timed_out).
typedef void (*op_cancel_fn)(struct op *op);
// Free what the operation owns (not the operation itself). Runs once, after op_done and after the
// last use by Lua. May be NULL.
typedef void (*op_release_fn)(struct op *op);
// Push the results, return their number. Runs inside the task, may raise.
typedef int (*op_finish_fn)(lua_State *L, struct op *op);

enum op_state { OP_RUNNING, OP_WAITING, OP_DONE };

struct op {
    struct host *host;
    struct task *task; // borrowed: who waits; NULL once nobody does
    op_cancel_fn cancel;
    op_release_fn release;
    op_finish_fn finish;
    enum op_state state;
    bool timed_out; // cancel was called because the time of op_timeout was up
    bool cancelled; // cancel was called, for whatever reason
    unsigned refs;  // box in Lua, work in flight, timer
    uv_timer_t timer;
    bool timer_set;
};

// A zeroed structure of `size` bytes whose first member is a struct op. Raises when the caller is
// not a task or may not wait here, so call it after all arguments are checked and before anything
// is acquired; nothing may raise between it and op_wait. Pushes a box on the stack.
void *op_begin(lua_State *L, size_t size, op_cancel_fn cancel, op_release_fn release);
// Calls cancel after so many seconds (0: no limit). At most once per operation.
void op_timeout(struct op *op, double seconds);
// Always the last statement: `return op_wait(L, &x->op, x_finish);`
int op_wait(lua_State *L, struct op *op, op_finish_fn finish);
// The work has ended; on the loop thread, exactly once, also after a failed start (then before
// op_wait, and the caller returns api_fail at once or still calls op_wait).
void op_done(struct op *op);
uv_loop_t *op_loop(struct op *op);

// Work on a thread of libuv's pool: the common case of an operation.
struct work {
    struct op op;
    uv_work_t request;
    void (*run)(struct work *w); // on a worker thread: plain C data in `w` alone, no Lua, no loop
    int stop;                    // set by cancel: long work polls work_stopped and returns early
};
// Like op_begin, for a structure whose first member is a struct work.
void *work_begin(lua_State *L, size_t size, op_release_fn release);
// Queues it and waits. `finish` sees op.timed_out / op.cancelled as usual.
int work_wait(lua_State *L, struct work *w, void (*run)(struct work *w), op_finish_fn finish);
bool work_stopped(struct work *w);
