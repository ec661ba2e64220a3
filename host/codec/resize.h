// resize.h - Lanczos3 resampling of a planned part of a picture.
#pragma once

#include "fit.h"
#include "image.h"

// Makes `out` (allocated here, IMAGE_RGB) from `source` (IMAGE_RGB) as planned, on a background.
int resize(struct run *run, const struct image *source, const struct fit_plan *plan,
           struct image *out);
