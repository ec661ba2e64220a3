// log.h - log lines and the redaction that stands in front of every sink.
// Loop thread only. Nothing here raises.
#pragma once

#include "host.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

// One line, redacted, control characters escaped. printf-like.
void log_write(struct host *host, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// Returns new (malloc): `text` of `length` bytes without any registered secret, NUL-terminated; its
// length in *out_length (may be NULL). NULL when memory is short: then the text must not be shown.
char *log_redact(struct host *host, const char *text, size_t length, size_t *out_length);
// Accepts NULL.
void log_free(struct log *log);
