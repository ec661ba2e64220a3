// mp4_private.h - what the readers of boxes share: mp4.c walks, the others read leaves.
#pragma once

#include "report.h"

#define BOX(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))
#define MP4_MAX_TRACKS 64

struct box {
    uint32_t type;
    uint64_t payload, end; // positions in the file
};

// A track while its boxes are read.
struct track {
    uint32_t id;
    uint32_t handler;   // vide, soun, …
    uint32_t timescale; // units of a second
    uint64_t samples, duration;
    uint32_t step; // of most frames, in timescale
    int width, height, rotation;
    int channels, rate;  // of sound
    double pixel_aspect; // width of a pixel by its height, 0 when it is not said
    bool edits;
    uint64_t skipped; // by its edit list, in timescale
    uint64_t delayed; // the same, in the film's timescale
    bool cut;         // it has more edits than these
    char codec[8];
};

// Of a film in fragments: what its index leaves to them.
struct fragments {
    bool any;
    unsigned known; // of the following
    struct {
        uint32_t track, step; // how long a frame lasts when its fragment does not say
    } defaults[MP4_MAX_TRACKS];
    uint32_t movie, movie_timescale; // the track that is the picture, 0: none yet
    uint32_t track, step;            // of the fragment in hand
    uint64_t samples, duration;      // of the picture, in all fragments
    uint32_t last, usual;            // how long its last frame lasts, and those of the longest run
    uint64_t run, longest;           // frames of the same length in a row: now, and at most
    uint64_t claimed;                // for the whole, in the film's timescale
};

struct movie {
    struct run *run;
    struct track *track;    // inside a trak
    unsigned boxes, tracks; // met so far
    uint64_t moov, mdat;    // 1 + position, 0 until met
    uint32_t timescale;
    uint64_t duration;
    struct fragments fragments;
    uint64_t searched; // bytes of words
    bool pictures;     // a sequence of them is looked for, no video
};

// Reads up to `want` bytes of a payload; a shorter one is zero-filled. The number read, or -1.
int mp4_payload(struct movie *m, const struct box *box, uint8_t *bytes, size_t want);
// The same where `needed` bytes must be there: 0, or -1 and it is reported.
int mp4_fields(struct movie *m, const struct box *box, uint8_t *bytes, size_t want, int needed);
// Reports that the box is too short. -1.
int mp4_damaged(struct movie *m, const struct box *box);

// The first sample entry of the track in hand: its name, size, sound.
int mp4_read_stsd(struct movie *m, const struct box *box);

// What stands beside the film in a box of words: bits of codec_extra go to the facts.
int mp4_search_words(struct movie *m, const struct box *box);

// A leaf of a fragment, or of what the index says of them; others are left alone.
int mp4_read_fragment(struct movie *m, const struct box *box);
