// codec_check.c - what a worker sends is believed only after this. Any thread; reads plain memory.
//
// The worker may have been taken over by a picture, so nothing here trusts what a decoder of ours
// would have done. A boolean is looked at as a byte before it is one.
#include "codec_check.h"

#include "codec/film.h"
#include "codec/input.h"
#include "codec/text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---- the answer ---------------------------------------------------------------------------------

static bool is_boolean(const bool *value)
{
    unsigned char byte;
    memcpy(&byte, value, 1);
    return byte <= 1;
}

static bool clean_text(char *text, size_t size)
{
    if (memchr(text, 0, size) == NULL)
        return false;
    for (; *text; text++)
        if (*text < 32 || *text > 126)
            *text = '?';
    return true;
}

// Words are UTF-8, and have line feeds; nothing else that would move a cursor.
static bool is_words(const char *text, size_t size)
{
    const uint8_t *p = (const uint8_t *)text, *end = memchr(text, 0, size);
    while (end && p < end) {
        size_t step = text_character(p, (size_t)(end - p));
        bool control = (*p < 32 && *p != '\n') || *p == 127 || (p[0] == 0xC2 && p[1] < 0xA0);
        if (step == 0 || control)
            return false;
        p += step;
    }
    return end != NULL;
}

static bool check_words(const struct codec_words *w)
{
    return is_words(w->title, sizeof w->title) && is_words(w->description, sizeof w->description) &&
           is_words(w->keywords, sizeof w->keywords) && is_words(w->artist, sizeof w->artist) &&
           is_words(w->copyright, sizeof w->copyright) && is_words(w->date, sizeof w->date);
}

static bool is_amount(double value, double most)
{
    return isfinite(value) && value >= 0 && value <= most;
}

static bool is_between(int low, int value, int high)
{
    return low <= value && value <= high;
}

static bool check_facts(struct codec_facts *f, const struct codec_job *job)
{
    bool flags = is_boolean(&f->video) && is_boolean(&f->alpha) && is_boolean(&f->progressive) &&
                 is_boolean(&f->icc) && is_boolean(&f->faststart) && is_boolean(&f->edit_list);
    bool texts = clean_text(f->format, sizeof f->format) && clean_text(f->codec, sizeof f->codec) &&
                 clean_text(f->audio_codec, sizeof f->audio_codec) &&
                 clean_text(f->colour, sizeof f->colour) &&
                 clean_text(f->profile, sizeof f->profile) && check_words(&f->words);
    int side = flags && f->video ? UINT16_MAX : CODEC_MAX_SIDE;
    return flags && texts && f->format[0] && is_between(1, f->width, side) &&
           is_between(1, f->height, side) && is_between(1, f->orientation, 8) &&
           is_between(0, f->components, UINT8_MAX) && is_between(0, f->rotation, 270) &&
           f->rotation % 90 == 0 && f->frames <= UINT32_MAX && is_amount(f->duration, 1e20) &&
           is_amount(f->fps, 1e10) && f->size == job->size && f->moov <= f->size &&
           is_between(0, f->audio_channels, UINT8_MAX) && is_between(0, f->audio_rate, 1000000) &&
           is_amount(f->pixel_aspect, 1e10) && is_amount(f->edit_shift, 1e20) &&
           is_between(0, f->depth, 64) && f->extras >> CODEC_EXTRAS == 0;
}

static bool check_result(const struct codec_answer *a)
{
    return is_boolean(&a->turned) && a->jpeg_length > 0 && a->jpeg_length <= CODEC_MAX_FILE &&
           is_between(1, a->width, CODEC_MAX_SIDE) && is_between(1, a->height, CODEC_MAX_SIDE) &&
           is_between(0, a->quality, 100) && is_amount(a->duration, 1e9) &&
           a->removed >> CODEC_EXTRAS == 0 && a->kept >> 3 == 0;
}

