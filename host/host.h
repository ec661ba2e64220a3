// host.h - the one structure that everything in the process hangs on.
// Loop thread only. Fetched from Lua by host_of(L), never a global.
#pragma once

#include "codec_early.h"
#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#define AFFICHE_VERSION "0.1.0"

struct task;
struct op;
struct log;
struct http_pool;
struct transfer_pool;
struct signals;
struct codec_pool;

// Limits on plain Lua, from the first day: they cannot be added later.
struct budget {
    size_t memory_used; // bytes the Lua state holds now
    size_t memory_cap;  // more is "not enough memory" for whoever asks
    uint64_t started;   // uv_hrtime() when the running task was resumed
    double seconds;     // a task that holds the loop longer than this is stopped
    bool collects;      // garbage, by itself
    bool warned;        // half of it has been used and reported, this resume
};

struct host {
    lua_State *L;     // main state: owned here, runs no script itself
    uv_loop_t loop;   // owned
    char *root;       // owned: folder that holds modules/ and scripts/
    char *executable; // owned: absolute path of this program
    struct budget budget;
    struct task *current;     // the task whose coroutine runs now, or NULL
    struct task *tasks;       // all tasks alive, a doubly linked list
    struct task *ready_first; // to be resumed, in order
    struct task *ready_last;
    unsigned task_count;
    unsigned op_count; // operations begun and not yet freed
    bool in_loop;      // uv_run is running, for tasks that become ready meanwhile
    bool closing;      // the state is being closed: no more resumes
    // Each belongs to the file of its name, made at first use and freed by host_close.
    struct log *log;
    struct http_pool *http;
    struct transfer_pool *transfers;
    struct signals *signals;
    struct codec_pool *codecs[2]; // by enum codec_family
    struct codec_early early;     // owned, until the pool takes it
    bool makes_one;               // one picture, and then no decoder is needed any more
};

// The host that owns this state. Never fails.
struct host *host_of(lua_State *L);

// Returns new; NULL, and a line on stderr, when it cannot start.
struct host *host_open(void);
// Runs modules/main.lua's function with the arguments as the main task, until it and every
// shielded task ended. Returns the process exit status.
int host_run(struct host *host, int argc, char **argv);
// Accepts NULL and half-built hosts.
void host_close(struct host *host);
