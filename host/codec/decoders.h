// decoders.h - one pair of functions per format: facts from the structure, pixels of the first
// frame.
//
// A probe walks the file to its end, so that a file that is cut short is found without decoding it;
// it fills run->answer->facts. A decoder leaves `image` for the caller to free, also when it fails.
#pragma once

#include "image.h"
#include "yuv.h"

int png_probe(struct run *run, const uint8_t *bytes, size_t length);
int png_decode(struct run *run, const uint8_t *bytes, size_t length, struct image *image);

int gif_probe(struct run *run, const uint8_t *bytes, size_t length);
int gif_decode(struct run *run, const uint8_t *bytes, size_t length, struct image *image);

int webp_probe(struct run *run, const uint8_t *bytes, size_t length);
int webp_decode(struct run *run, const uint8_t *bytes, size_t length, struct image *image);
// Each frame of an animation as it is shown: whole, IMAGE_RGB on the job's background, sRGB,
// upright; and for how long. Other than 0 ends the work.
typedef int (*frame_fn)(void *context, const struct image *shown, unsigned milliseconds);
int webp_frames(struct run *run, const uint8_t *bytes, size_t length, frame_fn next, void *context);
// For how long a frame is shown that asks for so many milliseconds: whoever asks for next to none
// means none, and every browser takes its time then.
static inline unsigned frame_milliseconds(unsigned asked)
{
    return asked <= 10 ? 100 : asked;
}
// HEIC and AVIF: which of them libheif reads here, as a message: its version, then "heic", "avif".
// An error when it is not installed.
int heif_ask(struct run *run);
// What is told and given is upright already.
int heif_probe(struct run *run, const uint8_t *bytes, size_t length);
int heif_decode(struct run *run, const uint8_t *bytes, size_t length, struct image *image);
// Whether it is no film, and if so, whether it is lossy: consists of planes already.
bool webp_is_still(const uint8_t *bytes, size_t length, bool *planar);
// The planes of a lossy one, with alpha when it has that.
int webp_decode_planes(struct run *run, const uint8_t *bytes, size_t length, struct yuv *yuv);
// The same, or of a lossless one the pixels (IMAGE_RGB or IMAGE_RGBA), from the top on; the other
// one is NULL. `next` is told how many rows there are and gives how many of them it does not need
// any more: they are gone then, and rows keep their numbers all the same. -1 ends the work.
typedef int (*webp_rows_fn)(void *context, int ready);
int webp_decode_bands(struct run *run, const uint8_t *bytes, size_t length, struct yuv *yuv,
                      struct image *image, webp_rows_fn next, void *context);
