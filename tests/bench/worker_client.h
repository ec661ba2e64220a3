// worker_client.h - a real worker process of the real program, without the host around it.
#pragma once

#include "codec/job.h"
#include <sys/types.h>

struct client {
    pid_t pid;
    int socket;
};

// Starts `program` as a worker; ends this program when that fails.
void client_open(struct client *client, const char *program);
// Sends a job for an open file.
void client_ask(const struct client *client, int source, int memory, int max_width);
// Waits for the answer, whose `jpeg` means nothing.
void client_wait(const struct client *client, struct codec_answer *answer);
// The same, and `jpeg` is what lies in the memory, to be looked at until it is released.
void client_answer(const struct client *client, int memory, struct codec_answer *answer);
void client_release(struct codec_answer *answer);
// Both, with memory of its own: what the host does for a picture.
void client_convert(const struct client *client, int source, int max_width,
                    struct codec_answer *answer);
// CPU time so far, milliseconds.
double client_cpu(const struct client *client);
// The most memory it ever had, KB.
long client_peak(const struct client *client);
void client_close(struct client *client);
