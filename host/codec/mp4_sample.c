// mp4_sample.c - how the samples of a track are stored, from the first entry of its stsd.
// What stands behind the fixed fields is searched, not walked: QuickTime and MP4 nest it
// differently, and it is short.
#include "mp4_private.h"

#include "input.h"
#include <string.h>

enum { ENTRY_BYTES = 512, ES_TAG = 3, DECODER_TAG = 4, SPECIFIC_TAG = 5 };

struct span {
    const uint8_t *p, *end;
};

// The content of the descriptor at the start of `s`, without `skip` bytes; empty when it is
// another.
static struct span descriptor(struct span s, int tag, size_t skip)
{
    size_t length = 0;
    if (s.end - s.p < 2 || *s.p++ != tag)
        return (struct span){s.end, s.end};
    for (int i = 0; i < 4 && s.p < s.end; i++) { // 7 bits a byte
        length = length << 7 | (*s.p & 0x7F);
        if (!(*s.p++ & 0x80))
            break;
    }
    size_t left = (size_t)(s.end - s.p);
    length = length < left ? length : left;
    s.end = s.p + length;
    s.p += skip < length ? skip : length;
    return s;
}

static unsigned bits(struct span s, size_t at, size_t count)
{
    unsigned value = 0;
    for (; count > 0; count--, at++) {
        bool there = at / 8 < (size_t)(s.end - s.p);
        value = value << 1 | (there ? s.p[at / 8] >> (7 - at % 8) & 1U : 0);
    }
    return value;
}

// AudioSpecificConfig: the fields of the entry around it are often those of another sound.
static void read_specific(struct span s, struct track *t)
{
    static const int rates[] = {96000, 88200, 64000, 48000, 44100, 32000, 24000,
                                22050, 16000, 12000, 11025, 8000,  7350};
    unsigned kind = bits(s, 0, 5), rate = bits(s, 5, 4);
    size_t at = rate == 15 ? 33 : 9;
    unsigned channels = bits(s, at, 4);
    if (kind == 5 || kind == 29) // spectral bands copied upwards: the rate that is heard
        rate = bits(s, at + 4, 4);
    if (rate < sizeof rates / sizeof rates[0])
        t->rate = rates[rate];
    if (channels >= 1 && channels <= 7)
        t->channels = channels == 7 ? 8 : (int)channels;
}

static void read_esds(struct span entry, struct track *t)
{
    const uint8_t *found = memmem(entry.p, (size_t)(entry.end - entry.p), "esds", 4);
    if (found == NULL || entry.end - found < 8)
        return;
    struct span es = descriptor((struct span){found + 8, entry.end}, ES_TAG, 3);
    struct span decoder = descriptor(es, DECODER_TAG, 0);
    if (decoder.end - decoder.p < 13)
        return;
    unsigned kind = decoder.p[0];
    if (kind == 0x69 || kind == 0x6B)
        memcpy(t->codec, ".mp3", 5); // by the name that QuickTime has for it
    decoder.p += 13;
    struct span specific = descriptor(decoder, SPECIFIC_TAG, 0);
    if (specific.end - specific.p >= 2)
        read_specific(specific, t);
}

static void read_sound(const uint8_t *b, struct span entry, struct track *t)
{
    if (input_be16(b + 24) == 2) { // QuickTime's form for many channels
        uint64_t bytes = input_be64(b + 48);
        double rate;
        memcpy(&rate, &bytes, sizeof rate);
        t->rate = rate >= 1 && rate < 1e6 ? (int)rate : 0;
        uint32_t channels = input_be32(b + 56);
        t->channels = channels <= UINT8_MAX ? (int)channels : 0;
    } else {
        t->rate = (int)input_be16(b + 40);
        t->channels = (int)input_be16(b + 32);
        t->channels = t->channels <= UINT8_MAX ? t->channels : 0;
    }
    read_esds(entry, t);
}

static void read_picture(const uint8_t *b, struct span entry, struct track *t)
{
    if (input_be16(b + 40)) {
        t->width = (int)input_be16(b + 40);
        t->height = (int)input_be16(b + 42);
    }
    const uint8_t *pasp = memmem(entry.p, (size_t)(entry.end - entry.p), "\0\0\0\20pasp", 8);
    if (pasp && entry.end - pasp >= 16 && input_be32(pasp + 8) && input_be32(pasp + 12))
        t->pixel_aspect = (double)input_be32(pasp + 8) / input_be32(pasp + 12);
}

int mp4_read_stsd(struct movie *m, const struct box *box)
{
    uint8_t b[ENTRY_BYTES];
    struct track *t = m->track;
    int got = mp4_payload(m, box, b, sizeof b);
    if (got < 0)
        return -1;
    if (got < 16)
        return mp4_damaged(m, box);
    if (input_be32(b + 4) == 0)
        return 0;
    for (int i = 0; i < 4; i++) // a name that is none must not reach a log as control characters
        t->codec[i] = b[12 + i] > 32 && b[12 + i] < 127 ? (char)b[12 + i] : '?';
    uint32_t size = input_be32(b + 8);
    size_t end = size < (uint32_t)got - 8 ? size + 8 : (size_t)got;
    struct span entry = {b + (end < 44 ? end : 44), b + end};
    if (t->handler == BOX('v', 'i', 'd', 'e') && got >= 44)
        read_picture(b, entry, t);
    if (t->handler == BOX('s', 'o', 'u', 'n') && got >= 44)
        read_sound(b, entry, t);
    return 0;
}
