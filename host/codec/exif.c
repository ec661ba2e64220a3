// exif.c - what we need of EXIF: which way is up, who made it and when, and what it tells of
// places and devices.
// Four directories at most are read, each once and by its own function, so there is nothing to
// loop on. Every offset is checked against the block.
#include "exif.h"

#include "input.h"
#include "text.h"
#include <string.h>

enum { TAG_DESCRIPTION = 0x010E, TAG_ORIENTATION = 0x0112, TAG_DATE = 0x0132 };
enum { TAG_ARTIST = 0x013B, TAG_COPYRIGHT = 0x8298, TAG_EXIF = 0x8769, TAG_GPS = 0x8825 };
enum { TAG_TAKEN = 0x9003, TAG_XP_TITLE = 0x9C9B, TAG_XP_KEYWORDS = 0x9C9E };
enum { TAG_BODY_SERIAL = 0xA431, TAG_LENS_SERIAL = 0xA435, TAG_CAMERA_SERIAL = 0xC62F };
enum { TYPE_BYTE = 1, TYPE_ASCII = 2, TYPE_SHORT = 3, TYPE_LONG = 4, TYPE_UTF8 = 129 };

struct tiff {
    const uint8_t *bytes;
    size_t length;
    bool big_endian;
};

// An entry of a directory.
struct entry {
    uint32_t tag;
    uint32_t number;     // of a single SHORT or LONG, else 0
    const uint8_t *text; // of a BYTE or ASCII one, else NULL
    size_t length;
};

typedef void (*visit_fn)(const struct tiff *t, const struct entry *e, struct codec_facts *facts);

static uint32_t get16(const struct tiff *t, size_t at)
{
    return t->big_endian ? input_be16(t->bytes + at) : input_le16(t->bytes + at);
}

static uint32_t get32(const struct tiff *t, size_t at)
{
    return t->big_endian ? input_be32(t->bytes + at) : input_le32(t->bytes + at);
}

static struct entry read_entry(const struct tiff *t, size_t at)
{
    struct entry e = {get16(t, at), 0, NULL, 0};
    uint32_t type = get16(t, at + 2), count = get32(t, at + 4);
    if (type == TYPE_SHORT && count == 1)
        e.number = get16(t, at + 8);
    if (type == TYPE_LONG && count == 1)
        e.number = get32(t, at + 8);
    if (type != TYPE_BYTE && type != TYPE_ASCII && type != TYPE_UTF8)
        return e;
    size_t where = count <= 4 ? at + 8 : get32(t, at + 8);
    if (where > t->length || count > t->length - where)
        return e;
    e.text = t->bytes + where;
    e.length = count;
    return e;
}

// Visits the directory at `at`. Its end, where the position of the next one stands; or 0.
static size_t read_directory(const struct tiff *t, size_t at, visit_fn visit,
                             struct codec_facts *facts)
{
    if (at < 8 || at > t->length - 2)
        return 0;
    size_t entries = get16(t, at);
    for (at += 2; entries > 0 && t->length - at >= 12; entries--, at += 12) {
        struct entry e = read_entry(t, at);
        visit(t, &e, facts);
    }
    return entries ? 0 : at;
}

static void keep(char *text, size_t size, const struct entry *e)
{
    if (text[0] || e->text == NULL)
        return;
    text_add(text, size, e->text, e->length);
    text_trim(text);
}

static void keep_utf16(char *text, size_t size, const struct entry *e)
{
    if (text[0] || e->text == NULL)
        return;
    text_add_utf16(text, size, e->text, e->length);
    text_trim(text);
}

// "2024:05:31 18:20:00" becomes "2024-05-31T18:20:00".
static void keep_date(char *text, size_t size, const struct entry *e)
{
    if (e->text == NULL || e->length < 19 || e->text[4] != ':' || e->text[0] < '0')
        return;
    text[0] = 0;
    text_add(text, size, e->text, 19);
    if (strlen(text) != 19 || text[4] != ':' || text[7] != ':' || text[10] != ' ')
        return; // shown as it is
    text[4] = text[7] = '-';
    text[10] = 'T';
}

static void visit_photo(const struct tiff *t, const struct entry *e, struct codec_facts *facts)
{
    (void)t;
    if (e->tag == TAG_TAKEN)
        keep_date(facts->words.date, sizeof facts->words.date, e);
    if (e->tag == TAG_BODY_SERIAL || e->tag == TAG_LENS_SERIAL)
        facts->extras |= CODEC_SERIAL;
}

static void visit_gps(const struct tiff *t, const struct entry *e, struct codec_facts *facts)
{
    (void)t;
    if (e->tag != 0) // the version alone is no place
        facts->extras |= CODEC_GPS;
}

static void visit_main(const struct tiff *t, const struct entry *e, struct codec_facts *facts)
{
    struct codec_words *w = &facts->words;
    switch (e->tag) {
    case TAG_ORIENTATION:
        if (e->number >= 1 && e->number <= 8)
            facts->orientation = (int)e->number;
        break;
    case TAG_DESCRIPTION:
        keep(w->description, sizeof w->description, e);
        break;
    case TAG_ARTIST:
        keep(w->artist, sizeof w->artist, e);
        break;
    case TAG_COPYRIGHT:
        keep(w->copyright, sizeof w->copyright, e);
        break;
    case TAG_DATE:
        if (w->date[0] == 0) // the date of the last change: when it was taken is better
            keep_date(w->date, sizeof w->date, e);
        break;
    case TAG_XP_TITLE:
        keep_utf16(w->title, sizeof w->title, e);
        break;
    case TAG_XP_KEYWORDS:
        keep_utf16(w->keywords, sizeof w->keywords, e);
        for (char *p = w->keywords; *p; p++)
            *p = *p == ';' ? '\n' : *p;
        break;
    case TAG_CAMERA_SERIAL:
        facts->extras |= CODEC_SERIAL;
        break;
    case TAG_EXIF:
        read_directory(t, e->number, visit_photo, facts);
        break;
    case TAG_GPS:
        read_directory(t, e->number, visit_gps, facts);
        break;
    default:
        break;
    }
}

void exif_read(const uint8_t *bytes, size_t length, struct codec_facts *facts)
{
    facts->extras |= CODEC_EXIF;
    if (length >= 6 && memcmp(bytes, "Exif\0\0", 6) == 0) {
        bytes += 6;
        length -= 6;
    }
    if (length < 8)
        return;
    struct tiff t = {bytes, length, bytes[0] == 'M'};
    if (memcmp(bytes, t.big_endian ? "MM\0*" : "II*\0", 4) != 0)
        return;
    size_t end = read_directory(&t, get32(&t, 4), visit_main, facts);
    if (end && length - end >= 4 && get32(&t, end) != 0) // the second directory is a small picture
        facts->extras |= CODEC_THUMBNAIL;
}
