// resize.h - Lanczos3 resampling of a planned part of a picture.
#pragma once

#include "fit.h"
#include "image.h"
#include "yuv.h"

// Makes `out` (allocated here, IMAGE_RGB) from `source` (IMAGE_RGB) as planned, on a background.
int resize(struct run *run, const struct image *source, const struct fit_plan *plan,
           struct image *out);
// The same for planes, without a detour over RGB; scaled, they come out in full range, and always
// with chroma at half size. Only for a plan that resize_takes_planes likes.
int resize_planes(struct run *run, const struct yuv *source, const struct fit_plan *plan,
                  struct yuv *out);
// Chroma has half the resolution: where picture meets background, it must be on whole chroma
// pixels.
bool resize_takes_planes(const struct fit_plan *plan);
