// exif.h - what we need of EXIF: which way is up, who made it and when, and what it tells of
// places and devices.
#pragma once

#include "job.h"

// Reads a block in TIFF form, with or without the prefix "Exif\0\0" of JPEG, into orientation,
// words and extras. Words that are there already stay; a damaged block gives less, never an error.
void exif_read(const uint8_t *bytes, size_t length, struct codec_facts *facts);

#define EXIF_MOST 512 // bytes
// A segment of a JPEG with those of the words that `keep` (of codec_keep) names and the picture
// has, and nothing else. Its length, 0 when there are none.
size_t exif_write(const struct codec_words *words, unsigned keep, uint8_t out[EXIF_MOST]);
