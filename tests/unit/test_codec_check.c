// test_codec_check.c - what the host believes of a worker's JPEG and answer, and what it does not.
#include "codec_check.h"

#include "codec/film.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct file {
    uint8_t bytes[512];
    size_t length;
};

static void add(struct file *f, const void *bytes, size_t length)
{
    memcpy(f->bytes + f->length, bytes, length);
    f->length += length;
}

static void add_segment(struct file *f, int marker, const char *payload, size_t length)
{
    const uint8_t head[4] = {0xFF, (uint8_t)marker, (uint8_t)((length + 2) >> 8),
                             (uint8_t)(length + 2)};
    add(f, head, 4);
    add(f, payload, length);
}

static const char JFIF[] = "JFIF\0\1\1\0\0\1\0\1\0";
static const char FRAME[] = "\10\0\20\0\40\1\1\21\0"; // 16 high, 32 wide, one component
static const char SCAN[] = "\1\1\0\0\77\0";
static const char DATA[] = "\x12\xFF\x00\xFF\xD0\x34\xFF\xFF\x00";

// A whole one: `extra` stands before the frame.
static struct file make(int extra, const char *payload, size_t length)
{
    static const char table[65] = "";
    struct file f = {.length = 0};
    add(&f, "\xFF\xD8", 2);
    add_segment(&f, 0xE0, JFIF, 14);
    if (extra)
        add_segment(&f, extra, payload, length);
    add_segment(&f, 0xDB, table, 65);
    add_segment(&f, 0xC0, FRAME, 9);
    add_segment(&f, 0xC4, table, 28);
    add_segment(&f, 0xDA, SCAN, 6);
    add(&f, DATA, sizeof DATA - 1);
    add(&f, "\xFF\xD9", 2);
    return f;
}

static bool is_good(const struct file *f)
{
    // In a block of its own, so that a sanitizer sees a byte too many.
    uint8_t *exact = malloc(f->length ? f->length : 1);
    memcpy(exact, f->bytes, f->length);
    bool good = codec_check_jpeg(exact, f->length, 32, 16);
    free(exact);
    return good;
}

// EXIF with the name of an artist, and nothing else.
#define ARTIST                                                                                     \
    "Exif\0\0II*\0\10\0\0\0"                                                                       \
    "\1\0\x3B\1\2\0\4\0\0\0Zo\303\0\0\0\0\0"
#define ARTIST_LENGTH 32

static void test_whole(void **state)
{
    (void)state;
    struct file f = make(0, NULL, 0);
    assert_true(is_good(&f));
    assert_false(codec_check_jpeg(f.bytes, f.length, 16, 32));
    f = make(0xEE, "Adobe\0\144\0\0\0\0\1", 12);
    assert_true(is_good(&f));
    f = make(0xE2, "ICC_PROFILE\0\1\1xyz", 17);
    assert_true(is_good(&f));
    f = make(0xE1, ARTIST, ARTIST_LENGTH);
    assert_true(is_good(&f));
}

static void test_each_truncation(void **state)
{
    (void)state;
    struct file f = make(0, NULL, 0);
    for (size_t whole = f.length; f.length > 0; f.length--)
        assert_int_equal(is_good(&f), f.length == whole);
}

static void test_what_follows_the_end(void **state)
{
    (void)state;
    struct file f = make(0, NULL, 0);
    add(&f, "PK", 2);
    assert_false(is_good(&f));
}

static void test_segments_that_do_not_belong(void **state)
{
    (void)state;
    for (int marker = 1; marker < 256; marker++) {
        bool harmless = marker == 0xC4 || marker == 0xDB; // one more table
        struct file f = make(marker, "a payload of twenty-four", 24);
        assert_int_equal(is_good(&f), harmless);
    }
    struct file f = make(0xE1, "Exif\0\0II*\0", 10);
    assert_false(is_good(&f));
    for (size_t i = 0; i < ARTIST_LENGTH; i++) { // a place instead of a name, and the like
        char spoilt[ARTIST_LENGTH];
        memcpy(spoilt, ARTIST, ARTIST_LENGTH);
        spoilt[i] ^= 0x40;
        f = make(0xE1, spoilt, ARTIST_LENGTH);
        assert_int_equal(is_good(&f), i >= 20 && i < 28); // length and text of the name
    }
    f = make(0xC0, FRAME, 9); // two frames
    assert_false(is_good(&f));
    f = make(0xDA, SCAN, 6); // a scan of nothing
    assert_false(is_good(&f));
}

static struct codec_answer good_answer(void)
{
    struct codec_answer a = {.status = CODEC_OK, .width = 32, .height = 16, .jpeg_length = 100};
    a.facts = (struct codec_facts){.format = "png", .width = 32, .height = 16, .size = 5};
    a.facts.orientation = 1;
    a.facts.frames = 1;
    return a;
}

static bool is_believed(struct codec_answer a)
{
    const struct codec_job job = {.kind = CODEC_CONVERT, .size = 5};
    return codec_check_answer(&a, &job);
}

#define ASSERT_REFUSED(field, value)                                                               \
    do {                                                                                           \
        struct codec_answer a = good_answer();                                                     \
        a.field = value;                                                                           \
        assert_false(is_believed(a));                                                              \
    } while (0)