bool codec_check_answer(struct codec_answer *answer, const struct codec_job *job)
{
    if (!clean_text(answer->message, sizeof answer->message))
        return false;
    switch ((int)answer->status) {
    case CODEC_OK:
        if (job->kind == CODEC_ASK)
            return true; // the message is all there is
        return check_facts(&answer->facts, job) &&
               (job->kind == CODEC_PROBE || check_result(answer));
    case CODEC_IO:
        return answer->code < 0;
    case CODEC_FORMAT:
    case CODEC_LIMIT:
    case CODEC_MEMORY:
        return true;
    default: // CODEC_STOPPED is not for a worker to say
        return false;
    }
}

// ---- the picture --------------------------------------------------------------------------------

enum { SOF0 = 0xC0, SOF1 = 0xC1, DHT = 0xC4, RST0 = 0xD0, RST7 = 0xD7, SOI = 0xD8, EOI = 0xD9 };
enum { SOS = 0xDA, DQT = 0xDB, DRI = 0xDD, APP0 = 0xE0, APP1 = 0xE1, APP2 = 0xE2, APP14 = 0xEE };
enum { MAX_SEGMENTS = 512, MAX_SCANS = 4 };

struct picture {
    const uint8_t *bytes;
    size_t length, at;
    int width, height;
    int frames, scans, segments;
};

static bool begins(const uint8_t *payload, size_t length, const char *name, size_t count)
{
    return length >= count && memcmp(payload, name, count) == 0;
}

static bool check_frame(struct picture *p, const uint8_t *payload, size_t length)
{
    return length >= 6 && p->scans == 0 && p->frames++ == 0 && payload[0] == 8 &&
           (payload[1] << 8 | payload[2]) == p->height &&
           (payload[3] << 8 | payload[4]) == p->width && (payload[5] == 1 || payload[5] == 3) &&
           length == 6 + 3u * payload[5];
}

// Names of people alone, in one directory: as exif_write.c makes it.
static bool check_exif(const uint8_t *payload, size_t length)
{
    size_t count = length >= 16 ? payload[14] : 0, end = 16 + 12 * count + 4;
    if (length > 512 || length < end || memcmp(payload, "Exif\0\0II*\0\10\0\0\0", 14) != 0 ||
        payload[15] != 0 || count < 1 || count > 2 || memcmp(payload + end - 4, "\0\0\0", 4) != 0)
        return false;
    for (const uint8_t *entry = payload + 16; count > 0; count--, entry += 12)
        if (memcmp(entry, "\x3B\1\2", 4) != 0 && memcmp(entry, "\x98\x82\2", 4) != 0)
            return false;
    return true;
}

static bool check_segment(struct picture *p, int marker, const uint8_t *payload, size_t length)
{
    switch (marker) {
    case SOF0:
    case SOF1:
        return check_frame(p, payload, length);
    case DHT:
    case DQT:
        return length >= 17;
    case DRI:
        return length == 2;
    case SOS:
        return p->frames == 1 && ++p->scans <= MAX_SCANS && length >= 6;
    case APP0:
        return length == 14 && begins(payload, length, "JFIF", 5);
    case APP1:
        return check_exif(payload, length);
    case APP2:
        return length > 14 && begins(payload, length, "ICC_PROFILE", 12);
    case APP14:
        return length == 12 && begins(payload, length, "Adobe", 5);
    default:
        return false;
    }
}

// Goes behind the data of a scan, to the next marker.
static bool skip_scan(struct picture *p)
{
    const uint8_t *end = p->bytes + p->length, *at = p->bytes + p->at;
    while ((at = memchr(at, 0xFF, (size_t)(end - at))) != NULL && end - at >= 2) {
        if (at[1] != 0 && at[1] != 0xFF && (at[1] < RST0 || at[1] > RST7)) {
            p->at = (size_t)(at - p->bytes);
            return true;
        }
        at++;
    }
    return false;
}

