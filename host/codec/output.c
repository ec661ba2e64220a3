// output.c - where the bytes of a JPEG go while it is encoded. A copy of a whole result is as much
// memory as half of the planes it was made of.
#include "output.h"

#include <stdlib.h>

static int ask_for_room(struct output *out)
{
    const struct codec_job *job = out->run->job;
    out->piece = job->room(job->context, out->before, &out->length);
    return out->piece ? 0 : report_memory(out->run);
}

int output_open(struct output *out, struct run *run, size_t guess, bool direct)
{
    *out = (struct output){.run = run, .direct = direct && run->job->room};
    if (out->direct)
        return ask_for_room(out);
    out->block = out->piece = malloc(guess);
    out->length = guess;
    return out->block ? 0 : report_memory(run);
}

int output_next(struct output *out)
{
    out->before += out->length;
    if (out->direct)
        return ask_for_room(out);
    uint8_t *more = realloc(out->block, out->before * 2);
    if (more == NULL)
        return report_memory(out->run);
    out->block = more;
    out->piece = more + out->before;
    out->length = out->before;
    return 0;
}

uint8_t *output_take(struct output *out)
{
    uint8_t *block = out->block;
    out->block = NULL;
    return block;
}

void output_free(struct output *out)
{
    free(out->block);
    out->block = NULL;
}
