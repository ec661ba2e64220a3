// worker.c - the decoders in a process of their own. Single-threaded: threads would need system
// calls that it does not have, and there is one worker per core.
#include "worker.h"

#include "heif_library.h"
#include "sys/channel.h"
#include "sys/pages.h"
#include "sys/sandbox.h"
#include <lcms2.h>
#include <malloc.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_MEMORY (4 << 20) // bytes that a picture of 1080x1350 takes
#define USUAL_MEMORY (6 << 20) // and one with transparency
// And what some of them take beyond. What the allocator writes behind it is in its last page.
#define HUGE_MEMORY ((8 << 20) - 4096)
#define MALLOC_STEP 16
// Bytes of free memory kept from one job to the next: 12 megapixels, their result and their file.
#define KEPT_MEMORY (28 << 20)

bool worker_is_wanted(int argc, char **argv)
{
    return argc == 2 &&
           (strcmp(argv[1], WORKER_FLAG) == 0 || strcmp(argv[1], WORKER_HEIF_FLAG) == 0);
}

// Touches what opens a file or asks the system for something at its first use.
static void warm_up(const char *flag)
{
    if (strcmp(flag, WORKER_HEIF_FLAG) == 0)
        heif_library();
    void *volatile block = malloc(1);
    free(block);
    cmsHPROFILE profile = cmsCreate_sRGBProfile(); // the time zone
    if (profile)
        cmsCloseProfile(profile);
}

// Memory above this is mapped for one use and returned by free; what is smaller is reused.
static void set_memory_policy(void)
{
    mallopt(M_MMAP_THRESHOLD, KEPT_MEMORY);
    mallopt(M_TRIM_THRESHOLD, KEPT_MEMORY);
}

// What is still to be fetched.
static struct {
    char *at, *end;
} ahead;

// A place for the memory of a usual picture, which begins where a huge page does.
static void choose_memory(void)
{
    static void *volatile filler; // never touched: an address and no memory
    char *volatile block = malloc(HUGE_MEMORY);
    // cppcheck-suppress uninitdata ; the address is looked at, not the bytes
    size_t before = -(uintptr_t)block % PAGES_HUGE;
    if (before > MALLOC_STEP) {
        free(block);
        filler = malloc(before - MALLOC_STEP);
        (void)filler;
        block = malloc(HUGE_MEMORY);
    }
    if (block) {
        pages_prefer_huge(block, HUGE_MEMORY);
        ahead.at = block;
        ahead.end = block + USUAL_MEMORY;
    }
    free(block);
}

// While the host has nothing to do for us, for during the job it takes as long as half of the
// decoding; but some milliseconds where the machine has to look for the memory, so no job waits
// for it.
static void fetch_memory(int socket, size_t most)
{
    for (size_t done = 0; done < most && ahead.at < ahead.end; done += PAGES_HUGE) {
        if (channel_waits(socket))
            return;
        pages_fetch(ahead.at, PAGES_HUGE);
        ahead.at += PAGES_HUGE;
    }
}

// Free blocks below one in use escape the policy.
static void return_memory(void)
{
    if (mallinfo2().fordblks > KEPT_MEMORY)
        malloc_trim(0);
}

static bool store(void *context, size_t at, const uint8_t *bytes, size_t length)
{
    const int *memory = context;
    return at + length <= CODEC_MAX_FILE && channel_copy_in(*memory, at, bytes, length) == 0;
}

// What was allocated, and not written where it belongs at once.
static void deliver(struct codec_answer *answer, int memory)
{
    const char *problem = NULL;
    if (answer->status == CODEC_OK && answer->jpeg_length > CODEC_MAX_FILE)
        problem = "the result is too large";
    else if (answer->status == CODEC_OK &&
             channel_copy_in(memory, 0, answer->jpeg, answer->jpeg_length) != 0)
        problem = "not enough memory for the result";
    codec_answer_free(answer);
    if (problem == NULL)
        return;
    answer->status = CODEC_MEMORY;
    strncpy(answer->message, problem, sizeof answer->message - 1);
}

// Takes the descriptors.
static void do_job(const struct codec_job *received, int source, int memory, worker_run_fn run,
                   struct codec_answer *answer)
{
    struct codec_job job = *received;
    job.bytes = NULL;
    job.fd = source;
    job.stopped = NULL; // who wants an end kills this process
    job.store = store;
    job.context = &memory;
    run(&job, answer);
    if (answer->jpeg)
        deliver(answer, memory);
    close(source);
    close(memory);
}

static void serve(int socket, worker_run_fn run)
{
    struct codec_job job = {0};
    struct codec_answer answer = {0};
    int descriptors[CHANNEL_DESCRIPTORS];
    while (channel_receive(socket, &job, sizeof job, descriptors) == 1) {
        do_job(&job, descriptors[0], descriptors[1], run, &answer);
        if (write(socket, &answer, sizeof answer) != sizeof answer)
            return;
        if (job.kind == CODEC_CONVERT)
            fetch_memory(socket, USUAL_MEMORY);
        return_memory();
    }
}

void worker_main(const char *flag, worker_run_fn run)
{
    // Whoever sends these to the whole group or service means the host, which ends us in turn.
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    set_memory_policy();
    warm_up(flag);
    choose_memory();
    fetch_memory(WORKER_SOCKET, FIRST_MEMORY);
    if (sandbox_enter(WORKER_SOCKET) != 0)
        _exit(WORKER_UNLOCKED);
    serve(WORKER_SOCKET, run);
    if (sandbox_is_relaxed())
        exit(0); // looks for leaks
    _exit(0);    // what libraries do at exit needs more system calls
}
