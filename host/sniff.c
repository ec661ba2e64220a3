// sniff.c - media formats by their magic bytes.
// It only says which decoder a file is meant for; whether the file is whole is the decoder's
// answer. Plain C, any thread.

#include "sniff.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct span {
    const unsigned char *bytes;
    size_t length;
};

static bool has(struct span s, size_t offset, const char *text, size_t length)
{
    return s.length >= offset + length && memcmp(s.bytes + offset, text, length) == 0;
}

static uint32_t big_endian(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

// Two letters are a weak sign that any text may start with, so the header behind them must fit.
static bool is_bmp(struct span s)
{
    static const unsigned char header_sizes[] = {12, 16, 40, 52, 56, 64, 108, 124};
    if (!has(s, 0, "BM", 2) || !has(s, 15, "\0\0\0", 3))
        return false;
    return memchr(header_sizes, s.bytes[14], sizeof header_sizes) != NULL;
}

// The format a brand of an ISO media file stands for; NULL when it says nothing by itself.
static const char *brand_format(const unsigned char *brand)
{
    static const struct {
        char brand[5];
        const char *format;
    } brands[] = {
        {"qt  ", "mov"},  {"avif", "avif"}, {"avis", "avif"}, {"heic", "heic"}, {"heix", "heic"},
        {"heim", "heic"}, {"heis", "heic"}, {"hevc", "heic"}, {"hevx", "heic"}, {"isom", "mp4"},
        {"mp41", "mp4"},  {"mp42", "mp4"},  {"avc1", "mp4"},  {"M4V ", "mp4"},  {"M4VP", "mp4"},
        {"M4VH", "mp4"},  {"MSNV", "mp4"},  {"dash", "mp4"},  {"f4v ", "mp4"},  {"mp71", "mp4"},
    };
    for (size_t i = 0; i < sizeof brands / sizeof *brands; i++)
        if (memcmp(brand, brands[i].brand, 4) == 0)
            return brands[i].format;
    if (memcmp(brand, "iso", 3) == 0 || memcmp(brand, "3gp", 3) == 0 ||
        memcmp(brand, "3g2", 3) == 0)
        return "mp4";
    return NULL;
}

// A major brand may be as general as "mif1": then the compatible brands decide.
static const char *ftyp_format(struct span s)
{
    if (s.length < 12)
        return NULL;
    const char *format = brand_format(s.bytes + 8);
    if (format || memcmp(s.bytes + 8, "M4A ", 4) == 0 || memcmp(s.bytes + 8, "M4B ", 4) == 0)
        return format; // sound alone is no medium here, whatever it is compatible with
    size_t end = big_endian(s.bytes);
    for (size_t at = 16; at + 4 <= end && at + 4 <= s.length; at += 4) {
        format = brand_format(s.bytes + at);
        if (format)
            return format;
    }
    bool all_seen = s.length >= end || s.length >= SNIFF_BYTES;
    bool general = has(s, 8, "mif1", 4) || has(s, 8, "msf1", 4);
    return general && all_seen ? "heic" : NULL;
}

// QuickTime before it had an "ftyp" box. A printable first byte would be a text with that word in
// it, or a first box beyond 512 MB.
static bool is_old_quicktime(struct span s)
{
    static const char boxes[][5] = {"moov", "mdat", "wide", "free", "skip", "pnot"};
    if (s.length < 8 || s.bytes[0] >= 0x20)
        return false;
    for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++)
        if (has(s, 4, boxes[i], 4))
            return true;
    return false;
}

const char *sniff_format(const unsigned char *bytes, size_t length)
{
    struct span s = {bytes, length};
    if (has(s, 0, "\xff\xd8\xff", 3))
        return "jpeg";
    if (has(s, 0, "\x89PNG\r\n\x1a\n", 8))
        return "png";
    if (has(s, 0, "RIFF", 4) && has(s, 8, "WEBP", 4))
        return "webp";
    if (has(s, 0, "GIF87a", 6) || has(s, 0, "GIF89a", 6))
        return "gif";
    if (has(s, 4, "ftyp", 4))
        return ftyp_format(s);
    if (is_old_quicktime(s))
        return "mov";
    if (has(s, 0, "II*\0", 4) || has(s, 0, "MM\0*", 4) || has(s, 0, "II+\0", 4) ||
        has(s, 0, "MM\0+", 4))
        return "tiff";
    return is_bmp(s) ? "bmp" : NULL;
}

const char *sniff_kind(const char *format)
{
    static const char images[][5] = {"jpeg", "png", "webp", "gif", "heic", "avif", "tiff", "bmp"};
    if (!format)
        return NULL;
    if (strcmp(format, "mp4") == 0 || strcmp(format, "mov") == 0)
        return "video";
    for (size_t i = 0; i < sizeof images / sizeof *images; i++)
        if (strcmp(format, images[i]) == 0)
            return "image";
    return NULL;
}
