// png_text.h - the text chunks of a PNG.
#pragma once

#include "metadata.h"

// Looks at a chunk of the given type (4 letters): keeps words, notes an XMP packet in `found`.
void png_text_read(const uint8_t *type, const uint8_t *bytes, size_t length,
                   struct codec_facts *facts, struct metadata *found);
