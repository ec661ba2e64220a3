// mp4.c - what an MP4 or MOV file is, from its boxes (ISO/IEC 14496-12).
//
// Every length in the file is a claim: a box must lie inside its parent, nesting and the number of
// boxes are bounded, and only fields of fixed size are read.
#include "mp4.h"

#include "input.h"
#include "mp4_private.h"
#include <math.h>
#include <string.h>

#define MAX_DEPTH 8
#define EVERYTHING 1e6  // seconds
#define MAX_BOXES 50000 // of a quarter of an hour in fragments of half a second

static int walk(struct movie *m, uint64_t at, uint64_t end, int depth);

int mp4_payload(struct movie *m, const struct box *box, uint8_t *bytes, size_t want)
{
    uint64_t there = box->end - box->payload;
    size_t length = there < want ? (size_t)there : want;
    memset(bytes, 0, want);
    return input_read(m->run, box->payload, bytes, length) ? -1 : (int)length;
}

int mp4_damaged(struct movie *m, const struct box *box)
{
    return report(m->run, CODEC_FORMAT, "the video is damaged: box %c%c%c%c is too short",
                  (int)(box->type >> 24 & 127), (int)(box->type >> 16 & 127),
                  (int)(box->type >> 8 & 127), (int)(box->type & 127));
}

int mp4_fields(struct movie *m, const struct box *box, uint8_t *bytes, size_t want, int needed)
{
    int got = mp4_payload(m, box, bytes, want);
    if (got < 0)
        return -1;
    return got < needed ? mp4_damaged(m, box) : 0;
}

// Timescale and duration stand alike in mvhd and mdhd.
static int read_times(struct movie *m, const struct box *box, uint32_t *timescale,
                      uint64_t *duration)
{
    uint8_t b[32];
    int got = mp4_payload(m, box, b, sizeof b);
    if (got < 0)
        return -1;
    if (got < (b[0] == 1 ? 32 : 20))
        return mp4_damaged(m, box);
    *timescale = input_be32(b + (b[0] == 1 ? 20 : 12));
    *duration = b[0] == 1 ? input_be64(b + 24) : input_be32(b + 16);
    if (*duration == (b[0] == 1 ? UINT64_MAX : UINT32_MAX)) // "not known"
        *duration = 0;
    return 0;
}

// Clockwise turn from the first four numbers of the matrix, 0 when it is no plain turn.
static int matrix_rotation(const uint8_t *matrix)
{
    int32_t a = (int32_t)input_be32(matrix), b = (int32_t)input_be32(matrix + 4);
    int32_t c = (int32_t)input_be32(matrix + 12), d = (int32_t)input_be32(matrix + 16);
    if (a == 0 && d == 0 && b > 0 && c < 0)
        return 90;
    if (a < 0 && d < 0 && b == 0 && c == 0)
        return 180;
    return a == 0 && d == 0 && b < 0 && c > 0 ? 270 : 0;
}

static int read_tkhd(struct movie *m, const struct box *box)
{
    uint8_t b[96];
    int got = mp4_payload(m, box, b, sizeof b);
    if (got < 0)
        return -1;
    size_t matrix = b[0] == 1 ? 52 : 40;
    if ((size_t)got < matrix + 44)
        return mp4_damaged(m, box);
    m->track->id = input_be32(b + (b[0] == 1 ? 20 : 12));
    m->track->rotation = matrix_rotation(b + matrix);
    if (m->track->width == 0) { // the sample entry knows better: it has the coded size
        m->track->width = (int)input_be16(b + matrix + 36);
        m->track->height = (int)input_be16(b + matrix + 40);
    }
    return 0;
}

static int read_hdlr(struct movie *m, const struct box *box)
{
    uint8_t b[12];
    if (mp4_fields(m, box, b, sizeof b, 12))
        return -1;
    m->track->handler = input_be32(b + 8);
    return 0;
}

static int read_stsz(struct movie *m, const struct box *box)
{
    uint8_t b[12];
    if (mp4_fields(m, box, b, sizeof b, 12))
        return -1;
    m->track->samples = input_be32(b + 8);
    return 0;
}

// How long frames last: runs of a count and a duration. The longest run near the start speaks for
// all, since the first and last frame are often stretched.
static int read_stts(struct movie *m, const struct box *box)
{
    uint8_t b[8 + 32 * 8];
    int got = mp4_payload(m, box, b, sizeof b);
    if (got < 0)
        return -1;
    uint32_t longest = 0;
    for (int at = 8; at + 8 <= got; at += 8) {
        if (input_be32(b + at) <= longest)
            continue;
        longest = input_be32(b + at);
        m->track->step = input_be32(b + at + 4);
    }
    return 0;
}

