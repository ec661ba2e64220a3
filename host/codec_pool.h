// codec_pool.h - the worker processes that decode, one per core, and the jobs that wait for them.
// Each family of decoders has a pool of its own.
//
// Workers are started when a job needs one and kept. One that dies costs its job a new try, three
// deaths on one job an error that names the signal. Loop thread only; idle workers do not keep the
// loop running.
#pragma once

#include "codec/job.h"
#include "host.h"

struct codec_pool;
struct codec_process;

// A job in hand. It lives where the caller wants until `done` was called.
struct codec_ticket {
    struct codec_job job;
    int source; // borrowed: descriptor of the source, or -1
    int memory; // borrowed: where the JPEG goes (channel_memory), or -1
    enum codec_family family;
    unsigned deaths; // the pool's own
    // Checked as far as it can be without the JPEG; `jpeg` is NULL, the bytes are in `memory`.
    struct codec_answer answer;
    // Called exactly once, also within codec_pool_submit and codec_pool_cancel.
    void (*done)(struct codec_ticket *ticket);
    void *context; // for `done`
    // The pool's own.
    struct codec_ticket *next;
    struct codec_process *process;
};

// A job will come soon: starts a worker if there is none, so that it is ready by then.
void codec_pool_prepare(struct host *host);
// Queues the job; the pool is made at first use.
void codec_pool_submit(struct host *host, struct codec_ticket *ticket);
// Ends it with CODEC_STOPPED; its worker is killed and replaced.
void codec_pool_cancel(struct host *host, struct codec_ticket *ticket);
// After ten deaths in a minute each start of a worker waits so long; 1,000 as shipped.
void codec_pool_pause(struct host *host, unsigned milliseconds);
// Accepts a host without a pool. No job may be in it; the loop must turn until the last worker is
// reaped.
void codec_pool_close(struct host *host);
