// log_line.c - see log_line.h.
#include "log_line.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const icons[] = {"🔍", "ℹ️", "⚠️", "❌"};

static void put(struct line *line, const char *bytes, size_t length)
{
    if (line->failed)
        return;
    if (line->size - line->length < length) {
        size_t size = (line->length + length) * 2 + 128;
        char *data = realloc(line->data, size);
        if (!data) {
            line->failed = true;
            return;
        }
        line->data = data;
        line->size = size;
    }
    memcpy(line->data + line->length, bytes, length);
    line->length += length;
}

static void put_string(struct line *line, const char *text)
{
    put(line, text, strlen(text));
}

__attribute__((format(printf, 2, 3))) static void put_format(struct line *line, const char *format,
                                                             ...)
{
    char text[64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    put_string(line, text);
}

// Length of the UTF-8 sequence at `text`, its code point in *code; 0 when it is none.
static size_t decode(const char *text, size_t left, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (const unsigned char *)text;
    size_t length = *p < 0x80   ? 1
                    : *p < 0xc2 ? 0
                    : *p < 0xe0 ? 2
                    : *p < 0xf0 ? 3
                    : *p < 0xf5 ? 4
                                : 0;
    if (!length || length > left)
        return 0;
    *code = length == 1 ? *p : *p & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | (p[i] & 0x3f);
    }
    bool valid = *code >= least[length] && *code < 0x110000 && (*code < 0xd800 || *code > 0xdfff);
    return valid ? length : 0;
}

// Controls of both kinds, line and paragraph separators, and the marks that turn the direction.
static bool unsafe(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

static void put_escape(struct line *line, uint32_t code)
{
    if (code == '\n' || code == '\r' || code == '\t')
        put_string(line, code == '\n' ? "\\n" : code == '\r' ? "\\r" : "\\t");
    else
        put_format(line, "\\u%04x", (unsigned)code);
}

static void put_safe(struct line *line, const char *text, size_t length, bool json)
{
    for (size_t at = 0, used; at < length; at += used) {
        uint32_t code = 0;
        used = decode(text + at, length - at, &code);
        if (!used) {
            used = 1;
            if (json)
                put_string(line, "\\ufffd");
            else
                put_format(line, "\\x%02x", (unsigned char)text[at]);
        } else if (unsafe(code)) {
            put_escape(line, code);
        } else {
            if (json && (code == '"' || code == '\\'))
                put(line, "\\", 1);
            put(line, text + at, used);
        }
    }
}

static void put_quoted(struct line *line, const char *text, size_t length)
{
    put(line, "\"", 1);
    put_safe(line, text, length, true);
    put(line, "\"", 1);
}

const char *line_icon(const struct log_record *record)
{
    return record->icon ? record->icon : icons[record->level];
}

void line_text(struct line *line, const struct log_record *record, const char *tag,
               const struct timespec *now)
{
    char clock[16] = "--:--:--";
    struct tm *local = localtime(&now->tv_sec);
    if (local)
        strftime(clock, sizeof clock, "%H:%M:%S", local);
    const char *icon = line_icon(record);
    put_safe(line, icon, strlen(icon), false);
    put_format(line, " [%s] [", clock);
    put_safe(line, tag, strlen(tag), false);
    put_string(line, "] ");
    put_safe(line, record->message, record->length, false);
    put(line, "\n", 1);
}

static void put_number(struct line *line, lua_Number number)
{
    char text[40];
    if (!isfinite(number)) {
        put_string(line, "null");
        return;
    }
    snprintf(text, sizeof text, "%.15g", number);
    char *comma = strchr(text, ','); // a script may have set a locale
    if (comma)
        *comma = '.';
    put_string(line, text);
}

static void put_field(struct line *line, const struct log_field *field)
{
    static const char *const fixed[] = {"time", "level", "tag", "message"};
    put_string(line, ",\"");
    put_safe(line, field->key, strlen(field->key), true);
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (strcmp(field->key, fixed[i]) == 0)
            put(line, "_", 1);
    put_string(line, "\":");
    switch (field->type) {
    case LOG_TEXT:
        put_quoted(line, field->text, field->length);
        break;
    case LOG_INTEGER:
        put_format(line, "%lld", (long long)field->integer);
        break;
    case LOG_NUMBER:
        put_number(line, field->number);
        break;
    case LOG_BOOLEAN:
        put_string(line, field->integer ? "true" : "false");
        break;
    }
}

void line_json(struct line *line, const struct log_record *record, const char *tag,
               const struct timespec *now)
{
    char clock[32] = "";
    struct tm *utc = gmtime(&now->tv_sec);
    if (utc)
        strftime(clock, sizeof clock, "%Y-%m-%dT%H:%M:%S", utc);
    put_format(line, "{\"time\":\"%s.%03ldZ\"", clock, now->tv_nsec / 1000000);
    put_format(line, ",\"level\":\"%s\",\"tag\":", log_level_names[record->level]);
    put_quoted(line, tag, strlen(tag));
    put_string(line, ",\"message\":");
    put_quoted(line, record->message, record->length);
    for (size_t i = 0; i < record->field_count; i++)
        put_field(line, &record->fields[i]);
    put_string(line, "}\n");
}

void line_free(struct line *line)
{
    free(line->data);
    *line = (struct line){0};
}