static void test_numbers_of_an_answer(void **state)
{
    (void)state;
    assert_true(is_believed(good_answer()));
    ASSERT_REFUSED(width, 0);
    ASSERT_REFUSED(height, CODEC_MAX_SIDE + 1);
    ASSERT_REFUSED(quality, 101);
    ASSERT_REFUSED(jpeg_length, 0);
    ASSERT_REFUSED(jpeg_length, SIZE_MAX);
    ASSERT_REFUSED(status, CODEC_STOPPED);
    ASSERT_REFUSED(facts.width, -1);
    ASSERT_REFUSED(facts.height, CODEC_MAX_SIDE + 1);
    ASSERT_REFUSED(facts.orientation, 9);
    ASSERT_REFUSED(facts.rotation, 45);
    ASSERT_REFUSED(facts.frames, UINT64_MAX);
    ASSERT_REFUSED(facts.size, 6);
    ASSERT_REFUSED(facts.duration, NAN);
    ASSERT_REFUSED(facts.fps, INFINITY);
    ASSERT_REFUSED(facts.format[0], 0);
    ASSERT_REFUSED(facts.depth, -1);
    ASSERT_REFUSED(facts.moov, 6);
    ASSERT_REFUSED(facts.extras, 1u << CODEC_EXTRAS);
    ASSERT_REFUSED(removed, 1u << 31);
    ASSERT_REFUSED(duration, NAN);
}

static void test_bytes_of_an_answer(void **state)
{
    (void)state;
    struct codec_answer a = good_answer();
    memset(&a.facts.video, 2, 1);
    assert_false(is_believed(a));
    a = good_answer();
    memset(a.facts.codec, 'x', sizeof a.facts.codec);
    assert_false(is_believed(a));
    a = good_answer();
    memset(a.message, 'x', sizeof a.message);
    assert_false(is_believed(a));
}

static void test_texts_are_cleaned(void **state)
{
    (void)state;
    const struct codec_job job = {.kind = CODEC_PROBE};
    struct codec_answer a = {.status = CODEC_FORMAT, .message = "a\x1B[2Jb\nc\xFF"};
    assert_true(codec_check_answer(&a, &job));
    assert_string_equal(a.message, "a?[2Jb?c?");
}

// What goes to scripts, logs and terminals is UTF-8 without a trick in it.
static void test_words_are_utf8(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x1B[2J",  "\xFF", "\xC3",     "\xC0\x80", "\xED\xA0\x80",
        "\xC2\x9B", "\x7F", "\xE2\x82", "\xF8\x88", "\xF4\x90\x80\x80"};
    struct codec_answer a = good_answer();
    strcpy(a.facts.words.description, "\xC3\xA9t\xC3\xA9\n\xF0\x9F\x98\x80");
    assert_true(is_believed(a));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        a = good_answer();
        snprintf(a.facts.words.title, sizeof a.facts.words.title, "%s", bad[i]);
        assert_false(is_believed(a));
    }
    a = good_answer();
    memset(a.facts.words.artist, 'x', sizeof a.facts.words.artist);
    assert_false(is_believed(a));
}

// A film of two pictures, shown three times.
static size_t make_film(uint8_t film[4096])
{
    struct file first = make(0, NULL, 0), second = make(0xEE, "Adobe\0\144\0\0\0\0\1", 12);
    const struct film_frame frame[] = {{(uint32_t)first.length, 40},
                                       {(uint32_t)second.length, 700}};
    const struct film shape = {.width = 32, .height = 16, .frames = 2, .times = 3, .frame = frame};
    size_t pictures = first.length + second.length;
    film_head((uint32_t)pictures, film);
    memcpy(film + FILM_HEAD, first.bytes, first.length);
    memcpy(film + FILM_HEAD + first.length, second.bytes, second.length);
    film_index(&shape, film + FILM_HEAD + pictures);
    return FILM_HEAD + pictures + film_index_length(&shape);
}

static bool is_good_film(const uint8_t *film, size_t length)
{
    uint8_t *exact = malloc(length ? length : 1);
    memcpy(exact, film, length);
    bool good = codec_check_film(exact, length, 32, 16);
    free(exact);
    return good;
}

static void test_films(void **state)
{
    (void)state;
    uint8_t film[4096] = {0};
    size_t length = make_film(film);
    assert_true(is_good_film(film, length));
    assert_false(codec_check_film(film, length, 16, 32));
    for (size_t cut = 0; cut < length; cut++)
        assert_false(is_good_film(film, cut));
    assert_false(is_good_film(film, length + FILM_ENTRY));
}

// Each byte that is no picture counts; only how long pictures are shown is the film's own affair,
// and the same for each time that they are.
static void test_spoilt_films(void **state)
{
    (void)state;
    uint8_t film[4096] = {0};
    size_t length = make_film(film);
    size_t index = length - FILM_INDEX - (size_t)6 * FILM_ENTRY;
    for (size_t i = 0; i < length; i++) {
        if (i >= FILM_HEAD && i < index)
            continue;
        for (int bit = 0; bit < 8; bit++) {
            film[i] ^= (uint8_t)(1 << bit);
            assert_false(is_good_film(film, length));
            film[i] ^= (uint8_t)(1 << bit);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_each_truncation),
        cmocka_unit_test(test_what_follows_the_end),
        cmocka_unit_test(test_segments_that_do_not_belong),
        cmocka_unit_test(test_numbers_of_an_answer),
        cmocka_unit_test(test_bytes_of_an_answer),
        cmocka_unit_test(test_texts_are_cleaned),
        cmocka_unit_test(test_words_are_utf8),
        cmocka_unit_test(test_films),
        cmocka_unit_test(test_spoilt_films),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
