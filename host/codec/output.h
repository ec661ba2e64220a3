// output.h - where the bytes of a JPEG go while it is encoded: into room that the job gives piece
// by piece, or into a block that grows.
#pragma once

#include "report.h"

struct output {
    struct run *run;
    uint8_t *piece; // borrowed: to be filled now, `length` bytes
    size_t length;
    size_t before;  // bytes in earlier pieces
    uint8_t *block; // owned; NULL in the job's room
    bool direct;
};

// `guess` is how long the result will be, nearly always. `direct`: into the job's room, when it
// has any. 0, or -1 with the cause; output_free is due in any case.
int output_open(struct output *out, struct run *run, size_t guess, bool direct);
// The piece is full: gives the next one.
int output_next(struct output *out);
// Takes the block out of it; NULL when the bytes are in the job's room.
uint8_t *output_take(struct output *out);
// Accepts a zeroed one.
void output_free(struct output *out);
