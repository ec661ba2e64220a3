// form.h - application/x-www-form-urlencoded, for bodies and queries.
// The first two are plain C; form_push belongs to the loop thread.
#pragma once

#include <lua.h>
#include <stddef.h>

// Bytes that `text` takes once encoded.
size_t form_length(const char *text, size_t length);
// Writes the encoded text, form_length bytes and no terminator, and returns the end of it.
char *form_encode(char *out, const char *text, size_t length);
// Pushes `name=value&…` of the table at `index`, whose names and values must be strings: anything
// else raises and names the key after `what`. A table that is nil or none gives "".
void form_push(lua_State *L, int index, const char *what);
