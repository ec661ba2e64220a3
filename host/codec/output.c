// output.c - where the bytes of a JPEG go while it is encoded. A copy of a whole result is as much
// memory as a fifth of the planes it was made of.
#include "output.h"

#include <stdlib.h>

#define PIECE (32u << 10) // bytes that the job gets at a time

int output_open(struct output *out, struct run *run, size_t guess, bool direct)
{
    *out = (struct output){.run = run, .direct = direct && run->job->store};
    out->room = out->direct ? PIECE : guess;
    out->block = malloc(out->room);
    return out->block ? 0 : report_memory(run);
}

static int hand_over(struct output *out, size_t length)
{
    const struct codec_job *job = out->run->job;
    if (!job->store(job->context, out->before, out->block, length))
        return report(out->run, CODEC_MEMORY, "not enough memory for the result");
    out->before += length;
    return 0;
}

int output_next(struct output *out, uint8_t **at, size_t *room)
{
    *at = out->block;
    *room = out->room;
    if (out->direct)
        return hand_over(out, out->room);
    uint8_t *more = realloc(out->block, out->room * 2);
    if (more == NULL)
        return report_memory(out->run);
    out->block = more;
    *at = more + out->room;
    out->room *= 2;
    return 0;
}

int output_close(struct output *out, size_t length, uint8_t **bytes, size_t *total)
{
    if (out->direct && hand_over(out, length))
        return -1;
    *total = out->direct ? out->before : length;
    *bytes = out->direct ? NULL : out->block;
    if (!out->direct)
        out->block = NULL;
    return 0;
}

void output_free(struct output *out)
{
    free(out->block);
    out->block = NULL;
}
