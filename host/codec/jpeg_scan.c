// jpeg_scan.c - the segments of a JPEG file, without decoding anything.
#include "jpeg_scan.h"

#include "colour.h"
#include "input.h"
#include "metadata.h"
#include <stdlib.h>
#include <string.h>

enum { SOI = 0xD8, EOI = 0xD9, SOS = 0xDA, APP0 = 0xE0, APP1 = 0xE1, APP2 = 0xE2 };
enum { APP13 = 0xED, APP14 = 0xEE, APP15 = 0xEF, COM = 0xFE };
enum { SOF0 = 0xC0, SOF1 = 0xC1, DHT = 0xC4, DQT = 0xDB, DRI = 0xDD };
enum { TEM = 0x01, RST0 = 0xD0, RST7 = 0xD7 };

struct segment {
    int marker;
    const uint8_t *start, *end; // with marker; of SOS, the scan data belongs to it
    const uint8_t *payload;     // after the length
    size_t length;              // of the payload
};

// The first marker at or after `p` inside scan data, or NULL: stuffed zeros and restarts are data.
static const uint8_t *scan_end(const uint8_t *p, const uint8_t *end)
{
    while ((p = memchr(p, 0xFF, (size_t)(end - p))) != NULL && p + 1 < end) {
        if (p[1] != 0 && p[1] != 0xFF && (p[1] < RST0 || p[1] > RST7))
            return p;
        p++;
    }
    return NULL;
}

// The segment at `p`; false when there is none or it does not fit.
static bool next_segment(const uint8_t *p, const uint8_t *end, struct segment *s)
{
    // Writers may pad between segments with 0xFF.
    while (end - p >= 2 && p[0] == 0xFF && p[1] == 0xFF)
        p++;
    if (end - p < 2 || p[0] != 0xFF || p[1] == 0)
        return false;
    *s = (struct segment){p[1], p, p + 2, p + 2, 0};
    if (s->marker == SOI || s->marker == EOI || s->marker == TEM ||
        (s->marker >= RST0 && s->marker <= RST7))
        return true;
    if (end - p < 4)
        return false;
    size_t length = input_be16(p + 2);
    if (length < 2 || (size_t)(end - p) < length + 2)
        return false;
    s->payload = p + 4;
    s->length = length - 2;
    s->end = p + 2 + length;
    if (s->marker == SOS)
        s->end = scan_end(s->end, end);
    return s->end != NULL;
}

static bool has_name(const struct segment *s, int marker, const char *name, size_t length)
{
    return s->marker == marker && s->length >= length && memcmp(s->payload, name, length) == 0;
}

static bool is_icc(const struct segment *s)
{
    return s->length >= 14 && has_name(s, APP2, "ICC_PROFILE", 12);
}

// What an application segment is, for those that hold more than the decoder needs.
static uint32_t classify(const struct segment *s)
{
    if (s->marker == COM)
        return CODEC_COMMENT;
    if (s->marker < APP0 || s->marker > APP15)
        return 0;
    if (has_name(s, APP0, "JFIF", 5))
        return s->length > 14 ? CODEC_THUMBNAIL : 0;
    if (has_name(s, APP0, "JFXX", 5))
        return CODEC_THUMBNAIL;
    if (is_icc(s))
        return CODEC_ICC;
    return has_name(s, APP14, "Adobe", 5) ? 0 : CODEC_OTHER;
}

#define XMP_NAME "http://ns.adobe.com/xap/1.0/"
#define LONG_XMP_NAME "http://ns.adobe.com/xmp/extension/"
#define PHOTOSHOP_NAME "Photoshop 3.0"

// Notes the blocks that metadata.c reads, and what else there is.
static void collect(const struct segment *s, struct metadata *found, struct codec_facts *facts)
{
    if (has_name(s, APP1, "Exif\0", 6)) {
        facts->extras |= CODEC_EXIF;
        if (found->exif == NULL)
            found->exif = s->payload, found->exif_length = s->length;
    } else if (has_name(s, APP1, XMP_NAME, sizeof XMP_NAME)) {
        found->xmp = s->payload + sizeof XMP_NAME;
        found->xmp_length = s->length - sizeof XMP_NAME;
    } else if (has_name(s, APP1, LONG_XMP_NAME, sizeof LONG_XMP_NAME)) {
        facts->extras |= CODEC_XMP;
    } else if (has_name(s, APP13, PHOTOSHOP_NAME, sizeof PHOTOSHOP_NAME)) {
        found->iptc = s->payload + sizeof PHOTOSHOP_NAME;
        found->iptc_length = s->length - sizeof PHOTOSHOP_NAME;
        facts->extras |= CODEC_OTHER;
    } else {
        facts->extras |= classify(s);
    }
}

