// sniff.h - what a file is, from its first bytes alone: a name proves nothing.
// Plain C, any thread; nothing is allocated.
#pragma once

#include <stddef.h>

// So many bytes from the start of a file are enough for sniff_format.
#define SNIFF_BYTES 64

// jpeg png webp gif mp4 mov heic avif tiff bmp, or NULL when it is none of them. Fewer bytes than
// SNIFF_BYTES are fine; what they do not show is not guessed. A constant string.
const char *sniff_format(const unsigned char *bytes, size_t length);

// "image" or "video" for what sniff_format gives; NULL for NULL and unknown words.
const char *sniff_kind(const char *format);
