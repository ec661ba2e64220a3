// log.c - see log.h. Loop thread only; owns the redactor, the sinks and the listener's reference.
#include "log.h"

#include "log_line.h"
#include "log_sink.h"
#include "redact.h"
#include <lauxlib.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_TAG "POSTER_MEDIA"

const char *const log_level_names[] = {"debug", "info", "warn", "error", NULL};

struct log {
    enum log_level level;
    bool json;
    char *tag; // owned; NULL: the default
    struct redactor *redactor;
    struct log_sink standard; // standard error; fd -1 when switched off
    struct log_sink file;     // fd -1 when there is none
    int listener;             // reference in the registry, or LUA_NOREF
    bool listening;           // inside the listener: lines it makes are not told to it again
};

// Made at first use; NULL when memory is short.
static struct log *log_of(struct host *host)
{
    if (host->log)
        return host->log;
    struct log *log = calloc(1, sizeof *log);
    if (!log)
        return NULL;
    log->redactor = redactor_new();
    if (!log->redactor) {
        free(log);
        return NULL;
    }
    log->level = LOG_INFO;
    log->standard = log_sink_stderr();
    log->file.fd = -1;
    log->listener = LUA_NOREF;
    host->log = log;
    return log;
}

void log_free(struct log *log)
{
    if (!log)
        return;
    redactor_free(log->redactor);
    log_sink_close(&log->standard);
    log_sink_close(&log->file);
    free(log->tag);
    free(log);
}

int log_configure(struct host *host, const struct log_settings *settings)
{
    struct log *log = log_of(host);
    struct log_sink file = {.fd = -1};
    char *tag = settings->tag ? strdup(settings->tag) : NULL;
    int status = log && (tag || !settings->tag) ? 0 : UV_ENOMEM;
    if (!status && settings->file && *settings->file)
        status = log_sink_open(&file, settings->file);
    if (status) {
        free(tag);
        return status;
    }
    if (tag) {
        free(log->tag);
        log->tag = tag;
    }
    if (settings->file) {
        log_sink_close(&log->file);
        log->file = file;
    }
    if (settings->level >= 0)
        log->level = (enum log_level)settings->level;
    if (settings->json >= 0)
        log->json = settings->json;
    if (settings->to_stderr >= 0)
        log->standard.fd = settings->to_stderr ? 2 : -1;
    if (settings->listener != LUA_NOREF) {
        luaL_unref(host->L, LUA_REGISTRYINDEX, log->listener);
        log->listener = settings->listener;
    }
    return 0;
}

bool log_wants(struct host *host, enum log_level level)
{
    struct log *log = log_of(host);
    return log && level >= log->level;
}

int log_secret(struct host *host, const char *value, size_t length, const char *user, bool shown)
{
    struct log *log = log_of(host);
    return log ? redactor_add(log->redactor, value, length, user, shown) : UV_ENOMEM;
}

char *log_redact(struct host *host, const char *text, size_t length, size_t *out_length)
{
    struct log *log = log_of(host);
    return log ? redactor_apply(log->redactor, text, length, out_length) : NULL;
}

// Sinks --------------------------------------------------------------------------------------

static bool format_line(const struct log *log, const struct log_record *record, struct line *line)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    const char *tag = log->tag ? log->tag : DEFAULT_TAG;
    (log->json ? line_json : line_text)(line, record, tag, &now);
    return !line->failed;
}

// Tells a sink that works again how much it has missed.
static void report_dropped(const struct log *log, struct log_sink *sink)
{
    if (!sink->dropped)
        return;
    char message[64];
    int length = snprintf(message, sizeof message, "%lu log lines were lost", sink->dropped);
    struct log_record record = {.level = LOG_WARN, .message = message, .length = (size_t)length};
    struct line line = {0};
    if (format_line(log, &record, &line)) {
        if (log_sink_write(sink, line.data, line.length))
            sink->dropped = 0;
    }
    line_free(&line);
}

static void write_line(const struct log *log, struct log_sink *sink, const struct line *line)
{
    if (line->failed)
        sink->dropped += sink->fd >= 0;
    else if (log_sink_write(sink, line->data, line->length))
        report_dropped(log, sink);
}

// The listener -------------------------------------------------------------------------------

