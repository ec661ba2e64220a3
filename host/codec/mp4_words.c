// mp4_words.c - what stands beside the film: a place, words, an XMP packet, somewhere in the boxes
// for that. Nobody keeps the rules in there, so they are searched, not read.
#include "mp4_private.h"

#include <ctype.h>
#include <string.h>

enum { CHUNK = 16384, OVERLAP = 32, MOST_SEARCHED = 16 << 20 };

static const struct {
    const char *sign;
    uint32_t extras;
} SIGNS[] = {
    {"\xA9xyz", CODEC_GPS},
    {"loci", CODEC_GPS},
    {"location.ISO6709", CODEC_GPS},
    {"exif:GPS", CODEC_GPS},
    {"SerialNumber", CODEC_SERIAL},
    {"\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC", CODEC_XMP},
    {"XMP_", CODEC_XMP},
    {"com.apple.quicktime.", CODEC_OTHER},
    {"com.android.", CODEC_OTHER},
};

static bool is_word(const uint8_t *p)
{
    return isalpha(p[1]) && isalpha(p[2]) && isalpha(p[3]) && memcmp(p + 1, "too", 3) != 0 &&
           memcmp(p + 1, "xyz", 3) != 0;
}

// QuickTime's names of words: the sign of copyright and three letters. Which program wrote the file
// is told by nearly all, and of nobody; the place has a sign of its own.
static bool has_words(const uint8_t *p, size_t length)
{
    const uint8_t *end = p + length;
    for (; (p = memchr(p, 0xA9, (size_t)(end - p))) != NULL && end - p >= 4; p++)
        if (is_word(p))
            return true;
    return false;
}

int mp4_search_words(struct movie *m, const struct box *box)
{
    uint8_t b[CHUNK];
    uint32_t *extras = &m->run->answer->facts.extras;
    struct box rest = *box;
    while (rest.payload < rest.end && m->searched < MOST_SEARCHED) {
        int got = mp4_payload(m, &rest, b, sizeof b);
        if (got < 0)
            return -1;
        for (size_t i = 0; i < sizeof SIGNS / sizeof SIGNS[0]; i++)
            if (memmem(b, (size_t)got, SIGNS[i].sign, strlen(SIGNS[i].sign)))
                *extras |= SIGNS[i].extras;
        if (has_words(b, (size_t)got))
            *extras |= CODEC_OTHER;
        m->searched += (uint64_t)got;
        rest.payload += got == CHUNK ? CHUNK - OVERLAP : (uint64_t)got;
    }
    return 0;
}
