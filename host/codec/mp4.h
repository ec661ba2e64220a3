// mp4.h - what an MP4 or MOV file is, from its boxes.
#pragma once

#include "report.h"

// Fills the video part of run->answer->facts (format and size are set by the caller). Reads box
// headers and a few fixed fields by position, never the whole file. 0, or -1 with the cause.
int mp4_probe(struct run *run);
// Of HEIC or AVIF: how many frames a sequence has, and how long it lasts. Leaves the facts alone
// where there is none that can be read: the picture beside it is what counts.
void mp4_sequence(struct run *run);
