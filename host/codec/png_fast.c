// png_fast.c - the pixels of the common kind of PNG. What it reads comes from anybody: lengths are
// checked before anything is read by them, and any doubt is an end.
#include "png_fast.h"

#include "input.h"
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define CHUNK_FRAME 12 // length, name and sum around a chunk's bytes

// The stream of pixels: where it is in the file, or joined when it is in several chunks.
struct stream {
    const uint8_t *bytes;
    uint8_t *joined; // owned, or NULL
    size_t length;
};

// The next chunk at *at: false at the end, or when its sum is wrong.
static bool next_chunk(const uint8_t *bytes, size_t length, size_t *at, const uint8_t **chunk,
                       size_t *size)
{
    if (length - *at < CHUNK_FRAME)
        return false;
    *chunk = bytes + *at + 4;
    *size = input_be32(bytes + *at);
    if (*size > length - *at - CHUNK_FRAME ||
        libdeflate_crc32(0, *chunk, *size + 4) != input_be32(*chunk + 4 + *size))
        return false;
    *at += CHUNK_FRAME + *size;
    return true;
}

// Chunks of pixels follow each other; the sum of all of them is at most the file's length.
static bool find_stream(const uint8_t *bytes, size_t length, struct stream *stream)
{
    const uint8_t *chunk;
    size_t at = 8, size, count = 0;
    while (next_chunk(bytes, length, &at, &chunk, &size)) {
        if (memcmp(chunk, "IDAT", 4) != 0) {
            if (count > 0)
                return true;
            continue;
        }
        if (count++ == 0) {
            stream->bytes = chunk + 4;
            stream->length = size;
            continue;
        }
        if (count == 2) {
            stream->joined = malloc(length);
            if (stream->joined == NULL)
                return false;
            memcpy(stream->joined, stream->bytes, stream->length);
            stream->bytes = stream->joined;
        }
        memcpy(stream->joined + stream->length, chunk + 4, size);
        stream->length += size;
    }
    return false; // no IEND, or a sum that is wrong
}

// Exactly the bytes that the size asks for.
static bool inflate(const struct stream *stream, uint8_t *out, size_t length)
{
    size_t got = 0;
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    bool whole = d && libdeflate_zlib_decompress(d, stream->bytes, stream->length, out, length,
                                                 &got) == LIBDEFLATE_SUCCESS;
    libdeflate_free_decompressor(d);
    return whole && got == length;
}

// ---- filters ------------------------------------------------------------------------------------
// Each is undone in place; `step` is the number of channels.

static void undo_sub(uint8_t *row, size_t length, size_t step)
{
    for (size_t i = step; i < length; i++)
        row[i] = (uint8_t)(row[i] + row[i - step]);
}

static void undo_up(uint8_t *restrict row, const uint8_t *restrict above, size_t length)
{
    for (size_t i = 0; i < length; i++)
        row[i] = (uint8_t)(row[i] + above[i]);
}

static void undo_average(uint8_t *restrict row, const uint8_t *restrict above, size_t length,
                         size_t step)
{
    for (size_t i = 0; i < step; i++)
        row[i] = (uint8_t)(row[i] + above[i] / 2);
    for (size_t i = step; i < length; i++)
        row[i] = (uint8_t)(row[i] + (row[i - step] + above[i]) / 2);
}

static uint8_t nearest(int left, int above, int corner)
{
    int a = abs(above - corner), b = abs(left - corner), c = abs(left + above - 2 * corner);
    return (uint8_t)(a <= b && a <= c ? left : b <= c ? above : corner);
}

static void undo_paeth(uint8_t *restrict row, const uint8_t *restrict above, size_t length,
                       size_t step)
{
    for (size_t i = 0; i < step; i++)
        row[i] = (uint8_t)(row[i] + above[i]);
    for (size_t i = step; i < length; i++)
        row[i] = (uint8_t)(row[i] + nearest(row[i - step], above[i], above[i - step]));
}

#ifdef __SSE2__

// Four bytes, whatever the step: to put three together would take longer than all the rest. Every
// row is followed by a byte at least.
static inline __m128i load_bytes(const uint8_t *pixel)
{
    int bytes;
    memcpy(&bytes, pixel, sizeof bytes);
    return _mm_cvtsi32_si128(bytes);
}

