// kernel.h - the two inner loops of resampling, where nearly all of its time goes: for AVX2, for
// SSE2, and in plain C. All give the same bytes.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define KERNEL_BLOCK 32 // columns: rows are read, and sums written, up to a multiple of it
#define KERNEL_TAPS 8   // windows are padded with weights of 0 to a multiple of it
#define KERNEL_SHIFT 8  // bits that a sum of rows drops, rounded
#define KERNEL_BITS 20  // and one of columns, rounded by what `base` has of it

struct kernel {
    // out[i] = sum of weights[t] * rows[t * stride + i], for `length` columns.
    void (*rows)(const uint8_t *rows, size_t stride, const int16_t *weights, int taps,
                 size_t length, int16_t *out);
    // out[i] = base + sum of weights[i * room + t] * in[first[i] + t], for `width` positions.
    // `first` and `weights` have three more.
    void (*columns)(const int16_t *in, const int *first, const int16_t *weights, int room,
                    int32_t base, int width, uint8_t *out);
};

extern const struct kernel kernel_plain;
// The fastest that this processor can run.
const struct kernel *kernel_choose(void);

#ifdef __x86_64__
extern const struct kernel kernel_sse2, kernel_avx2;
#endif
