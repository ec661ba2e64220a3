// kernel_avx2.c - the inner loops of resampling for processors since 2013. The rest of the program
// is not compiled for them, so these functions alone say what they need.
#ifdef __x86_64__
#include "kernel.h"

#include <immintrin.h>
#include <stdbool.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2")))

// Two neighbouring weights, for each pair of 16 bits.
AVX2 static inline __m256i two_weights(const int16_t *weights, bool second)
{
    int32_t both;
    memcpy(&both, weights, sizeof both);
    return _mm256_set1_epi32(second ? both : both & 0xFFFF);
}

AVX2 static inline void sum_block(const uint8_t *rows, size_t stride, const int16_t *weights,
                                  int taps, int16_t *out)
{
    const __m256i zero = _mm256_setzero_si256(), half = _mm256_set1_epi32(1 << (KERNEL_SHIFT - 1));
    __m256i s0 = half, s1 = half, s2 = half, s3 = half;
    for (int t = 0; t < taps; t += 2, rows += 2 * stride) {
        // Two rows interleaved, so that one multiplication takes both.
        bool second = t + 1 < taps;
        __m256i a = _mm256_loadu_si256((const __m256i *)rows);
        __m256i b = _mm256_loadu_si256((const __m256i *)(second ? rows + stride : rows));
        __m256i weight = two_weights(weights + t, second);
        __m256i low = _mm256_unpacklo_epi8(a, b), high = _mm256_unpackhi_epi8(a, b);
        s0 = _mm256_add_epi32(s0, _mm256_madd_epi16(_mm256_unpacklo_epi8(low, zero), weight));
        s1 = _mm256_add_epi32(s1, _mm256_madd_epi16(_mm256_unpackhi_epi8(low, zero), weight));
        s2 = _mm256_add_epi32(s2, _mm256_madd_epi16(_mm256_unpacklo_epi8(high, zero), weight));
        s3 = _mm256_add_epi32(s3, _mm256_madd_epi16(_mm256_unpackhi_epi8(high, zero), weight));
    }
    __m256i low = _mm256_packs_epi32(_mm256_srai_epi32(s0, KERNEL_SHIFT),
                                     _mm256_srai_epi32(s1, KERNEL_SHIFT));
    __m256i high = _mm256_packs_epi32(_mm256_srai_epi32(s2, KERNEL_SHIFT),
                                      _mm256_srai_epi32(s3, KERNEL_SHIFT));
    // All of this kept to the two halves of a register.
    _mm256_storeu_si256((__m256i *)out, _mm256_permute2x128_si256(low, high, 0x20));
    _mm256_storeu_si256((__m256i *)(out + 16), _mm256_permute2x128_si256(low, high, 0x31));
}

AVX2 static void rows_avx2(const uint8_t *rows, size_t stride, const int16_t *weights, int taps,
                           size_t length, int16_t *out)
{
    for (size_t i = 0; i < length; i += KERNEL_BLOCK)
        sum_block(rows + i, stride, weights, taps, out + i);
}

AVX2 static inline __m256i sum_window(const int16_t *in, const int16_t *weights, int room)
{
    __m256i sum = _mm256_setzero_si256();
    int t = 0;
    for (; t + 16 <= room; t += 16)
        sum = _mm256_add_epi32(
            sum, _mm256_madd_epi16(_mm256_loadu_si256((const __m256i *)(in + t)),
                                   _mm256_loadu_si256((const __m256i *)(weights + t))));
    if (t < room) {
        __m128i last = _mm_madd_epi16(_mm_loadu_si128((const __m128i *)(in + t)),
                                      _mm_loadu_si128((const __m128i *)(weights + t)));
        sum = _mm256_add_epi32(sum, _mm256_zextsi128_si256(last));
    }
    return sum;
}

AVX2 static void columns_avx2(const int16_t *in, const int *first, const int16_t *weights, int room,
                              int32_t base, int width, uint8_t *out)
{
    const __m128i start = _mm_set1_epi32(base);
    for (int i = 0; i < width; i += 4, first += 4, weights += 4 * room) {
        __m256i a = sum_window(in + first[0], weights, room);
        __m256i b = sum_window(in + first[1], weights + room, room);
        __m256i c = sum_window(in + first[2], weights + 2 * room, room);
        __m256i d = sum_window(in + first[3], weights + 3 * room, room);
        __m256i both = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
        __m128i all =
            _mm_add_epi32(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
        all = _mm_srai_epi32(_mm_add_epi32(all, start), KERNEL_BITS);
        all = _mm_packus_epi16(_mm_packs_epi32(all, all), all);
        int bytes = _mm_cvtsi128_si32(all);
        if (width - i >= 4)
            memcpy(out + i, &bytes, 4);
        else
            memcpy(out + i, &bytes, (size_t)(width - i));
    }
}

const struct kernel kernel_avx2 = {rows_avx2, columns_avx2};
#endif
