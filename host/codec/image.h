// image.h - a decoded picture in memory: 8 bits a sample, rows without gaps, and what is known of
// it that pixels do not show.
#pragma once

#include "report.h"

#define IMAGE_PADDING 64 // bytes after the last row that may be read, for work in blocks

enum image_layout { IMAGE_GREY = 1, IMAGE_RGB = 3, IMAGE_RGBA = 4, IMAGE_CMYK = 5 };

struct image {
    enum image_layout layout; // CMYK: 255 is full ink
    int width, height;
    uint8_t *pixels; // owned
    uint8_t *icc;    // owned: the embedded profile, or NULL
    size_t icc_length;
};

// Bytes of a pixel.
static inline size_t image_channels(enum image_layout layout)
{
    return layout == IMAGE_CMYK ? 4 : (size_t)layout;
}
static inline size_t image_stride(const struct image *image)
{
    return (size_t)image->width * image_channels(image->layout);
}

// (value * alpha + under * (255 - alpha)) / 255, rounded.
static inline uint8_t image_blend(unsigned value, unsigned under, unsigned alpha)
{
    unsigned t = value * alpha + under * (255 - alpha) + 128;
    return (uint8_t)((t + (t >> 8)) >> 8);
}

// Checks a size that a header claims, before anything is allocated for it.
int image_check_size(struct run *run, uint64_t width, uint64_t height);
// Allocates pixels for a size that was checked; they are not zeroed, and what an earlier picture
// left must not be seen: only for a decoder that writes each of them.
int image_alloc_raw(struct run *run, struct image *image, enum image_layout layout, int width,
                    int height);
// The same, zeroed.
int image_alloc(struct run *run, struct image *image, enum image_layout layout, int width,
                int height);
// Keeps a copy of a profile; one that is empty or too large is passed over.
int image_keep_icc(struct run *run, struct image *image, const uint8_t *icc, size_t length);
// Turns the pixels upright for an EXIF orientation of 1 to 8.
int image_turn(struct run *run, struct image *image, int orientation);
// RGBA to RGB on a background, in place; other layouts are left alone.
void image_flatten(struct image *image, const uint8_t background[3]);
// Rows of IMAGE_RGBA on a background, in place: the alpha stays and means nothing any more.
void image_flatten_rows(struct image *image, const uint8_t background[3], int from, int to);
// Accepts a zeroed one.
void image_free(struct image *image);
