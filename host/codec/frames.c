// frames.c - the frames of an animation as a film of JPEG pictures, each stored when it is made.
#include "frames.h"

#include "decoders.h"
#include "film.h"
#include "jpeg.h"
#include "resize.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_PIXELS 4000000000 // of all frames: a minute or two of work
#define LONGEST 86400000       // milliseconds: a day

struct maker {
    struct run *run;
    struct film film;
    struct film_frame frame[CODEC_MAX_FRAMES];
    size_t length; // of the film so far
    uint64_t milliseconds;
};

// Where the job keeps no results they go to the answer, which grows.
static int put(struct maker *m, size_t at, const uint8_t *bytes, size_t length)
{
    const struct codec_job *job = m->run->job;
    struct codec_answer *answer = m->run->answer;
    if (at + length > CODEC_MAX_FILE)
        return report(m->run, CODEC_LIMIT,
                      "the animation is too long: %u of its %llu frames take %u MB as pictures",
                      m->film.frames, (unsigned long long)answer->facts.frames,
                      CODEC_MAX_FILE >> 20);
    if (job->store)
        return job->store(job->context, at, bytes, length)
                   ? 0
                   : report(m->run, CODEC_MEMORY, "not enough memory for the result");
    uint8_t *more = at + length > m->length ? realloc(answer->jpeg, at + length) : answer->jpeg;
    if (more == NULL)
        return report_memory(m->run);
    answer->jpeg = more;
    memcpy(more + at, bytes, length);
    return 0;
}

static int add(struct maker *m, const uint8_t *bytes, size_t length)
{
    if (put(m, m->length, bytes, length))
        return -1;
    m->length += length;
    return 0;
}

static int encode(struct maker *m, const struct image *image, unsigned milliseconds)
{
    struct jpeg_result made = {.quality = m->run->job->options.quality, .full_chroma = true};
    if (jpeg_encode(m->run, image, &made))
        return -1;
    int status = add(m, made.bytes, made.length);
    free(made.bytes);
    m->frame[m->film.frames++] = (struct film_frame){(uint32_t)made.length, milliseconds};
    m->film.width = image->width;
    m->film.height = image->height;
    return status;
}

static int on_frame(void *context, const struct image *shown, unsigned milliseconds)
{
    struct maker *m = context;
    const struct codec_options *o = &m->run->job->options;
    struct image scaled = {0};
    struct fit_plan plan = {.width = o->width,
                            .height = o->height,
                            .w = o->width,
                            .h = o->height,
                            .from_w = shown->width,
                            .from_h = shown->height};
    if (m->film.frames == CODEC_MAX_FRAMES) // the probe counted fewer
        return report(m->run, CODEC_LIMIT, "the animation has more than %d frames",
                      CODEC_MAX_FRAMES);
    m->milliseconds += milliseconds;
    if (m->milliseconds > LONGEST)
        return report(m->run, CODEC_LIMIT, "the animation lasts longer than a day");
    if (o->width == 0)
        return encode(m, shown, milliseconds);
    int status = resize(m->run, shown, &plan, &scaled);
    if (status == 0)
        status = encode(m, &scaled, milliseconds);
    image_free(&scaled);
    return status;
}

// What follows the pictures, and then the head, which says how much they are.
static int finish(struct maker *m)
{
    struct codec_answer *answer = m->run->answer;
    uint8_t head[FILM_HEAD];
    double least = m->run->job->options.min_duration * FILM_SECOND / (double)m->milliseconds;
    m->film.frame = m->frame;
    m->film.times = least > 1 ? (uint32_t)ceil(least) : 1;
    film_head((uint32_t)(m->length - FILM_HEAD), head);
    size_t length = film_index_length(&m->film);
    uint8_t *index = malloc(length);
    if (index == NULL)
        return report_memory(m->run);
    film_index(&m->film, index);
    int status = add(m, index, length) || put(m, 0, head, sizeof head) ? -1 : 0;
    free(index);
    answer->jpeg_length = m->length;
    answer->width = m->film.width;
    answer->height = m->film.height;
    answer->quality = m->run->job->options.quality;
    answer->removed = answer->facts.extras;
    answer->duration = (double)m->milliseconds * m->film.times / FILM_SECOND;
    return status;
}

// From what the file says of itself, before any work.
static int check_amount(struct run *run)
{
    const struct codec_facts *facts = &run->answer->facts;
    const struct codec_options *o = &run->job->options;
    double pixels = ((double)facts->width * facts->height + (double)o->width * o->height) *
                    (double)facts->frames;
    if (strcmp(facts->format, "webp") != 0 || facts->frames < 2)
        return report(run, CODEC_FORMAT, "only an animated WebP is taken apart into frames");
    if (facts->frames > CODEC_MAX_FRAMES)
        return report(run, CODEC_LIMIT, "the animation has more than %d frames", CODEC_MAX_FRAMES);
    if (pixels > MOST_PIXELS)
        return report(run, CODEC_LIMIT, "the animation is too large: %llu frames of %d x %d pixels",
                      (unsigned long long)facts->frames, facts->width, facts->height);
    return o->width ? image_check_size(run, (uint64_t)o->width, (uint64_t)o->height) : 0;
}

int frames(struct run *run, const uint8_t *bytes, size_t length)
{
    static const uint8_t nothing[FILM_HEAD];
    if (check_amount(run))
        return -1;
    struct maker *m = calloc(1, sizeof *m);
    if (m == NULL)
        return report_memory(run);
    m->run = run;
    int status = add(m, nothing, sizeof nothing);
    if (status == 0)
        status = webp_frames(run, bytes, length, on_frame, m);
    if (status == 0)
        status = finish(m);
    free(m);
    return status;
}
