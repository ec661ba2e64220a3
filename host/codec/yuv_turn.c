// yuv_turn.c - planes made upright. Rows and columns are changed over in squares, so that each line
// of the cache is fetched once.
#include "yuv.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define SQUARE 8

// A plane to be filled, and where its samples come from: steps to the next one across and down.
struct way {
    uint8_t *to;
    const uint8_t *from;
    size_t stride;
    int width, height;
    ptrdiff_t across, down;
};

static void copy_part(const struct way *way, int left, int top, int width, int height)
{
    for (int y = top; y < top + height; y++) {
        const uint8_t *in = way->from + left * way->across + y * way->down;
        uint8_t *out = way->to + (size_t)y * way->stride + (size_t)left;
        for (int x = 0; x < width; x++, in += way->across)
            out[x] = *in;
    }
}

#ifdef __SSE2__

static __m128i load_pair(const uint8_t *one, const uint8_t *other)
{
    return _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i *)one),
                             _mm_loadl_epi64((const __m128i *)other));
}

// 8 stored rows become 8 columns.
static void transpose_square(const struct way *way, int left, int top)
{
    // Stored rows go on to the right, whichever way the result goes down.
    const uint8_t *in =
        way->from + left * way->across + (way->down < 0 ? top + SQUARE - 1 : top) * way->down;
    __m128i ab = load_pair(in, in + way->across);
    __m128i cd = load_pair(in + 2 * way->across, in + 3 * way->across);
    __m128i ef = load_pair(in + 4 * way->across, in + 5 * way->across);
    __m128i gh = load_pair(in + 6 * way->across, in + 7 * way->across);
    __m128i low = _mm_unpacklo_epi16(ab, cd), high = _mm_unpackhi_epi16(ab, cd);
    __m128i low2 = _mm_unpacklo_epi16(ef, gh), high2 = _mm_unpackhi_epi16(ef, gh);
    const __m128i columns[4] = {_mm_unpacklo_epi32(low, low2), _mm_unpackhi_epi32(low, low2),
                                _mm_unpacklo_epi32(high, high2), _mm_unpackhi_epi32(high, high2)};
    for (int i = 0; i < SQUARE; i++) {
        int y = top + (way->down < 0 ? SQUARE - 1 - i : i);
        __m128i two = columns[i / 2];
        _mm_storel_epi64((__m128i *)(way->to + (size_t)y * way->stride + (size_t)left),
                         i % 2 ? _mm_unpackhi_epi64(two, two) : two);
    }
}

#else

static void transpose_square(const struct way *way, int left, int top)
{
    copy_part(way, left, top, SQUARE, SQUARE);
}

#endif

static void transpose(const struct way *way)
{
    int width = way->width / SQUARE * SQUARE, height = way->height / SQUARE * SQUARE;
    for (int y = 0; y < height; y += SQUARE)
        for (int x = 0; x < width; x += SQUARE)
            transpose_square(way, x, y);
    copy_part(way, width, 0, way->width - width, height);
    copy_part(way, 0, height, way->width, way->height - height);
}

void yuv_turn(const struct yuv *from, struct turn turn, const struct yuv *to, int x, int y)
{
    for (int p = 0; p < 3; p++) {
        int half = yuv_is_chroma(p) ? 2 : 1;
        int width = yuv_side(p, from->width), height = yuv_side(p, from->height);
        ptrdiff_t stride = (ptrdiff_t)from->stride[p];
        struct way way = {.to = to->plane[p] + (size_t)(y / half) * to->stride[p] +
                                (size_t)(x / half),
                          .from = from->plane[p],
                          .stride = to->stride[p],
                          .width = turn.transpose ? height : width,
                          .height = turn.transpose ? width : height,
                          .across = turn.transpose ? stride : 1,
                          .down = turn.transpose ? 1 : stride};
        if (turn.mirror_x)
            way.from += (way.width - 1) * way.across, way.across = -way.across;
        if (turn.mirror_y)
            way.from += (way.height - 1) * way.down, way.down = -way.down;
        if (turn.transpose)
            transpose(&way);
        else
            copy_part(&way, 0, 0, way.width, way.height);
    }
}
