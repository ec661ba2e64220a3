// jpeg.h - libjpeg-turbo, in and out.
// The library leaves by longjmp; each function here catches that itself and frees all it took.
#pragma once

#include "image.h"
#include "yuv.h"

// The header's facts.
int jpeg_probe(struct run *run, const uint8_t *bytes, size_t length);
// Pixels and profile: IMAGE_GREY, IMAGE_RGB or IMAGE_CMYK. Any warning of the decoder that means
// missing picture data is damage.
int jpeg_decode(struct run *run, const uint8_t *bytes, size_t length, struct image *image);
// Whether it is baseline, 8 bits, Huffman coded, grey or YCbCr: what every reader takes.
int jpeg_is_plain(struct run *run, const uint8_t *bytes, size_t length, bool *plain);

// Turns a plain JPEG that was decoded without a complaint upright for an orientation of 2 to 8, by
// its blocks, without a loss; with a profile when `profile` has one to keep, and nothing else
// beside the picture. NULL when it cannot be done so. Returns new.
uint8_t *jpeg_turn(const uint8_t *bytes, size_t length, int orientation,
                   const struct image *profile, size_t *out_length);

// Encodes IMAGE_RGB as baseline JPEG, 4:2:0. Gives up as soon as `limit` bytes are
// passed (0: none): then *jpeg is NULL and the result is 0. *jpeg is owned by the caller.
int jpeg_encode(struct run *run, const struct image *image, int quality, size_t limit,
                uint8_t **jpeg, size_t *length);
// The same from planes, whose chroma is used as it is.
int jpeg_encode_planes(struct run *run, const struct yuv *yuv, int quality, size_t limit,
                       uint8_t **jpeg, size_t *length);
