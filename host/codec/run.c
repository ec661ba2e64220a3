// run.c - one job from its first byte to its answer.
#include "job.h"

#include "convert.h"
#include "decoders.h"
#include "frames.h"
#include "input.h"
#include "jpeg.h"
#include "jpeg_scan.h"
#include "mp4.h"
#include "sniff.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

// What to say of a candidate whose content is no medium: the usual ways in which a download fails.
static int refuse_unknown(struct run *run, const uint8_t *start, size_t length)
{
    size_t text = 0;
    while (text < length && (start[text] >= 32 || isspace(start[text])))
        text++;
    if (memchr(start, '<', length) && text == length)
        return report(run, CODEC_FORMAT,
                      "the content is a web page or XML, not a picture or video");
    if (text == length)
        return report(run, CODEC_FORMAT, "the content is text, not a picture or video");
    return report(run, CODEC_FORMAT, "the content is no known picture or video");
}

static int identify(struct run *run)
{
    uint8_t start[SNIFF_BYTES];
    struct codec_facts *facts = &run->answer->facts;
    uint64_t size = run->job->size;
    size_t length = size < sizeof start ? (size_t)size : sizeof start;
    facts->size = size;
    facts->orientation = 1;
    facts->frames = 1;
    if (length == 0)
        return report(run, CODEC_FORMAT, "the file is empty (0 bytes)");
    if (input_read(run, 0, start, length))
        return -1;
    const char *format = sniff_format(start, length);
    if (format == NULL)
        return refuse_unknown(run, start, length);
    strncpy(facts->format, format, sizeof facts->format - 1);
    facts->video = strcmp(sniff_kind(format), "video") == 0;
    return 0;
}

static int probe_image(struct run *run, const uint8_t *bytes, size_t length)
{
    const char *format = run->answer->facts.format;
    if (strcmp(format, "jpeg") == 0)
        return jpeg_scan(run, bytes, length) || jpeg_probe(run, bytes, length) ? -1 : 0;
    if (strcmp(format, "png") == 0)
        return png_probe(run, bytes, length);
    if (strcmp(format, "gif") == 0)
        return gif_probe(run, bytes, length);
    if (strcmp(format, "webp") == 0)
        return webp_probe(run, bytes, length);
    if (strcmp(format, "heic") == 0 || strcmp(format, "avif") == 0)
        return heif_probe(run, bytes, length);
    return report(run, CODEC_FORMAT, "pictures of the format %s cannot be read yet", format);
}

static int run_image(struct run *run)
{
    const struct codec_facts *facts = &run->answer->facts;
    const uint8_t *bytes;
    uint8_t *owned;
    size_t length = (size_t)run->job->size;
    int status = input_whole(run, &bytes, &owned);
    if (status == 0)
        status = probe_image(run, bytes, length);
    if (status == 0)
        status = image_check_size(run, (uint64_t)facts->width, (uint64_t)facts->height);
    if (status == 0 && run->job->kind == CODEC_CONVERT)
        status = convert(run, bytes, length);
    if (status == 0 && run->job->kind == CODEC_FRAMES)
        status = frames(run, bytes, length);
    free(owned);
    return status;
}

void codec_run(const struct codec_job *job, struct codec_answer *answer)
{
    memset(answer, 0, sizeof *answer);
    struct run run = {job, answer};
    if (job->kind == CODEC_ASK) {
        heif_ask(&run);
        return;
    }
    if (identify(&run))
        return;
    if (!answer->facts.video)
        run_image(&run);
    else if (job->kind != CODEC_PROBE)
        report(&run, CODEC_FORMAT, "a video cannot be made a picture");
    else
        mp4_probe(&run);
}

void codec_answer_free(struct codec_answer *answer)
{
    free(answer->jpeg);
    answer->jpeg = NULL;
}
