// colour.h - to sRGB, by lcms2 when a profile is embedded.
#pragma once

#include "image.h"

// Whether the profile shows the same colours as sRGB, within what 8 bits can tell. A profile that
// cannot be used is none: *broken says so, and the result is true.
bool colour_is_srgb(const uint8_t *icc, size_t length, bool *broken);
// What the profile calls itself, in printable ASCII; empty when it cannot be read.
void colour_name(const uint8_t *icc, size_t length, char *text, size_t size);
// Makes IMAGE_RGB or IMAGE_RGBA in sRGB of any layout. A broken profile, or one of another kind of
// pixels, is ignored; without one the pixels are taken as sRGB.
int colour_to_srgb(struct run *run, struct image *image);
