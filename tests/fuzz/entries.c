// entries.c - the list of them.
#include "entries.h"

#include <stdlib.h>

#define ALL_PICTURES "jpeg png webp gif heif boxes"

const struct fuzz_entry fuzz_entries[] = {
    {"probe", fuzz_probe, ALL_PICTURES},
    {"jpeg", fuzz_jpeg, NULL},
    {"png", fuzz_png, NULL},
    {"webp", fuzz_webp, NULL},
    {"gif", fuzz_gif, NULL},
    {"heif", fuzz_heif, NULL},
    {"options", fuzz_options, NULL},
    {"answer", fuzz_answer, NULL},
    {"boxes", fuzz_boxes, NULL},
    {"words", fuzz_words, NULL},
    {"icc", fuzz_icc, NULL},
    {"rows", fuzz_rows, NULL},
    {"request", fuzz_request, NULL},
    {"redact", fuzz_redact, NULL},
    {"listing", fuzz_listing, NULL},
    {"reply", fuzz_reply, NULL},
    {"dotenv", fuzz_dotenv, NULL},
    {"json", fuzz_json, NULL},
    {"robots", fuzz_robots, NULL},
    {NULL, NULL, NULL},
};

void fuzz_claim(bool holds)
{
    if (!holds)
        abort();
}
