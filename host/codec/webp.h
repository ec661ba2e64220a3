// webp.h - what the readers of WebP share: the container, and one frame of it. Nobody else's.
#pragma once

#include "image.h"
#include <webp/demux.h>

// The caller calls WebPDemuxDelete.
int webp_open(struct run *run, const uint8_t *bytes, size_t length, WebPDemuxer **demuxer);
// Decodes the frame's bitstream into its place on an image, IMAGE_RGB or IMAGE_RGBA.
int webp_decode_frame(struct run *run, const WebPIterator *frame, struct image *image);
