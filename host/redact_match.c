// redact_match.c - see redact_match.h.
#include "redact_match.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

enum encoding { PLAIN, PERCENT, JSON };

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The value of `digits` hexadecimal digits, or -1.
static long hex_number(const char *text, size_t left, unsigned digits)
{
    long value = 0;
    if (left < digits)
        return -1;
    for (unsigned i = 0; i < digits; i++) {
        if (hex(text[i]) < 0)
            return -1;
        value = value * 16 + hex(text[i]);
    }
    return value;
}

static size_t utf8(uint32_t code, unsigned char *out)
{
    if (code < 0x80) {
        out[0] = (unsigned char)code;
        return 1;
    }
    size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, code >>= 6)
        out[i] = 0x80 | (code & 0x3f);
    out[0] = (unsigned char)((0xf00 >> length) | code);
    return length;
}

// A \uXXXX at `text` (the backslash is gone), with its second half if it has one. Returns its
// length and the bytes that it stands for.
static size_t unicode_escape(const char *text, size_t left, unsigned char *out, size_t *out_length)
{
    if (left < 5 || text[0] != 'u')
        return 0;
    long code = hex_number(text + 1, left - 1, 4);
    if (code < 0)
        return 0;
    size_t used = 5;
    if (code >= 0xd800 && code < 0xdc00 && left >= 11 && text[5] == '\\' && text[6] == 'u') {
        long low = hex_number(text + 7, left - 7, 4);
        if (low >= 0xdc00 && low < 0xe000) {
            code = 0x10000 + (code - 0xd800) * 0x400 + (low - 0xdc00);
            used = 11;
        }
    }
    *out_length = utf8((uint32_t)code, out);
    return used;
}

// Bytes of text that stand for the next byte of the secret in JSON; *taken is the number of bytes
// of the secret that they cover. Any number of backslashes: JSON may stand inside JSON.
static size_t json_step(const char *text, size_t left, const unsigned char *secret,
                        size_t secret_left, size_t *taken)
{
    static const char letters[] = "nrtbf", meanings[] = "\n\r\t\b\f";
    size_t at = 0;
    while (at < left && text[at] == '\\')
        at++;
    if (!at || at == left)
        return at && *secret == '\\' ? at : left && (unsigned char)*text == *secret;
    unsigned char bytes[4];
    size_t used = unicode_escape(text + at, left - at, bytes, taken);
    if (used && *taken <= secret_left && !memcmp(bytes, secret, *taken))
        return at + used;
    *taken = 1;
    const char *letter = strchr(letters, text[at]);
    if (letter && *letter && (unsigned char)meanings[letter - letters] == *secret)
        return at + 1;
    if (*secret == '\\')
        return at > 1 ? 2 : 1;
    return (unsigned char)text[at] == *secret ? at + 1 : 0;
}

static size_t percent_step(const char *text, size_t left, unsigned char c)
{
    if (*text == '%' && hex_number(text + 1, left - 1, 2) == c)
        return 3;
    return (unsigned char)*text == c || (c == ' ' && *text == '+');
}

// Both alphabets of base64 are one here.
static size_t base64_step(const char *text, size_t left, unsigned char c)
{
    size_t skip = left > 1 && *text == '\\';
    if (text[skip] == (c == '+' ? '-' : c == '/' ? '_' : (char)c))
        return skip + 1;
    size_t used = percent_step(text + skip, left - skip, c);
    return used ? skip + used : 0;
}

static size_t match_in(enum encoding encoding, const struct secret_form *s, const char *text,
                       size_t left)
{
    size_t at = 0, count = 0;
    while (count < s->length && at < left) {
        size_t taken = 1, used;
        if (s->base64)
            used = base64_step(text + at, left - at, s->bytes[count]);
        else if (encoding == PERCENT)
            used = percent_step(text + at, left - at, s->bytes[count]);
        else if (encoding == JSON)
            used = json_step(text + at, left - at, s->bytes + count, s->length - count, &taken);
        else
            used = (unsigned char)text[at] == s->bytes[count];
        if (!used)
            break;
        at += used;
        count += taken;
    }
    return count >= s->minimum ? at : 0;
}

// What follows a match in base64: one character may hold the last bits, then comes padding.
static size_t base64_tail(const char *text, size_t left)
{
    size_t at = 0;
    if (left && (in_token(*text) || *text == '+' || *text == '/'))
        at = 1;
    while (at < left && (text[at] == '=' || (left - at > 2 && !strncasecmp(text + at, "%3D", 3))))
        at += text[at] == '=' ? 1 : 3;
    return at;
}

size_t secret_match(const struct secret_form *secret, const char *text, size_t left)
{
    size_t best = match_in(PLAIN, secret, text, left);
    if (secret->base64)
        return best ? best + base64_tail(text + best, left - best) : 0;
    size_t other = match_in(PERCENT, secret, text, left);
    if (other > best)
        best = other;
    other = match_in(JSON, secret, text, left);
    return other > best ? other : best;
}

static size_t skip_any(const char *text, size_t left, size_t at, const char *set)
{
    while (at < left && text[at] && strchr(set, text[at]))
        at++;
    return at;
}

size_t access_token_key(const char *text, size_t left)
{
    static const char name[] = "access_token";
    size_t at = sizeof name - 1;
    if (left <= at || strncasecmp(text, name, at))
        return 0;
    size_t quoted = skip_any(text, left, at, "\\\"'");
    size_t sign = skip_any(text, left, quoted, " ");
    if (sign == left)
        return 0;
    if (text[sign] == '=' || (quoted > at && text[sign] == ':'))
        return skip_any(text, left, sign + 1, " \\\"'");
    return left - sign > 3 && !strncasecmp(text + sign, "%3D", 3) ? sign + 3 : 0;
}

bool in_token(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
           c == '-';
}

bool in_value(char c)
{
    return (unsigned char)c > ' ' && c != 0x7f && !strchr("&\"'<>\\#;,)]}", c);
}

bool in_authority(char c)
{
    return (unsigned char)c > ' ' && c != 0x7f && !strchr("/?#\"'<>\\", c);
}
