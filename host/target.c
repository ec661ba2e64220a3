// target.c - the parts of an HTTP request that are text: its target and its byte range.

#include "target.h"
#include <stddef.h>
#include <string.h>
#include <strings.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The byte behind a percent sign, or -1.
static int hex_byte(const char *text)
{
    int high = hex_digit(text[0]);
    int low = high < 0 ? -1 : hex_digit(text[1]);
    return low < 0 ? -1 : high * 16 + low;
}

static bool well_encoded(const char *text)
{
    for (; *text; text++)
        if (*text == '%' && hex_byte(text + 1) <= 0)
            return false;
    return true;
}

// `text` is well encoded.
static void decode(char *text, bool plus_is_space)
{
    char *out = text;
    for (; *text; text++) {
        if (*text == '%') {
            *out++ = (char)hex_byte(text + 1);
            text += 2;
        } else {
            *out++ = plus_is_space && *text == '+' ? ' ' : *text;
        }
    }
    *out = '\0';
}

static bool has_encoded_slash(const char *text)
{
    while ((text = strchr(text, '%')))
        if (hex_byte(++text) == '/')
            return true;
    return false;
}

static bool climbs(const char *path)
{
    while ((path = strstr(path, "/.."))) {
        path += 3;
        if (*path == '\0' || *path == '/')
            return true;
    }
    return false;
}

bool target_parse(char *text, struct target *out)
{
    if (text[0] != '/' || !well_encoded(text))
        return false;
    out->path = text;
    out->query = strchr(text, '?');
    if (out->query)
        *out->query++ = '\0';
    if (has_encoded_slash(out->path))
        return false;
    decode(out->path, false);
    return !climbs(out->path);
}

bool target_pair(char **rest, char **name, char **value)
{
    char *text = *rest;
    while (text && *text == '&')
        text++;
    if (!text || !*text)
        return false;
    char *end = strchr(text, '&');
    if (end)
        *end++ = '\0';
    *rest = end;
    *name = text;
    *value = strchr(text, '=');
    if (*value) {
        *(*value)++ = '\0';
        decode(*value, true);
    }
    decode(*name, true);
    if (!*value)
        *value = *name + strlen(*name);
    return true;
}

// Reads digits; false when there are none or too many.
static bool read_number(const char **text, uint64_t *out)
{
    const char *start = *text;
    *out = 0;
    for (; **text >= '0' && **text <= '9'; (*text)++)
        *out = *out * 10 + (uint64_t)(**text - '0');
    return *text > start && *text - start <= 18;
}

static enum range range_suffix(const char *text, uint64_t size, uint64_t *first, uint64_t *length)
{
    uint64_t wanted;
    if (!read_number(&text, &wanted) || *text)
        return RANGE_WHOLE;
    if (wanted == 0 || size == 0)
        return RANGE_OUTSIDE;
    *length = wanted < size ? wanted : size;
    *first = size - *length;
    return RANGE_PART;
}

enum range range_parse(const char *text, uint64_t size, uint64_t *first, uint64_t *length)
{
    uint64_t last = UINT64_MAX;
    if (!text || strncasecmp(text, "bytes=", 6) != 0)
        return RANGE_WHOLE;
    text += 6;
    if (*text == '-')
        return range_suffix(text + 1, size, first, length);
    if (!read_number(&text, first) || *text++ != '-')
        return RANGE_WHOLE;
    if (*text && (!read_number(&text, &last) || *text || last < *first))
        return RANGE_WHOLE;
    if (*first >= size)
        return RANGE_OUTSIDE;
    *length = (last < size ? last + 1 : size) - *first;
    return RANGE_PART;
}
