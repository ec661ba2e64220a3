// stream.h - a still WebP that keeps its size, encoded while it is decoded.
#pragma once

#include "jpeg.h"

// Whether the source can go this way, as far as its own content says: neither a film nor turned,
// and without a profile.
bool stream_takes(struct run *run, const uint8_t *bytes, size_t length);
// Converts to a JPEG of the same size as `result` wishes.
int stream_convert(struct run *run, const uint8_t *bytes, size_t length,
                   struct jpeg_result *result);
