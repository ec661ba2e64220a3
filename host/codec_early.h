// codec_early.h - a worker for a command that is going to need one, made before anything else is.
//
// It is a copy of this process while that is small, has one thread and knows no secret: starting
// the program a second time takes longer than all that the host does until it has a job. Later
// workers are programs of their own (codec_process.h).
#pragma once

#include "codec/worker.h"
#include <sys/types.h>

struct codec_early {
    pid_t pid; // 0: there is none
    int socket;
};

// To be called before anything else; the copy goes on in worker_main and never returns. Where it
// cannot be had, there is none, and the pool starts one as usual.
void codec_early_start(struct codec_early *early, worker_run_fn run);
// Ends one that nobody took. Accepts none.
void codec_early_end(struct codec_early *early);
