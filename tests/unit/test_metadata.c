// test_metadata.c - words out of EXIF, IPTC, XMP and PNG text, whole and hostile.
#include "codec/exif.h"
#include "codec/metadata.h"
#include "codec/png_packed.h"
#include "codec/png_text.h"
#include "codec/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <libdeflate.h>

static struct codec_facts facts;

typedef void (*read_fn)(const uint8_t *bytes, size_t length, struct codec_facts *facts);

// From a block of its own, so that the sanitizer sees a byte too many.
static void read_block(read_fn read, const void *bytes, size_t length)
{
    uint8_t *exact = malloc(length ? length : 1);
    memcpy(exact, bytes, length);
    facts = (struct codec_facts){.orientation = 1};
    read(exact, length, &facts);
    free(exact);
}

// Cut anywhere, and each byte replaced: words stay words.
static void harass(read_fn read, const void *bytes, size_t length)
{
    uint8_t copy[1024];
    assert_true(length <= sizeof copy);
    for (size_t cut = 0; cut <= length; cut++)
        read_block(read, bytes, cut);
    for (size_t at = 0; at < length; at++)
        for (int value = 0; value < 256; value += 51) {
            memcpy(copy, bytes, length);
            copy[at] = (uint8_t)value;
            read_block(read, copy, length);
            assert_non_null(memchr(facts.words.title, 0, sizeof facts.words.title));
        }
}

static uint8_t block[512];
static size_t used;

static void put16(size_t at, unsigned value)
{
    block[at] = (uint8_t)(value >> 8);
    block[at + 1] = (uint8_t)value;
}

static void put_entry(unsigned tag, unsigned type, unsigned count, unsigned value)
{
    put16(used, tag), put16(used + 2, type), put16(used + 6, count);
    put16(used + 8, value >> 16), put16(used + 10, value & 0xFFFF);
    used += 12;
}

// Six entries at 8, a further directory behind; at 100 that of the photo, at 130 that of the place.
static void make_exif(void)
{
    memset(block, 0, sizeof block);
    memcpy(block, "MM\0*\0\0\0\10\0\6", 10);
    used = 10;
    put_entry(0x0112, 3, 1, 6u << 16);
    put_entry(0x013B, 2, 6, 160);
    put_entry(0x8298, 2, 4, 0x4D65A900); // "Me" and a Latin-1 sign
    put_entry(0x8769, 4, 1, 100);
    put_entry(0x8825, 4, 1, 130);
    put_entry(0x9C9B, 1, 4, 0x4100E900); // UTF-16
    put16(used + 2, 150);                // a second directory: a small picture
    put16(100, 2), used = 102;
    put_entry(0x9003, 2, 20, 170);
    put_entry(0xA431, 2, 3, 0);
    put16(130, 1), used = 132;
    put_entry(1, 2, 2, 0x4E000000);
    memcpy(block + 160, "Anna ", 6);
    memcpy(block + 170, "2024:05:31 18:20:00", 20);
    used = 190;
}

static void test_exif(void **state)
{
    (void)state;
    make_exif();
    read_block(exif_read, block, used);
    assert_int_equal(facts.orientation, 6);
    assert_string_equal(facts.words.artist, "Anna");
    assert_string_equal(facts.words.copyright, "Me\xC2\xA9");
    assert_string_equal(facts.words.date, "2024-05-31T18:20:00");
    assert_string_equal(facts.words.title, "A\xC3\xA9");
    assert_int_equal(facts.extras, CODEC_EXIF | CODEC_GPS | CODEC_SERIAL | CODEC_THUMBNAIL);
    harass(exif_read, block, used);
}

static const char IPTC[] = "8BIM\4\4\0\0\0\0\0\x38"
                           "\x1C\2\5\0\4Dawn"
                           "\x1C\2\x19\0\3sea\x1C\2\x19\0\3sky"
                           "\x1C\2\x78\0\3Sun"
                           "\x1C\2\x37\0\10"
                           "20240531"
                           "8BIM\4\x0C\0\0\0\0\0\1x";

