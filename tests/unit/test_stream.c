// test_stream.c - pictures that are encoded while they are decoded end as those that are not, and
// so do results that the job keeps piece by piece.
#include "codec/decoders.h"
#include "codec/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <webp/encode.h>

#define MOST (1u << 20)

static const int SIZES[][2] = {{1, 1}, {7, 2}, {33, 17}, {640, 901}, {1079, 400}};

static uint8_t kept[MOST];
static size_t kept_length;

// Pieces come one after the other, from 0 at each attempt.
static bool store(void *context, size_t at, const uint8_t *bytes, size_t length)
{
    (void)context;
    assert_true(at == 0 || at == kept_length);
    assert_true(at + length <= MOST);
    memcpy(kept + at, bytes, length);
    kept_length = at + length;
    return true;
}

static struct codec_job make_job(const uint8_t *bytes, size_t length)
{
    struct codec_job job = {.kind = CODEC_CONVERT, .bytes = bytes, .size = length};
    job.options.quality = 90;
    job.options.max_pixels = CODEC_MAX_PIXELS;
    memset(job.options.background, 200, sizeof job.options.background);
    return job;
}

// Slopes with noise on them, more of it further down, and a wedge of alpha.
static size_t make_webp(int width, int height, bool lossless, bool alpha, uint8_t **webp)
{
    size_t pixels = (size_t)width * (size_t)height;
    uint8_t *rgba = malloc(pixels * 4);
    uint32_t seed = 5;
    assert_non_null(rgba);
    for (size_t i = 0; i < pixels * 4; i++) {
        size_t x = i / 4 % (size_t)width, y = i / 4 / (size_t)width;
        seed = seed * 1664525 + 1013904223;
        rgba[i] = (uint8_t)(x / 3 + y / 7 * (i % 4) + (seed >> 24) * y / (size_t)height / 4);
        if (i % 4 == 3)
            rgba[i] = alpha && x < y ? (uint8_t)(x + y) : 255;
    }
    size_t length = lossless ? WebPEncodeLosslessRGBA(rgba, width, height, width * 4, webp)
                             : WebPEncodeRGBA(rgba, width, height, width * 4, 80, webp);
    assert_int_not_equal(length, 0);
    free(rgba);
    return length;
}

static struct jpeg_result encode_whole(struct run *run, const uint8_t *webp, size_t length,
                                       bool lossless)
{
    struct jpeg_result result = {.quality = 90};
    const uint8_t *background = run->job->options.background;
    if (lossless) {
        struct image image = {0};
        assert_int_equal(webp_decode(run, webp, length, &image), 0);
        image_flatten(&image, background);
        assert_int_equal(jpeg_encode(run, &image, &result), 0);
        image_free(&image);
        return result;
    }
    struct yuv yuv = {0};
    assert_int_equal(webp_decode_planes(run, webp, length, &yuv), 0);
    if (yuv.plane[3])
        yuv_flatten(&yuv, background, 0, yuv.height);
    assert_int_equal(jpeg_encode_planes(run, &yuv, &result), 0);
    yuv_free(&yuv);
    return result;
}

static void compare(const uint8_t *webp, size_t length, bool lossless)
{
    struct codec_answer answer;
    struct codec_job job = make_job(webp, length);
    struct run run = {&job, &answer};
    codec_run(&job, &answer);
    assert_int_equal(answer.status, CODEC_OK);
    assert_true(stream_takes(&run, webp, length));
    struct jpeg_result whole = encode_whole(&run, webp, length, lossless);
    assert_int_equal(answer.jpeg_length, whole.length);
    assert_memory_equal(answer.jpeg, whole.bytes, whole.length);
    codec_answer_free(&answer);
    job.store = store;
    codec_run(&job, &answer);
    assert_int_equal(answer.status, CODEC_OK);
    assert_null(answer.jpeg);
    assert_int_equal(answer.jpeg_length, whole.length);
    assert_int_equal(kept_length, whole.length);
    assert_memory_equal(kept, whole.bytes, whole.length);
    free(whole.bytes);
}

static void test_same_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++)
        for (int kind = 1; kind < 4; kind++) { // lossy without alpha goes another way
            uint8_t *webp;
            size_t length = make_webp(SIZES[i][0], SIZES[i][1], kind > 1, kind != 2, &webp);
            if (kind != 1 || SIZES[i][0] > 1) // one opaque pixel has no alpha
                compare(webp, length, kind > 1);
            WebPFree(webp);
        }
}

// Too long for the limit as it is: then with a lower quality, and that is not kept by pieces.
static void test_limit(void **state)
{
    (void)state;
    uint8_t *webp;
    size_t length = make_webp(640, 901, true, true, &webp);
    struct codec_answer answer;
    struct codec_job job = make_job(webp, length);
    job.store = store;
    codec_run(&job, &answer);
    job.options.max_bytes = answer.jpeg_length * 2 / 3;
    codec_run(&job, &answer);
    assert_int_equal(answer.status, CODEC_OK);
    assert_non_null(answer.jpeg);
    assert_true(answer.jpeg_length <= job.options.max_bytes && answer.quality < 90);
    codec_answer_free(&answer);
    WebPFree(webp);
}

// The container is whole and the picture in it is not.
static void test_damage_is_found(void **state)
{
    (void)state;
    uint8_t *webp;
    size_t length = make_webp(640, 901, true, false, &webp);
    struct codec_answer answer;
    struct codec_job job = make_job(webp, length);
    uint32_t half = (uint32_t)(length / 4 * 2), riff = half - 8, chunk = half - 20;
    memcpy(webp + 4, &riff, sizeof riff);
    memcpy(webp + 16, &chunk, sizeof chunk);
    job.size = half;
    codec_run(&job, &answer);
    assert_int_equal(answer.status, CODEC_FORMAT);
    assert_null(answer.jpeg);
    WebPFree(webp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_damage_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
