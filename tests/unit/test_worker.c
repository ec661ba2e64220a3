// test_worker.c - worker processes that misbehave in every way a picture could make them, and what
// the pool makes of it. The program is its own worker: a job whose quality is above 100 asks for a
// misdeed, any other is decoded.
#include "codec/worker.h"
#include "codec_pool.h"
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

static void forbidden(int what)
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

static void lie(int what, struct codec_answer *answer)
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
static bool hoard(void)
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

static void misbehave(const struct codec_job *job, struct codec_answer *answer)
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
    while (what == HANG)
        (void)*(volatile char *)answer->message;
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

static void on_done(struct codec_ticket *ticket)
{
    (void)ticket;
    world.done++;
}

static struct codec_ticket make_ticket(int quality)
{
    struct codec_ticket t = {.source = world.source, .memory = world.memory, .done = on_done};
    t.job.kind = CODEC_CONVERT;
    t.job.options = (struct codec_options){.quality = quality, .max_pixels = CODEC_MAX_PIXELS};
    t.job.size = (uint64_t)lseek(world.source, 0, SEEK_END);
    return t;
}

static void wait_for(unsigned done)
{
    while (world.done < done)
        assert_true(uv_run(&world.host.loop, UV_RUN_ONCE) || world.done >= done);
    world.done = 0;
}

static struct codec_answer run(int quality)
{
    struct codec_ticket ticket = make_ticket(quality);
    codec_pool_submit(&world.host, &ticket);
    wait_for(1);
    return ticket.answer;
}

static void assert_serves(void)
{
    struct codec_answer answer = run(90);
    assert_string_equal(answer.message, "");
    assert_int_equal(answer.status, CODEC_OK);
    assert_int_equal(answer.width, 1);
    uint8_t start[2];
    assert_int_equal(channel_copy_out(world.memory, start, 2), 0);
    assert_int_equal(start[0] << 8 | start[1], 0xFFD8);
}

static int open_world(void **state)
{
    (void)state;
    memset(&world, 0, sizeof world);
    if (uv_loop_init(&world.host.loop) != 0)
        return -1;
    world.source = channel_memory(sizeof PIXEL);
    world.memory = channel_memory(CODEC_MAX_FILE);
    codec_pool_pause(&world.host, 0);
    return world.source < 0 || world.memory < 0 ||
           channel_copy_in(world.source, PIXEL, sizeof PIXEL);
}

static int close_world(void **state)
{
    (void)state;
    codec_pool_close(&world.host);
    uv_run(&world.host.loop, UV_RUN_DEFAULT);
    close(world.source);
    close(world.memory);
    return uv_loop_close(&world.host.loop);
}

static void need_filter(void)
{
    if (strcmp(sandbox_name(), "process") == 0)
        skip();
}

static void test_serves(void **state)
{
    (void)state;
    assert_serves();
    assert_serves();
}

static void test_what_is_forbidden_kills(void **state)
{
    (void)state;
    need_filter();
    for (int what = OPEN_FILE; what <= LAST_FORBIDDEN; what++) {
        struct codec_answer answer = run(what);
        assert_int_equal(answer.status, CODEC_FORMAT);
        assert_non_null(strstr(answer.message, "SIGSYS"));
    }
    assert_serves();
}

static void test_memory_ends(void **state)
{
    (void)state;
    if (sandbox_is_relaxed())
        skip();
    assert_int_equal(run(HOARD).status, CODEC_MEMORY);
    assert_serves();
}

static void test_death_is_named(void **state)
{
    (void)state;
    struct codec_answer answer = run(EXIT);
    assert_int_equal(answer.status, CODEC_MEMORY);
    assert_non_null(strstr(answer.message, "status 9"));
    if (!sandbox_is_relaxed()) { // a sanitizer makes an exit of it
        answer = run(CRASH);
        assert_int_equal(answer.status, CODEC_FORMAT);
        assert_non_null(strstr(answer.message, "3 times (SIGSEGV)"));
    }
    assert_serves();
}

static void test_lies_are_not_believed(void **state)
{
    (void)state;
    for (int what = LIE_ABOUT_SIZE; what <= LIE_WITHOUT_END; what++) {
        struct codec_answer answer = run(what);
        assert_int_equal(answer.status, CODEC_LIMIT);
        assert_non_null(strstr(answer.message, "SIGKILL"));
    }
    assert_serves();
}

static void on_deadline(uv_timer_t *timer)
{
    codec_pool_cancel(&world.host, timer->data);
}

// Ends a hanging job after 20 ms; how long the next one then takes, in milliseconds.
static double replace_hanging(void)
{
    uv_timer_t timer;
    struct codec_ticket hanging = make_ticket(HANG);
    uv_timer_init(&world.host.loop, &timer);
    timer.data = &hanging;
    codec_pool_submit(&world.host, &hanging);
    uv_timer_start(&timer, on_deadline, 20, 0);
    wait_for(1);
    uint64_t start = uv_hrtime();
    assert_int_equal(hanging.answer.status, CODEC_STOPPED);
    assert_serves();
    uv_close((uv_handle_t *)&timer, NULL);
    uv_run(&world.host.loop, UV_RUN_NOWAIT);
    return (double)(uv_hrtime() - start) / 1e6;
}

static void test_endless_loop_ends_at_the_deadline(void **state)
{
    (void)state;
    double best = 1e9;
    for (int i = 0; i < 5; i++) { // the machine may be busy
        double took = replace_hanging();
        best = took < best ? took : best;
    }
    print_message("# the successor's first picture took %.1f ms\n", best);
    assert_true(best < (sandbox_is_relaxed() ? 2000 : 100));
}

