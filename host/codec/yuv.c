// yuv.c - a picture as VP8 stores it: planes of luma, chroma and alpha.
// Inner loops run over blocks of fixed length, which the compiler turns into vector instructions.
#include "yuv.h"

#include "sys/pages.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define BLOCK 32
#define LINE 64 // bytes of the cache: rows that begin at any other place take a percent more time

// Work in blocks reads what follows a row, without effect; it must be numbers all the same.
static void clear_padding(struct yuv *yuv, int plane)
{
    size_t side = (size_t)yuv_width(yuv, plane), stride = yuv->stride[plane];
    for (int y = 0; y < yuv_height(yuv, plane); y++)
        memset(yuv->plane[plane] + (size_t)y * stride + side, 0, stride - side);
}

// For a picture whose shape is set.
static size_t place(struct yuv *yuv, bool alpha, uint8_t *block)
{
    size_t total = 0;
    for (int p = 0; p < (alpha ? 4 : 3); p++) {
        yuv->stride[p] = ((size_t)yuv_width(yuv, p) + BLOCK - 1) / BLOCK * BLOCK;
        yuv->plane[p] = block ? block + total : NULL;
        total += yuv->stride[p] * (size_t)yuv_height(yuv, p);
    }
    return total + YUV_PADDING;
}

size_t yuv_place(struct yuv *yuv, int width, int height, bool alpha, uint8_t *block)
{
    *yuv = (struct yuv){.width = width, .height = height, .across = 2, .down = 2};
    return place(yuv, alpha, block);
}

static int allocate(struct run *run, struct yuv *yuv, bool alpha)
{
    size_t total = place(yuv, alpha, NULL);
    // Not aligned_alloc: glibc does not find its way back to a piece that it has cut off.
    yuv->owned = malloc(total + LINE);
    if (yuv->owned == NULL)
        return report_memory(run);
    uint8_t *block = (uint8_t *)yuv->owned + -(uintptr_t)yuv->owned % LINE;
    pages_prefer_huge(block, total);
    place(yuv, alpha, block);
    memset(block + total - YUV_PADDING, 0, YUV_PADDING);
    for (int p = 0; p < (alpha ? 4 : 3); p++)
        clear_padding(yuv, p);
    return 0;
}

int yuv_alloc(struct run *run, struct yuv *yuv, int width, int height, bool alpha)
{
    *yuv = (struct yuv){.width = width, .height = height, .across = 2, .down = 2};
    return allocate(run, yuv, alpha);
}

int yuv_alloc_full(struct run *run, struct yuv *yuv, int width, int height, int across, int down)
{
    *yuv = (struct yuv){
        .width = width, .height = height, .across = across, .down = down, .full = true};
    return allocate(run, yuv, false);
}

void yuv_free(struct yuv *yuv)
{
    free(yuv->owned);
    yuv->owned = NULL;
    memset(yuv->plane, 0, sizeof yuv->plane);
}

// BT.601.
static void to_planes(const uint8_t rgb[3], bool full, uint8_t yuv[3])
{
    double low = full ? 0 : 16, luma = full ? 255 : 219, chroma = full ? 255 : 224;
    double r = rgb[0] / 255.0, g = rgb[1] / 255.0, b = rgb[2] / 255.0;
    double y = 0.299 * r + 0.587 * g + 0.114 * b;
    yuv[0] = (uint8_t)(low + 0.5 + luma * y);
    yuv[1] = (uint8_t)(fmin(255, 128.5 + chroma * (b - y) / 1.772));
    yuv[2] = (uint8_t)(fmin(255, 128.5 + chroma * (r - y) / 1.402));
}

void yuv_fill(struct yuv *yuv, const uint8_t colour[3])
{
    uint8_t values[3];
    to_planes(colour, yuv->full, values);
    for (int p = 0; p < 3; p++)
        memset(yuv->plane[p], values[p], yuv->stride[p] * (size_t)yuv_side(p, yuv->height));
}

