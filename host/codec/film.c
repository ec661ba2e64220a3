// film.c - the boxes of a film of JPEG pictures (QuickTime File Format). Arithmetic only, any
// thread: a worker writes with it, the host compares with it.
#include "film.h"

#include <assert.h>
#include <string.h>

#define BOX(name)                                                                                  \
    ((uint32_t)(name)[0] << 24 | (uint32_t)(name)[1] << 16 | (uint32_t)(name)[2] << 8 |            \
     (uint32_t)(name)[3])

// Where the next byte goes.
struct pen {
    uint8_t *at;
};

static void put16(struct pen *pen, uint32_t value)
{
    *pen->at++ = (uint8_t)(value >> 8);
    *pen->at++ = (uint8_t)value;
}

static void put32(struct pen *pen, uint32_t value)
{
    put16(pen, value >> 16);
    put16(pen, value);
}

static void put_zeros(struct pen *pen, size_t count)
{
    memset(pen->at, 0, count);
    pen->at += count;
}

// Its length is put in by close_box.
static uint8_t *open_box(struct pen *pen, const char *name)
{
    uint8_t *start = pen->at;
    put32(pen, 0);
    put32(pen, BOX(name));
    return start;
}

// One that begins with a version of 0, and flags.
static uint8_t *open_full_box(struct pen *pen, const char *name, uint32_t flags)
{
    uint8_t *start = open_box(pen, name);
    put32(pen, flags);
    return start;
}

static void close_box(const struct pen *pen, uint8_t *start)
{
    struct pen length = {start};
    put32(&length, (uint32_t)(pen->at - start));
}

// No turn, no shift, no other size.
static void put_matrix(struct pen *pen)
{
    for (int i = 0; i < 9; i++)
        put32(pen, i == 8 ? 0x40000000 : i % 4 == 0 ? 0x10000 : 0);
}

static uint32_t duration_of(const struct film *film)
{
    uint32_t once = 0;
    for (uint32_t i = 0; i < film->frames; i++)
        once += film->frame[i].milliseconds;
    return once * film->times;
}

static void put_movie_header(struct pen *pen, uint32_t duration)
{
    uint8_t *box = open_full_box(pen, "mvhd", 0);
    put_zeros(pen, 8); // no dates
    put32(pen, FILM_SECOND);
    put32(pen, duration);
    put32(pen, 0x10000); // at its own speed
    put16(pen, 0x100);   // and volume
    put_zeros(pen, 10);
    put_matrix(pen);
    put_zeros(pen, 24);
    put32(pen, 2); // the next track would have this number
    close_box(pen, box);
}

static void put_track_header(struct pen *pen, const struct film *film, uint32_t duration)
{
    uint8_t *box = open_full_box(pen, "tkhd", 7); // shown in whatever way
    put_zeros(pen, 8);
    put32(pen, 1);
    put_zeros(pen, 4);
    put32(pen, duration);
    put_zeros(pen, 16);
    put_matrix(pen);
    put32(pen, (uint32_t)film->width << 16);
    put32(pen, (uint32_t)film->height << 16);
    close_box(pen, box);
}

static void put_media_headers(struct pen *pen, uint32_t duration)
{
    uint8_t *box = open_full_box(pen, "mdhd", 0);
    put_zeros(pen, 8);
    put32(pen, FILM_SECOND);
    put32(pen, duration);
    put_zeros(pen, 4);
    close_box(pen, box);
    box = open_full_box(pen, "hdlr", 0);
    put32(pen, BOX("mhlr"));
    put32(pen, BOX("vide"));
    put_zeros(pen, 13);
    close_box(pen, box);
}

// Pictures, and in this very file.
static void put_place(struct pen *pen)
{
    uint8_t *box = open_full_box(pen, "vmhd", 1);
    put_zeros(pen, 8);
    close_box(pen, box);
    box = open_box(pen, "dinf");
    uint8_t *list = open_full_box(pen, "dref", 0);
    put32(pen, 1);
    uint8_t *entry = open_full_box(pen, "url ", 1);
    close_box(pen, entry);
    close_box(pen, list);
    close_box(pen, box);
}

static void put_description(struct pen *pen, const struct film *film)
{
    uint8_t *box = open_full_box(pen, "stsd", 0);
    put32(pen, 1);
    uint8_t *entry = open_box(pen, "jpeg");
    put_zeros(pen, 6);
    put16(pen, 1);
    put_zeros(pen, 16);
    put16(pen, (uint32_t)film->width);
    put16(pen, (uint32_t)film->height);
    put32(pen, 72 << 16); // dots in an inch
    put32(pen, 72 << 16);
    put_zeros(pen, 4);
    put16(pen, 1);
    put_zeros(pen, 32);
    put16(pen, 24);     // bits of a pixel
    put16(pen, 0xFFFF); // no table of colours
    close_box(pen, entry);
    close_box(pen, box);
}

// How long, how large and where: an entry each for all that are shown.
static void put_tables(struct pen *pen, const struct film *film)
{
    uint32_t shown = film->frames * film->times;
    uint8_t *box = open_full_box(pen, "stts", 0);
    put32(pen, shown);
    for (uint32_t i = 0; i < shown; i++) {
        put32(pen, 1);
        put32(pen, film->frame[i % film->frames].milliseconds);
    }
    close_box(pen, box);
    box = open_full_box(pen, "stsc", 0); // each picture is a chunk of its own
    put32(pen, 1);
    for (int i = 0; i < 3; i++)
        put32(pen, 1);
    close_box(pen, box);
    box = open_full_box(pen, "stsz", 0);
    put32(pen, 0);
    put32(pen, shown);
    for (uint32_t i = 0; i < shown; i++)
        put32(pen, film->frame[i % film->frames].length);
    close_box(pen, box);
    box = open_full_box(pen, "stco", 0);
    put32(pen, shown);
    for (uint32_t i = 0, at = 0; i < shown; i++) {
        at = i % film->frames ? at : FILM_HEAD;
        put32(pen, at);
        at += film->frame[i % film->frames].length;
    }
    close_box(pen, box);
}

void film_head(uint32_t pictures, uint8_t out[FILM_HEAD])
{
    struct pen pen = {out};
    uint8_t *box = open_box(&pen, "ftyp");
    put32(&pen, BOX("qt  "));
    put32(&pen, 0x200);
    put32(&pen, BOX("qt  "));
    close_box(&pen, box);
    put32(&pen, pictures + 8);
    put32(&pen, BOX("mdat"));
}

void film_index(const struct film *film, uint8_t *out)
{
    struct pen pen = {out};
    uint32_t duration = duration_of(film);
    uint8_t *movie = open_box(&pen, "moov");
    put_movie_header(&pen, duration);
    uint8_t *track = open_box(&pen, "trak");
    put_track_header(&pen, film, duration);
    uint8_t *media = open_box(&pen, "mdia");
    put_media_headers(&pen, duration);
    uint8_t *information = open_box(&pen, "minf");
    put_place(&pen);
    uint8_t *table = open_box(&pen, "stbl");
    put_description(&pen, film);
    put_tables(&pen, film);
    close_box(&pen, table);
    close_box(&pen, information);
    close_box(&pen, media);
    close_box(&pen, track);
    close_box(&pen, movie);
    assert((size_t)(pen.at - out) == film_index_length(film));
}
