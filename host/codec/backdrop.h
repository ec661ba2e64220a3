// backdrop.h - what stands beside a padded picture, when it is made of the picture itself.
#pragma once

#include "fit.h"
#include "image.h"

// Whether the plan leaves room beside the picture.
bool backdrop_is_needed(const struct fit_plan *plan);
// Fills that room in `out` (IMAGE_RGB, the picture is in its place already) as the job's options
// say: nothing for a colour, the nearest pixel of the picture for CODEC_EDGE, for CODEC_BLUR the
// source itself, filling all, out of focus.
int backdrop_fill(struct run *run, const struct image *source, const struct fit_plan *plan,
                  struct image *out);
