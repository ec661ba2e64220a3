// pictures.c - what a conversion in a real worker costs beside the bound, in turns: bound.h.
//
//   pictures ratio PROGRAM ROUNDS MAX_WIDTH FILE...   one line of JSON with times and ratios
//   pictures memory PROGRAM MAX_WIDTH FIRST FILE      KB of a fresh worker after one, and the other
//   pictures rate PROGRAM WORKERS ROUNDS FILE...      best milliseconds of a file, wall and CPU
//   pictures quality PROGRAM MAX_WIDTH FILE...        dB of luma, less the reference's own JPEG
//   pictures png ROUNDS FILE...                       decoding by our reader and by libpng
//   pictures apart PROGRAM ROUNDS FILE                a conversion here, and in a worker
//   pictures took COMMAND [ARGUMENT...]               milliseconds of a whole command
//   pictures ours FILE | pictures bound FILE          one conversion, for counting instructions
#include "bound.h"
#include "clock.h"
#include "parts.h"
#include "quality.h"
#include "worker_client.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/channel.h"

#define MOST_WORKERS 16

struct picture {
    int fd;
    uint8_t *bytes;
    size_t length;
    struct bound bound;
    double decode, encode, cpu, wall, bound_wall; // minima, milliseconds
};

static void load(struct picture *p, const char *path)
{
    struct stat facts;
    p->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (p->fd < 0 || fstat(p->fd, &facts) != 0) {
        perror(path);
        exit(1);
    }
    p->length = (size_t)facts.st_size;
    p->bytes = malloc(p->length);
    if (!p->bytes || pread(p->fd, p->bytes, p->length, 0) != (ssize_t)p->length)
        exit(1);
}

static void measure_ours(struct picture *p, const struct client *client, int max_width)
{
    struct codec_answer answer;
    double wall = now(CLOCK_MONOTONIC), own = now(CLOCK_THREAD_CPUTIME_ID);
    double cpu = client_cpu(client);
    client_convert(client, p->fd, max_width, &answer);
    keep_least(&p->cpu, client_cpu(client) - cpu + now(CLOCK_THREAD_CPUTIME_ID) - own);
    keep_least(&p->wall, now(CLOCK_MONOTONIC) - wall);
    if (!p->bound.planes &&
        !bound_open(&p->bound, p->bytes, p->length, answer.jpeg, answer.jpeg_length)) {
        fprintf(stderr, "pictures: no bound for a file\n");
        exit(1);
    }
    client_release(&answer);
}

static void measure_bound(struct picture *p)
{
    double wall = now(CLOCK_MONOTONIC), start = now(CLOCK_THREAD_CPUTIME_ID);
    bound_decode(&p->bound);
    double middle = now(CLOCK_THREAD_CPUTIME_ID);
    bound_encode(&p->bound);
    keep_least(&p->decode, middle - start);
    keep_least(&p->encode, now(CLOCK_THREAD_CPUTIME_ID) - middle);
    keep_least(&p->bound_wall, now(CLOCK_MONOTONIC) - wall);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void tell(const struct picture *pictures, int count)
{
    struct picture sum = {0};
    double *ratios = calloc((size_t)count, sizeof *ratios);
    if (!ratios)
        exit(1);
    for (int i = 0; i < count; i++) {
        const struct picture *p = &pictures[i];
        sum.decode += p->decode / count, sum.encode += p->encode / count;
        sum.cpu += p->cpu / count, sum.wall += p->wall / count;
        sum.bound_wall += p->bound_wall / count;
        ratios[i] = p->cpu / (p->decode + p->encode);
    }
    qsort(ratios, (size_t)count, sizeof *ratios, compare);
    printf("{\"pictures\": %d, \"decode\": %.3f, \"encode\": %.3f, \"bound\": %.3f, "
           "\"cpu\": %.3f, \"ratio\": %.4f, \"median\": %.4f, \"wall\": %.3f, "
           "\"wall_ratio\": %.4f}\n",
           count, sum.decode, sum.encode, sum.decode + sum.encode, sum.cpu,
           sum.cpu / (sum.decode + sum.encode), ratios[count / 2], sum.wall,
           sum.wall / sum.bound_wall);
    free(ratios);
}

// Us and the worker to be on one core: two are seldom equally fast, and the ratio would be theirs.
static void stay_on_one_core(void)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    sched_setaffinity(0, sizeof one, &one);
}

