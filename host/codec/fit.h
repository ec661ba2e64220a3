// fit.h - which part of a picture goes where, and how large. Arithmetic only.
#pragma once

#include "report.h"
#include "turn.h"

struct fit_plan {
    int width, height;     // of the result
    int x, y, w, h;        // where the picture stands in it; the rest is background
    double from_x, from_y; // which part of the upright source is shown
    double from_w, from_h;
    // Pixels of the result by which chroma at half size stands further left and up, 0 or 1.
    int chroma_x, chroma_y;
};

// Plans for an upright source. `shrink` (0 to 1) asks for a smaller result than the limits do.
// The result's width / height lies inside min_ratio..max_ratio exactly. 0, or -1 with the cause.
int fit_plan(struct run *run, int width, int height, double shrink, struct fit_plan *plan);
// Whether the result is the source, pixel for pixel.
bool fit_is_identity(const struct fit_plan *plan, int width, int height);
// The same part of the same picture before it is turned, with nothing beside it. Where it will be
// mirrored and has an odd side, pairs of pixels begin at the other end: chroma has to be there.
struct fit_plan fit_before_turn(const struct fit_plan *plan, struct turn turn, int width,
                                int height);
