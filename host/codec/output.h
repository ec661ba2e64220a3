// output.h - where the bytes of a JPEG go while it is encoded: to the job, piece by piece, or into
// a block that grows.
#pragma once

#include "report.h"

struct output {
    struct run *run;
    uint8_t *block; // owned
    size_t room;    // of the block
    size_t before;  // bytes that the job has already
    bool direct;
};

// `guess` is how long the result will be, nearly always. `direct`: to the job, when it keeps
// results. 0, or -1 with the cause; output_free is due in any case.
int output_open(struct output *out, struct run *run, size_t guess, bool direct);
// The block is full from `*at` on: makes room, and says where.
int output_next(struct output *out, uint8_t **at, size_t *room);
// The block has `length` bytes and there are no more. Gives the length of all, and the block unless
// the job has it.
int output_close(struct output *out, size_t length, uint8_t **bytes, size_t *total);
// Accepts a zeroed one.
void output_free(struct output *out);
