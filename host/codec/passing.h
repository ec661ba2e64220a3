// passing.h - a JPEG that is fit already keeps its blocks.
#pragma once

#include "fit.h"
#include "jpeg.h"

// 1: `result` has the file, new, 0: it must be encoded, -1: failed. The picture has been decoded
// without a complaint, so it is whole.
int passing(struct run *run, const uint8_t *bytes, size_t length, const struct fit_plan *plan,
            struct jpeg_result *result);
