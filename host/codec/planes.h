// planes.h - pictures that go from plane to plane: what the codecs store is the same, so RGB
// between them would only cost time and sharpness.
#pragma once

#include "fit.h"
#include "yuv.h"

// As decoded, on the background: turned only after it was fitted, when it is small.
struct planes {
    struct yuv yuv;
    struct turn turn;
    int width, height; // of the source, upright
    int reduction;     // source pixels along a side of one of `yuv`
};

// Whether the source, whose facts are known, can go this way to that plan; 1 or 0, -1: failed.
int planes_take(struct run *run, const uint8_t *bytes, size_t length, const struct fit_plan *plan);
// Decodes as much of it as the plan needs; yuv_free is due, also when it fails.
int planes_decode(struct run *run, const uint8_t *bytes, size_t length, const struct fit_plan *plan,
                  struct planes *planes);
// The picture as planned, upright, allocated here.
int planes_fit(struct run *run, const struct planes *planes, const struct fit_plan *plan,
               struct yuv *out);
// Whether there is nothing to be done for it.
bool planes_are_fit(const struct planes *planes, const struct fit_plan *plan);
