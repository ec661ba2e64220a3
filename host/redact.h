// redact.h - cuts secrets out of text, in every form in which they travel.
//
// Plain C without host or Lua; one thread at a time. A secret is found in plain, percent-encoded
// and JSON-escaped form and in base64, also in the middle of a longer base64 text, and so is its
// prefix from 8 bytes on. Secrets under 8 bytes, or ones that are equal to something shown, would
// tear holes into innocent text: they go only where they belong (after PASS, in the user part of a
// URL, as base64 of user:password). What looks like a token goes without being registered.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define REDACTED "***"
// A shorter secret is confined to the places where it belongs.
#define REDACT_SHORT 8

struct redactor;

// Returns new; NULL when memory is short.
struct redactor *redactor_new(void);
// Accepts NULL. Overwrites the secrets before it lets them go.
void redactor_free(struct redactor *r);
// Copies `value`; `user` may be NULL. The same secret twice is one. 0, or UV_ENOMEM with nothing
// half-added that would be shown.
int redactor_add(struct redactor *r, const char *value, size_t length, const char *user,
                 bool shown);
// Returns new (malloc), NUL-terminated, its length in *out_length (may be NULL); NULL when memory
// is short.
char *redactor_apply(const struct redactor *r, const char *text, size_t length, size_t *out_length);