static inline __m128i load(const uint8_t *pixel)
{
    return _mm_unpacklo_epi8(load_bytes(pixel), _mm_setzero_si128());
}

static inline __m128i distance(__m128i a, __m128i b)
{
    __m128i apart = _mm_sub_epi16(a, b);
    return _mm_max_epi16(apart, _mm_sub_epi16(_mm_setzero_si128(), apart));
}

static inline __m128i choose(__m128i mask, __m128i yes, __m128i no)
{
    return _mm_or_si128(_mm_and_si128(mask, yes), _mm_andnot_si128(mask, no));
}

// These take the channels of a pixel at once.
static inline void undo_average_fast(uint8_t *row, const uint8_t *above, size_t length, size_t step)
{
    const __m128i ones = _mm_set1_epi8(1);
    __m128i left = _mm_setzero_si128();
    for (size_t i = 0; i < length; i += step) {
        __m128i up = load_bytes(above + i);
        __m128i half = _mm_and_si128(_mm_xor_si128(left, up), ones); // the instruction rounds up
        __m128i guess = _mm_sub_epi8(_mm_avg_epu8(left, up), half);
        left = _mm_add_epi8(load_bytes(row + i), guess);
        int bytes = _mm_cvtsi128_si32(left);
        memcpy(row + i, &bytes, step);
    }
}

static inline void undo_paeth_fast(uint8_t *row, const uint8_t *above, size_t length, size_t step)
{
    __m128i left = _mm_setzero_si128(), corner = left;
    for (size_t i = 0; i < length; i += step) {
        __m128i up = load(above + i);
        __m128i a = distance(up, corner), b = distance(left, corner);
        __m128i c = distance(_mm_add_epi16(left, up), _mm_add_epi16(corner, corner));
        __m128i least = _mm_min_epi16(c, _mm_min_epi16(a, b));
        __m128i guess = choose(_mm_cmpeq_epi16(least, b), up, corner);
        guess = choose(_mm_cmpeq_epi16(least, a), left, guess);
        left = _mm_add_epi8(load(row + i), guess); // the upper halves stay 0
        corner = up;
        int bytes = _mm_cvtsi128_si32(_mm_packus_epi16(left, left));
        memcpy(row + i, &bytes, step);
    }
}

#endif

static bool undo(int filter, uint8_t *row, const uint8_t *above, size_t length, size_t step)
{
    switch (filter) {
    case 0:
        return true;
    case 1:
        undo_sub(row, length, step);
        return true;
    case 2:
        undo_up(row, above, length);
        return true;
    case 3:
#ifdef __SSE2__
        if (step == 3)
            undo_average_fast(row, above, length, 3);
        else if (step == 4)
            undo_average_fast(row, above, length, 4);
        else
#endif
            undo_average(row, above, length, step);
        return true;
    case 4:
#ifdef __SSE2__
        if (step == 3)
            undo_paeth_fast(row, above, length, 3);
        else if (step == 4)
            undo_paeth_fast(row, above, length, 4);
        else
#endif
            undo_paeth(row, above, length, step);
        return true;
    default:
        return false;
    }
}

// Before each row stands a byte that names its filter. Rows close up as soon as the next one does
// not need them any more.
static bool undo_filters(uint8_t *block, size_t stride, size_t height, size_t step)
{
    uint8_t *above = calloc(stride + 1, 1), *zeros = above;
    bool good = zeros != NULL;
    for (size_t y = 0; good && y < height; y++) {
        uint8_t *row = block + y * (stride + 1) + 1;
        good = undo(row[-1], row, above, stride, step);
        if (y > 0)
            memmove(block + (y - 1) * stride, above, stride);
        above = row;
    }
    if (good)
        memmove(block + (height - 1) * stride, above, stride);
    free(zeros);
    return good;
}

bool png_fast_decode(const uint8_t *bytes, size_t length, struct image *image)
{
    struct stream stream = {0};
    size_t stride = image_stride(image), height = (size_t)image->height;
    size_t total = (stride + 1) * height;
    uint8_t *block = malloc(total + IMAGE_PADDING);
    bool good = block && find_stream(bytes, length, &stream) && inflate(&stream, block, total) &&
                undo_filters(block, stride, height, image_channels(image->layout));
    free(stream.joined);
    if (!good) {
        free(block);
        return false;
    }
    memset(block + stride * height, 0, IMAGE_PADDING);
    image->pixels = block;
    return true;
}
