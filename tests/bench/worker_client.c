// worker_client.c - starts a worker, asks it, measures it. Any failure ends the program.
#include "worker_client.h"

#include "codec/worker.h"
#include "sys/channel.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what)
{
    fprintf(stderr, "pictures: %s\n", what);
    exit(1);
}

void client_open(struct client *client, const char *program)
{
    int ends[2];
    if (channel_open(ends) != 0)
        fail("no socket for a worker");
    client->pid = fork();
    if (client->pid == 0) {
        dup2(ends[1], WORKER_SOCKET);
        execl(program, "affiche", WORKER_FLAG, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    client->socket = ends[0];
    if (client->pid < 0)
        fail("no process for a worker");
}

void client_ask(const struct client *client, int source, int memory, int max_width)
{
    struct stat facts;
    struct codec_job job = {.kind = CODEC_CONVERT, .fd = -1};
    int descriptors[CHANNEL_DESCRIPTORS] = {source, memory};
    if (fstat(source, &facts) != 0)
        fail("a file cannot be read");
    job.size = (uint64_t)facts.st_size;
    job.options.quality = 90;
    job.options.max_width = max_width;
    job.options.max_pixels = CODEC_MAX_PIXELS;
    memset(job.options.background, 255, sizeof job.options.background);
    if (channel_send(client->socket, &job, sizeof job, descriptors, 2) != 0)
        fail("the worker is gone");
}

void client_wait(const struct client *client, struct codec_answer *answer)
{
    struct pollfd wait = {.fd = client->socket, .events = POLLIN};
    poll(&wait, 1, -1);
    if (channel_take(client->socket, answer, sizeof *answer) != 1)
        fail("the worker gave no answer");
    if (answer->status != CODEC_OK)
        fail(answer->message);
}

void client_answer(const struct client *client, int memory, struct codec_answer *answer)
{
    const uint8_t *bytes;
    client_wait(client, answer);
    if (channel_seal(memory, answer->jpeg_length, &bytes) != 0)
        fail("the result cannot be had");
    answer->jpeg = (uint8_t *)(uintptr_t)bytes; // to be looked at
}

void client_release(struct codec_answer *answer)
{
    channel_release(answer->jpeg, answer->jpeg_length);
}

void client_convert(const struct client *client, int source, int max_width,
                    struct codec_answer *answer)
{
    int memory = channel_memory(CODEC_MAX_FILE);
    if (memory < 0)
        fail("no memory for a result");
    client_ask(client, source, memory, max_width);
    client_answer(client, memory, answer);
    close(memory);
}

double client_cpu(const struct client *client)
{
    clockid_t clock;
    struct timespec now = {0};
    if (clock_getcpuclockid(client->pid, &clock) != 0 || clock_gettime(clock, &now) != 0)
        fail("no clock of the worker");
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

long client_peak(const struct client *client)
{
    char path[64], line[256];
    long peak = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)client->pid);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "VmHWM:", 6) == 0)
            peak = strtol(line + 6, NULL, 10);
    if (file)
        fclose(file);
    return peak;
}

void client_close(struct client *client)
{
    close(client->socket);
    waitpid(client->pid, NULL, 0);
}
