// signals.c - SIGINT and SIGTERM as something a task can wait for; `host.signal` is at the end.
// Loop thread only. While nobody waits, the first signal is kept and every task is cancelled at the
// next turn: a program without a plan for signals still ends cleanly.
#include "signals.h"

#include "api.h"
#include "task.h"
#include <signal.h>
#include <stdlib.h>

struct signal_wait {
    struct op op;
    struct signal_wait *next;
    int number;
};

struct signals {
    struct host *host;
    struct signal_wait *waiting;
    uv_signal_t on_int, on_term;
    uv_prepare_t sweep; // cancels outside of the signal callback
    unsigned open_handles;
};

static void on_sweep(uv_prepare_t *handle)
{
    uv_prepare_stop(handle);
    task_cancel_all(((struct signals *)handle->data)->host);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct signals *signals = handle->data;
    if (!signals->waiting) {
        uv_prepare_start(&signals->sweep, on_sweep);
        return;
    }
    while (signals->waiting) {
        struct signal_wait *wait = signals->waiting;
        signals->waiting = wait->next;
        wait->number = number;
        op_done(&wait->op);
    }
}

static void listen_to(struct signals *signals, uv_signal_t *handle, int number)
{
    uv_signal_init(&signals->host->loop, handle);
    handle->data = signals;
    uv_signal_start(handle, on_signal, number);
    uv_unref((uv_handle_t *)handle); // listening alone does not keep the program running
    signals->open_handles++;
}

void signals_open(struct host *host)
{
    struct signals *signals = calloc(1, sizeof *signals);
    if (!signals)
        return;
    host->signals = signals;
    signals->host = host;
    listen_to(signals, &signals->on_int, SIGINT);
    listen_to(signals, &signals->on_term, SIGTERM);
    uv_prepare_init(&host->loop, &signals->sweep);
    signals->sweep.data = signals;
    signals->open_handles++;
    signal(SIGPIPE, SIG_IGN); // a closed pipe or socket is an error code, not the end
}

static void on_closed(uv_handle_t *handle)
{
    struct signals *signals = handle->data;
    if (--signals->open_handles == 0)
        free(signals);
}

void signals_close(struct host *host)
{
    struct signals *signals = host->signals;
    if (!signals)
        return;
    host->signals = NULL;
    uv_close((uv_handle_t *)&signals->on_int, on_closed);
    uv_close((uv_handle_t *)&signals->on_term, on_closed);
    uv_close((uv_handle_t *)&signals->sweep, on_closed);
}

static void wait_cancel(struct op *op)
{
    struct signal_wait **link = &op->host->signals->waiting;
    while (*link && &(*link)->op != op)
        link = &(*link)->next;
    if (*link)
        *link = (*link)->next;
    op_done(op);
}

static int wait_finish(lua_State *L, struct op *op)
{
    struct signal_wait *wait = (struct signal_wait *)op;
    lua_pushstring(L, wait->number == SIGINT ? "SIGINT" : "SIGTERM");
    return 1;
}

int signals_wait(lua_State *L)
{
    struct signals *signals = host_of(L)->signals;
    if (!signals)
        return luaL_error(L, "signals cannot be watched here");
    struct signal_wait *wait = op_begin(L, sizeof *wait, wait_cancel, NULL);
    wait->next = signals->waiting;
    signals->waiting = wait;
    return op_wait(L, &wait->op, wait_finish);
}
