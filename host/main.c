// main.c - the program: open the host, run modules/main.lua, close. Or, when the host starts it so,
// a worker that decodes and has nothing of the host in it, or another program, locked in.
#include "codec/worker.h"
#include "codec_early.h"
#include "host.h"
#include "sys/confine.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_USAGE = 2 };

// The one command that is over so soon that its start matters.
static bool makes_one(int argc, char **argv)
{
    return argc > 1 && strcmp(argv[1], "convert") == 0;
}

int main(int argc, char **argv)
{
    if (worker_is_wanted(argc, argv))
        worker_main(argv[1], codec_run);
    if (confine_is_wanted(argc, argv))
        return confine_run(argv);
    struct codec_early early = {0};
    bool one = makes_one(argc, argv);
    if (one) {
        codec_early_start(&early, codec_run);
        (void)setenv("UV_THREADPOOL_SIZE", "1", 0); // one file to open, and one to write
    }
    struct host *host = host_open();
    if (!host)
        return 2;
    host->early = early;
    host->makes_one = one;
    int status = host_run(host, argc, argv);
    host_close(host);
    if ((fflush(stdout) != 0 || ferror(stdout)) && status != EXIT_USAGE) {
        fprintf(stderr, "affiche: the results could not be written to stdout\n");
        status = EXIT_USAGE;
    }
    return status;
}