static int ratio(const char *program, int rounds, int max_width, char **files, int count)
{
    struct client client;
    struct picture *pictures = calloc((size_t)count, sizeof *pictures);
    if (!pictures)
        return 1;
    stay_on_one_core();
    client_open(&client, program);
    for (int i = 0; i < count; i++)
        load(&pictures[i], files[i]);
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < count; i++) {
            measure_ours(&pictures[i], &client, max_width);
            measure_bound(&pictures[i]);
        }
    tell(pictures, count);
    client_close(&client);
    for (int i = 0; i < count; i++) {
        bound_close(&pictures[i].bound);
        free(pictures[i].bytes);
        close(pictures[i].fd);
    }
    free(pictures);
    return 0;
}

static long peak_after(const struct client *client, int max_width, const char *path)
{
    struct codec_answer answer;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    client_convert(client, fd, max_width, &answer);
    client_release(&answer);
    close(fd);
    return client_peak(client);
}

// The first picture is a small one that brings the libraries' code into memory.
static int memory(const char *program, int max_width, const char *first, const char *path)
{
    struct client client;
    client_open(&client, program);
    long before = peak_after(&client, max_width, first);
    printf("{\"before\": %ld, \"after\": %ld}\n", before, peak_after(&client, max_width, path));
    client_close(&client);
    return 0;
}

// Sends a worker the next picture, with memory of its own for the result, as the host does.
static void ask_next(const struct client *client, int *memory, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *memory = channel_memory(CODEC_MAX_FILE);
    client_ask(client, fd, *memory, 1440);
    close(fd);
}

// Each worker has one picture at a time; whoever is done gets the next.
static double pass(const struct client *clients, int workers, char **files, int count)
{
    struct pollfd wait[MOST_WORKERS];
    int memories[MOST_WORKERS], next = 0, busy = 0;
    double start = now(CLOCK_MONOTONIC);
    for (int i = 0; i < workers; i++)
        wait[i] = (struct pollfd){.fd = clients[i].socket, .events = POLLIN};
    for (int i = 0; i < workers && next < count; i++, busy++)
        ask_next(&clients[i], &memories[i], files[next++]);
    while (busy > 0 && poll(wait, (nfds_t)workers, -1) > 0)
        for (int i = 0; i < workers; i++) {
            struct codec_answer answer;
            if (!(wait[i].revents & POLLIN))
                continue;
            client_answer(&clients[i], memories[i], &answer);
            client_release(&answer);
            close(memories[i]);
            if (next < count)
                ask_next(&clients[i], &memories[i], files[next++]);
            else
                busy--;
        }
    return now(CLOCK_MONOTONIC) - start;
}

// Of the workers, and of what the host would do.
static double all_cpu(const struct client *clients, int workers)
{
    double sum = now(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < workers; i++)
        sum += client_cpu(&clients[i]);
    return sum;
}

static int rate(const char *program, int workers, int rounds, char **files, int count)
{
    struct client clients[MOST_WORKERS];
    double best = 0, least = 0;
    if (workers > MOST_WORKERS)
        return 1;
    for (int i = 0; i < workers; i++)
        client_open(&clients[i], program);
    for (int i = 0; i < rounds; i++) {
        double before = all_cpu(clients, workers);
        keep_least(&best, pass(clients, workers, files, count));
        keep_least(&least, all_cpu(clients, workers) - before);
    }
    long peak = 0;
    for (int i = 0; i < workers; i++) {
        peak += client_peak(&clients[i]);
        client_close(&clients[i]);
    }
    printf("{\"ms\": %.2f, \"cpu\": %.2f, \"peak\": %ld}\n", best / count, least / count, peak);
    return 0;
}

