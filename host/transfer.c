// transfer.c - the threads on which FTP, FTPS and SFTP block inside libcurl.
// The lock guards the two lists and the counters; `run` is called without it, `done` too.

#include "transfer.h"
#include "ftp_session.h"
#include <assert.h>
#include <stdlib.h>

enum { MAX_THREADS = 16 };
// An idle connection is given up after so long: servers drop them at about 60 s.
static const uint64_t idle_ns = 30ULL * 1000 * 1000 * 1000;

struct transfer_pool {
    uv_mutex_t lock;
    uv_cond_t wake;
    uv_async_t *async; // owned; there only while jobs are, so that an idle pool holds no handle
    struct transfer_job *queue; // oldest first
    struct transfer_job *ended; // to be posted to the loop
    unsigned running;
    unsigned idle;    // threads that wait for work
    unsigned pending; // jobs submitted and not yet done; loop thread only
    bool quit;
    unsigned thread_count;
    struct seat {
        struct transfer_pool *pool;
        uv_thread_t thread;
        struct ftp_session session;
    } seats[MAX_THREADS];
};

static void append(struct transfer_job **list, struct transfer_job *job)
{
    while (*list)
        list = &(*list)->next;
    job->next = NULL;
    *list = job;
}

static bool unlink_job(struct transfer_job **list, struct transfer_job *job)
{
    for (; *list; list = &(*list)->next) {
        if (*list == job) {
            *list = job->next;
            return true;
        }
    }
    return false;
}

// The oldest job that may start now, taken out of the queue. Called with the lock held.
static struct transfer_job *take(struct transfer_pool *pool)
{
    for (struct transfer_job *job = pool->queue; job; job = job->next) {
        if (pool->running < job->connections) {
            unlink_job(&pool->queue, job);
            return job;
        }
    }
    return NULL;
}

static void run_one(struct transfer_pool *pool, struct transfer_job *job,
                    struct ftp_session *session)
{
    pool->running++;
    job->session = session;
    job->ran = true;
    uv_mutex_unlock(&pool->lock);
    job->run(job, session);
    uv_mutex_lock(&pool->lock);
    job->session = NULL;
    pool->running--;
    append(&pool->ended, job);
    uv_async_send(pool->async);
    uv_cond_broadcast(&pool->wake); // a job that waited for a free place may start now
}

static void thread_main(void *arg)
{
    struct seat *seat = arg;
    struct transfer_pool *pool = seat->pool;
    uv_mutex_lock(&pool->lock);
    while (!pool->quit) {
        struct transfer_job *job = take(pool);
        if (job) {
            run_one(pool, job, &seat->session);
            continue;
        }
        pool->idle++;
        bool late = uv_cond_timedwait(&pool->wake, &pool->lock, idle_ns) == UV_ETIMEDOUT;
        pool->idle--;
        if (late && !pool->queue && !pool->quit) {
            uv_mutex_unlock(&pool->lock);
            ftp_session_rest(&seat->session);
            uv_mutex_lock(&pool->lock);
        }
    }
    uv_mutex_unlock(&pool->lock);
    ftp_session_rest(&seat->session);
}

static void on_async_closed(uv_handle_t *handle)
{
    free(handle);
}

static void on_ended(uv_async_t *async)
{
    struct transfer_pool *pool = async->data;
    uv_mutex_lock(&pool->lock);
    struct transfer_job *job = pool->ended;
    pool->ended = NULL;
    uv_mutex_unlock(&pool->lock);
    while (job) {
        struct transfer_job *next = job->next; // `done` may free the job
        if (--pool->pending == 0) {
            uv_close((uv_handle_t *)pool->async, on_async_closed);
            pool->async = NULL;
        }
        job->done(job);
        job = next;
    }
}

static int open_async(struct transfer_pool *pool, uv_loop_t *loop)
{
    if (pool->async)
        return 0;
    uv_async_t *async = malloc(sizeof *async);
    if (!async)
        return UV_ENOMEM;
    int code = uv_async_init(loop, async, on_ended);
    if (code) {
        free(async);
        return code;
    }
    async->data = pool;
    pool->async = async;
    return 0;
}

static struct transfer_pool *pool_new(void)
{
    struct transfer_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return NULL;
    if (uv_mutex_init(&pool->lock))
        goto no_lock;
    if (uv_cond_init(&pool->wake))
        goto no_wake;
    return pool;
no_wake:
    uv_mutex_destroy(&pool->lock);
no_lock:
    free(pool);
    return NULL;
}

// One more thread when nobody is free to take the new job and another one would be allowed to.
static int ensure_thread(struct transfer_pool *pool, const struct transfer_job *job)
{
    unsigned wanted = job->connections < MAX_THREADS ? job->connections : MAX_THREADS;
    unsigned queued = 0; // jobs for which an idle thread may already be waking up
    for (const struct transfer_job *other = pool->queue; other; other = other->next)
        queued++;
    if (pool->idle > queued || pool->thread_count >= wanted)
        return 0;
    struct seat *seat = &pool->seats[pool->thread_count];
    seat->pool = pool;
    int code = ftp_session_open(&seat->session);
    if (code == 0 && (code = uv_thread_create(&seat->thread, thread_main, seat)))
        ftp_session_close(&seat->session);
    if (code == 0)
        pool->thread_count++;
    return pool->thread_count ? 0 : code; // with fewer threads it only takes longer
}

int transfer_submit(struct host *host, struct transfer_job *job)
{
    assert(job->connections > 0);
    if (!host->transfers && !(host->transfers = pool_new()))
        return UV_ENOMEM;
    struct transfer_pool *pool = host->transfers;
    uv_mutex_lock(&pool->lock);
    int code = ensure_thread(pool, job);
    if (code == 0)
        code = open_async(pool, &host->loop);
    if (code == 0) {
        pool->pending++;
        append(&pool->queue, job);
        uv_cond_broadcast(&pool->wake);
    }
    uv_mutex_unlock(&pool->lock);
    return code;
}

void transfer_stop(struct host *host, struct transfer_job *job)
{
    struct transfer_pool *pool = host->transfers;
    uv_mutex_lock(&pool->lock);
    atomic_store(&job->stop, true);
    if (unlink_job(&pool->queue, job)) {
        append(&pool->ended, job);
        uv_async_send(pool->async);
    } else if (job->session) {
        ftp_session_cut(job->session);
    }
    uv_mutex_unlock(&pool->lock);
}

void transfer_pool_free(struct transfer_pool *pool)
{
    if (!pool)
        return;
    assert(pool->pending == 0);
    uv_mutex_lock(&pool->lock);
    pool->quit = true;
    uv_cond_broadcast(&pool->wake);
    uv_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->thread_count; i++) {
        struct seat *seat = &pool->seats[i];
        ftp_session_cut(&seat->session); // libcurl would wait for the answer to its QUIT
        uv_thread_join(&seat->thread);
        ftp_session_close(&seat->session);
    }
    uv_cond_destroy(&pool->wake);
    uv_mutex_destroy(&pool->lock);
    free(pool);
}
