// mp4_fragment.c - films in fragments: their index holds no samples, so how long they are and how
// many frames they have is added up from the fragments.
#include "mp4_private.h"

#include "input.h"
#include <string.h>

enum { TRUN_OFFSET = 1, TRUN_FLAGS = 4, TRUN_DURATION = 0x100, TRUN_SIZE = 0x200 };
enum { TRUN_SAMPLE_FLAGS = 0x400, TRUN_SHIFT = 0x800 };
enum { TFHD_OFFSET = 1, TFHD_ENTRY = 2, TFHD_DURATION = 8 };

static int read_trex(struct movie *m, const struct box *box)
{
    uint8_t b[16];
    struct fragments *f = &m->fragments;
    if (mp4_fields(m, box, b, sizeof b, 16))
        return -1;
    if (f->known == MP4_MAX_TRACKS)
        return 0;
    f->defaults[f->known].track = input_be32(b + 4);
    f->defaults[f->known++].step = input_be32(b + 12);
    return 0;
}

static int read_mehd(struct movie *m, const struct box *box)
{
    uint8_t b[12];
    if (mp4_payload(m, box, b, sizeof b) < 0)
        return -1;
    m->fragments.claimed = b[0] == 1 ? input_be64(b + 4) : input_be32(b + 4);
    return 0;
}

static int read_tfhd(struct movie *m, const struct box *box)
{
    uint8_t b[24];
    struct fragments *f = &m->fragments;
    if (mp4_fields(m, box, b, sizeof b, 8))
        return -1;
    uint32_t flags = input_be32(b);
    size_t at = 8 + (flags & TFHD_OFFSET ? 8U : 0) + (flags & TFHD_ENTRY ? 4U : 0);
    f->track = input_be32(b + 4);
    f->step = 0;
    for (unsigned i = 0; i < f->known; i++)
        if (f->defaults[i].track == f->track)
            f->step = f->defaults[i].step;
    if (flags & TFHD_DURATION)
        f->step = input_be32(b + at);
    return 0;
}

static size_t words_of(uint32_t flags, uint32_t mask)
{
    size_t count = 0;
    for (flags &= mask; flags; flags &= flags - 1)
        count++;
    return count;
}

static void add_run(struct fragments *f, uint32_t step, uint32_t count)
{
    f->run = step == f->last ? f->run + count : count;
    f->last = step;
    f->duration += (uint64_t)step * count;
    if (f->run <= f->longest)
        return;
    f->longest = f->run;
    f->usual = step;
}

// Frames that say themselves how long they last, `size` bytes each, from `at` on.
static int add_frames(struct movie *m, const struct box *box, uint64_t at, uint32_t count,
                      size_t size)
{
    uint8_t b[256 * 16];
    struct box rest = {box->type, at, box->end};
    size_t most = sizeof b / size;
    while (count > 0) {
        size_t now = count < most ? count : most;
        int got = mp4_payload(m, &rest, b, now * size);
        if (got < 0)
            return -1;
        if ((size_t)got < now * size)
            return mp4_damaged(m, box);
        for (size_t i = 0; i < now; i++)
            add_run(&m->fragments, input_be32(b + i * size), 1);
        rest.payload += now * size;
        count -= (uint32_t)now;
    }
    return 0;
}

static int read_trun(struct movie *m, const struct box *box)
{
    uint8_t b[8];
    struct fragments *f = &m->fragments;
    if (mp4_fields(m, box, b, sizeof b, 8))
        return -1;
    if (f->movie == 0 || f->track != f->movie)
        return 0;
    uint32_t flags = input_be32(b), count = input_be32(b + 4);
    f->samples += count;
    if (!(flags & TRUN_DURATION)) {
        add_run(f, f->step, count);
        return 0;
    }
    size_t size = 4 + 4 * words_of(flags, TRUN_SIZE | TRUN_SAMPLE_FLAGS | TRUN_SHIFT);
    uint64_t at = box->payload + 8 + 4 * words_of(flags, TRUN_OFFSET | TRUN_FLAGS);
    return at <= box->end ? add_frames(m, box, at, count, size) : mp4_damaged(m, box);
}

int mp4_read_fragment(struct movie *m, const struct box *box)
{
    switch (box->type) {
    case BOX('t', 'r', 'e', 'x'):
        return read_trex(m, box);
    case BOX('m', 'e', 'h', 'd'):
        return read_mehd(m, box);
    case BOX('t', 'f', 'h', 'd'):
        return read_tfhd(m, box);
    case BOX('t', 'r', 'u', 'n'):
        return read_trun(m, box);
    default:
        return 0;
    }
}
