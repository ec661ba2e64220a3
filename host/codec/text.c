// text.c - words out of files, made clean UTF-8.
#include "text.h"

#include <string.h>

size_t text_character(const uint8_t *p, size_t left)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    if (left == 0)
        return 0;
    size_t length = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (length < 2)
        return length;
    if (length > left || p[0] > 0xF4)
        return 0;
    uint32_t point = p[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        point = point << 6 | (p[i] & 0x3F);
    }
    bool good = point >= least[length] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
    return good ? length : 0;
}

bool text_add_point(char *text, size_t size, uint32_t point)
{
    size_t used = strlen(text);
    size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (used + length >= size || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
        return false;
    if ((point < 32 && point != '\n') || (point >= 127 && point < 160))
        point = ' ', length = 1;
    if (length == 1) {
        text[used] = (char)point;
    } else {
        static const uint8_t first[5] = {0, 0, 0xC0, 0xE0, 0xF0};
        for (size_t i = length - 1; i > 0; i--, point >>= 6)
            text[used + i] = (char)(0x80 | (point & 0x3F));
        text[used] = (char)(first[length] | point);
    }
    text[used + length] = 0;
    return true;
}

static uint32_t decode(const uint8_t *p, size_t length)
{
    if (length < 2) // ASCII, or Latin-1
        return p[0];
    uint32_t point = p[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++)
        point = point << 6 | (p[i] & 0x3F);
    return point;
}

void text_add(char *text, size_t size, const uint8_t *bytes, size_t length)
{
    for (size_t at = 0; at < length && bytes[at];) {
        size_t step = text_character(bytes + at, length - at);
        if (!text_add_point(text, size, decode(bytes + at, step)))
            return;
        at += step ? step : 1;
    }
}

void text_add_utf16(char *text, size_t size, const uint8_t *bytes, size_t length)
{
    for (size_t at = 0; length - at >= 2; at += 2) {
        uint32_t unit = (uint32_t)bytes[at] | (uint32_t)bytes[at + 1] << 8;
        if (unit >= 0xD800 && unit < 0xDC00 && length - at >= 4) {
            uint32_t low = (uint32_t)bytes[at + 2] | (uint32_t)bytes[at + 3] << 8;
            unit = 0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF);
            at += 2;
        }
        if (unit == 0 || !text_add_point(text, size, unit))
            return;
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n';
}

void text_trim(char *text)
{
    size_t start = 0, end = strlen(text);
    while (end > 0 && is_blank(text[end - 1]))
        end--;
    while (start < end && is_blank(text[start]))
        start++;
    memmove(text, text + start, end - start);
    text[end - start] = 0;
}
