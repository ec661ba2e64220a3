// codec_pool.c - which job goes to which worker, and when there is to be another worker.
// Loop thread only. Owns the list of processes, the queue and the timer of the pause.
#include "codec_pool.h"

#include "codec_process.h"
#include "log.h"
#include "sys/sandbox.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRIES = 3, DEATHS = 10 };
static const uint64_t DEATH_SPAN = 60000; // milliseconds in which so many deaths are too many
static const uint64_t LIFE = 300000;      // milliseconds of work after which a worker is replaced

struct codec_pool {
    struct host *host;
    enum codec_family family;
    struct codec_process *processes;
    unsigned count, most;
    struct codec_ticket *first, *last; // those that wait
    uint64_t died[DEATHS];             // when, the oldest at `next_death`; 0: never
    unsigned next_death;
    uint64_t pause;
    uv_timer_t timer; // runs while the next start has to wait
    bool rested;      // it has waited
    bool closing;
    bool timer_closed;
};

static void pump(struct codec_pool *pool);

// ---- the queue ----------------------------------------------------------------------------------

static void put_first(struct codec_pool *pool, struct codec_ticket *ticket)
{
    ticket->next = pool->first;
    pool->first = ticket;
    if (!pool->last)
        pool->last = ticket;
}

static void put_last(struct codec_pool *pool, struct codec_ticket *ticket)
{
    ticket->next = NULL;
    if (pool->last)
        pool->last->next = ticket;
    else
        pool->first = ticket;
    pool->last = ticket;
}

static struct codec_ticket *take_first(struct codec_pool *pool)
{
    struct codec_ticket *ticket = pool->first;
    pool->first = ticket->next;
    if (!pool->first)
        pool->last = NULL;
    return ticket;
}

static void take_out(struct codec_pool *pool, struct codec_ticket *ticket)
{
    struct codec_ticket *before = NULL;
    for (struct codec_ticket *t = pool->first; t; before = t, t = t->next) {
        if (t != ticket)
            continue;
        if (before)
            before->next = t->next;
        else
            pool->first = t->next;
        if (pool->last == t)
            pool->last = before;
        return;
    }
}

static void fail(struct codec_ticket *ticket, enum codec_status status, const char *message)
{
    ticket->answer = (struct codec_answer){.status = status};
    snprintf(ticket->answer.message, sizeof ticket->answer.message, "%s", message);
    ticket->done(ticket);
}

// ---- deaths -------------------------------------------------------------------------------------

static void note_death(struct codec_pool *pool)
{
    pool->died[pool->next_death] = uv_now(&pool->host->loop);
    pool->next_death = (pool->next_death + 1) % DEATHS;
}

static bool must_rest(const struct codec_pool *pool)
{
    uint64_t oldest = pool->died[pool->next_death];
    return pool->pause > 0 && !pool->rested && oldest > 0 &&
           uv_now(&pool->host->loop) - oldest < DEATH_SPAN;
}

static void on_rested(uv_timer_t *timer)
{
    struct codec_pool *pool = timer->data;
    uv_unref((uv_handle_t *)timer);
    pool->rested = true;
    pump(pool);
}

static void rest(struct codec_pool *pool)
{
    if (uv_is_active((uv_handle_t *)&pool->timer))
        return;
    log_write(pool->host, LOG_WARN,
              "%d decoder processes died within a minute: the next one starts in %.1f s", DEATHS,
              (double)pool->pause / 1000);
    uv_ref((uv_handle_t *)&pool->timer);
    uv_timer_start(&pool->timer, on_rested, pool->pause, 0);
}

// What a death says of the file.
static void give_up(struct codec_ticket *ticket, const struct codec_death *death)
{
    char name[16], message[160];
    if (death->signal == 0) {
        snprintf(message, sizeof message, "the decoder process ended with status %lld",
                 (long long)death->status);
        fail(ticket, CODEC_MEMORY, message);
        return;
    }
    sandbox_signal_name(death->signal, name);
    bool limit = death->signal == SIGKILL || death->signal == SIGXCPU;
    const char *why = limit                     ? "was ended for want of memory or time"
                      : death->signal == SIGSYS ? "tried what a decoder must not do"
                                                : "crashed";
    snprintf(message, sizeof message, "the decoder %s on this file, %d times (%s)", why, TRIES,
             name);
    fail(ticket, limit ? CODEC_LIMIT : CODEC_FORMAT, message);
}

static void try_again(struct codec_pool *pool, struct codec_ticket *ticket,
                      const struct codec_death *death)
{
    ticket->process = NULL;
    if (++ticket->deaths < TRIES)
        put_first(pool, ticket);
    else
        give_up(ticket, death);
}

// ---- processes ----------------------------------------------------------------------------------

static void drop(struct codec_pool *pool, struct codec_process *process)
{
    struct codec_process **link = &pool->processes;
    while (*link && *link != process)
        link = &(*link)->next;
    if (*link)
        *link = process->next;
}

static void free_when_empty(struct codec_pool *pool)
{
    if (pool->timer_closed && pool->count == 0)
        free(pool);
}

static void on_freed(struct codec_process *process)
{
    struct codec_pool *pool = process->owner;
    free(process);
    pool->count--;
    if (pool->closing)
        free_when_empty(pool);
    else
        pump(pool);
}

