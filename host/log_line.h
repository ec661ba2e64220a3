// log_line.h - one record as one line of text or JSON. Plain C; loop thread only, for the
// calendar of the C library is not made for several.
#pragma once

#include "log.h"
#include <time.h>

// Bytes that grow; after a failed allocation it only remembers that it failed.
struct line {
    char *data; // owned
    size_t length, size;
    bool failed;
};

// `ICON [HH:MM:SS] [TAG] message` and a newline, local time. Control characters, what would turn
// the reading direction and invalid UTF-8 are escaped, so that a line stays one line and says what
// it seems to say.
void line_text(struct line *line, const struct log_record *record, const char *tag,
               const struct timespec *now);
// One JSON object and a newline, UTC. Invalid UTF-8 becomes U+FFFD. A field named as one of the
// fixed ones gets an underscore behind it.
void line_json(struct line *line, const struct log_record *record, const char *tag,
               const struct timespec *now);
// Its own icon, else that of its level.
const char *line_icon(const struct log_record *record);
// Accepts an empty one.
void line_free(struct line *line);
