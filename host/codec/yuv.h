// yuv.h - a picture as VP8 stores it: planes, chroma at half size in the middle of 2 x 2 pixels,
// BT.601 in limited range (16 to 235). JPEG stores the same in full range (0 to 255).
#pragma once

#include "report.h"

#define YUV_PLANES 4   // Y, U, V, alpha
#define YUV_PADDING 64 // rows may be read and written so far beyond their end

struct yuv {
    int width, height;
    uint8_t *plane[YUV_PLANES]; // owned in one block, plane[0] is its start; alpha may be NULL
    size_t stride[YUV_PLANES];
    bool full; // in full range already
};

// Samples in a row or column of a plane.
static inline int yuv_side(int plane, int side)
{
    return plane == 1 || plane == 2 ? (side + 1) / 2 : side;
}
// Pixels are not zeroed, what follows a row is.
int yuv_alloc(struct run *run, struct yuv *yuv, int width, int height, bool alpha);
// Lays the planes out in a block that stays the caller's; how many bytes that takes, with NULL too.
size_t yuv_place(struct yuv *yuv, int width, int height, bool alpha, uint8_t *block);
// Everything becomes the colour R, G, B.
void yuv_fill(struct yuv *yuv, const uint8_t colour[3]);
// Puts rows of the picture on a background by its alpha plane, which is not needed any more.
// `from` is even, and so is `to` unless it is the end.
void yuv_flatten(struct yuv *yuv, const uint8_t background[3], int from, int to);
// A row of a plane from limited to full range; `out` has room for YUV_PADDING more.
void yuv_expand_row(int plane, const uint8_t *in, int count, uint8_t *out);
// Accepts a zeroed one.
void yuv_free(struct yuv *yuv);
