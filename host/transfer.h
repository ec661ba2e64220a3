// transfer.h - the threads on which FTP, FTPS and SFTP block inside libcurl.
// A job is plain C data: queued on the loop thread, run on a transfer thread, finished on the loop
// thread again. Threads are started as jobs come, never more than a job allows to run at once.
#pragma once

#include "host.h"
#include <stdatomic.h>

struct ftp_session;

struct transfer_job {
    // On a transfer thread; must look at `stop` now and then and end soon once it is set.
    void (*run)(struct transfer_job *job, struct ftp_session *session);
    // On the loop thread, exactly once, also for a job that was stopped before it ran.
    void (*done)(struct transfer_job *job);
    unsigned connections; // it starts only while fewer jobs than this are running
    atomic_bool stop;     // set by transfer_stop
    bool ran;             // false when it was stopped while still in the queue
    // Of the pool.
    struct ftp_session *session; // borrowed, while it runs
    struct transfer_job *next;
};

// Queues a job, which is borrowed until `done`. 0, or a negative code: then `done` is not called.
int transfer_submit(struct host *host, struct transfer_job *job);
// Ends a job soon: takes it out of the queue or cuts its sockets. `done` follows later.
void transfer_stop(struct host *host, struct transfer_job *job);
// Stops and joins the threads. Accepts NULL. Only after every job has ended.
void transfer_pool_free(struct transfer_pool *pool);
