// entries.h - the readers of foreign bytes: what `make fuzz` calls with any bytes, and test_fuzz.c
// with the kept ones.
//
// Each holds that the answer is one the host would believe, or what else is claimed of its reader;
// a claim that does not hold ends the program.
#pragma once

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef void (*fuzz_fn)(const uint8_t *bytes, size_t length);

struct fuzz_entry {
    const char *name;
    fuzz_fn run;
    const char *kept; // folders of the corpus, with blanks between; NULL: the one of its name
};
// Ends with one that has no name.
extern const struct fuzz_entry fuzz_entries[];

void fuzz_claim(bool holds);

// pictures.c
void fuzz_probe(const uint8_t *bytes, size_t length);
void fuzz_jpeg(const uint8_t *bytes, size_t length);
void fuzz_png(const uint8_t *bytes, size_t length);
void fuzz_webp(const uint8_t *bytes, size_t length);
void fuzz_gif(const uint8_t *bytes, size_t length);
void fuzz_heif(const uint8_t *bytes, size_t length);
void fuzz_options(const uint8_t *bytes, size_t length);
void fuzz_answer(const uint8_t *bytes, size_t length);

// parts.c
void fuzz_boxes(const uint8_t *bytes, size_t length);
void fuzz_words(const uint8_t *bytes, size_t length);
void fuzz_icc(const uint8_t *bytes, size_t length);
void fuzz_rows(const uint8_t *bytes, size_t length);

// texts.c
void fuzz_request(const uint8_t *bytes, size_t length);
void fuzz_redact(const uint8_t *bytes, size_t length);
void fuzz_listing(const uint8_t *bytes, size_t length);
void fuzz_reply(const uint8_t *bytes, size_t length);

// scripts.c
void fuzz_dotenv(const uint8_t *bytes, size_t length);
void fuzz_json(const uint8_t *bytes, size_t length);
void fuzz_robots(const uint8_t *bytes, size_t length);
// Hears of each line of Lua that is run, when it is not NULL.
extern lua_Hook fuzz_on_line;
