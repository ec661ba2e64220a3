// convert.h - the fixed order of a conversion: decode, turn, sRGB, flatten, fit, encode.
#pragma once

#include "report.h"

// For a picture whose facts are in run->answer. Fills the answer's conversion part.
int convert(struct run *run, const uint8_t *bytes, size_t length);
