// kernel_sse2.c - the inner loops of resampling for every x86-64.
#ifdef __x86_64__
#include "kernel.h"

#include <emmintrin.h>
#include <stdbool.h>
#include <string.h>

// Two neighbouring weights, for each pair of 16 bits.
static __m128i two_weights(const int16_t *weights, bool second)
{
    int32_t both;
    memcpy(&both, weights, sizeof both);
    return _mm_set1_epi32(second ? both : both & 0xFFFF);
}

static void sum_block(const uint8_t *rows, size_t stride, const int16_t *weights, int taps,
                      int16_t *out)
{
    const __m128i zero = _mm_setzero_si128(), half = _mm_set1_epi32(1 << (KERNEL_SHIFT - 1));
    __m128i sum[4] = {half, half, half, half};
    for (int t = 0; t < taps; t += 2, rows += 2 * stride) {
        // Two rows interleaved, so that one multiplication takes both.
        bool second = t + 1 < taps;
        __m128i a = _mm_loadu_si128((const __m128i *)rows);
        __m128i b = _mm_loadu_si128((const __m128i *)(second ? rows + stride : rows));
        __m128i weight = two_weights(weights + t, second);
        __m128i low = _mm_unpacklo_epi8(a, b), high = _mm_unpackhi_epi8(a, b);
        sum[0] = _mm_add_epi32(sum[0], _mm_madd_epi16(_mm_unpacklo_epi8(low, zero), weight));
        sum[1] = _mm_add_epi32(sum[1], _mm_madd_epi16(_mm_unpackhi_epi8(low, zero), weight));
        sum[2] = _mm_add_epi32(sum[2], _mm_madd_epi16(_mm_unpacklo_epi8(high, zero), weight));
        sum[3] = _mm_add_epi32(sum[3], _mm_madd_epi16(_mm_unpackhi_epi8(high, zero), weight));
    }
    for (int i = 0; i < 4; i++)
        sum[i] = _mm_srai_epi32(sum[i], KERNEL_SHIFT);
    _mm_storeu_si128((__m128i *)out, _mm_packs_epi32(sum[0], sum[1]));
    _mm_storeu_si128((__m128i *)(out + 8), _mm_packs_epi32(sum[2], sum[3]));
}

static void rows_sse2(const uint8_t *rows, size_t stride, const int16_t *weights, int taps,
                      size_t length, int16_t *out)
{
    for (size_t i = 0; i < length; i += 16)
        sum_block(rows + i, stride, weights, taps, out + i);
}

static __m128i sum_window(const int16_t *in, const int16_t *weights, int room)
{
    __m128i sum = _mm_setzero_si128();
    for (int t = 0; t < room; t += KERNEL_TAPS)
        sum = _mm_add_epi32(sum, _mm_madd_epi16(_mm_loadu_si128((const __m128i *)(in + t)),
                                                _mm_loadu_si128((const __m128i *)(weights + t))));
    return sum;
}

static void columns_sse2(const int16_t *in, const int *first, const int16_t *weights, int room,
                         int32_t base, int width, uint8_t *out)
{
    const __m128i start = _mm_set1_epi32(base);
    for (int i = 0; i < width; i += 4, first += 4, weights += 4 * room) {
        __m128i a = sum_window(in + first[0], weights, room);
        __m128i b = sum_window(in + first[1], weights + room, room);
        __m128i c = sum_window(in + first[2], weights + 2 * room, room);
        __m128i d = sum_window(in + first[3], weights + 3 * room, room);
        __m128i ab = _mm_add_epi32(_mm_unpacklo_epi32(a, b), _mm_unpackhi_epi32(a, b));
        __m128i cd = _mm_add_epi32(_mm_unpacklo_epi32(c, d), _mm_unpackhi_epi32(c, d));
        __m128i all = _mm_add_epi32(_mm_unpacklo_epi64(ab, cd), _mm_unpackhi_epi64(ab, cd));
        all = _mm_srai_epi32(_mm_add_epi32(all, start), KERNEL_BITS);
        all = _mm_packus_epi16(_mm_packs_epi32(all, all), all);
        int bytes = _mm_cvtsi128_si32(all);
        memcpy(out + i, &bytes, width - i < 4 ? (size_t)(width - i) : 4);
    }
}

const struct kernel kernel_sse2 = {rows_sse2, columns_sse2};
#endif
