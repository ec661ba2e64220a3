// xmp.c - a few words of an XMP packet. No XML parser: properties are looked for by their usual
// names, as attributes or elements, and each search only goes forward inside the packet.
#include "metadata.h"
#include "text.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct span {
    const uint8_t *start, *end;
};

static size_t length_of(struct span s)
{
    return (size_t)(s.end - s.start);
}

static const uint8_t *find(struct span s, const char *words)
{
    return memmem(s.start, length_of(s), words, strlen(words));
}

// The content of the first element of that name.
static bool find_element(struct span s, const char *name, struct span *content)
{
    char tag[48];
    snprintf(tag, sizeof tag, "<%s", name);
    const uint8_t *at = find(s, tag);
    if (at == NULL)
        return false;
    content->start = memchr(at, '>', (size_t)(s.end - at));
    if (content->start == NULL || content->start[-1] == '/')
        return false;
    content->start++;
    content->end = s.end;
    snprintf(tag, sizeof tag, "</%s>", name);
    content->end = find(*content, tag);
    return content->end != NULL;
}

// In quotes of either kind, after a blank of any kind.
static bool find_attribute(struct span s, const char *name, struct span *content)
{
    size_t length = strlen(name);
    for (const uint8_t *at; (at = find(s, name)) != NULL; s.start = at + length) {
        const uint8_t *p = at + length;
        bool starts = at > s.start && isspace(at[-1]);
        if (!starts || s.end - p < 2 || p[0] != '=' || (p[1] != '"' && p[1] != '\''))
            continue;
        content->start = p + 2;
        content->end = memchr(p + 2, p[1], (size_t)(s.end - p) - 2);
        return content->end != NULL;
    }
    return false;
}

// "&#65;" and "&#x41;".
static uint32_t read_number(struct span s, size_t *length)
{
    char digits[12] = "", *end;
    size_t most = length_of(s) < sizeof digits - 1 ? length_of(s) : sizeof digits - 1;
    memcpy(digits, s.start, most);
    bool hex = digits[1] == '#' && digits[2] == 'x';
    if (digits[1] != '#')
        return 0;
    unsigned long point = strtoul(digits + (hex ? 3 : 2), &end, hex ? 16 : 10);
    *length = (size_t)(end - digits) + 1;
    return *end == ';' && point <= 0x10FFFF ? (uint32_t)point : 0;
}

// The character that an entity such as "&amp;" stands for, or 0; *length is that of the entity.
static uint32_t read_entity(struct span s, size_t *length)
{
    static const struct {
        char name[8];
        uint32_t point;
    } known[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        *length = strlen(known[i].name);
        if (length_of(s) >= *length && memcmp(s.start, known[i].name, *length) == 0)
            return known[i].point;
    }
    return read_number(s, length);
}

static void add_text(char *text, size_t size, struct span s)
{
    while (s.start < s.end) {
        const uint8_t *amp = memchr(s.start, '&', length_of(s));
        const uint8_t *stop = amp ? amp : s.end;
        size_t length = 1;
        text_add(text, size, s.start, (size_t)(stop - s.start));
        s.start = stop;
        if (amp == NULL)
            return;
        uint32_t point = read_entity(s, &length);
        if (!text_add_point(text, size, point ? point : '&'))
            return;
        s.start += point ? length : 1;
    }
}

// Of one text in several languages, from that which is meant for all; else from the first.
static bool choose_language(struct span *property)
{
    if (find(*property, "<rdf:Alt") == NULL)
        return false;
    const uint8_t *at = find(*property, "x-default");
    while (at && at > property->start && *at != '<')
        at--;
    property->start = at ? at : property->start;
    return true;
}

// The items of a list, one per line; a property without a list is its own text.
static void keep(char *text, size_t size, struct span property)
{
    struct span item;
    if (text[0])
        return;
    bool one = choose_language(&property);
    if (find(property, "<rdf:li") == NULL && find(property, "<") == NULL)
        add_text(text, size, property);
    while (find_element(property, "rdf:li", &item)) {
        if (text[0])
            text_add_point(text, size, '\n');
        add_text(text, size, item);
        property.start = one ? property.end : item.end;
    }
    text_trim(text);
}

static void keep_property(char *text, size_t size, struct span packet, const char *name)
{
    struct span content;
    if (find_element(packet, name, &content) || find_attribute(packet, name, &content))
        keep(text, size, content);
}

void xmp_read(const uint8_t *bytes, size_t length, struct codec_facts *facts)
{
    struct span packet = {bytes, bytes + length};
    struct codec_words *w = &facts->words;
    facts->extras |= CODEC_XMP;
    keep_property(w->title, sizeof w->title, packet, "dc:title");
    keep_property(w->description, sizeof w->description, packet, "dc:description");
    keep_property(w->keywords, sizeof w->keywords, packet, "dc:subject");
    keep_property(w->artist, sizeof w->artist, packet, "dc:creator");
    keep_property(w->copyright, sizeof w->copyright, packet, "dc:rights");
    keep_property(w->date, sizeof w->date, packet, "photoshop:DateCreated");
    keep_property(w->date, sizeof w->date, packet, "xmp:CreateDate");
    if (find(packet, "exif:GPS"))
        facts->extras |= CODEC_GPS;
    if (find(packet, "SerialNumber"))
        facts->extras |= CODEC_SERIAL;
}
