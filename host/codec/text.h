// text.h - words out of files, made clean UTF-8. Arithmetic only; also the host's check uses it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Bytes of the character at `p`, of which `left` are there; 0 when it is no UTF-8.
size_t text_character(const uint8_t *p, size_t left);
// Appends to a text that ends with 0, cutting between characters. What is no UTF-8 is taken for
// Latin-1, control characters become blanks, line feeds stay.
void text_add(char *text, size_t size, const uint8_t *bytes, size_t length);
// The same for UTF-16, little endian, as Windows writes it.
void text_add_utf16(char *text, size_t size, const uint8_t *bytes, size_t length);
// Appends one code point; false when there is no room.
bool text_add_point(char *text, size_t size, uint32_t point);
// Removes blanks and line feeds at both ends.
void text_trim(char *text);
