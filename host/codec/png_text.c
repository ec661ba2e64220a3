// png_text.c - the text chunks of a PNG. Compressed ones are noted here; png_packed.c opens them.
#include "png_text.h"

#include "text.h"
#include <string.h>

#define XMP_KEYWORD "XML:com.adobe.xmp"

static void keep(const char *keyword, const uint8_t *bytes, size_t length, struct codec_words *w)
{
    const struct {
        const char *name;
        char *text;
        size_t size;
    } fields[] = {
        {"Title", w->title, sizeof w->title},
        {"Description", w->description, sizeof w->description},
        {"Author", w->artist, sizeof w->artist},
        {"Copyright", w->copyright, sizeof w->copyright},
        {"Creation Time", w->date, sizeof w->date},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (strcmp(keyword, fields[i].name) != 0 || fields[i].text[0])
            continue;
        text_add(fields[i].text, fields[i].size, bytes, length);
        text_trim(fields[i].text);
    }
}

// iTXt, after the keyword: compressed, method, language 0, translated keyword 0, text.
static const uint8_t *international(const uint8_t *p, const uint8_t *end)
{
    if (end - p < 2 || p[0] != 0)
        return NULL;
    p += 2;
    for (int i = 0; i < 2 && p; i++) {
        p = memchr(p, 0, (size_t)(end - p));
        p = p ? p + 1 : NULL;
    }
    return p;
}

void png_text_read(const uint8_t *type, const uint8_t *bytes, size_t length,
                   struct codec_facts *facts, struct metadata *found)
{
    bool wide = memcmp(type, "iTXt", 4) == 0, plain = memcmp(type, "tEXt", 4) == 0;
    if (!wide && !plain && memcmp(type, "zTXt", 4) != 0)
        return;
    const uint8_t *end = bytes + length, *text = memchr(bytes, 0, length);
    bool is_xmp =
        wide && length > sizeof XMP_KEYWORD && memcmp(bytes, XMP_KEYWORD, sizeof XMP_KEYWORD) == 0;
    facts->extras |= is_xmp ? CODEC_XMP : CODEC_COMMENT;
    if (text == NULL || text - bytes > 79) // the longest keyword
        return;
    text = wide ? international(text + 1, end) : text + 1;
    if (text == NULL || (!wide && !plain))
        return;
    if (is_xmp)
        found->xmp = text, found->xmp_length = (size_t)(end - text);
    else
        keep((const char *)bytes, text, (size_t)(end - text), &facts->words);
}
