// worker.h - the decoders in a process of their own: locked in, one job after the other.
//
// A request is a struct codec_job whose pointers mean nothing, with two descriptors: the source,
// and memory that the JPEG is written to (channel.h). The reply is a struct codec_answer whose
// `jpeg` means nothing. Both are of the same program, so they have the same layout.
#pragma once

#include "job.h"

#define WORKER_FLAG "--codec-worker"           // the one argument that makes the program a worker
#define WORKER_HEIF_FLAG "--codec-worker=heif" // of those that read HEIC and AVIF
#define WORKER_SOCKET 3                        // the descriptor on which it is started
#define WORKER_UNLOCKED 70                     // its exit status when it could not lock itself in

typedef void (*worker_run_fn)(const struct codec_job *job, struct codec_answer *answer);

// Whether these are the arguments of a worker.
bool worker_is_wanted(int argc, char **argv);
// Never returns. Ends when the host closes its end of the socket. `run` is codec_run, or what a
// test wants a decoder to do. `flag` is the argument it was started with.
void worker_main(const char *flag, worker_run_fn run) __attribute__((noreturn));