static void push_field(lua_State *L, const struct log_field *field)
{
    switch (field->type) {
    case LOG_TEXT:
        lua_pushlstring(L, field->text, field->length);
        break;
    case LOG_INTEGER:
        lua_pushinteger(L, field->integer);
        break;
    case LOG_NUMBER:
        lua_pushnumber(L, field->number);
        break;
    case LOG_BOOLEAN:
        lua_pushboolean(L, field->integer != 0);
        break;
    }
}

// Runs protected: function(record, listener reference).
static int call_listener(lua_State *L)
{
    const struct log_record *record = lua_touserdata(L, 1);
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    lua_rawgeti(L, LUA_REGISTRYINDEX, lua_tointeger(L, 2)); // listener
    lua_createtable(L, 0, 5);                               // listener record
    lua_pushstring(L, log_level_names[record->level]);
    lua_setfield(L, -2, "level");
    lua_pushlstring(L, record->message, record->length);
    lua_setfield(L, -2, "message");
    lua_pushnumber(L, (lua_Number)now.tv_sec + (lua_Number)now.tv_nsec / 1e9);
    lua_setfield(L, -2, "time");
    lua_pushstring(L, line_icon(record));
    lua_setfield(L, -2, "icon");
    lua_createtable(L, 0, (int)record->field_count); // listener record fields
    for (size_t i = 0; i < record->field_count; i++) {
        push_field(L, &record->fields[i]);
        lua_setfield(L, -2, record->fields[i].key);
    }
    lua_setfield(L, -2, "fields");
    lua_call(L, 1, 0);
    return 0;
}

static void tell_listener(struct host *host, lua_State *L, const struct log_record *record)
{
    struct log *log = host->log;
    bool nobody = log->listener == LUA_NOREF || log->listener == LUA_REFNIL;
    if (nobody || log->listening || host->closing || !L || !lua_checkstack(L, 4))
        return;
    log->listening = true;
    int top = lua_gettop(L);
    lua_pushcfunction(L, call_listener);
    lua_pushlightuserdata(L, (void *)record);
    lua_pushinteger(L, log->listener);
    if (lua_pcall(L, 2, 0, 0) != LUA_OK) {
        // Only a string is shown: making text of anything else would run script code.
        const char *why = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "an error";
        log_write(host, LOG_ERROR, "the log listener failed: %s", why);
    }
    lua_settop(L, top);
    log->listening = false;
}

// Lines --------------------------------------------------------------------------------------

// A copy of the fields with their texts redacted (each owned), or NULL when memory is short.
static struct log_field *redact_fields(struct log *log, const struct log_record *record)
{
    struct log_field *fields = calloc(record->field_count + 1, sizeof *fields);
    for (size_t i = 0; fields && i < record->field_count; i++) {
        fields[i] = record->fields[i];
        if (fields[i].type != LOG_TEXT)
            continue;
        fields[i].text =
            redactor_apply(log->redactor, fields[i].text, fields[i].length, &fields[i].length);
        if (!fields[i].text) // no memory: shown as false rather than in clear
            fields[i] = (struct log_field){.key = fields[i].key, .type = LOG_BOOLEAN};
    }
    return fields;
}

static void free_fields(struct log_field *fields, size_t count)
{
    for (size_t i = 0; fields && i < count; i++)
        if (fields[i].type == LOG_TEXT)
            free((char *)fields[i].text);
    free(fields);
}

void log_emit(struct host *host, lua_State *L, const struct log_record *record)
{
    struct log *log = log_of(host);
    if (!log || record->level < log->level)
        return;
    struct log_record clean = *record;
    struct line line = {0};
    char *message = redactor_apply(log->redactor, record->message, record->length, &clean.length);
    struct log_field *fields = redact_fields(log, record);
    clean.message = message;
    clean.fields = fields;
    line.failed = !message || !fields || !format_line(log, &clean, &line);
    write_line(log, &log->standard, &line);
    write_line(log, &log->file, &line);
    if (message && fields)
        tell_listener(host, L, &clean);
    line_free(&line);
    free_fields(fields, record->field_count);
    free(message);
}

void log_write(struct host *host, enum log_level level, const char *format, ...)
{
    char fixed[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(fixed, sizeof fixed, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    char *grown = (size_t)length >= sizeof fixed ? malloc((size_t)length + 1) : NULL;
    if (grown) {
        va_start(arguments, format);
        vsnprintf(grown, (size_t)length + 1, format, arguments);
        va_end(arguments);
    }
    const char *message = grown ? grown : fixed; // without memory it is cut
    struct log_record record = {.level = level, .message = message, .length = strlen(message)};
    log_emit(host, host->L, &record);
    free(grown);
}
