// redact_match.h - how a secret and the patterns of tokens are recognised at one place of a text.
// Plain C, any thread. Used by redact.c alone.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct secret_form {
    const unsigned char *bytes; // borrowed
    size_t length;
    size_t minimum; // so many of the bytes, from the first on, are enough
    bool base64;    // the bytes are base64: either alphabet is accepted, and the padding
};

// How many bytes at `text` stand for the secret or for a long enough prefix of it, in plain,
// percent-encoded or JSON-escaped form: the longest of them; 0 when none does.
size_t secret_match(const struct secret_form *secret, const char *text, size_t left);

// The length of `access_token=` at `text` with what may stand round the sign (quotes, blanks,
// escapes, %3D), or 0.
size_t access_token_key(const char *text, size_t left);

bool in_token(char c);     // characters of a Graph token
bool in_value(char c);     // what does not end a value in a query, a header or JSON
bool in_authority(char c); // what does not end the authority of a URL