static void test_iptc(void **state)
{
    (void)state;
    static const size_t records = 9 + 8 + 8 + 8 + 13;
    uint8_t bytes[sizeof IPTC];
    memcpy(bytes, IPTC, sizeof IPTC);
    bytes[11] = (uint8_t)records;
    read_block(iptc_read, bytes, sizeof IPTC - 1);
    assert_string_equal(facts.words.title, "Dawn");
    assert_string_equal(facts.words.keywords, "sea\nsky");
    assert_string_equal(facts.words.description, "Sun");
    assert_string_equal(facts.words.date, "2024-05-31");
    assert_int_equal(facts.extras, CODEC_IPTC | CODEC_THUMBNAIL);
    harass(iptc_read, bytes, sizeof IPTC - 1);
}

static const char XMP[] =
    "<x:xmpmeta><rdf:Description xmp:CreateDate=\"2024-05-31\" exif:GPSLatitude=\"48,51N\">"
    "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">Salt &amp; sea &#xE9;&#233;</rdf:li>"
    "</rdf:Alt></dc:title><dc:subject><rdf:Bag><rdf:li>one</rdf:li><rdf:li>two</rdf:li></rdf:Bag>"
    "</dc:subject><dc:rights>&unknown; mine</dc:rights><dc:creator/></rdf:Description>";

static void test_xmp(void **state)
{
    (void)state;
    read_block(xmp_read, XMP, sizeof XMP - 1);
    assert_string_equal(facts.words.title, "Salt & sea \xC3\xA9\xC3\xA9");
    assert_string_equal(facts.words.keywords, "one\ntwo");
    assert_string_equal(facts.words.copyright, "&unknown; mine");
    assert_string_equal(facts.words.artist, "");
    assert_string_equal(facts.words.date, "2024-05-31");
    assert_int_equal(facts.extras, CODEC_XMP | CODEC_GPS);
    harass(xmp_read, XMP, sizeof XMP - 1);
}

static void assert_title(const char *packet, const char *title)
{
    read_block(xmp_read, packet, strlen(packet));
    assert_string_equal(facts.words.title, title);
}

// As programs differ: quotes, blanks, and one text in several languages.
static void test_forms_of_xmp(void **state)
{
    (void)state;
    assert_title("<a\n  dc:title='one \"word\"'>", "one \"word\"");
    assert_title("<a\tdc:title=\"it's\">", "it's");
    assert_title("<a xdc:title='no' dc:titles='no' dc:title='yes'>", "yes");
    assert_title("<a dc:title='no end>", "");
    assert_title("<dc:title><rdf:Alt><rdf:li xml:lang='fr'>bleu</rdf:li><rdf:li "
                 "xml:lang='x-default'>blue</rdf:li><rdf:li xml:lang='de'>blau</rdf:li>"
                 "</rdf:Alt></dc:title>",
                 "blue");
    assert_title("<dc:title><rdf:Alt><rdf:li xml:lang='fr'>bleu</rdf:li><rdf:li "
                 "xml:lang='de'>blau</rdf:li></rdf:Alt></dc:title>",
                 "bleu");
}

static void read_itxt(const uint8_t *bytes, size_t length, struct codec_facts *f)
{
    struct metadata found = {0};
    png_text_read((const uint8_t *)"iTXt", bytes, length, f, &found);
    metadata_read(&found, f);
}

static void read_text(const uint8_t *bytes, size_t length, struct codec_facts *f)
{
    struct metadata found = {0};
    png_text_read((const uint8_t *)"tEXt", bytes, length, f, &found);
}

static void test_png(void **state)
{
    (void)state;
    static const char plain[] = "Author\0R\xE9my", wide[] = "Title\0\0\0en\0Titel\0Hall\xC3\xB6";
    static const char packet[] = "XML:com.adobe.xmp\0\0\0\0\0<dc:rights>me</dc:rights>";
    read_block(read_text, plain, sizeof plain - 1);
    assert_string_equal(facts.words.artist, "R\xC3\xA9my");
    assert_int_equal(facts.extras, CODEC_COMMENT);
    read_block(read_itxt, wide, sizeof wide - 1);
    assert_string_equal(facts.words.title, "Hall\xC3\xB6");
    read_block(read_itxt, packet, sizeof packet - 1);
    assert_string_equal(facts.words.copyright, "me");
    assert_int_equal(facts.extras, CODEC_XMP);
    harass(read_itxt, packet, sizeof packet - 1);
    harass(read_text, plain, sizeof plain - 1);
}

