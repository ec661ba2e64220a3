// png_packed.c - text chunks of a PNG that are compressed, or hold a block of another format.
// A bomb is stopped by the room that it is given: what does not fit is not read at all.
#include "png_packed.h"

#include "png_text.h"
#include <ctype.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 256 << 10, LONGEST_KEYWORD = 79 };

struct span {
    const uint8_t *p;
    size_t length;
};

static struct span after(struct span s, size_t count)
{
    return count <= s.length ? (struct span){s.p + count, s.length - count} : (struct span){0};
}

// Behind the next zero; empty when there is none.
static struct span after_zero(struct span s)
{
    const uint8_t *zero = s.p ? memchr(s.p, 0, s.length) : NULL;
    return zero ? after(s, (size_t)(zero - s.p) + 1) : (struct span){0};
}

// Room that is freed with the rest, or NULL.
static uint8_t *take_room(struct png_packed *p, size_t length)
{
    if (p->count == PNG_PACKED_MOST)
        return NULL;
    uint8_t *room = malloc(length);
    if (room)
        p->opened[p->count++] = room;
    return room;
}

// The chunk as if its text had not been compressed: `head` bytes stay in front of it.
static struct span open_text(struct png_packed *p, struct span chunk, size_t head,
                             struct span packed)
{
    uint8_t *room = packed.p ? take_room(p, head + ROOM) : NULL;
    size_t got = 0;
    if (room == NULL)
        return (struct span){0};
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    bool whole = d && libdeflate_zlib_decompress(d, packed.p, packed.length, room + head, ROOM,
                                                 &got) == LIBDEFLATE_SUCCESS;
    libdeflate_free_decompressor(d);
    memcpy(room, chunk.p, head);
    return whole ? (struct span){room, head + got} : (struct span){0};
}

// What stands behind the line with its name and that with its length, which is not needed.
static struct span unhex(struct png_packed *p, struct span text)
{
    size_t at = 0, got = 0;
    for (int lines = 0; at < text.length && lines < 3; at++)
        lines += text.p[at] == '\n';
    uint8_t *room = at < text.length ? take_room(p, text.length / 2) : NULL;
    int high = -1;
    for (; room && at < text.length; at++) {
        if (!isxdigit(text.p[at]))
            continue;
        int digit = isdigit(text.p[at]) ? text.p[at] - '0' : (text.p[at] | 32) - 'a' + 10;
        if (high >= 0)
            room[got++] = (uint8_t)(high << 4 | digit);
        high = high < 0 ? digit : -1;
    }
    return (struct span){room, got};
}

// ImageMagick's way to keep what PNG had no chunk for.
static void read_profile(struct png_packed *p, struct span chunk, struct metadata *found)
{
    static const char prefix[] = "Raw profile type ";
    size_t length = sizeof prefix - 1;
    struct span text = after_zero(chunk);
    if (chunk.length <= length || memcmp(chunk.p, prefix, length) != 0 || text.p == NULL)
        return;
    const char *kind = (const char *)chunk.p + length;
    bool exif = strcmp(kind, "exif") == 0 || strcmp(kind, "APP1") == 0;
    bool iptc = strcmp(kind, "iptc") == 0 || strcmp(kind, "8bim") == 0;
    if (exif && !found->exif) {
        struct span block = unhex(p, text);
        found->exif = block.p, found->exif_length = block.length;
        p->exif = block.p != NULL;
    } else if (iptc && !found->iptc) {
        struct span block = unhex(p, text);
        found->iptc = block.p, found->iptc_length = block.length;
    } else if (strcmp(kind, "xmp") == 0 && !found->xmp) {
        struct span block = unhex(p, text);
        found->xmp = block.p, found->xmp_length = block.length;
    }
}

void png_packed_read(struct png_packed *p, const uint8_t *type, const uint8_t *bytes, size_t length,
                     struct codec_facts *facts, struct metadata *found)
{
    struct span chunk = {bytes, length}, rest = after_zero(chunk), open = {0};
    bool packed = memcmp(type, "zTXt", 4) == 0, wide = memcmp(type, "iTXt", 4) == 0;
    size_t head = rest.p ? (size_t)(rest.p - bytes) : 0;
    png_text_read(type, bytes, length, facts, found);
    if (head == 0 || head > LONGEST_KEYWORD + 1)
        return;
    if (packed) {
        open = open_text(p, chunk, head, after(rest, 1));
        type = (const uint8_t *)"tEXt";
    } else if (wide && rest.length > 2 && rest.p[0] == 1) {
        struct span text = after_zero(after_zero(after(rest, 2)));
        open = open_text(p, chunk, text.p ? (size_t)(text.p - bytes) : 0, text);
        if (open.p) // it is compressed no more
            p->opened[p->count - 1][head] = 0;
    } else if (memcmp(type, "tEXt", 4) == 0) {
        open = chunk;
    }
    if (open.p == NULL)
        return;
    if (open.p != bytes)
        png_text_read(type, open.p, open.length, facts, found);
    read_profile(p, open, found);
}

void png_packed_free(struct png_packed *p)
{
    while (p->count > 0)
        free(p->opened[--p->count]);
}
