// web.c - the server: its place in the loop, its connections and their deadlines.
// Loop thread only. libmicrohttpd collects its sockets in an epoll descriptor of its own, which
// libuv polls; one timer serves its time limits and ours.

#include "web.h"

#include "sys/listen.h"
#include "web_private.h"
#include <stdlib.h>

enum {
    CONNECTION_MEMORY = 32 * 1024, // bytes per connection: longer headers are refused 431
    IDLE_SECONDS = 60,             // without a byte while an answer is sent
    SPARE_CONNECTIONS = 32,        // accepted beyond the limit, so that they can be refused
};

// ---- turning ------------------------------------------------------------------------------------

static uint64_t now(const struct web *web)
{
    return uv_now(&web->host->loop);
}

static void cut(struct web_connection *connection)
{
    connection->phase = PHASE_CUT;
    connection->deadline = 0;
    sys_peer_cut(connection->fd);
}

// libmicrohttpd knows an idle limit only, which a client that sends a byte now and then never
// meets: these limits are for the whole of the headers and the whole of the body.
static void cut_late(struct web *web)
{
    for (struct web_connection *c = web->oldest; c; c = c->newer)
        if (c->deadline && c->deadline <= now(web))
            cut(c);
}

static void on_timer(uv_timer_t *timer)
{
    web_run(timer->data);
}

static void set_timer(struct web *web)
{
    MHD_UNSIGNED_LONG_LONG delay;
    uint64_t next = UINT64_MAX;
    if (MHD_get_timeout(web->daemon, &delay) == MHD_YES)
        next = now(web) + delay;
    for (struct web_connection *c = web->oldest; c; c = c->newer)
        if (c->deadline && c->deadline < next)
            next = c->deadline;
    if (next == UINT64_MAX)
        uv_timer_stop(&web->timer);
    else
        uv_timer_start(&web->timer, on_timer, next > now(web) ? next - now(web) : 0, 0);
}

void web_run_soon(struct web *web)
{
    if (!web->closed)
        uv_timer_start(&web->timer, on_timer, 0, 0);
}

static void wake(struct web *web)
{
    struct op *waiter = web->waiter;
    web->waiter = NULL;
    if (waiter)
        op_done(waiter);
}

void web_run(struct web *web)
{
    if (!web->daemon || web->running)
        return;
    web->running = true;
    MHD_run(web->daemon);
    web->running = false;
    cut_late(web);
    set_timer(web);
    if (web->first)
        wake(web);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    web_run(poll->data);
}

// ---- connections --------------------------------------------------------------------------------

struct web_connection *web_connection_of(struct MHD_Connection *handle)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

void web_set_phase(struct web_connection *connection, enum web_phase phase)
{
    const struct web_options *options = &connection->web->options;
    double seconds = phase == PHASE_HEADERS ? options->header_timeout
                     : phase == PHASE_BODY  ? options->body_timeout
                                            : 0;
    if (connection->phase == PHASE_CUT)
        return;
    connection->phase = phase;
    connection->deadline = seconds > 0 ? now(connection->web) + (uint64_t)(seconds * 1000) : 0;
}

// Room for a new connection is made at the cost of the oldest that has not sent its request yet.
// One that waits for its 503 is left alone: when all others are at work, cutting it would help
// nobody.
static bool make_room(struct web *web)
{
    for (struct web_connection *c = web->oldest; c; c = c->newer) {
        if (c->surplus || (c->phase != PHASE_HEADERS && c->phase != PHASE_BODY))
            continue;
        cut(c);
        return true;
    }
    return false;
}

static void connection_start(struct web *web, struct MHD_Connection *handle, void **context)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct web_connection *connection = calloc(1, sizeof *connection);
    if (!connection || !info) {
        free(connection); // web_on_access finds no context and closes
        return;
    }
    connection->web = web;
    connection->fd = info->connect_fd;
    connection->surplus = web->connections >= web->options.max_connections && !make_room(web);
    connection->older = web->newest;
    if (web->newest)
        web->newest->newer = connection;
    else
        web->oldest = connection;
    web->newest = connection;
    web->connections++;
    web_set_phase(connection, PHASE_HEADERS);
    *context = connection;
}