// At most two entries are taken for what they are: an empty one, which delays the track, and one
// that plays the rest of it from some point on.
static int read_elst(struct movie *m, const struct box *box)
{
    uint8_t b[8 + 2 * 20];
    struct track *t = m->track;
    int got = mp4_payload(m, box, b, sizeof b);
    if (got < 0)
        return -1;
    bool wide = b[0] == 1; // of 64 bits
    size_t size = wide ? 20 : 12;
    uint32_t count = input_be32(b + 4),
             most = (uint32_t)((size_t)got - (got < 8 ? (size_t)got : 8)) / (uint32_t)size;
    t->edits = t->cut = count > most;
    for (uint32_t i = 0; i < count && i < most && i < 2; i++) {
        const uint8_t *e = b + 8 + i * size;
        uint64_t lasts = wide ? input_be64(e) : input_be32(e);
        int64_t from = wide ? (int64_t)input_be64(e + 8) : (int32_t)input_be32(e + 4);
        if (from < 0 && i == 0)
            t->delayed = lasts;
        else if (from >= 0 && (i == 0 || t->delayed))
            t->skipped = (uint64_t)from;
        else
            t->cut = true;
    }
    t->cut = t->cut || count > 2;
    t->edits = t->cut || t->delayed || t->skipped;
    return 0;
}

// By how many seconds the edits of a track move or cut it.
static double edit_shift(const struct movie *m, const struct track *t)
{
    if (t->cut)
        return EVERYTHING;
    double skipped = t->timescale ? (double)t->skipped / t->timescale : 0;
    return skipped + (m->timescale ? (double)t->delayed / m->timescale : 0);
}

static double frames_a_second(uint32_t timescale, uint32_t step)
{
    return step ? round((double)timescale / step * 1000) / 1000 : 0;
}

// The track's facts go to the answer when it is the first of its kind.
static void keep_track(struct movie *m)
{
    struct track *t = m->track;
    struct codec_facts *facts = &m->run->answer->facts;
    if (t->handler == BOX('s', 'o', 'u', 'n') && facts->audio_codec[0] == 0) {
        memcpy(facts->audio_codec, t->codec, sizeof t->codec);
        facts->audio_channels = t->channels;
        facts->audio_rate = t->rate;
    }
    bool picture = t->handler == (m->pictures ? BOX('p', 'i', 'c', 't') : BOX('v', 'i', 'd', 'e'));
    if (picture || t->handler == BOX('s', 'o', 'u', 'n')) {
        facts->edit_list = facts->edit_list || t->edits;
        facts->edit_shift = fmax(facts->edit_shift, edit_shift(m, t));
    }
    if (!picture || facts->width)
        return;
    facts->width = t->width;
    facts->height = t->height;
    facts->rotation = t->rotation;
    facts->pixel_aspect = t->pixel_aspect;
    facts->frames = t->samples;
    facts->duration = t->timescale ? (double)t->duration / t->timescale : 0;
    m->fragments.movie = t->id;
    m->fragments.movie_timescale = t->timescale;
    memcpy(facts->codec, t->codec, sizeof t->codec);
    facts->fps = frames_a_second(t->timescale, t->step);
}

static int read_trak(struct movie *m, const struct box *box, int depth)
{
    struct track track = {0};
    if (m->track || ++m->tracks > MP4_MAX_TRACKS)
        return report(m->run, CODEC_FORMAT, "the video is damaged: tracks inside tracks");
    m->track = &track;
    int status = walk(m, box->payload, box->end, depth + 1);
    if (status == 0)
        keep_track(m);
    m->track = NULL;
    return status;
}

static int visit_in_track(struct movie *m, const struct box *box, int depth)
{
    switch (box->type) {
    case BOX('t', 'k', 'h', 'd'):
        return read_tkhd(m, box);
    case BOX('m', 'd', 'h', 'd'):
        return read_times(m, box, &m->track->timescale, &m->track->duration);
    case BOX('h', 'd', 'l', 'r'):
        // QuickTime has a second one, of data handlers, inside minf.
        return m->track->handler ? 0 : read_hdlr(m, box);
    case BOX('s', 't', 's', 'd'):
        return mp4_read_stsd(m, box);
    case BOX('s', 't', 's', 'z'):
        return read_stsz(m, box);
    case BOX('s', 't', 't', 's'):
        return read_stts(m, box);
    case BOX('e', 'l', 's', 't'):
        return read_elst(m, box);
    case BOX('m', 'd', 'i', 'a'):
    case BOX('m', 'i', 'n', 'f'):
    case BOX('s', 't', 'b', 'l'):
    case BOX('e', 'd', 't', 's'):
        return walk(m, box->payload, box->end, depth + 1);
    default:
        return 0;
    }
}

