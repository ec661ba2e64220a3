// kernel.c - the inner loops of resampling in plain C, and which of all is taken.
#include "kernel.h"

static void rows_plain(const uint8_t *rows, size_t stride, const int16_t *weights, int taps,
                       size_t length, int16_t *out)
{
    for (size_t i = 0; i < length; i += KERNEL_BLOCK) {
        int32_t sum[KERNEL_BLOCK];
        for (int j = 0; j < KERNEL_BLOCK; j++)
            sum[j] = 1 << (KERNEL_SHIFT - 1);
        const uint8_t *row = rows + i;
        for (int t = 0; t < taps; t++, row += stride)
            for (int j = 0; j < KERNEL_BLOCK; j++)
                sum[j] += weights[t] * row[j];
        for (int j = 0; j < KERNEL_BLOCK; j++)
            out[i + (size_t)j] = (int16_t)(sum[j] >> KERNEL_SHIFT);
    }
}

static void columns_plain(const int16_t *in, const int *first, const int16_t *weights, int room,
                          int32_t base, int width, uint8_t *out)
{
    for (int i = 0; i < width; i++, weights += room) {
        int32_t sum = base;
        for (int t = 0; t < room; t++)
            sum += weights[t] * in[first[i] + t];
        sum >>= KERNEL_BITS;
        out[i] = sum < 0 ? 0 : sum > 255 ? 255 : (uint8_t)sum;
    }
}

const struct kernel kernel_plain = {rows_plain, columns_plain};

const struct kernel *kernel_choose(void)
{
#ifdef __x86_64__
    return __builtin_cpu_supports("avx2") ? &kernel_avx2 : &kernel_sse2;
#else
    return &kernel_plain;
#endif
}