static int name_profile(struct run *run, const uint8_t *bytes, size_t length)
{
    struct codec_facts *facts = &run->answer->facts;
    struct image image = {0};
    int status = jpeg_scan_icc(run, bytes, length, &image);
    if (image.icc)
        colour_name(image.icc, image.icc_length, facts->profile, sizeof facts->profile);
    image_free(&image);
    return status;
}

int jpeg_scan(struct run *run, const uint8_t *bytes, size_t length)
{
    struct codec_facts *facts = &run->answer->facts;
    const uint8_t *p = bytes, *end = bytes + length;
    struct segment s = {0};
    struct metadata found = {0};
    while (s.marker != EOI) {
        if (!next_segment(p, end, &s))
            return report(run, CODEC_FORMAT, "the JPEG file is damaged or cut short at byte %zu",
                          (size_t)(p - bytes));
        collect(&s, &found, facts);
        p = s.end;
    }
    if (p < end)
        facts->extras |= CODEC_TRAILER;
    facts->icc = facts->extras & CODEC_ICC;
    metadata_read(&found, facts);
    return facts->icc ? name_profile(run, bytes, length) : 0;
}

bool jpeg_scan_is_baseline(const uint8_t *bytes, size_t length)
{
    const uint8_t *p = bytes, *end = bytes + length;
    struct segment s = {0};
    for (; next_segment(p, end, &s) && s.marker != EOI && s.marker != SOS; p = s.end)
        if (s.marker == SOF0)
            return true;
    return false;
}

// Collects the pieces, which may come in any order; false when they do not make a whole.
static bool find_pieces(const uint8_t *p, const uint8_t *end, struct segment pieces[256],
                        unsigned *count, size_t *total)
{
    struct segment s = {0};
    for (; next_segment(p, end, &s) && s.marker != EOI && s.marker != SOS; p = s.end) {
        if (!is_icc(&s))
            continue;
        unsigned number = s.payload[12];
        if (number == 0 || pieces[number].payload || (*count && *count != s.payload[13]))
            return false;
        *count = s.payload[13];
        pieces[number] = s;
        *total += s.length - 14;
    }
    for (unsigned i = 1; i <= *count; i++)
        if (pieces[i].payload == NULL)
            return false;
    return *count > 0;
}

int jpeg_scan_icc(struct run *run, const uint8_t *bytes, size_t length, struct image *image)
{
    struct segment pieces[256] = {0};
    unsigned count = 0;
    size_t total = 0;
    if (!find_pieces(bytes, bytes + length, pieces, &count, &total) || total > CODEC_MAX_ICC ||
        total == 0)
        return 0;
    image->icc = malloc(total);
    if (image->icc == NULL)
        return report_memory(run);
    for (unsigned i = 1; i <= count; i++) {
        size_t piece = pieces[i].length - 14;
        if (piece > total - image->icc_length) // more pieces than were counted
            break;
        memcpy(image->icc + image->icc_length, pieces[i].payload + 14, piece);
        image->icc_length += piece;
    }
    return 0;
}

static bool is_wanted(const struct segment *s, bool keep_icc)
{
    switch (s->marker) {
    case SOI:
    case SOF0:
    case SOF1:
    case DHT:
    case DQT:
    case DRI:
    case SOS:
    case EOI:
        return true;
    default:
        return (s->length >= 12 && has_name(s, APP14, "Adobe", 5)) || (keep_icc && is_icc(s)) ||
               (s->length >= 14 && has_name(s, APP0, "JFIF", 5));
    }
}

uint8_t *jpeg_scan_strip(const uint8_t *bytes, size_t length, bool keep_icc, size_t *out_length)
{
    const uint8_t *p = bytes, *end = bytes + length;
    uint8_t *out = malloc(length);
    size_t used = 0;
    struct segment s = {0};
    if (out == NULL)
        return NULL;
    for (; s.marker != EOI && next_segment(p, end, &s); p = s.end) {
        if (!is_wanted(&s, keep_icc))
            continue;
        size_t size = (size_t)(s.end - s.start);
        if (s.marker == APP0)
            size = 18; // a thumbnail may follow, and shows what was cropped away
        if (s.marker == APP14)
            size = 16; // what follows has no meaning
        memcpy(out + used, s.start, size);
        if (s.marker == APP0 || s.marker == APP14) {
            out[used + 2] = 0; // the length
            out[used + 3] = (uint8_t)(size - 2);
        }
        if (s.marker == APP0)
            out[used + 16] = out[used + 17] = 0; // thumbnail of 0 x 0
        used += size;
    }
    *out_length = used;
    return out;
}
