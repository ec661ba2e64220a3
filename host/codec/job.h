// job.h - the whole of what the host knows of the codecs: one job in, one answer out.
//
// Plain C data, so that a job can run on a thread or in a sandboxed worker process without a change
// above. Nothing here keeps state between jobs; several may run at once on different threads.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CODEC_MAX_SIDE 16383      // the longest side VP8 can have, and a bound for everybody else
#define CODEC_MAX_PIXELS 64000000 // default of codec_options.max_pixels
#define CODEC_PIXELS_CEILING ((int64_t)CODEC_MAX_SIDE * CODEC_MAX_SIDE)
#define CODEC_MAX_FILE (256u << 20) // bytes of a picture file
#define CODEC_MAX_ICC (4u << 20)
#define CODEC_MAX_FRAMES 10000
#define CODEC_MAX_SCANS 64 // of a progressive JPEG; ordinary ones have about 10

// CODEC_ASK looks at no source: the answer's message says which decoders libheif has.
// CODEC_FRAMES makes a film (film.h) of an animation.
enum codec_kind { CODEC_PROBE, CODEC_CONVERT, CODEC_ASK, CODEC_FRAMES };
// Two kinds of worker: HEIC and AVIF have one whose libraries are large and rarely wanted.
enum codec_family { CODEC_BUILT_IN, CODEC_HEIF };
#define CODEC_FAMILIES 2
enum codec_fit { CODEC_PAD, CODEC_CROP, CODEC_NONE };
enum codec_backdrop { CODEC_COLOUR, CODEC_BLUR, CODEC_EDGE }; // beside a padded picture

// What went wrong: the kinds of error that scripts see, and two that only the host can name.
enum codec_status {
    CODEC_OK,
    CODEC_FORMAT,  // no medium, damaged, or not what was asked for
    CODEC_LIMIT,   // larger than the caller allows
    CODEC_IO,      // the file could not be read; `code` says why
    CODEC_MEMORY,  // too little memory here
    CODEC_STOPPED, // the caller asked for an end
};

// What may stay beside a picture.
enum codec_keep { CODEC_KEEP_ARTIST = 1, CODEC_KEEP_COPYRIGHT = 2, CODEC_KEEP_ICC = 4 };

struct codec_options {
    int quality; // 1 to 100
    enum codec_fit fit;
    enum codec_backdrop backdrop;
    double focus_x, focus_y;     // CODEC_CROP: what stays in the middle, 0 to 1
    uint8_t background[3];       // R, G, B
    int min_width, max_width;    // of the result; 0: no limit
    double min_ratio, max_ratio; // width / height of the result; 0: no limit
    size_t max_bytes;            // of the result; 0: no limit
    uint64_t max_pixels;         // of the source, and of the result
    unsigned keep;               // of codec_keep
    int width, height;           // of a film; 0: as the animation has them
    double min_duration;         // of a film, seconds: it is repeated as a whole until then
    bool passthrough;            // a JPEG that is already fit keeps its scan data, byte for byte
};

// What a file holds beside its picture; of a conversion, what did not go into the result.
enum codec_extra {
    CODEC_GPS = 1 << 0,
    CODEC_EXIF = 1 << 1,
    CODEC_XMP = 1 << 2,
    CODEC_IPTC = 1 << 3,
    CODEC_THUMBNAIL = 1 << 4, // or a preview: shows what was cropped away
    CODEC_SERIAL = 1 << 5,    // numbers of camera or lens
    CODEC_COMMENT = 1 << 6,
    CODEC_ICC = 1 << 7,
    CODEC_TRAILER = 1 << 8, // bytes after the end of the picture
    CODEC_OTHER = 1 << 9,   // of programs we do not know
};
#define CODEC_EXTRAS 10 // how many there are

// Words of EXIF, IPTC or XMP: UTF-8, empty when there are none, cut when they are too long.
struct codec_words {
    char title[200];
    char description[1000];
    char keywords[400]; // one per line
    char artist[160];
    char copyright[200];
    char date[40]; // as ISO 8601 where the file says it well
};

struct codec_facts {
    char format[8];
    char colour[8];   // pictures: how colours are stored: grey rgb palette ycbcr cmyk ycck
    int depth;        // pictures: bits of a sample
    char profile[80]; // what the embedded colour profile calls itself; empty without one
    uint32_t extras;  // of codec_extra
    struct codec_words words;
    uint64_t moov; // video: where the index stands
    bool video;
    bool alpha;
    bool progressive; // JPEG
    bool icc;
    bool faststart;    // video: the index stands before the data
    bool edit_list;    // video: a track is shifted or cut by an edit list
    int width, height; // as stored
    int orientation;   // EXIF 1 to 8
    int components;    // JPEG, else 0
    int rotation;      // video: 0, 90, 180 or 270, clockwise
    uint64_t frames;
    double duration; // video and animation: seconds, else 0
    double fps;      // video, 0 when unknown
    char codec[8];   // video: sample entry names such as "avc1"; empty when there is no such track
    char audio_codec[8];
    int audio_channels, audio_rate; // 0 when unknown
    double edit_shift;              // video: seconds by which edit lists move or cut a track
    double pixel_aspect;            // video: width of a pixel by its height, 0 when it is not said
    uint64_t size;
};

struct codec_job {
    enum codec_kind kind;
    struct codec_options options;
    // The source: bytes, or when NULL an open descriptor, read by position. Both borrowed.
    const uint8_t *bytes;
    int fd;
    uint64_t size;
    // Asked now and then from the job's own thread; true ends it. May be NULL.
    bool (*stopped)(void *context);
    // Takes bytes of the result, which begin at `at` of it; a new attempt begins at 0 again. False
    // ends the job. When the function is NULL, the answer's jpeg is allocated.
    bool (*store)(void *context, size_t at, const uint8_t *bytes, size_t length);
    void *context;
};

struct codec_answer {
    enum codec_status status;
    int code; // CODEC_IO: negative errno-style code
    char message[200];
    struct codec_facts facts;
    // Conversion only, or a film.
    uint32_t removed; // of codec_extra: in the source, not in the result
    unsigned kept;    // of codec_keep
    uint8_t *jpeg;    // or film; owned, malloc; NULL when the job stored the bytes
    size_t jpeg_length;
    int width, height;
    int quality;     // as used; 0 when the picture was passed through
    double duration; // of a film, seconds
    bool turned;     // passed through, but turned upright block by block
};

// Runs a job to its end. The answer is written whole, whatever happens; codec_answer_free is due.
void codec_run(const struct codec_job *job, struct codec_answer *answer);
// Accepts an answer that was zeroed or already freed.
void codec_answer_free(struct codec_answer *answer);
