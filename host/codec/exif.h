// exif.h - the one thing we need of EXIF: which way is up.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Orientation 1 to 8 of a TIFF structure, with or without the prefix "Exif\0\0". Anything broken,
// missing or out of range is 1: noise in EXIF must not fail a good picture.
int exif_orientation(const uint8_t *bytes, size_t length);
