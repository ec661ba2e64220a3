// pictures.c - whole jobs, and what a worker could send back.
#include "entries.h"

#include "codec/job.h"
#include "codec_check.h"
#include "sniff.h"
#include <string.h>

enum { MOST_PIXELS = 1 << 16, HEAD = 16 };

static void check_result(const struct codec_job *job, const struct codec_answer *a)
{
    const struct codec_options *o = &job->options;
    double ratio = (double)a->width / a->height;
    fuzz_claim(codec_check_jpeg(a->jpeg, a->jpeg_length, a->width, a->height));
    fuzz_claim(a->width >= o->min_width && (o->max_width == 0 || a->width <= o->max_width));
    fuzz_claim(ratio >= o->min_ratio && (o->max_ratio <= 0 || ratio <= o->max_ratio));
    fuzz_claim(o->max_bytes == 0 || a->jpeg_length <= o->max_bytes);
    fuzz_claim((uint64_t)a->width * (uint64_t)a->height <= o->max_pixels);
}

static void run_job(const struct codec_job *job)
{
    struct codec_answer answer;
    codec_run(job, &answer);
    fuzz_claim(codec_check_answer(&answer, job));
    if (answer.status == CODEC_OK && job->kind == CODEC_CONVERT)
        check_result(job, &answer);
    if (answer.status == CODEC_OK && job->kind == CODEC_FRAMES)
        fuzz_claim(codec_check_film(answer.jpeg, answer.jpeg_length, answer.width, answer.height));
    codec_answer_free(&answer);
}

void fuzz_probe(const uint8_t *bytes, size_t length)
{
    struct codec_job job = {.kind = CODEC_PROBE, .bytes = bytes, .size = length};
    job.options.max_pixels = CODEC_MAX_PIXELS;
    run_job(&job);
}

// Twice: as it is where that is allowed, and fitted into a square with a blurred border.
static void convert(const char *format, const uint8_t *bytes, size_t length)
{
    const char *found = sniff_format(bytes, length);
    struct codec_job job = {.kind = CODEC_CONVERT, .bytes = bytes, .size = length};
    if (found == NULL || strcmp(found, format) != 0)
        return;
    job.options =
        (struct codec_options){.quality = 80,
                               .max_pixels = MOST_PIXELS,
                               .passthrough = true,
                               .focus_x = 0.5,
                               .focus_y = 0.5,
                               .keep = CODEC_KEEP_ARTIST | CODEC_KEEP_COPYRIGHT | CODEC_KEEP_ICC};
    run_job(&job);
    job.options.passthrough = false;
    job.options.backdrop = CODEC_BLUR;
    job.options.min_ratio = job.options.max_ratio = 1;
    job.options.max_width = 100;
    job.options.max_bytes = 4000;
    run_job(&job);
}

void fuzz_jpeg(const uint8_t *bytes, size_t length)
{
    convert("jpeg", bytes, length);
}

void fuzz_png(const uint8_t *bytes, size_t length)
{
    convert("png", bytes, length);
}

void fuzz_webp(const uint8_t *bytes, size_t length)
{
    struct codec_job job = {.kind = CODEC_FRAMES, .bytes = bytes, .size = length};
    job.options = (struct codec_options){.quality = 80, .max_pixels = 1 << 12, .min_duration = 3};
    convert("webp", bytes, length);
    run_job(&job);
}

void fuzz_gif(const uint8_t *bytes, size_t length)
{
    convert("gif", bytes, length);
}

void fuzz_heif(const uint8_t *bytes, size_t length)
{
    convert("heic", bytes, length);
    convert("avif", bytes, length);
}

// Whatever host.convert lets through, and nothing else. A third of the widths and ratios is 0.
static void read_options(const uint8_t head[HEAD], struct codec_options *o)
{
    o->quality = head[0] % 100 + 1;
    o->fit = (enum codec_fit)(head[1] % 3);
    o->backdrop = (enum codec_backdrop)(head[2] % 3);
    o->keep = head[3] & 7U;
    o->passthrough = head[3] & 8;
    o->focus_x = head[4] / 255.0;
    o->focus_y = head[5] / 255.0;
    o->min_width = head[6] % 3 ? head[6] : 0;
    o->max_width = head[7] % 3 ? (head[7] % 4 ? head[7] : head[7] * 64) : 0;
    o->min_ratio = head[8] % 3 ? head[8] / 64.0 : 0;
    o->max_ratio = head[9] % 3 ? (head[9] % 4 ? head[9] / 32.0 : head[9] * 3.9) : 0;
    o->max_bytes = head[10] % 3 ? head[10] * 64u : 0;
    o->max_pixels = head[11] % 2 ? MOST_PIXELS : MOST_PIXELS << 4;
    memcpy(o->background, head + 12, 3);
    if (o->max_width && o->min_width > o->max_width)
        o->min_width = o->max_width;
    if (o->max_ratio > 0 && o->min_ratio > o->max_ratio)
        o->min_ratio = o->max_ratio;
}

// A picture of any format, and what is wanted of it in front.
void fuzz_options(const uint8_t *bytes, size_t length)
{
    struct codec_job job = {.kind = CODEC_CONVERT};
    if (length <= HEAD)
        return;
    read_options(bytes, &job.options);
    job.bytes = bytes + HEAD;
    job.size = length - HEAD;
    run_job(&job);
}

static void check_answer(const uint8_t *bytes, size_t length, enum codec_kind kind)
{
    struct codec_answer answer;
    struct codec_job job = {.kind = kind, .size = 1000};
    memset(&answer, 0, sizeof answer);
    memcpy(&answer, bytes, length < sizeof answer ? length : sizeof answer);
    if (!codec_check_answer(&answer, &job))
        return;
    fuzz_claim(strlen(answer.message) < sizeof answer.message);
    if (answer.status != CODEC_OK || kind == CODEC_ASK)
        return;
    fuzz_claim(strlen(answer.facts.words.description) < sizeof answer.facts.words.description);
    fuzz_claim(answer.facts.width > 0 && answer.facts.height > 0);
}

// What a worker sends that has been taken over: the answer, or the JPEG behind it.
void fuzz_answer(const uint8_t *bytes, size_t length)
{
    if (length < 3)
        return;
    if (bytes[0] % 4 < 3)
        check_answer(bytes + 1, length - 1, (enum codec_kind)(bytes[0] % 4));
    else
        (void)codec_check_jpeg(bytes + 3, length - 3, bytes[1], bytes[2]);
}
