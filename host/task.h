// task.h - coroutines as tasks.
//
// READY -> RUNNING -> WAITING -> READY … -> DEAD; anything else is a bug of ours and asserted.
// Tasks are resumed by host_run alone, on the main state, never inside a callback. Loop thread
// only.
#pragma once

#include "op.h"

enum task_state { TASK_READY, TASK_RUNNING, TASK_WAITING, TASK_DEAD };

struct task {
    struct host *host;
    lua_State *co; // the coroutine: anchored while alive, then kept by the userdata
    int anchor;    // registry reference of co
    enum task_state state;
    struct op *wait;      // borrowed: what it waits for, while WAITING
    struct join *joiners; // who waits for its end
    unsigned shields;     // inside host.shield: cancellation is put off
    bool cancel_pending;  // asked to end as soon as the shield is gone or it waits again
    bool failed;          // dead with an error: co's stack holds the Error alone, else the results
    bool observed;        // somebody has asked for the outcome: no need to log a failure
    bool owned_by_lua;    // its userdata has not been collected
    int start_arguments;  // values on co's stack for the first resume
    unsigned refs;        // alive, userdata, place in the ready list
    struct task *next, *prev;
    struct task *next_ready;
};

// An operation that waits for the end of a task.
struct join {
    struct op op;
    struct task *target; // borrowed; NULL once it ended
    struct join *next;
};

// Pops a function and `arguments` values above it from L, starts a task with them and pushes its
// userdata (class Task). Returns borrowed. Raises on lack of memory.
struct task *task_spawn(lua_State *L, int arguments);
// The task whose coroutine L is, or NULL (main state, coroutines made by a script).
struct task *task_of(lua_State *L);
// The task of a Task userdata; raises for anything else.
struct task *task_check(lua_State *L, int arg);
// Waits for the end of a task that is not dead; like op_wait, always the last statement.
int task_wait(lua_State *L, struct task *task, op_finish_fn finish);
// Pushes true and the results, or false and the Error, of a dead task; returns their number.
int task_push_outcome(lua_State *L, struct task *task);
// Pushes a new userdata of class Task, without its task yet. Returns borrowed.
struct task **task_push_handle(lua_State *L);
// The userdata was collected: a failure that nobody asked for is logged now.
void task_abandon(struct task *task);
// Ends the task now, or notes it when it is shielded or running. Not inside a loop callback.
void task_cancel(struct task *task);
void task_cancel_all(struct host *host);
// Puts a waiting task on the ready list. Called by op_done.
void task_wake(struct task *task);
// Resumes what is ready, once each. Returns whether more is ready.
bool task_run_ready(struct host *host);
