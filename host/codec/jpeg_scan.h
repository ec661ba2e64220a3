// jpeg_scan.h - the segments of a JPEG file, without decoding anything.
#pragma once

#include "image.h"

// Walks all segments up to EOI. Sets facts->orientation and facts->icc; 0, or -1 when the file is
// cut short or is no JPEG.
int jpeg_scan(struct run *run, const uint8_t *bytes, size_t length);
// Whether it is of the one kind that every reader knows: 8 bits, Huffman, SOF0.
bool jpeg_scan_is_baseline(const uint8_t *bytes, size_t length);
// Puts the profile's pieces together into image->icc; broken ones leave it empty.
int jpeg_scan_icc(struct run *run, const uint8_t *bytes, size_t length, struct image *image);
// Copies the picture with all segments dropped but the needed ones, JFIF, Adobe and, with
// `keep_icc`, the profile. Only for a file that jpeg_scan and the decoder liked. Returns new.
uint8_t *jpeg_scan_strip(const uint8_t *bytes, size_t length, bool keep_icc, size_t *out_length);