static int visit(struct movie *m, const struct box *box, uint64_t at, int depth)
{
    if (depth == 0 && box->type == BOX('m', 'd', 'a', 't')) {
        m->mdat = m->mdat ? m->mdat : at + 1;
        return 0;
    }
    if (depth == 0 && box->type == BOX('m', 'o', 'o', 'v')) {
        if (m->moov)
            return report(m->run, CODEC_FORMAT, "the video is damaged: two indexes (moov)");
        m->moov = at + 1;
        return walk(m, box->payload, box->end, depth + 1);
    }
    if (depth == 1 && box->type == BOX('m', 'v', 'h', 'd'))
        return read_times(m, box, &m->timescale, &m->duration);
    if (depth == 1 && box->type == BOX('t', 'r', 'a', 'k'))
        return read_trak(m, box, depth);
    if (depth == 1 && box->type == BOX('m', 'v', 'e', 'x')) {
        m->fragments.any = true;
        return walk(m, box->payload, box->end, depth + 1);
    }
    if ((depth == 0 && box->type == BOX('m', 'o', 'o', 'f')) ||
        (depth == 1 && box->type == BOX('t', 'r', 'a', 'f')))
        return walk(m, box->payload, box->end, depth + 1);
    if (box->type == BOX('u', 'd', 't', 'a') || box->type == BOX('m', 'e', 't', 'a') ||
        box->type == BOX('u', 'u', 'i', 'd'))
        return mp4_search_words(m, box);
    return m->track ? visit_in_track(m, box, depth) : mp4_read_fragment(m, box);
}

// Reads the header at `at`. Its end is checked against the parent's.
static int read_header(struct movie *m, uint64_t at, uint64_t end, struct box *box)
{
    uint8_t b[16];
    uint64_t header = 8;
    if (end - at < 8 || input_read(m->run, at, b, 8))
        return report(m->run, CODEC_FORMAT, "the video is damaged: a box is cut short");
    uint64_t size = input_be32(b);
    box->type = input_be32(b + 4);
    if (size == 1) {
        header = 16;
        if (end - at < 16 || input_read(m->run, at, b, 16))
            return report(m->run, CODEC_FORMAT, "the video is damaged: a box is cut short");
        size = input_be64(b + 8);
    } else if (size == 0) { // "to the end"
        size = end - at;
    }
    if (size < header)
        return report(m->run, CODEC_FORMAT, "the video is damaged: a box of %llu bytes",
                      (unsigned long long)size);
    if (size > end - at)
        return report(m->run, CODEC_FORMAT, "the video is cut short: %llu bytes are missing",
                      (unsigned long long)(size - (end - at)));
    box->payload = at + header;
    box->end = at + size;
    return 0;
}

static int walk(struct movie *m, uint64_t at, uint64_t end, int depth)
{
    if (depth > MAX_DEPTH)
        return report(m->run, CODEC_FORMAT, "the video is damaged: boxes nested too deeply");
    while (at < end) {
        struct box box = {0};
        // QuickTime ends some lists with four zero bytes; a few stray bytes after the last box of a
        // file that is complete do it no harm.
        bool complete = m->moov && m->mdat && !m->fragments.any;
        if (end - at < 8 && (depth > 0 || complete))
            return 0;
        if (++m->boxes > MAX_BOXES)
            return report(m->run, CODEC_LIMIT, "the video has more than %d boxes", MAX_BOXES);
        if (report_stopped(m->run) || read_header(m, at, end, &box) || visit(m, &box, at, depth))
            return -1;
        at = box.end;
    }
    return 0;
}

// What the index of a film in fragments could not say.
static void keep_fragments(struct movie *m)
{
    struct codec_facts *facts = &m->run->answer->facts;
    const struct fragments *f = &m->fragments;
    if (!f->any)
        return;
    facts->frames += f->samples;
    if (facts->fps == 0)
        facts->fps = frames_a_second(f->movie_timescale, f->usual);
    if (facts->duration == 0 && m->timescale)
        facts->duration = (double)f->claimed / m->timescale;
    if (facts->duration == 0 && f->movie_timescale)
        facts->duration = (double)f->duration / f->movie_timescale;
}

// By the times of the track: the whole may be said to go on for ever.
void mp4_sequence(struct run *run)
{
    struct codec_answer seen = {0};
    struct run own = {run->job, &seen};
    struct movie m = {.run = &own, .pictures = true};
    if (walk(&m, 0, run->job->size, 0) || seen.facts.frames < 2)
        return;
    run->answer->facts.frames = seen.facts.frames;
    run->answer->facts.duration = seen.facts.duration;
}

int mp4_probe(struct run *run)
{
    struct movie m = {.run = run};
    struct codec_facts *facts = &run->answer->facts;
    if (walk(&m, 0, run->job->size, 0))
        return -1;
    if (m.moov == 0)
        return report(run, CODEC_FORMAT, "the video has no index (moov): it is not complete");
    if (facts->width == 0 || facts->height == 0)
        return report(run, CODEC_FORMAT, "the file holds no video track");
    if (m.mdat == 0 && !m.fragments.any)
        return report(run, CODEC_FORMAT, "the video has no data (mdat): it is not complete");
    facts->duration = m.timescale ? (double)m.duration / m.timescale : 0;
    keep_fragments(&m);
    facts->faststart = m.mdat == 0 || m.moov < m.mdat;
    facts->moov = m.moov - 1;
    facts->orientation = 1;
    return 0;
}
