// codec_process.h - one worker process, seen from the host: its socket, its death.
// Loop thread only.
#pragma once

#include "codec_pool.h"

struct codec_death {
    int64_t status; // of exit
    int signal;     // or 0
};

struct codec_process_events {
    // The ticket's answer is there, and checked. The process is free.
    void (*answer)(struct codec_process *process);
    // It is dead and reaped; a ticket that it still has got no answer.
    void (*ended)(struct codec_process *process, const struct codec_death *death);
    // Nothing of it is left in the loop: the owner frees it.
    void (*freed)(struct codec_process *process);
};

struct codec_process {
    struct codec_process *next; // the owner's list
    void *owner;
    enum codec_family family;
    const struct codec_process_events *events;
    struct codec_ticket *ticket; // in its hands, or NULL
    pid_t pid;
    uv_signal_t exit; // SIGCHLD, which tells of every child
    uv_poll_t poll;
    int socket;
    unsigned open;   // handles not closed yet
    bool ending;     // killed or found dead: gets no more work
    bool unwanted;   // killed because the host wanted it so
    uint64_t since;  // when it got its ticket, milliseconds
    uint64_t worked; // so far
};

// For a zeroed structure with its owner and family, or also with the pid and socket of a worker
// that is there, which is reaped if it is dead. 0; or a negative UV_E*, and `freed` follows if
// `open` is not 0. No event is raised from within.
int codec_process_start(struct codec_process *process, uv_loop_t *loop,
                        const struct codec_process_events *events);
// For one that has no ticket. When it turns out to be dead, `ended` tells.
void codec_process_give(struct codec_process *process, struct codec_ticket *ticket);
// `ended` follows.
void codec_process_kill(struct codec_process *process);
// The same for one that is no longer needed.
void codec_process_dismiss(struct codec_process *process);
