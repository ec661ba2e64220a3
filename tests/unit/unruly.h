// unruly.h - a worker that misbehaves when it is asked to, and a host around it, for the tests of
// both sides. The test program is its own worker: a job whose quality is above 100 asks for a
// misdeed, any other is decoded.
#pragma once

#include "codec/worker.h"
#include "codec_pool.h"
#include "log.h"
#include "sys/channel.h"
#include "sys/sandbox.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum misdeed {
    OPEN_FILE = 101,
    OPEN_RAW,
    OPEN_SOCKET,
    FORK,
    EXECUTE,
    SIGNAL_HOST,
    MAP_CODE,
    MAKE_CODE,
    LAST_FORBIDDEN = MAKE_CODE,
    CRASH,
    HANG,
    EXIT,
    HOARD,
    LIE_ABOUT_SIZE,
    LIE_ABOUT_STATUS,
    LIE_ABOUT_FLAGS,
    LIE_WITHOUT_END,
};

// ---- the worker's side --------------------------------------------------------------------------

static inline void forbidden(int what)
{
    static char page[4096];
    switch (what) {
    case OPEN_FILE:
        (void)open("/etc/passwd", O_RDONLY | O_CLOEXEC);
        break;
    case OPEN_RAW:
        syscall(SYS_openat2, AT_FDCWD, "/", NULL, 0);
        break;
    case OPEN_SOCKET:
        (void)socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        break;
    case FORK:
        if (fork() == 0)
            _exit(0);
        break;
    case EXECUTE:
        execl("/bin/true", "true", (char *)NULL);
        break;
    case SIGNAL_HOST:
        kill(getppid(), SIGTERM);
        break;
    case MAP_CODE:
        (void)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        break;
    default:
        (void)mprotect(page, sizeof page, PROT_READ | PROT_EXEC);
    }
}

static inline void lie(int what, struct codec_answer *answer)
{
    answer->status = CODEC_OK;
    answer->facts = (struct codec_facts){.format = "png", .width = 1, .height = 1};
    answer->facts.orientation = 1;
    answer->facts.frames = 1;
    answer->width = answer->height = 1;
    if (what == LIE_ABOUT_SIZE)
        answer->jpeg_length = (size_t)CODEC_MAX_FILE + 1;
    else if (what == LIE_ABOUT_STATUS)
        memset(&answer->status, 0x7F, sizeof answer->status);
    else if (what == LIE_ABOUT_FLAGS)
        memset(&answer->facts.alpha, 77, 1);
    else
        memset(answer->message, 'x', sizeof answer->message);
}

// Whether memory without end can be had.
static inline bool hoard(void)
{
    size_t got = 0;
    while (got < (size_t)2 << 30) {
        char *volatile block = malloc(64 << 20);
        if (!block)
            return false;
        memset(block, 1, 64 << 20);
        got += 64 << 20;
    }
    return true;
}

static inline void misbehave(const struct codec_job *job, struct codec_answer *answer)
{
    int what = job->options.quality;
    if (what <= 100) {
        codec_run(job, answer);
        return;
    }
    memset(answer, 0, sizeof *answer);
    answer->status = CODEC_FORMAT;
    snprintf(answer->message, sizeof answer->message, "nothing happened");
    if (what <= LAST_FORBIDDEN)
        forbidden(what);
    else if (what == CRASH)
        *(volatile char *)(uintptr_t)job->options.max_width = 1; // NULL
    else if (what == EXIT)
        _exit(9);
    else if (what == HOARD)
        answer->status = hoard() ? CODEC_FORMAT : CODEC_MEMORY;
    else if (what >= LIE_ABOUT_SIZE)
        lie(what, answer);
    for (volatile bool hang = what == HANG; hang;)
        continue;
}

// ---- the host's side ----------------------------------------------------------------------------

// A grey PNG of one pixel.
static const uint8_t PIXEL[] = {
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48,
    0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00,
    0x00, 0x3A, 0x7E, 0x9B, 0x55, 0x00, 0x00, 0x00, 0x0A, 0x49, 0x44, 0x41, 0x54, 0x78,
    0x9C, 0x63, 0x68, 0x00, 0x00, 0x00, 0x82, 0x00, 0x81, 0x77, 0xCD, 0x72, 0xB6, 0x00,
    0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82};

struct world {
    struct host host;
    int source, memory;
    unsigned done;
};
static struct world world;

static inline void on_done(struct codec_ticket *ticket)
{
    (void)ticket;
    world.done++;
}

static inline struct codec_ticket make_ticket(int quality)
{
    struct codec_ticket t = {.source = world.source, .memory = world.memory, .done = on_done};
    t.job.kind = CODEC_CONVERT;
    t.job.options = (struct codec_options){.quality = quality, .max_pixels = CODEC_MAX_PIXELS};
    t.job.size = (uint64_t)lseek(world.source, 0, SEEK_END);
    return t;
}

static inline void wait_for(unsigned done)
{
    while (world.done < done)
        assert_true(uv_run(&world.host.loop, UV_RUN_ONCE) || world.done >= done);
    world.done = 0;
}

static inline struct codec_answer run(int quality)
{
    struct codec_ticket ticket = make_ticket(quality);
    codec_pool_submit(&world.host, &ticket);
    wait_for(1);
    return ticket.answer;
}

static inline void assert_serves(void)
{
    struct codec_answer answer = run(90);
    assert_string_equal(answer.message, "");
    assert_int_equal(answer.status, CODEC_OK);
    assert_int_equal(answer.width, 1);
    uint8_t start[2];
    assert_int_equal(pread(world.memory, start, 2, 0), 2);
    assert_int_equal(start[0] << 8 | start[1], 0xFFD8);
}

static inline int open_world(void **state)
{
    (void)state;
    memset(&world, 0, sizeof world);
    if (uv_loop_init(&world.host.loop) != 0)
        return -1;
    world.source = channel_memory(sizeof PIXEL);
    world.memory = channel_memory(CODEC_MAX_FILE);
    codec_pool_pause(&world.host, 0);
    return world.source < 0 || world.memory < 0 ||
           channel_copy_in(world.source, 0, PIXEL, sizeof PIXEL);
}

static inline int close_world(void **state)
{
    (void)state;
    codec_pool_close(&world.host);
    uv_run(&world.host.loop, UV_RUN_DEFAULT);
    log_free(world.host.log);
    close(world.source);
    close(world.memory);
    return uv_loop_close(&world.host.loop);
}

#define UNRULY_TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
