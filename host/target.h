// target.h - the parts of an HTTP request that are text: its target and its byte range.
// Pure functions on C strings; any thread.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct target {
    char *path;  // decoded, starts with '/'; borrowed from the text
    char *query; // still encoded, for target_pair; NULL when there is none
};

// Splits and decodes in place. False when it is not acceptable: not an absolute path, a broken
// percent-encoding, an encoded NUL or slash, a segment "..".
bool target_parse(char *text, struct target *out);
// The next name and value of a query, decoded in place; moves *rest. False when there is none.
bool target_pair(char **rest, char **name, char **value);

enum range { RANGE_WHOLE, RANGE_PART, RANGE_OUTSIDE };
// A Range header against a body of `size` bytes. A single range of bytes is understood; anything
// else asks for the whole, as RFC 9110 wants it. `text` may be NULL.
enum range range_parse(const char *text, uint64_t size, uint64_t *first, uint64_t *length);
