// exif_write.c - the smallest EXIF block that says who made a picture: written anew, word by word,
// so that nothing else of the source can come along.
#include "exif.h"

#include <string.h>

enum { ARTIST = 0x013B, COPYRIGHT = 0x8298, ASCII = 2, ENTRY = 12, BEFORE_ENTRIES = 10 };

static void put16(uint8_t *p, size_t value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *p, size_t value)
{
    put16(p, value);
    put16(p + 2, value >> 16);
}

// An entry of the directory and its text, whose place moves on.
static void put_text(uint8_t *tiff, size_t index, int tag, const char *text, size_t *at)
{
    uint8_t *entry = tiff + BEFORE_ENTRIES + index * ENTRY;
    size_t length = strlen(text) + 1;
    put16(entry, (size_t)tag);
    put16(entry + 2, ASCII);
    put32(entry + 4, length);
    if (length <= 4) {
        memcpy(entry + 8, text, length);
        return;
    }
    put32(entry + 8, *at);
    memcpy(tiff + *at, text, length);
    *at += length;
}

size_t exif_write(const struct codec_words *words, unsigned keep, uint8_t out[EXIF_MOST])
{
    bool artist = (keep & CODEC_KEEP_ARTIST) && words->artist[0];
    bool copyright = (keep & CODEC_KEEP_COPYRIGHT) && words->copyright[0];
    size_t count = (size_t)artist + copyright, at = BEFORE_ENTRIES + count * ENTRY + 4;
    uint8_t *tiff = out + 10;
    if (count == 0)
        return 0;
    memset(out, 0, EXIF_MOST);
    memcpy(out + 4, "Exif\0", 6);
    memcpy(tiff, "II*\0\10", 5);
    put16(tiff + 8, count);
    if (artist)
        put_text(tiff, 0, ARTIST, words->artist, &at);
    if (copyright)
        put_text(tiff, artist, COPYRIGHT, words->copyright, &at);
    out[0] = 0xFF;
    out[1] = 0xE1;
    out[2] = (uint8_t)((at + 8) >> 8);
    out[3] = (uint8_t)(at + 8);
    return at + 10;
}
