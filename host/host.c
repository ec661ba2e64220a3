// host.c - opening, running and closing the host: the loop turns here and nowhere else.
#include "host.h"

#include "api.h"
#include "codec_pool.h"
#include "http.h"
#include "log.h"
#include "memory.h"
#include "script.h"
#include "signals.h"
#include "task.h"
#include "transfer.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef AFFICHE_ROOT
#define AFFICHE_ROOT "."
#endif

enum { EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };
enum { WAKE_ROUNDS = 64 };          // before the loop is polled again, whoever is ready
enum { LUA_MEMORY_CAP = 64 << 20 }; // bytes
static const double SCRIPT_SECONDS = 5;

// ---- open ---------------------------------------------------------------------------------------

static char *executable_path(void)
{
    char path[PATH_MAX];
    size_t size = sizeof path;
    return uv_exepath(path, &size) < 0 ? NULL : strdup(path);
}

// The folder that holds modules/ and scripts/: beside the program in a checkout, in share/ once
// installed. Never the working directory.
static char *find_root(const char *executable)
{
    static const char *const places[] = {AFFICHE_ROOT, "../share/affiche", NULL};
    const char *slash = strrchr(executable, '/');
    for (const char *const *place = places; *place; place++) {
        char folder[PATH_MAX], probe[PATH_MAX], real[PATH_MAX];
        int length = snprintf(folder, sizeof folder, "%.*s/%s", (int)(slash - executable),
                              executable, *place);
        if (length < 0 || (size_t)length >= sizeof folder - sizeof "/modules/main.lua")
            continue;
        snprintf(probe, sizeof probe, "%.*s/modules/main.lua", length, folder);
        if (access(probe, R_OK) == 0 && realpath(folder, real))
            return strdup(real);
    }
    return NULL;
}

static int open_lua(lua_State *L)
{
    script_open(L);
    return 0;
}

static int on_panic(lua_State *L)
{
    const char *message = lua_tostring(L, -1);
    fprintf(stderr, "affiche: an error outside of every task: %s\n", message ? message : "?");
    return 0; // Lua aborts: a bug of ours
}

static bool open_state(struct host *host)
{
    host->L = lua_newstate(memory_allocate, host);
    if (!host->L)
        return false;
    lua_atpanic(host->L, on_panic);
    *(struct task **)lua_getextraspace(host->L) = NULL; // new coroutines copy it
    script_arm(host->L);
    host->budget.started = uv_hrtime();
    lua_pushcfunction(host->L, open_lua);
    if (lua_pcall(host->L, 0, 0, 0) == LUA_OK)
        return true;
    fprintf(stderr, "affiche: %s\n", lua_tostring(host->L, -1));
    return false;
}

struct host *host_open(void)
{
    struct host *host = calloc(1, sizeof *host);
    if (!host)
        return NULL;
    host->budget.memory_cap = LUA_MEMORY_CAP;
    host->budget.seconds = SCRIPT_SECONDS;
    if (uv_loop_init(&host->loop) < 0) {
        free(host);
        return NULL;
    }
    signals_open(host);
    host->executable = executable_path();
    host->root = host->executable ? find_root(host->executable) : NULL;
    if (!host->root) {
        fprintf(stderr, "affiche: modules/main.lua is neither beside the program nor in "
                        "../share/affiche: install it whole, or run it from its checkout\n");
    } else if (open_state(host)) {
        return host;
    }
    host_close(host);
    return NULL;
}

// ---- run ----------------------------------------------------------------------------------------

// Protected: [1] argc, [2] argv. Starts the main task and leaves its userdata.
static int start_main(lua_State *L)
{
    int argc = (int)lua_tointeger(L, 1);
    char **argv = lua_touserdata(L, 2);
    lua_getglobal(L, "require");
    lua_pushliteral(L, "main");
    lua_call(L, 1, 1);
    luaL_checktype(L, -1, LUA_TFUNCTION);
    lua_createtable(L, argc, 0);
    for (int i = 0; i < argc; i++) {
        lua_pushstring(L, argv[i]);
        lua_rawseti(L, -2, i);
    }
    task_spawn(L, 1);
    return 1;
}

static void turn(struct host *host, struct task *main_task)
{
    bool ending = false;
    while (host->task_count > 0 || host->ready_first) { // a dead task may still stand in the list
        bool more = task_run_ready(host);
        // What wakes others without waiting for the world belongs to one turn: their writes to the
        // journal share a transaction.
        for (int round = 0; more && round < WAKE_ROUNDS; round++)
            more = task_run_ready(host);
        if (main_task->state == TASK_DEAD && !ending) {
            ending = true;
            task_cancel_all(host); // shielded ones go on to the end of their shield
        }
        if (host->task_count == 0)
            continue;
        host->in_loop = true;
        int alive = uv_run(&host->loop, more || host->ready_first ? UV_RUN_NOWAIT : UV_RUN_ONCE);
        host->in_loop = false;
        if (!alive && !host->ready_first) {
            log_write(host, LOG_ERROR, "%u tasks wait for each other and nothing else: ended",
                      host->task_count);
            task_cancel_all(host);
        }
    }
}

static int exit_status(struct host *host, struct task *main_task)
{
    if (main_task->failed) {
        main_task->observed = true;
        lua_State *co = main_task->co;
        lua_getfield(co, 1, "message");
        lua_getfield(co, 1, "traceback");
        lua_getfield(co, 1, "kind");
        bool cancelled = strcmp(lua_tostring(co, -1) ? lua_tostring(co, -1) : "", "cancelled") == 0;
        if (!cancelled)
            log_write(host, LOG_ERROR, "%s\n%s", lua_tostring(co, -3), lua_tostring(co, -2));
        return cancelled ? EXIT_INTERRUPTED : EXIT_USAGE;
    }
    return (int)lua_tointeger(main_task->co, 1);
}

int host_run(struct host *host, int argc, char **argv)
{
    lua_State *L = host->L;
    lua_pushcfunction(L, start_main);
    lua_pushinteger(L, argc);
    lua_pushlightuserdata(L, argv);
    if (lua_pcall(L, 2, 1, 0) != LUA_OK) {
        log_write(host, LOG_ERROR, "%s", lua_tostring(L, -1));
        lua_pop(L, 1);
        return EXIT_USAGE;
    }
    struct task *main_task = task_check(L, -1); // the userdata stays on the stack until the end
    script_watch(host);
    turn(host, main_task);
    int status = exit_status(host, main_task);
    lua_pop(L, 1);
    return status;
}

// ---- close --------------------------------------------------------------------------------------

void host_close(struct host *host)
{
    if (!host)
        return;
    host->closing = true;
    codec_pool_dismiss(host);
    if (host->L)
        lua_close(host->L);
    host->L = NULL;
    signals_close(host);
    codec_pool_close(host);
    codec_early_end(&host->early);
    uv_run(&host->loop, UV_RUN_DEFAULT); // what was cancelled comes to its end
    transfer_pool_free(host->transfers);
    http_pool_free(host->http);
    uv_run(&host->loop, UV_RUN_DEFAULT);
    log_free(host->log);
    if (uv_loop_close(&host->loop) == UV_EBUSY)
        fprintf(stderr, "affiche: a handle was left open\n");
    free(host->root);
    free(host->executable);
    free(host);
}
