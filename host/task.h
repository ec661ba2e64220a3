// task.h - coroutines as tasks.
//
// READY -> RUNNING -> WAITING -> READY … -> DEAD; anything else is a bug of ours and asserted.
// Tasks are resumed by host_run alone, on the main state, never inside a callback.
#pragma once

#include "host.h"

enum task_state { TASK_READY, TASK_RUNNING, TASK_WAITING, TASK_DEAD };

struct task {
    struct host *host;
    lua_State *co; // the coroutine, anchored in the registry until the task is dead
    int anchor;    // registry reference of co
    enum task_state state;
    struct op *wait;     // borrowed: what it waits for, while WAITING
    struct op *joiners;  // operations that wait for its end
    unsigned shields;    // inside host.shield: cancellation is put off
    bool cancel_pending; // asked to end as soon as the shield is gone or it waits again
    bool failed;         // dead with an error: the Error table is the only result
    bool observed;       // somebody has asked for the result: no need to log a failure
    int results;         // registry reference of the packed results, once dead
    int start_arguments; // values on co's stack for the first resume
    unsigned refs;       // list of the host, userdata
    struct task *next, *prev;
    struct task *next_ready;
};

// Pops a function and `arguments` values above it from L, starts a task with them and pushes its
// userdata (class Task). Raises on lack of memory.
struct task *task_spawn(lua_State *L, int arguments);
// The task whose coroutine L is, or NULL (main state, coroutines made by a script).
struct task *task_of(lua_State *L);
struct task *task_check(lua_State *L, int arg);
// Ends the task now, or notes it when it is shielded or running.
void task_cancel(struct task *task);
// Puts a waiting task on the ready list. Called by op_done.
void task_wake(struct task *task);
// Resumes what is ready, once each. Returns whether more is ready.
bool task_run_ready(struct host *host);
void task_cancel_all(struct host *host);
