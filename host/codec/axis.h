// axis.h - along one side of a picture: which source positions make an output position, and how
// much each counts, by Lanczos3.
#pragma once

#include "report.h"

#define AXIS_LOBES 3
#define AXIS_STEPS 512 // of the curve for each lobe

// Sines for each weight would take longer than the resampling.
struct curve {
    double at[AXIS_LOBES * AXIS_STEPS + 2];
};

struct axis {
    int taps, room;   // weights that count, and those that are stored
    int *first;       // owned; three more than positions, as for the weights
    int16_t *weights; // owned: `room` for each output position
};

// Where an output position lies in the source: from + (i + 0.5) * scale.
struct mapping {
    double from, scale;
};

void axis_fill_curve(struct curve *curve);
// For `out` positions in a source with `limit` positions; the weights sum to `gain`, 1 or little
// more. axis_free is due, also when it fails.
int axis_make(struct run *run, const struct curve *curve, struct axis *axis, struct mapping map,
              int out, int limit, double gain);
// Accepts a zeroed one.
void axis_free(struct axis *axis);
