// exif.c - the one thing we need of EXIF: which way is up.
// Only the first directory is read and no pointer is followed twice, so there is nothing to loop
// on.
#include "exif.h"

#include "input.h"
#include <string.h>

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT 3
#define TYPE_LONG 4

struct tiff {
    const uint8_t *bytes;
    bool big_endian;
};

static uint32_t get16(const struct tiff *t, size_t at)
{
    return t->big_endian ? input_be16(t->bytes + at) : input_le16(t->bytes + at);
}

static uint32_t get32(const struct tiff *t, size_t at)
{
    return t->big_endian ? input_be32(t->bytes + at) : input_le32(t->bytes + at);
}

// The value of an entry of 12 bytes, or 0.
static uint32_t entry_value(const struct tiff *t, size_t at)
{
    uint32_t type = get16(t, at + 2);
    if (get32(t, at + 4) != 1)
        return 0;
    if (type == TYPE_SHORT)
        return get16(t, at + 8);
    return type == TYPE_LONG ? get32(t, at + 8) : 0;
}

int exif_orientation(const uint8_t *bytes, size_t length)
{
    if (length >= 6 && memcmp(bytes, "Exif\0\0", 6) == 0) {
        bytes += 6;
        length -= 6;
    }
    if (length < 8)
        return 1;
    struct tiff t = {bytes, bytes[0] == 'M'};
    if (memcmp(bytes, t.big_endian ? "MM\0*" : "II*\0", 4) != 0)
        return 1;
    size_t at = get32(&t, 4);
    if (at < 8 || at > length - 2)
        return 1;
    size_t entries = get16(&t, at);
    for (at += 2; entries > 0 && length - at >= 12; entries--, at += 12) {
        if (get16(&t, at) != TAG_ORIENTATION)
            continue;
        uint32_t value = entry_value(&t, at);
        return value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}
