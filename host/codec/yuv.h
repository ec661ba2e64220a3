// yuv.h - a picture as VP8 stores it: planes, chroma at half size in the middle of 2 x 2 pixels,
// BT.601 in limited range (16 to 235). JPEG stores the same in full range (0 to 255), and its
// chroma may be finer.
#pragma once

#include "report.h"
#include "turn.h"

#define YUV_PLANES 4   // Y, U, V, alpha
#define YUV_PADDING 64 // rows may be read and written so far beyond their end

struct yuv {
    int width, height;
    void *owned;                // the block that the planes are in, or NULL: somebody else's
    uint8_t *plane[YUV_PLANES]; // alpha may be NULL
    size_t stride[YUV_PLANES];
    int across, down; // pixels that a sample of chroma covers: 2, or 1
    bool full;        // in full range already
};

static inline bool yuv_is_chroma(int plane)
{
    return plane == 1 || plane == 2;
}
// Samples in a row or column of a plane, with chroma at half size.
static inline int yuv_side(int plane, int side)
{
    return yuv_is_chroma(plane) ? (side + 1) / 2 : side;
}
// The same of any picture.
static inline int yuv_width(const struct yuv *yuv, int plane)
{
    return yuv_is_chroma(plane) ? (yuv->width + yuv->across - 1) / yuv->across : yuv->width;
}
static inline int yuv_height(const struct yuv *yuv, int plane)
{
    return yuv_is_chroma(plane) ? (yuv->height + yuv->down - 1) / yuv->down : yuv->height;
}
static inline bool yuv_is_halved(const struct yuv *yuv)
{
    return yuv->across == 2 && yuv->down == 2;
}
// Pixels are not zeroed, what follows a row is.
int yuv_alloc(struct run *run, struct yuv *yuv, int width, int height, bool alpha);
// The same in full range without alpha, each sample of chroma for `across` x `down` pixels.
int yuv_alloc_full(struct run *run, struct yuv *yuv, int width, int height, int across, int down);
// Lays the planes out in a block that stays the caller's; how many bytes that takes, with NULL too.
size_t yuv_place(struct yuv *yuv, int width, int height, bool alpha, uint8_t *block);
// Everything becomes the colour R, G, B.
void yuv_fill(struct yuv *yuv, const uint8_t colour[3]);
// Puts rows of the picture on a background by its alpha plane, which is not needed any more.
// `from` is even, and so is `to` unless it is the end.
void yuv_flatten(struct yuv *yuv, const uint8_t background[3], int from, int to);
// A row of a plane from limited to full range; `out` has room for YUV_PADDING more.
void yuv_expand_row(int plane, const uint8_t *in, int count, uint8_t *out);
// Turns a picture into `to` at x, y, both even, where it has room when it is upright. An odd side
// that is mirrored must have its chroma at even positions (fit.h).
void yuv_turn(const struct yuv *from, struct turn turn, const struct yuv *to, int x, int y);
// Accepts a zeroed one.
void yuv_free(struct yuv *yuv);