static int quality(const char *program, int max_width, char **files, int count)
{
    struct client client;
    double worst = 1e9, sum = 0, floor, sum_floor = 0;
    client_open(&client, program);
    for (int i = 0; i < count; i++) {
        struct picture p = {0};
        struct codec_answer answer;
        load(&p, files[i]);
        client_convert(&client, p.fd, max_width, &answer);
        double found =
            quality_of_fitted(p.bytes, p.length, answer.jpeg, answer.jpeg_length, &floor);
        worst = found - floor < worst ? found - floor : worst;
        sum += found / count;
        sum_floor += floor / count;
        client_release(&answer);
        free(p.bytes);
        close(p.fd);
    }
    printf("{\"pictures\": %d, \"psnr\": %.3f, \"floor\": %.3f, \"worst\": %.3f}\n", count, sum,
           sum_floor, worst);
    client_close(&client);
    return 0;
}

// Started by a small process and without a copy of it, so that little else is measured.
static int took(char **command)
{
    pid_t pid;
    int status = 0;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    double start = now(CLOCK_MONOTONIC);
    int code = posix_spawnp(&pid, command[0], &actions, NULL, command, environ);
    if (code == 0)
        waitpid(pid, &status, 0);
    double end = now(CLOCK_MONOTONIC);
    posix_spawn_file_actions_destroy(&actions);
    if (code != 0 || status != 0)
        return 1;
    printf("{\"ms\": %.3f}\n", end - start);
    return 0;
}

// Under callgrind, which counts what happens inside codec_run, or bound_decode and bound_encode.
static int once(const char *mode, const char *path)
{
    struct picture p = {0};
    struct codec_answer answer;
    load(&p, path);
    struct codec_job job = {.kind = CODEC_CONVERT, .fd = p.fd, .size = p.length};
    job.options.quality = 90;
    job.options.max_pixels = CODEC_MAX_PIXELS;
    codec_run(&job, &answer);
    if (answer.status != CODEC_OK)
        return 1;
    if (strcmp(mode, "bound") == 0 &&
        bound_open(&p.bound, p.bytes, p.length, answer.jpeg, answer.jpeg_length))
        measure_bound(&p);
    bound_close(&p.bound);
    codec_answer_free(&answer);
    free(p.bytes);
    close(p.fd);
    return 0;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 2 ? argv[1] : "";
    if (strcmp(mode, "ratio") == 0 && argc > 5)
        return ratio(argv[2], atoi(argv[3]), atoi(argv[4]), argv + 5, argc - 5);
    if (strcmp(mode, "memory") == 0 && argc == 6)
        return memory(argv[2], atoi(argv[3]), argv[4], argv[5]);
    if (strcmp(mode, "rate") == 0 && argc > 5)
        return rate(argv[2], atoi(argv[3]), atoi(argv[4]), argv + 5, argc - 5);
    if (strcmp(mode, "quality") == 0 && argc > 4)
        return quality(argv[2], atoi(argv[3]), argv + 4, argc - 4);
    if (strcmp(mode, "png") == 0 && argc > 3)
        return parts_png(atoi(argv[2]), argv + 3, argc - 3);
    if (strcmp(mode, "apart") == 0 && argc == 5)
        return parts_apart(argv[2], atoi(argv[3]), argv[4]);
    if (strcmp(mode, "took") == 0)
        return took(argv + 2);
    if ((strcmp(mode, "ours") == 0 || strcmp(mode, "bound") == 0) && argc == 3)
        return once(mode, argv[2]);
    fprintf(stderr, "see the head of tests/bench/pictures.c\n");
    return 2;
}