// 1: the next segment is good, 0: it was the end of the picture, -1: it is not good.
static int next_segment(struct picture *p)
{
    const uint8_t *s = p->bytes + p->at;
    size_t left = p->length - p->at;
    if (left < 2 || s[0] != 0xFF || ++p->segments > MAX_SEGMENTS)
        return -1;
    if (s[1] == EOI)
        return left == 2 && p->scans > 0 ? 0 : -1;
    size_t length = left < 4 ? 0 : (size_t)s[2] << 8 | s[3];
    if (length < 2 || length > left - 2 || !check_segment(p, s[1], s + 4, length - 2))
        return -1;
    p->at += 2 + length;
    return s[1] != SOS || skip_scan(p) ? 1 : -1;
}

bool codec_check_jpeg(const uint8_t *bytes, size_t length, int width, int height)
{
    struct picture p = {
        .bytes = bytes, .length = length, .at = 2, .width = width, .height = height};
    int more = length >= 2 && bytes[0] == 0xFF && bytes[1] == SOI ? 1 : -1;
    while (more > 0)
        more = next_segment(&p);
    return more == 0;
}

// ---- the film -----------------------------------------------------------------------------------

// What its index says of each picture; its two tables begin behind fixed words, and have as many
// entries each. The number of pictures that are stored, or 0.
static uint32_t read_tables(const uint8_t *index, uint32_t shown, struct film_frame *frame)
{
    const uint8_t *times = index + FILM_TIMES, *lengths = index + FILM_LENGTHS + 8 * (size_t)shown;
    const uint8_t *places = index + FILM_PLACES + 12 * (size_t)shown;
    for (uint32_t i = 0; i < shown; i++) {
        if (i > 0 && input_be32(places + 4 * (size_t)i) == FILM_HEAD)
            return i;
        frame[i] = (struct film_frame){input_be32(lengths + 4 * (size_t)i),
                                       input_be32(times + 8 * (size_t)i + 4)};
    }
    return shown;
}

// An index that is made anew of what it says must be the same, byte for byte.
static bool check_index(const uint8_t *index, struct film *film, uint32_t shown)
{
    film->times = film->frames ? shown / film->frames : 0;
    size_t length = film_index_length(film);
    if (film->frames == 0 || film->frames * film->times != shown)
        return false;
    uint8_t *again = malloc(length);
    if (again == NULL)
        return false;
    film_index(film, again);
    bool same = memcmp(index, again, length) == 0;
    free(again);
    return same;
}

static bool check_pictures(const uint8_t *bytes, size_t length, const struct film *film)
{
    for (uint32_t i = 0; i < film->frames; i++) {
        size_t picture = film->frame[i].length;
        if (picture > length || !codec_check_jpeg(bytes, picture, film->width, film->height))
            return false;
        bytes += picture;
        length -= picture;
    }
    return length == 0;
}

bool codec_check_film(const uint8_t *bytes, size_t length, int width, int height)
{
    uint8_t head[FILM_HEAD];
    struct film film = {.width = width, .height = height};
    if (length < FILM_HEAD + FILM_INDEX || length > UINT32_MAX)
        return false;
    uint32_t pictures = input_be32(bytes + FILM_HEAD - 8) - 8;
    film_head(pictures, head);
    if (memcmp(head, bytes, sizeof head) != 0 || pictures > length - FILM_HEAD - FILM_INDEX)
        return false;
    size_t entries = length - FILM_HEAD - FILM_INDEX - pictures;
    uint32_t shown = (uint32_t)(entries / FILM_ENTRY);
    struct film_frame *frame = calloc(shown ? shown : 1, sizeof *frame);
    const uint8_t *index = bytes + FILM_HEAD + pictures;
    film.frame = frame;
    if (frame && entries % FILM_ENTRY == 0)
        film.frames = read_tables(index, shown, frame);
    bool good =
        check_index(index, &film, shown) && check_pictures(bytes + FILM_HEAD, pictures, &film);
    free(frame);
    return good;
}
