// kernel.h - the two inner loops of resampling, where nearly all of its time goes. SSE2 is part of
// every x86-64; elsewhere the compiler makes what it can of plain C. Both give the same bytes.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define KERNEL_BLOCK 16 // columns that kernel_rows makes at once
#define KERNEL_TAPS 8  // windows of kernel_columns are padded with weights of 0 to a multiple of it
#define KERNEL_SHIFT 8 // bits that kernel_rows drops, rounded
#define KERNEL_BITS 20 // and kernel_columns

#ifdef __SSE2__

// out[i] = sum of weights[t] * rows[t * stride + i], for KERNEL_BLOCK columns.
static inline void kernel_rows(const uint8_t *rows, size_t stride, const int16_t *weights, int taps,
                               int16_t *out)
{
    const __m128i zero = _mm_setzero_si128(), half = _mm_set1_epi32(1 << (KERNEL_SHIFT - 1));
    __m128i sum[4] = {half, half, half, half};
    for (int t = 0; t < taps; t += 2, rows += 2 * stride) {
        // Two rows interleaved, so that one multiplication takes both.
        bool pair = t + 1 < taps;
        __m128i a = _mm_loadu_si128((const __m128i *)rows);
        __m128i b = pair ? _mm_loadu_si128((const __m128i *)(rows + stride)) : zero;
        uint32_t both = (uint16_t)weights[t] | (uint32_t)(uint16_t)(pair ? weights[t + 1] : 0)
                                                   << 16;
        __m128i weight = _mm_set1_epi32((int)both);
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

static inline __m128i kernel_window(const int16_t *in, const int16_t *weights, int taps)
{
    __m128i sum = _mm_setzero_si128();
    for (int t = 0; t < taps; t += KERNEL_TAPS)
        sum = _mm_add_epi32(sum, _mm_madd_epi16(_mm_loadu_si128((const __m128i *)(in + t)),
                                                _mm_loadu_si128((const __m128i *)(weights + t))));
    return sum;
}

// out[i] = sum of weights[i * taps + t] * in[first[i] + t], for 4 positions.
static inline void kernel_columns(const int16_t *in, const int *first, const int16_t *weights,
                                  int taps, uint8_t *out)
{
    __m128i a = kernel_window(in + first[0], weights, taps);
    __m128i b = kernel_window(in + first[1], weights + taps, taps);
    __m128i c = kernel_window(in + first[2], weights + 2 * taps, taps);
    __m128i d = kernel_window(in + first[3], weights + 3 * taps, taps);
    __m128i ab = _mm_add_epi32(_mm_unpacklo_epi32(a, b), _mm_unpackhi_epi32(a, b));
    __m128i cd = _mm_add_epi32(_mm_unpacklo_epi32(c, d), _mm_unpackhi_epi32(c, d));
    __m128i all = _mm_add_epi32(_mm_unpacklo_epi64(ab, cd), _mm_unpackhi_epi64(ab, cd));
    all = _mm_srai_epi32(_mm_add_epi32(all, _mm_set1_epi32(1 << (KERNEL_BITS - 1))), KERNEL_BITS);
    all = _mm_packus_epi16(_mm_packs_epi32(all, all), all);
    int bytes = _mm_cvtsi128_si32(all);
    memcpy(out, &bytes, 4);
}

#else

static inline void kernel_rows(const uint8_t *rows, size_t stride, const int16_t *weights, int taps,
                               int16_t *out)
{
    int32_t sum[KERNEL_BLOCK];
    for (int i = 0; i < KERNEL_BLOCK; i++)
        sum[i] = 1 << (KERNEL_SHIFT - 1);
    for (int t = 0; t < taps; t++, rows += stride)
        for (int i = 0; i < KERNEL_BLOCK; i++)
            sum[i] += weights[t] * rows[i];
    for (int i = 0; i < KERNEL_BLOCK; i++)
        out[i] = (int16_t)(sum[i] >> KERNEL_SHIFT);
}

static inline void kernel_columns(const int16_t *in, const int *first, const int16_t *weights,
                                  int taps, uint8_t *out)
{
    for (int i = 0; i < 4; i++, weights += taps) {
        int32_t sum = 1 << (KERNEL_BITS - 1);
        for (int t = 0; t < taps; t++)
            sum += weights[t] * in[first[i] + t];
        sum >>= KERNEL_BITS;
        out[i] = sum < 0 ? 0 : sum > 255 ? 255 : (uint8_t)sum;
    }
}

#endif