// A chunk with `text` packed behind `head`, or as it is.
static size_t pack_chunk(uint8_t *out, const char *head, size_t length, const char *text,
                         size_t text_length)
{
    memcpy(out, head, length);
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(9);
    size_t got = libdeflate_zlib_compress(c, text, text_length, out + length, 4096);
    libdeflate_free_compressor(c);
    assert_true(got > 0);
    return length + got;
}

static const char *chunk_type;

static void read_packed(const uint8_t *bytes, size_t length, struct codec_facts *f)
{
    struct metadata found = {0};
    struct png_packed packed = {0};
    png_packed_read(&packed, (const uint8_t *)chunk_type, bytes, length, f, &found);
    metadata_read(&found, f);
    png_packed_free(&packed);
}

static void test_packed_png(void **state)
{
    (void)state;
    uint8_t chunk[8192];
    static const char packet[] = "<dc:rights>me</dc:rights>";
    static const char iptc[] = "\niptc\n       9\n1c02050004\n4461776E\n";
    chunk_type = "zTXt";
    size_t length = pack_chunk(chunk, "Title\0", 7, "Dawn", 4);
    read_block(read_packed, chunk, length);
    assert_string_equal(facts.words.title, "Dawn");
    harass(read_packed, chunk, length);
    length = pack_chunk(chunk, "Raw profile type iptc\0", 23, iptc, sizeof iptc - 1);
    read_block(read_packed, chunk, length);
    assert_int_equal(facts.extras, CODEC_IPTC | CODEC_COMMENT);
    assert_string_equal(facts.words.title, "Dawn");
    harass(read_packed, chunk, length);
    chunk_type = "iTXt";
    length = pack_chunk(chunk, "XML:com.adobe.xmp\0\1\0en\0\0", 24, packet, sizeof packet - 1);
    read_block(read_packed, chunk, length);
    assert_string_equal(facts.words.copyright, "me");
    assert_int_equal(facts.extras, CODEC_XMP);
    harass(read_packed, chunk, length);
}

// What does not fit into the room for it is left closed, and so is what comes after many.
static void test_packed_bombs(void **state)
{
    (void)state;
    static char text[1 << 20];
    uint8_t chunk[8192];
    memset(text, 'a', sizeof text);
    chunk_type = "zTXt";
    size_t length = pack_chunk(chunk, "Title\0", 7, text, sizeof text);
    read_block(read_packed, chunk, length);
    assert_string_equal(facts.words.title, "");
    struct png_packed packed = {0};
    struct metadata found = {0};
    length = pack_chunk(chunk, "Title\0", 7, "Dawn", 4);
    for (int i = 0; i <= PNG_PACKED_MOST; i++) {
        facts = (struct codec_facts){0};
        png_packed_read(&packed, (const uint8_t *)"zTXt", chunk, length, &facts, &found);
        assert_string_equal(facts.words.title, i < PNG_PACKED_MOST ? "Dawn" : "");
    }
    png_packed_free(&packed);
}

static void test_long_text_is_cut_between_characters(void **state)
{
    (void)state;
    char text[6] = "";
    text_add(text, sizeof text, (const uint8_t *)"\xC3\xA9\xC3\xA9\xC3\xA9", 6);
    assert_string_equal(text, "\xC3\xA9\xC3\xA9");
    text[0] = 0;
    text_add(text, sizeof text, (const uint8_t *)"\x1B[2J", 4); // what a terminal would obey
    assert_string_equal(text, " [2J");
    text[0] = 0;
    static const uint8_t smile[] = {0x3D, 0xD8, 0x00, 0xDE, 0x00, 0xD8, 'x', 0};
    text_add_utf16(text, sizeof text, smile, sizeof smile); // then half a pair
    assert_string_equal(text, "\xF0\x9F\x98\x80");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exif),
        cmocka_unit_test(test_iptc),
        cmocka_unit_test(test_xmp),
        cmocka_unit_test(test_forms_of_xmp),
        cmocka_unit_test(test_png),
        cmocka_unit_test(test_packed_png),
        cmocka_unit_test(test_packed_bombs),
        cmocka_unit_test(test_long_text_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
