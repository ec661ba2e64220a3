// frames.h - CODEC_FRAMES: the frames of an animation as a film of JPEG pictures (film.h).
#pragma once

#include "report.h"

// For a source that was probed.
int frames(struct run *run, const uint8_t *bytes, size_t length);
