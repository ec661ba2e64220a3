// png_fast.h - the pixels of the common kind of PNG, by libdeflate and filters of our own: less
// than half of what libpng takes, which waits for zlib row by row.
#pragma once

#include "image.h"

// For 8 bits a channel, not interlaced, `channels` 1, 3 or 4, of a file whose header libpng has
// taken, into an image with that layout and size. False: something is not as it should be; the
// image is as before, and libpng may say what.
bool png_fast_decode(const uint8_t *bytes, size_t length, struct image *image);
