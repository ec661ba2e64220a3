// codec_early.c - see codec_early.h.
#include "codec_early.h"

#include "sys/channel.h"
#include "sys/child.h"
#include "sys/cut.h"
#include "sys/sandbox.h"

void codec_early_start(struct codec_early *early, worker_run_fn run)
{
    int ends[2];
    *early = (struct codec_early){0};
    // A sanitizer's worker ends in the usual way, and would then do what is the host's to do.
    if (sandbox_is_relaxed() || channel_open(ends) != 0)
        return;
    int code = child_copy(ends[1], WORKER_SOCKET, &early->pid);
    if (code == 0 && early->pid == 0)
        worker_main(WORKER_FLAG, run);
    sys_socket_close(ends[1]);
    if (code == 0)
        early->socket = ends[0];
    else
        sys_socket_close(ends[0]);
}

void codec_early_end(struct codec_early *early)
{
    if (early->pid == 0)
        return;
    child_end(early->pid);
    sys_socket_close(early->socket);
    early->pid = 0;
}
