// png_packed.h - text chunks of a PNG that are compressed, or hold a block of another format.
#pragma once

#include "metadata.h"

#define PNG_PACKED_MOST 16 // opened in one file; what follows is left closed

// What was opened: owned, and borrowed by the metadata that was found in it.
struct png_packed {
    uint8_t *opened[PNG_PACKED_MOST];
    unsigned count;
    bool exif; // the EXIF that was found is one of these
};

// As png_text_read, for chunks of every kind.
void png_packed_read(struct png_packed *p, const uint8_t *type, const uint8_t *bytes, size_t length,
                     struct codec_facts *facts, struct metadata *found);
void png_packed_free(struct png_packed *p);
