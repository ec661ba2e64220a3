// heif_colour.h - what HEIC and AVIF say of their colours in a few numbers, as an ICC profile.
#pragma once

#include "heif_library.h"
#include "image.h"

// Makes image->icc when the numbers mean other colours than sRGB; else leaves it empty. Of high
// dynamic range the pixels themselves, if there are any, become sRGB.
int heif_colour_profile(struct run *run, const struct heif_nclx *nclx, struct image *image);
