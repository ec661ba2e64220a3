// heif_light.h - pictures of high dynamic range (ITU-R BT.2100) to sRGB.
#pragma once

#include "heif_library.h"
#include "image.h"

// Whether the numbers name one of its curves.
bool heif_light_is_meant(const struct heif_nclx *nclx);
// Changes the colours of IMAGE_RGB or IMAGE_RGBA in place. White paper, 203 cd/m2 (BT.2408),
// becomes white: what is brighter has no place in sRGB.
void heif_light_to_srgb(const struct heif_nclx *nclx, struct image *image);