static void connection_end(struct web *web, struct web_connection *connection)
{
    if (connection->older)
        connection->older->newer = connection->newer;
    else
        web->oldest = connection->newer;
    if (connection->newer)
        connection->newer->older = connection->older;
    else
        web->newest = connection->older;
    web->connections--;
    free(connection);
}

static void on_connection(void *cls, struct MHD_Connection *handle, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        connection_start(cls, handle, context);
    else if (*context)
        connection_end(cls, *context);
}

// ---- open and close -----------------------------------------------------------------------------

static int start_daemon(struct web *web, int fd)
{
    web->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, web_on_access, web,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_URI_LOG_CALLBACK, web_on_target, web,
        MHD_OPTION_NOTIFY_COMPLETED, web_on_completed, web, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, web, MHD_OPTION_CONNECTION_LIMIT,
        web->options.max_connections + SPARE_CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    return web->daemon ? 0 : UV_ENOMEM;
}

static int start_polling(struct web *web)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(web->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    int code = info ? uv_poll_init(&web->host->loop, &web->poll, info->epoll_fd) : UV_ENOTSUP;
    if (code < 0)
        return code;
    uv_timer_init(&web->host->loop, &web->timer);
    web->poll.data = web->timer.data = web;
    web->refs += 2;
    return uv_poll_start(&web->poll, UV_READABLE, on_poll);
}

int web_open(struct host *host, const struct web_options *options, struct web **out)
{
    int fd;
    struct web *web = calloc(1, sizeof *web);
    if (!web)
        return UV_ENOMEM;
    web->host = host;
    web->options = *options;
    web->options.address = NULL;
    web->refs = 1;
    int code = sys_listen(options->address, &fd, &web->port);
    if (code < 0)
        goto out;
    code = start_daemon(web, fd); // takes the socket, also when it fails
    if (code < 0)
        goto out;
    code = start_polling(web);
    if (code < 0 && web->refs == 1) // no handle to close
        MHD_stop_daemon(web->daemon);
out:
    if (code == 0) {
        *out = web;
        return 0;
    }
    if (web->refs > 1)
        web_close(web);
    web_unref(web);
    return code;
}

static void on_closed(uv_handle_t *handle)
{
    web_unref(handle->data);
}

static void abandon_requests(struct web *web)
{
    for (struct web_connection *c = web->oldest; c; c = c->newer)
        if (c->request)
            web_drop(c->request);
}

void web_close(struct web *web)
{
    if (web->closed)
        return;
    web->closed = true;
    abandon_requests(web);
    // libmicrohttpd wants no connection suspended when it stops, and small answers to be under way.
    MHD_run(web->daemon);
    MHD_run(web->daemon);
    uv_poll_stop(&web->poll);
    MHD_stop_daemon(web->daemon);
    web->daemon = NULL;
    uv_close((uv_handle_t *)&web->poll, on_closed);
    uv_close((uv_handle_t *)&web->timer, on_closed);
    while (web->first)
        web_release(web_take(web));
    wake(web);
}

// ---- for the others -----------------------------------------------------------------------------

unsigned web_port(const struct web *web)
{
    return web->port;
}

struct host *web_host(const struct web *web)
{
    return web->host;
}

bool web_is_closed(const struct web *web)
{
    return web->closed;
}

void web_ref(struct web *web)
{
    web->refs++;
}

void web_unref(struct web *web)
{
    if (web && --web->refs == 0)
        free(web);
}

void web_watch(struct web *web, struct op *waiter)
{
    web->waiter = waiter;
}

struct web_request *web_first(struct web *web)
{
    return web->first;
}

struct web_request *web_take(struct web *web)
{
    struct web_request *request = web->first;
    if (!request)
        return NULL;
    web->first = request->next;
    if (!web->first)
        web->last = NULL;
    request->next = NULL;
    return request;
}