// value * alpha + under * (255 - alpha), over 255 and rounded, in 16 bits.
static void blend_row(uint8_t *restrict value, const uint8_t *restrict alpha, uint8_t under,
                      size_t count)
{
    for (size_t i = 0; i < count; i += BLOCK)
        for (size_t j = i; j < i + BLOCK; j++) {
            uint16_t t = (uint16_t)(value[j] * alpha[j] + under * (255 - alpha[j]) + 128);
            value[j] = (uint8_t)((t + (t >> 8)) >> 8);
        }
}

// The mean of each 2 x 2 of two rows of alpha; `bottom` may be the same row.
static void halve_row(const uint8_t *restrict top, const uint8_t *restrict bottom, int width,
                      uint8_t *restrict out)
{
    int i = 0;
    for (; 2 * i + 1 < width; i++)
        out[i] =
            (uint8_t)((top[2 * i] + top[2 * i + 1] + bottom[2 * i] + bottom[2 * i + 1] + 2) / 4);
    if (2 * i < width)
        out[i] = (uint8_t)((top[2 * i] + bottom[2 * i] + 1) / 2);
}

void yuv_flatten(struct yuv *yuv, const uint8_t background[3], int from, int to)
{
    uint8_t under[3], halved[(CODEC_MAX_SIDE + 1) / 2 + YUV_PADDING];
    to_planes(background, yuv->full, under);
    for (int y = from; y < to; y += 2) {
        size_t row = (size_t)y, last = row + (y + 1 < yuv->height);
        const uint8_t *top = yuv->plane[3] + row * yuv->stride[3];
        const uint8_t *bottom = yuv->plane[3] + last * yuv->stride[3];
        halve_row(top, bottom, yuv->width, halved);
        for (int p = 1; p < 3; p++)
            blend_row(yuv->plane[p] + row / 2 * yuv->stride[p], halved, under[p], yuv->stride[p]);
        blend_row(yuv->plane[0] + row * yuv->stride[0], top, under[0], yuv->stride[0]);
        if (last > row)
            blend_row(yuv->plane[0] + last * yuv->stride[0], bottom, under[0], yuv->stride[0]);
    }
}

// Limited to full range in 16 bits: v * 256 - low, times a high factor, 7 bits fewer. With these
// two numbers it is (v - 16) * 255 / 219, or (v - 128) * 255 / 224 + 128, exactly rounded for each
// value.
#ifdef __SSE2__

static void expand(const uint8_t *restrict in, size_t count, uint16_t low, uint16_t factor,
                   uint8_t *restrict out)
{
    const __m128i zero = _mm_setzero_si128(), below = _mm_set1_epi16((short)low);
    const __m128i by = _mm_set1_epi16((short)factor);
    for (size_t i = 0; i < count; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(in + i));
        __m128i a = _mm_subs_epu16(_mm_unpacklo_epi8(zero, v), below);
        __m128i b = _mm_subs_epu16(_mm_unpackhi_epi8(zero, v), below);
        a = _mm_srli_epi16(_mm_mulhi_epu16(a, by), 7);
        b = _mm_srli_epi16(_mm_mulhi_epu16(b, by), 7);
        _mm_storeu_si128((__m128i *)(out + i), _mm_packus_epi16(a, b));
    }
}

#else

static void expand(const uint8_t *restrict in, size_t count, uint16_t low, uint16_t factor,
                   uint8_t *restrict out)
{
    for (size_t i = 0; i < count; i += BLOCK)
        for (size_t j = i; j < i + BLOCK; j++) {
            uint16_t wide = (uint16_t)(in[j] * 256);
            wide = wide > low ? (uint16_t)(wide - low) : 0;
            uint16_t full = (uint16_t)(((uint32_t)wide * factor) >> 16);
            full = full >> 7;
            out[j] = full > 255 ? 255 : (uint8_t)full;
        }
}

#endif

void yuv_expand_row(int plane, const uint8_t *in, int count, uint8_t *out)
{
    expand(in, (size_t)count, plane == 0 ? 3986 : 3870, plane == 0 ? 38154 : 37302, out);
}
