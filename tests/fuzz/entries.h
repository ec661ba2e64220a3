// entries.h - what `make fuzz` calls with any bytes, and test_fuzz.c with the kept ones.
//
// The bytes are a block of their own, so that a sanitizer sees a byte too many. Each holds that the
// answer is one the host would believe.
#pragma once

#include "codec/exif.h"
#include "codec/job.h"
#include "codec/metadata.h"
#include "codec/mp4.h"
#include "codec/png_text.h"
#include "codec_check.h"
#include "sniff.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef void (*fuzz_fn)(const uint8_t *bytes, size_t length);

static inline void fuzz_claim(bool holds)
{
    if (!holds)
        abort();
}

static inline void fuzz_run(const struct codec_job *job)
{
    struct codec_answer answer;
    codec_run(job, &answer);
    fuzz_claim(codec_check_answer(&answer, job));
    if (answer.status == CODEC_OK && job->kind == CODEC_CONVERT)
        fuzz_claim(codec_check_jpeg(answer.jpeg, answer.jpeg_length, answer.width, answer.height));
    codec_answer_free(&answer);
}

static inline void fuzz_probe(const uint8_t *bytes, size_t length)
{
    struct codec_job job = {.kind = CODEC_PROBE, .bytes = bytes, .size = length};
    job.options.max_pixels = CODEC_MAX_PIXELS;
    fuzz_run(&job);
}

// Twice: as it is where that is allowed, and fitted into a square with a blurred border.
static inline void fuzz_convert(const char *format, const uint8_t *bytes, size_t length)
{
    const char *found = sniff_format(bytes, length);
    struct codec_job job = {.kind = CODEC_CONVERT, .bytes = bytes, .size = length};
    if (found == NULL || strcmp(found, format) != 0)
        return;
    job.options = (struct codec_options){
        .quality = 80, .max_pixels = 1 << 16, .passthrough = true, .focus_x = 0.5, .focus_y = 0.5};
    fuzz_run(&job);
    job.options.passthrough = false;
    job.options.backdrop = CODEC_BLUR;
    job.options.min_ratio = job.options.max_ratio = 1;
    job.options.max_width = 100;
    job.options.max_bytes = 4000;
    fuzz_run(&job);
}

static inline void fuzz_jpeg(const uint8_t *bytes, size_t length)
{
    fuzz_convert("jpeg", bytes, length);
}

static inline void fuzz_png(const uint8_t *bytes, size_t length)
{
    fuzz_convert("png", bytes, length);
}

static inline void fuzz_webp(const uint8_t *bytes, size_t length)
{
    fuzz_convert("webp", bytes, length);
}

static inline void fuzz_gif(const uint8_t *bytes, size_t length)
{
    fuzz_convert("gif", bytes, length);
}

static inline void fuzz_heif(const uint8_t *bytes, size_t length)
{
    fuzz_convert("heic", bytes, length);
    fuzz_convert("avif", bytes, length);
}

// The box reader, whatever the first bytes say.
static inline void fuzz_boxes(const uint8_t *bytes, size_t length)
{
    struct codec_job job = {.kind = CODEC_PROBE, .bytes = bytes, .size = length};
    struct codec_answer answer = {0};
    struct run run = {&job, &answer};
    int status = mp4_probe(&run);
    fuzz_claim((status == 0) == (answer.status == CODEC_OK));
    if (status)
        return;
    strcpy(answer.facts.format, "mp4");
    answer.facts.video = true;
    answer.facts.size = length;
    fuzz_claim(codec_check_answer(&answer, &job));
}

// EXIF, IPTC, XMP and the text chunks of PNG: the first byte chooses.
static inline void fuzz_words(const uint8_t *bytes, size_t length)
{
    struct codec_answer answer = {.facts = {.format = "jpeg", .width = 1, .height = 1}};
    struct codec_job job = {.kind = CODEC_PROBE};
    struct metadata found = {0};
    if (length == 0)
        return;
    int kind = bytes[0] % 5;
    uint8_t *exact = malloc(length > 1 ? length - 1 : 1);
    fuzz_claim(exact != NULL);
    memcpy(exact, bytes + 1, length - 1);
    answer.facts.orientation = 1;
    if (kind == 0)
        exif_read(exact, length - 1, &answer.facts);
    else if (kind == 1)
        iptc_read(exact, length - 1, &answer.facts);
    else if (kind == 2)
        xmp_read(exact, length - 1, &answer.facts);
    else
        png_text_read((const uint8_t *)(kind == 3 ? "iTXt" : "tEXt"), exact, length - 1,
                      &answer.facts, &found);
    metadata_read(&found, &answer.facts);
    fuzz_claim(codec_check_answer(&answer, &job));
    free(exact);
}