static void test_queue_is_longer_than_the_pool(void **state)
{
    (void)state;
    struct codec_ticket tickets[40];
    for (size_t i = 0; i < 40; i++) {
        tickets[i] = make_ticket(i % 5 == 3 ? EXIT : 90);
        codec_pool_submit(&world.host, &tickets[i]);
    }
    codec_pool_cancel(&world.host, &tickets[39]);
    codec_pool_cancel(&world.host, &tickets[20]);
    codec_pool_cancel(&world.host, &tickets[0]);
    wait_for(40);
    for (size_t i = 0; i < 40; i++) {
        bool cancelled = i == 39 || i == 20 || i == 0;
        assert_int_equal(tickets[i].answer.status, cancelled    ? CODEC_STOPPED
                                                   : i % 5 == 3 ? CODEC_MEMORY
                                                                : CODEC_OK);
    }
}

static void test_many_deaths_are_slowed_down(void **state)
{
    (void)state;
    codec_pool_pause(&world.host, 150);
    for (int i = 0; i < 3; i++)
        run(EXIT); // nine deaths
    uint64_t start = uv_hrtime();
    run(EXIT); // the second and third start wait
    assert_in_range((uv_hrtime() - start) / 1000000, 290, 60000);
}

static size_t count_entries(const char *path)
{
    DIR *folder = opendir(path);
    size_t count = 0;
    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static long resident_pages(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%*d %ld", &pages), 1);
    fclose(file);
    return pages;
}

static void test_a_thousand_deaths_leave_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        run(EXIT);
    assert_serves();
    size_t open_before = count_entries("/proc/self/fd");
    long pages_before = resident_pages();
    for (int i = 0; i < 334; i++)
        run(EXIT);
    assert_serves();
    assert_int_equal(count_entries("/proc/self/fd"), open_before);
    if (!sandbox_is_relaxed())
        assert_in_range(resident_pages(), 0, pages_before + 64);
    codec_pool_close(&world.host);
    uv_run(&world.host.loop, UV_RUN_DEFAULT);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); // no child at all, so no zombie
}

// In a process of its own: has a worker hang, tells its number, and dies without a word.
static void host_that_dies(int tell)
{
    struct codec_ticket hanging = make_ticket(HANG);
    char path[64], line[32] = "";
    codec_pool_submit(&world.host, &hanging);
    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    FILE *children = fopen(path, "re");
    if (children && fgets(line, sizeof line, children))
        (void)!write(tell, line, sizeof line);
    usleep(200000); // it locks itself in meanwhile
    kill(getpid(), SIGKILL);
}

static void test_a_worker_dies_with_its_host(void **state)
{
    (void)state;
    int tell[2];
    char line[32] = "";
    assert_int_equal(pipe2(tell, O_CLOEXEC), 0);
    pid_t host = fork();
    if (host == 0)
        host_that_dies(tell[1]);
    assert_int_equal(read(tell[0], line, sizeof line), sizeof line);
    assert_int_equal(waitpid(host, NULL, 0), host);
    char path[64];
    int state_letter = 0;
    snprintf(path, sizeof path, "/proc/%ld/stat", strtol(line, NULL, 10));
    for (int i = 0; i < 200; i++) {
        FILE *stat = fopen(path, "re");
        if (!stat || fscanf(stat, "%*d (%*[^)]) %c", (char *)&state_letter) != 1)
            state_letter = 'X';
        if (stat)
            fclose(stat);
        if (state_letter == 'X' || state_letter == 'Z')
            break;
        usleep(10000);
    }
    assert_true(state_letter == 'X' || state_letter == 'Z');
    close(tell[0]);
    close(tell[1]);
}

// ---- what it costs ------------------------------------------------------------------------------

static double time_here(const struct codec_ticket *ticket)
{
    struct codec_answer answer;
    struct codec_job job = ticket->job;
    job.fd = ticket->source;
    uint64_t start = uv_hrtime();
    codec_run(&job, &answer);
    double took = (double)(uv_hrtime() - start) / 1e6;
    assert_int_equal(answer.status, CODEC_OK);
    codec_answer_free(&answer);
    return took;
}

static double time_there(struct codec_ticket *ticket)
{
    uint64_t start = uv_hrtime();
    codec_pool_submit(&world.host, ticket);
    wait_for(1);
    double took = (double)(uv_hrtime() - start) / 1e6;
    assert_int_equal(ticket->answer.status, CODEC_OK);
    return took;
}

static void measure(const char *name, int source)
{
    double here = 1e9, there = 1e9;
    int own = world.source;
    world.source = source;
    for (int i = 0; i < 60; i++) {
        struct codec_ticket ticket = make_ticket(90);
        double a = time_here(&ticket), b = time_there(&ticket);
        here = a < here ? a : here;
        there = b < there ? b : there;
    }
    world.source = own;
    print_message("# %s: %.3f ms in this process, %.3f ms in a worker\n", name, here, there);
}

static void test_cost(void **state)
{
    (void)state;
    measure("1 x 1", world.source);
    int source = open("examples/media/dusk.webp", O_RDONLY | O_CLOEXEC);
    if (source < 0)
        return;
    measure("1080 x 1350", source);
    close(source);
}

int main(int argc, char **argv)
{
    if (worker_is_wanted(argc, argv))
        worker_main(misbehave);
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
    const struct CMUnitTest tests[] = {
        TEST(test_serves),
        TEST(test_what_is_forbidden_kills),
        TEST(test_memory_ends),
        TEST(test_death_is_named),
        TEST(test_lies_are_not_believed),
        TEST(test_endless_loop_ends_at_the_deadline),
        TEST(test_queue_is_longer_than_the_pool),
        TEST(test_many_deaths_are_slowed_down),
        TEST(test_a_thousand_deaths_leave_nothing),
        TEST(test_a_worker_dies_with_its_host),
        TEST(test_cost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