static void on_ended(struct codec_process *process, const struct codec_death *death)
{
    struct codec_pool *pool = process->owner;
    struct codec_ticket *ticket = process->ticket;
    process->ticket = NULL;
    drop(pool, process);
    if (!process->unwanted) {
        note_death(pool);
        log_write(pool->host, LOG_DEBUG, "decoder process %d died: status %lld, signal %d",
                  (int)process->pid, (long long)death->status, death->signal);
    }
    if (ticket)
        try_again(pool, ticket, death);
}

static void on_answer(struct codec_process *process)
{
    struct codec_pool *pool = process->owner;
    struct codec_ticket *ticket = process->ticket;
    process->ticket = NULL;
    if (process->worked > LIFE)
        codec_process_kill(process);
    ticket->process = NULL;
    ticket->done(ticket);
    pump(pool);
}

static const struct codec_process_events EVENTS = {on_answer, on_ended, on_freed};

static struct codec_process *find_idle(struct codec_pool *pool)
{
    struct codec_process *p = pool->processes;
    while (p && (p->ticket || p->ending))
        p = p->next;
    return p;
}

static void take_early(struct codec_pool *pool, struct codec_process *process)
{
    struct codec_early *early = &pool->host->early;
    process->pid = early->pid;
    process->socket = early->socket;
    early->pid = 0;
}

// NULL when none can be started, and why in *code.
static struct codec_process *start_another(struct codec_pool *pool, int *code)
{
    struct codec_process *process = calloc(1, sizeof *process);
    *code = UV_ENOMEM;
    pool->rested = false;
    if (process) {
        process->owner = pool;
        process->family = pool->family;
        process->next = pool->processes;
        if (pool->family == CODEC_BUILT_IN)
            take_early(pool, process);
        *code = codec_process_start(process, &pool->host->loop, &EVENTS);
    }
    if (*code == 0)
        pool->processes = process;
    if (*code == 0 || (process && process->open > 0))
        pool->count++; // until it is freed
    else
        free(process);
    return *code == 0 ? process : NULL;
}

static void fail_first(struct codec_pool *pool, int code)
{
    char message[160];
    snprintf(message, sizeof message, "no decoder process can be started: %s", uv_strerror(code));
    fail(take_first(pool), CODEC_MEMORY, message);
}

// Hands out what can be handed out. Called again whenever a job comes or a worker is free or gone.
static void pump(struct codec_pool *pool)
{
    while (pool->first) {
        struct codec_process *process = find_idle(pool);
        int code = 0;
        if (!process && pool->count >= pool->most)
            return;
        if (!process && must_rest(pool)) {
            rest(pool);
            return;
        }
        if (!process)
            process = start_another(pool, &code);
        if (process)
            codec_process_give(process, take_first(pool));
        else if (pool->processes) // one of them will be free, or gone
            return;
        else
            fail_first(pool, code);
    }
}

// ---- entry points -------------------------------------------------------------------------------

static struct codec_pool *pool_of(struct host *host, enum codec_family family)
{
    if (host->codecs[family])
        return host->codecs[family];
    struct codec_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return NULL;
    pool->host = host;
    pool->family = family;
    pool->most = uv_available_parallelism();
    pool->pause = 1000;
    uv_timer_init(&host->loop, &pool->timer);
    uv_unref((uv_handle_t *)&pool->timer);
    pool->timer.data = pool;
    host->codecs[family] = pool;
    if (sandbox_is_relaxed())
        log_write(host, LOG_DEBUG,
                  "built with a sanitizer: decoders run without filter and memory limit");
    return pool;
}

void codec_pool_prepare(struct host *host)
{
    struct codec_pool *pool = pool_of(host, CODEC_BUILT_IN);
    int code;
    if (pool && pool->count == 0 && !must_rest(pool))
        start_another(pool, &code); // if it cannot be, the job will say so
}

void codec_pool_submit(struct host *host, struct codec_ticket *ticket)
{
    struct codec_pool *pool = pool_of(host, ticket->family);
    ticket->process = NULL;
    ticket->deaths = 0;
    if (!pool) {
        fail(ticket, CODEC_MEMORY, "not enough memory");
        return;
    }
    put_last(pool, ticket);
    pump(pool);
}

void codec_pool_cancel(struct host *host, struct codec_ticket *ticket)
{
    if (ticket->process) {
        ticket->process->ticket = NULL;
        codec_process_kill(ticket->process);
        ticket->process = NULL;
    } else {
        take_out(host->codecs[ticket->family], ticket);
    }
    fail(ticket, CODEC_STOPPED, "stopped");
}

void codec_pool_pause(struct host *host, unsigned milliseconds)
{
    for (int family = 0; family < CODEC_FAMILIES; family++) {
        struct codec_pool *pool = pool_of(host, (enum codec_family)family);
        if (pool)
            pool->pause = milliseconds;
    }
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct codec_pool *pool = handle->data;
    pool->timer_closed = true;
    free_when_empty(pool);
}

void codec_pool_dismiss(struct host *host)
{
    for (int family = 0; family < CODEC_FAMILIES; family++) {
        struct codec_pool *pool = host->codecs[family];
        for (struct codec_process *p = pool ? pool->processes : NULL; p; p = p->next)
            if (!p->ticket)
                codec_process_dismiss(p);
    }
}

void codec_pool_close(struct host *host)
{
    for (int family = 0; family < CODEC_FAMILIES; family++) {
        struct codec_pool *pool = host->codecs[family];
        if (!pool)
            continue;
        host->codecs[family] = NULL;
        pool->closing = true;
        for (struct codec_process *p = pool->processes; p; p = p->next)
            codec_process_dismiss(p);
        uv_close((uv_handle_t *)&pool->timer, on_timer_closed);
    }
}
