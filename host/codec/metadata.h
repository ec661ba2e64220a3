// metadata.h - the words that pictures carry along, from the blocks that their formats share.
#pragma once

#include "job.h"

// Where a container has its blocks; NULL where it has none. Borrowed.
struct metadata {
    const uint8_t *exif, *iptc, *xmp;
    size_t exif_length, iptc_length, xmp_length;
};

// Fills orientation, words and extras. EXIF goes before IPTC, and that before XMP: the first that
// has a word wins. Damaged blocks give less, never an error.
void metadata_read(const struct metadata *blocks, struct codec_facts *facts);
// The parts. IPTC as in a JPEG: Photoshop's resources without their "Photoshop 3.0\0".
void iptc_read(const uint8_t *bytes, size_t length, struct codec_facts *facts);
void xmp_read(const uint8_t *bytes, size_t length, struct codec_facts *facts);
