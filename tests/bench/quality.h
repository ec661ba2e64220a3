// quality.h - how far a fitted picture is from the best that JPEG can do.
#pragma once

#include <stddef.h>
#include <stdint.h>

// PSNR of luma, in dB, against Lanczos3 in double precision of the source's RGB, as
// libwebp or libjpeg-turbo decode it: of `jpeg`, and in
// *floor that of the same reference saved by libjpeg-turbo with quality 90, 4:2:0.
double quality_of_fitted(const uint8_t *file, size_t length, const uint8_t *jpeg,
                         size_t jpeg_length, double *floor);
