// test_codec_pool.c - workers that hang and die by the thousand, and what the pool makes of it.
#include "unruly.h"

#include <dirent.h>
#include <malloc.h>
#include <sys/wait.h>

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
    size_t bytes_before = mallinfo2().uordblks;
    for (int i = 0; i < 334; i++)
        run(EXIT);
    assert_serves();
    assert_int_equal(count_entries("/proc/self/fd"), open_before);
    if (!sandbox_is_relaxed()) {
        assert_in_range(resident_pages(), 0, pages_before + 256);
        assert_in_range(mallinfo2().uordblks, 0, bytes_before + 4096);
    }
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

static void test_one_made_early_is_taken(void **state)
{
    (void)state;
    codec_early_start(&world.host.early, misbehave);
    pid_t pid = world.host.early.pid;
    if (pid == 0)
        skip(); // built with a sanitizer
    codec_pool_prepare(&world.host);
    assert_int_equal(world.host.early.pid, 0);
    assert_serves();
    assert_int_equal(waitpid(-1, NULL, WNOHANG), 0); // a child that lives
    run(EXIT);                                       // and its successors are made as usual
    assert_serves();
    assert_int_equal(kill(pid, 0), -1);
}

static void test_one_that_died_early_is_replaced(void **state)
{
    (void)state;
    siginfo_t end;
    codec_early_start(&world.host.early, misbehave);
    if (world.host.early.pid == 0)
        skip();
    kill(world.host.early.pid, SIGKILL);
    assert_int_equal(waitid(P_PID, (id_t)world.host.early.pid, &end, WEXITED | WNOWAIT), 0);
    codec_pool_prepare(&world.host);
    assert_serves();
}

static void test_one_that_nobody_takes_is_ended(void **state)
{
    (void)state;
    codec_early_start(&world.host.early, misbehave);
    codec_early_end(&world.host.early);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

int main(int argc, char **argv)
{
    if (worker_is_wanted(argc, argv))
        worker_main(argv[1], misbehave);
    const struct CMUnitTest tests[] = {
        UNRULY_TEST(test_endless_loop_ends_at_the_deadline),
        UNRULY_TEST(test_queue_is_longer_than_the_pool),
        UNRULY_TEST(test_many_deaths_are_slowed_down),
        UNRULY_TEST(test_a_thousand_deaths_leave_nothing),
        UNRULY_TEST(test_a_worker_dies_with_its_host),
        UNRULY_TEST(test_one_made_early_is_taken),
        UNRULY_TEST(test_one_that_died_early_is_replaced),
        UNRULY_TEST(test_one_that_nobody_takes_is_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
