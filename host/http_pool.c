// http_pool.c - the one curl_multi of the loop, driven by uv_poll and one uv_timer.
// Loop thread only. libcurl says which sockets and which moment it waits for; the loop reports them
// back by curl_multi_socket_action; what has ended is collected after it, outside curl's callbacks.
// Handles of the loop exist only while requests do, so that an idle program holds none; each is
// owned by its close callback.

#include "http_pool.h"

#include "http.h"
#include <assert.h>
#include <stdlib.h>

#define IDLE_MAX 8 // easy handles kept for the next request

struct http_pool {
    struct host *host;
    CURLM *multi;         // owned, with its connections
    uv_timer_t *timer;    // owned; NULL while nothing runs
    unsigned running;     // transfers in the multi
    CURL *idle[IDLE_MAX]; // owned
    unsigned idle_count;
};

struct watch {
    uv_poll_t poll;
    struct http_pool *pool;
    curl_socket_t socket;
};

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle);
}

static void one_less(struct http_pool *pool)
{
    if (--pool->running > 0)
        return;
    uv_close((uv_handle_t *)pool->timer, on_timer_closed);
    pool->timer = NULL;
}

static void collect(struct http_pool *pool)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(pool->multi, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result; // gone once the handle is removed
        struct http_request *request = NULL;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &request);
        curl_multi_remove_handle(pool->multi, easy);
        one_less(pool);
        http_ended(request, code);
    }
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct watch *watch = poll->data;
    struct http_pool *pool = watch->pool; // the watch may be gone after the call
    // A broken socket: libcurl finds out why when it reads and writes, if it is told to.
    int flags = status < 0 ? CURL_CSELECT_IN | CURL_CSELECT_OUT : 0;
    if (events & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    int running;
    curl_multi_socket_action(pool->multi, watch->socket, flags, &running);
    collect(pool);
}

static void on_timer(uv_timer_t *timer)
{
    struct http_pool *pool = timer->data;
    int running;
    curl_multi_socket_action(pool->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    collect(pool);
}

static void on_watch_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static struct watch *watch_new(struct http_pool *pool, curl_socket_t socket)
{
    struct watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return NULL;
    if (uv_poll_init_socket(&pool->host->loop, &watch->poll, socket)) {
        free(watch);
        return NULL;
    }
    watch->poll.data = watch;
    watch->pool = pool;
    watch->socket = socket;
    curl_multi_assign(pool->multi, socket, watch);
    return watch;
}

// Always 0: anything else ends every transfer of the multi for good. Without a watch this one
// transfer makes no progress and runs into its time limit.
static int socket_wanted(CURL *easy, curl_socket_t socket, int what, void *data, void *known)
{
    (void)easy;
    struct watch *watch = known;
    if (what == CURL_POLL_REMOVE) {
        if (watch) {
            curl_multi_assign(((struct http_pool *)data)->multi, socket, NULL);
            uv_close((uv_handle_t *)&watch->poll, on_watch_closed);
        }
        return 0;
    }
    if (!watch)
        watch = watch_new(data, socket);
    if (watch) {
        int events = (what & CURL_POLL_IN ? UV_READABLE : 0);
        events |= (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
        uv_poll_start(&watch->poll, events, on_poll);
    }
    return 0;
}

static int timer_wanted(CURLM *multi, long milliseconds, void *data)
{
    (void)multi;
    struct http_pool *pool = data;
    if (!pool->timer)
        return 0;
    if (milliseconds < 0)
        uv_timer_stop(pool->timer);
    else
        uv_timer_start(pool->timer, on_timer, (uint64_t)milliseconds, 0);
    return 0;
}

static struct http_pool *pool_new(struct host *host)
{
    struct http_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return NULL;
    pool->multi = curl_multi_init();
    if (!pool->multi) {
        free(pool);
        return NULL;
    }
    pool->host = host;
    curl_multi_setopt(pool->multi, CURLMOPT_SOCKETFUNCTION, socket_wanted);
    curl_multi_setopt(pool->multi, CURLMOPT_SOCKETDATA, pool);
    curl_multi_setopt(pool->multi, CURLMOPT_TIMERFUNCTION, timer_wanted);
    curl_multi_setopt(pool->multi, CURLMOPT_TIMERDATA, pool);
    return pool;
}

CURL *http_pool_take(struct host *host)
{
    if (!host->http)
        host->http = pool_new(host);
    struct http_pool *pool = host->http;
    if (!pool)
        return NULL;
    return pool->idle_count ? pool->idle[--pool->idle_count] : curl_easy_init();
}

void http_pool_give(struct host *host, CURL *easy)
{
    struct http_pool *pool = host->http;
    if (!easy)
        return;
    if (!pool || pool->idle_count == IDLE_MAX) {
        curl_easy_cleanup(easy);
        return;
    }
    curl_easy_reset(easy);
    pool->idle[pool->idle_count++] = easy;
}

CURLcode http_pool_start(struct host *host, CURL *easy)
{
    struct http_pool *pool = host->http;
    if (!pool->timer) {
        pool->timer = calloc(1, sizeof *pool->timer);
        if (!pool->timer)
            return CURLE_OUT_OF_MEMORY;
        uv_timer_init(&host->loop, pool->timer);
        pool->timer->data = pool;
    }
    pool->running++;
    if (curl_multi_add_handle(pool->multi, easy) == CURLM_OK)
        return CURLE_OK;
    one_less(pool);
    return CURLE_OUT_OF_MEMORY;
}

void http_pool_stop(struct host *host, CURL *easy)
{
    curl_multi_remove_handle(host->http->multi, easy);
    one_less(host->http);
}

void http_pool_free(struct http_pool *pool)
{
    if (!pool)
        return;
    assert(pool->running == 0);
    pool->host->http = NULL;
    while (pool->idle_count)
        curl_easy_cleanup(pool->idle[--pool->idle_count]);
    curl_multi_cleanup(pool->multi);
    free(pool);
}
