// log.h - log lines and the redaction that stands in front of every sink.
// Loop thread only. Nothing here raises.
//
// A line goes to standard error, to a file, and to a listener in Lua. A sink that fails (full disk,
// closed pipe) loses lines, which are counted and reported once it works again; it never stops the
// program.
#pragma once

#include "host.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
extern const char *const log_level_names[]; // NULL-terminated, in that order

enum log_type { LOG_TEXT, LOG_INTEGER, LOG_NUMBER, LOG_BOOLEAN };

struct log_field {
    const char *key; // borrowed
    enum log_type type;
    const char *text; // borrowed
    size_t length;
    lua_Integer integer; // also the boolean
    lua_Number number;
};

struct log_record {
    enum log_level level;
    const char *icon;    // borrowed; NULL: that of the level
    const char *message; // borrowed
    size_t length;
    const struct log_field *fields; // borrowed
    size_t field_count;
};

// What log_open changes; a field that is NULL or negative stays as it is.
struct log_settings {
    int level;        // enum log_level, or -1
    int json;         // 0, 1, or -1
    int to_stderr;    // 0, 1, or -1
    const char *file; // borrowed; "" for none
    const char *tag;  // borrowed
    int listener;     // takes: reference in the registry; LUA_NOREF: as it is; LUA_REFNIL: none
};

// One line, redacted, control characters escaped. printf-like. The listener hears of it on the main
// state, so also from inside a callback: it may only take notes.
void log_write(struct host *host, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// The same for a whole record; the listener runs on L.
void log_emit(struct host *host, lua_State *L, const struct log_record *record);
bool log_wants(struct host *host, enum log_level level);

// All or nothing: 0, or a negative code (that of the file that could not be opened, UV_ENOMEM), and
// nothing has changed.
int log_configure(struct host *host, const struct log_settings *settings);

// From now on the value is cut out of everything. `user` may be NULL. 0 or UV_ENOMEM.
int log_secret(struct host *host, const char *value, size_t length, const char *user, bool shown);
// Returns new (malloc): `text` of `length` bytes without any registered secret, NUL-terminated; its
// length in *out_length (may be NULL). NULL when memory is short: then the text must not be shown.
char *log_redact(struct host *host, const char *text, size_t length, size_t *out_length);
// Accepts NULL.
void log_free(struct log *log);
