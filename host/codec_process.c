// codec_process.c - one worker process, seen from the host. Loop thread only.
//
// While it has a ticket its handles keep the loop running, and from its killing until it is reaped;
// idle, they do not.
#include "codec_process.h"

#include "codec/worker.h"
#include "codec_check.h"
#include "sys/channel.h"
#include "sys/child.h"
#include "sys/cut.h"
#include "sys/sandbox.h"
#include <assert.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static void on_closed(uv_handle_t *handle)
{
    struct codec_process *p = handle->data;
    if (--p->open > 0)
        return;
    p->events->freed(p);
}

static void close_handles(struct codec_process *p)
{
    uv_close((uv_handle_t *)&p->exit, on_closed);
    if (p->poll.data)
        uv_close((uv_handle_t *)&p->poll, on_closed);
    if (p->socket >= 0)
        sys_socket_close(p->socket); // uv_close has let go of it
}

static void end(struct codec_process *p)
{
    if (p->ending)
        return;
    p->ending = true;
    if (p->poll.data)
        uv_poll_stop(&p->poll);
    uv_ref((uv_handle_t *)&p->exit);
    kill(p->pid, SIGKILL);
}

void codec_process_kill(struct codec_process *p)
{
    p->unwanted = p->unwanted || !p->ending;
    end(p);
}

void codec_process_dismiss(struct codec_process *p)
{
    p->unwanted = p->unwanted || !p->ending;
    if (p->ending || p->ticket || !sandbox_is_relaxed()) {
        end(p);
        return;
    }
    // A sanitizer looks for leaks when a process ends by itself.
    p->ending = true;
    uv_poll_stop(&p->poll);
    uv_ref((uv_handle_t *)&p->exit);
    sys_socket_cut(p->socket);
}

// 1: the ticket is answered, 0: not yet, -1: there will be no answer.
static int take_answer(struct codec_process *p)
{
    struct codec_answer answer;
    int got = channel_take(p->socket, &answer, sizeof answer);
    if (got <= 0)
        return got < 0 ? -1 : 0;
    if (!p->ticket || !codec_check_answer(&answer, &p->ticket->job))
        return -1;
    p->ticket->answer = answer;
    p->ticket->answer.jpeg = NULL;
    p->worked += uv_now(p->exit.loop) - p->since;
    return 1;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct codec_process *p = poll->data;
    (void)events;
    int got = status < 0 ? -1 : take_answer(p);
    if (got < 0)
        end(p);
    if (got <= 0)
        return;
    uv_unref((uv_handle_t *)poll);
    p->events->answer(p);
}

// Some child of ours ended; is it this one?
static void on_child(uv_signal_t *handle, int number)
{
    struct codec_process *p = handle->data;
    struct codec_death death;
    (void)number;
    if (!child_ended(p->pid, &death.status, &death.signal))
        return;
    uv_signal_stop(handle);
    // Its last answer may have come in the same turn of the loop.
    if (p->ticket && !p->ending && take_answer(p) == 1) {
        p->ending = true;
        p->events->answer(p);
    }
    p->ending = true;
    // A worker that is no longer wanted ends well, or a sanitizer has found something in it.
    assert(!sandbox_is_relaxed() || !p->unwanted || death.status == 0);
    p->events->ended(p, &death);
    close_handles(p);
}

// The child gets nothing of our environment: secrets are in it.
static char **child_environment(char *room[4])
{
    static char *const nothing[] = {NULL};
    if (!sandbox_is_relaxed())
        return (char **)nothing;
    static const char *const names[] = {"ASAN_OPTIONS=", "UBSAN_OPTIONS=", "TSAN_OPTIONS="};
    size_t used = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (char **e = environ; *e; e++)
            if (strncmp(*e, names[i], strlen(names[i])) == 0)
                room[used++] = *e;
    room[used] = NULL;
    return room;
}

// This very program, also when an update has replaced its file: the two sides must match.
static const char *program(char *room, size_t size)
{
    static const char gone[] = " (deleted)", self[] = "/proc/self/exe";
    if (uv_exepath(room, &size) != 0)
        return self;
    bool replaced = size >= strlen(gone) && strcmp(room + size - strlen(gone), gone) == 0;
    return replaced ? self : room;
}

static int spawn(struct codec_process *p, int end)
{
    char path[PATH_MAX];
    char *flag = p->family == CODEC_HEIF ? WORKER_HEIF_FLAG : WORKER_FLAG;
    char *arguments[] = {"affiche", flag, NULL}, *environment[4];
    struct child_options options = {
        .file = program(path, sizeof path),
        .args = arguments,
        .env = child_environment(environment),
        .socket = end,
        .number = WORKER_SOCKET,
        .errors = sandbox_is_relaxed(), // a sanitizer's reports are wanted
    };
    return child_start(&options, &p->pid);
}

static int watch(struct codec_process *p, uv_loop_t *loop)
{
    int code = uv_poll_init(loop, &p->poll, p->socket);
    if (code != 0)
        return code;
    p->poll.data = p;
    p->open++;
    uv_unref((uv_handle_t *)&p->poll);
    return uv_poll_start(&p->poll, UV_READABLE, on_readable);
}

// A worker and our end of its socket. Its death is watched for already.
static int make(struct codec_process *p)
{
    int ends[2];
    int code = channel_open(ends);
    p->socket = code == 0 ? ends[0] : -1;
    if (code != 0)
        return code;
    code = spawn(p, ends[1]);
    sys_socket_close(ends[1]);
    return code;
}

// The one that was there before may have died before anyone watched.
static int take_over(struct codec_process *p)
{
    struct codec_death death = {0};
    return child_ended(p->pid, &death.status, &death.signal) ? UV_ESRCH : 0;
}

int codec_process_start(struct codec_process *p, uv_loop_t *loop,
                        const struct codec_process_events *events)
{
    bool there = p->pid != 0;
    p->events = events;
    int code = uv_signal_init(loop, &p->exit);
    if (code != 0) {
        if (there)
            codec_early_end(&(struct codec_early){p->pid, p->socket});
        return code;
    }
    p->exit.data = p;
    p->open = 1;
    code = uv_signal_start(&p->exit, on_child, SIGCHLD); // before there is a child to miss
    if (code == 0)
        code = there ? take_over(p) : make(p);
    if (code != 0) {
        close_handles(p);
        return code;
    }
    uv_unref((uv_handle_t *)&p->exit);
    if (watch(p, loop) != 0)
        end(p); // `ended` tells
    return 0;
}

void codec_process_give(struct codec_process *p, struct codec_ticket *ticket)
{
    int descriptors[CHANNEL_DESCRIPTORS] = {ticket->source, ticket->memory};
    struct codec_job job = ticket->job;
    job.bytes = NULL; // addresses are no business of a worker
    job.stopped = NULL;
    job.context = NULL;
    job.fd = -1;
    p->ticket = ticket;
    ticket->process = p;
    p->since = uv_now(p->exit.loop);
    if (p->poll.data)
        uv_ref((uv_handle_t *)&p->poll);
    size_t count = ticket->source < 0 ? 0 : ticket->memory < 0 ? 1 : 2;
    if (!p->ending && channel_send(p->socket, &job, sizeof job, descriptors, count) != 0)
        end(p);
}
