// jpeg.h - libjpeg-turbo, in and out.
// The library leaves by longjmp; each function here catches that itself and frees all it took.
#pragma once

#include "image.h"
#include "yuv.h"

// The header's facts.
int jpeg_probe(struct run *run, const uint8_t *bytes, size_t length);
// Pixels and profile: IMAGE_GREY, IMAGE_RGB or IMAGE_CMYK. Any warning of the decoder that means
// missing picture data is damage.
int jpeg_decode(struct run *run, const uint8_t *bytes, size_t length, struct image *image);
// Whether it consists of planes as struct yuv has them: 8 bits, grey or YCbCr, and chroma at full
// or half size in either direction.
int jpeg_is_planar(struct run *run, const uint8_t *bytes, size_t length, bool *planar);
// The planes of such a file, in full range, damage as above. `reduction` is 1, 2, 4 or 8: so many
// pixels in one along a side, by leaving out frequencies; chroma is left finer then.
int jpeg_decode_planes(struct run *run, const uint8_t *bytes, size_t length, int reduction,
                       struct yuv *yuv);
// Whether it is baseline, 8 bits, Huffman coded, grey or YCbCr: what every reader takes.
int jpeg_is_plain(struct run *run, const uint8_t *bytes, size_t length, bool *plain);

// Turns a plain JPEG that was decoded without a complaint upright for an orientation of 2 to 8, by
// its blocks, without a loss; with a profile when `profile` has one to keep, and nothing else
// beside the picture. NULL when it cannot be done so. Returns new.
uint8_t *jpeg_turn(const uint8_t *bytes, size_t length, int orientation,
                   const struct image *profile, size_t *out_length);

// How to encode, and what came of it. Always baseline.
struct jpeg_result {
    int quality;
    bool full_chroma; // of an image: 4:4:4, else 4:2:0
    size_t limit;     // gives up as soon as so many bytes are passed; 0: none
    bool direct;      // to the job, when it keeps results: for an attempt that will last
    uint8_t *bytes;   // owned by the caller; NULL when the job has them
    size_t length;    // 0: it would pass the limit
};

// Encodes IMAGE_RGB or IMAGE_RGBA, whose alpha is passed over.
int jpeg_encode(struct run *run, const struct image *image, struct jpeg_result *result);
// The same from planes, whose chroma is used as it is.
int jpeg_encode_planes(struct run *run, const struct yuv *yuv, struct jpeg_result *result);

// The same piece by piece, while the picture comes into being.
struct jpeg_writer;
// Returns new, or NULL with the cause. `planes`, or an image of that layout.
struct jpeg_writer *jpeg_open(struct run *run, int width, int height, bool planes,
                              enum image_layout layout, const struct jpeg_result *wish);
// `ready` rows from the top are there: encodes what makes whole strips of them. Returns how many
// rows are not needed any more, or -1: failed, or too long already. All of them end the JPEG.
int jpeg_add(struct jpeg_writer *writer, const struct image *image, int ready);
int jpeg_add_planes(struct jpeg_writer *writer, const struct yuv *yuv, int ready);
// Gives the result of all rows and frees the writer; 0, or -1 with the cause.
int jpeg_close(struct jpeg_writer *writer, struct jpeg_result *result);
