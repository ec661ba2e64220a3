// iptc.c - IPTC's records inside Photoshop's resources. Flat lists: each step goes forward.
#include "input.h"
#include "metadata.h"
#include "text.h"
#include <stdio.h>
#include <string.h>

#define IPTC_RESOURCE 0x0404
#define THUMBNAIL_RESOURCE 0x040C

static void keep_once(char *text, size_t size, const uint8_t *bytes, size_t length)
{
    if (text[0])
        return;
    text_add(text, size, bytes, length);
    text_trim(text);
}

static void keep_date(char *text, size_t size, const uint8_t *d, size_t length)
{
    if (text[0] || length != 8)
        return;
    for (int i = 0; i < 8; i++)
        if (d[i] < '0' || d[i] > '9')
            return;
    snprintf(text, size, "%.4s-%.2s-%.2s", (const char *)d, (const char *)d + 4,
             (const char *)d + 6);
}

// `more`: keywords of this block are collected, since no block before had any.
static void keep_record(struct codec_words *w, int record, const uint8_t *bytes, size_t length,
                        bool more)
{
    switch (record) {
    case 5:
        keep_once(w->title, sizeof w->title, bytes, length);
        break;
    case 25:
        if (!more)
            break;
        if (w->keywords[0])
            text_add_point(w->keywords, sizeof w->keywords, '\n');
        text_add(w->keywords, sizeof w->keywords, bytes, length);
        break;
    case 55:
        keep_date(w->date, sizeof w->date, bytes, length);
        break;
    case 80:
        keep_once(w->artist, sizeof w->artist, bytes, length);
        break;
    case 116:
        keep_once(w->copyright, sizeof w->copyright, bytes, length);
        break;
    case 120:
        keep_once(w->description, sizeof w->description, bytes, length);
        break;
    default:
        break;
    }
}

static void read_records(const uint8_t *p, size_t left, struct codec_words *w)
{
    bool more = w->keywords[0] == 0;
    while (left >= 5 && p[0] == 0x1C) {
        size_t length = input_be16(p + 3);
        if (length > left - 5) // or of the extended form, for files larger than words
            return;
        if (p[1] == 2)
            keep_record(w, p[2], p + 5, length, more);
        p += 5 + length;
        left -= 5 + length;
    }
}

// Bare records, or resources: "8BIM", number, a name with its length (padded to even), length,
// content (padded).
void iptc_read(const uint8_t *bytes, size_t length, struct codec_facts *facts)
{
    const uint8_t *p = bytes;
    size_t left = length;
    if (left > 0 && p[0] == 0x1C) {
        facts->extras |= CODEC_IPTC;
        read_records(p, left, &facts->words);
    }
    while (left >= 12 && memcmp(p, "8BIM", 4) == 0) {
        unsigned number = input_be16(p + 4);
        size_t head = 6 + ((size_t)p[6] + 2) / 2 * 2;
        if (left < head + 4)
            return;
        size_t size = input_be32(p + head);
        head += 4;
        if (size > left - head)
            return;
        if (number == IPTC_RESOURCE) {
            facts->extras |= CODEC_IPTC;
            read_records(p + head, size, &facts->words);
        }
        if (number == THUMBNAIL_RESOURCE)
            facts->extras |= CODEC_THUMBNAIL;
        size_t step = head + size + size % 2;
        if (step > left)
            return;
        p += step;
        left -= step;
    }
}
