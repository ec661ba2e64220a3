// bound.h - the least that a conversion can cost: the libraries' own work, with nothing between.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bound {
    const uint8_t *file; // borrowed
    size_t file_length;
    int width, height;
    bool from_jpeg, alpha, lossless;
    uint8_t *pixels; // owned: what the decoder writes, planes or BGRA
    // The result's planes, for the encoder: in full range, rows padded to whole blocks.
    int out_width, out_height;
    uint8_t *planes; // owned
    uint8_t *jpeg;   // owned
    unsigned long jpeg_room;
};

// Prepares for a file, a WebP or a JPEG of 4:2:0, and the JPEG that was made of it. False when
// either cannot be read.
bool bound_open(struct bound *bound, const uint8_t *file, size_t length, const uint8_t *jpeg,
                size_t jpeg_length);
// Decodes the file: to planes as they are stored, or lossless to BGRA.
void bound_decode(struct bound *bound);
// Encodes the result with quality 90: from its planes, or lossless from BGRA.
void bound_encode(struct bound *bound);
void bound_close(struct bound *bound);
