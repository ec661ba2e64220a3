// test_mp4.c - the box reader, on files made box by box, whole and hostile.
#include "codec/mp4.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint8_t file[1 << 19];
static size_t used;
static struct codec_answer answer;

static void put32(uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        file[used++] = (uint8_t)(value >> shift);
}

static void zeros(size_t count)
{
    memset(file + used, 0, count);
    used += count;
}

static void put_ascii(const char *text, size_t length)
{
    memcpy(file + used, text, length);
    used += length;
}

static size_t begin(const char *type)
{
    size_t at = used;
    put32(0);
    put_ascii(type, 4);
    return at;
}

static void end(size_t at)
{
    size_t now = used;
    used = at;
    put32((uint32_t)(now - at));
    used = now;
}

static void put_ftyp(void)
{
    size_t box = begin("ftyp");
    memcpy(file + used, "isom", 4);
    used += 4;
    put32(0);
    end(box);
}

static void put_mdat(void)
{
    size_t box = begin("mdat");
    zeros(64);
    end(box);
}

static void put_mvhd(void)
{
    size_t box = begin("mvhd");
    zeros(12);
    put32(1000);
    put32(4500);
    zeros(80);
    end(box);
}

// A turn of `degrees` clockwise in the matrix of a track.
static void put_tkhd(int degrees, int width, int height)
{
    const uint32_t one = 0x10000, minus = 0xFFFF0000;
    const uint32_t turns[4][4] = {
        {one, 0, 0, one}, {0, one, minus, 0}, {minus, 0, 0, minus}, {0, minus, one, 0}};
    const uint32_t *turn = turns[degrees / 90];
    size_t box = begin("tkhd");
    zeros(40);
    put32(turn[0]), put32(turn[1]), put32(0);
    put32(turn[2]), put32(turn[3]), put32(0);
    zeros(8), put32(0x40000000);
    put32((uint32_t)width << 16), put32((uint32_t)height << 16);
    end(box);
}

static void put_elst(uint32_t from)
{
    size_t edts = begin("edts"), box = begin("elst");
    put32(0), put32(1), put32(4500), put32(from), put32(0x10000);
    end(box);
    end(edts);
}

static void put_stbl(const char *codec, int width, int height)
{
    size_t stbl = begin("stbl"), stsd = begin("stsd");
    put32(0), put32(1);
    size_t entry = begin(codec);
    zeros(24);
    put32((uint32_t)width << 16 | (uint32_t)height);
    zeros(50);
    end(entry);
    end(stsd);
    size_t stts = begin("stts");
    put32(0), put32(2), put32(1), put32(999), put32(89), put32(500);
    end(stts);
    size_t stsz = begin("stsz");
    put32(0), put32(0), put32(90);
    end(stsz);
    end(stbl);
}

static void put_track(const char *handler, const char *codec, int degrees, uint32_t edit)
{
    bool video = handler[0] == 'v';
    size_t trak = begin("trak");
    put_tkhd(degrees, video ? 640 : 0, video ? 360 : 0);
    put_elst(edit);
    size_t mdia = begin("mdia"), mdhd = begin("mdhd");
    zeros(12), put32(15000), put32(67500), zeros(4);
    end(mdhd);
    size_t hdlr = begin("hdlr");
    zeros(8);
    memcpy(file + used, handler, 4);
    used += 4;
    zeros(13);
    end(hdlr);
    size_t minf = begin("minf");
    put_stbl(codec, video ? 640 : 0, video ? 360 : 0);
    end(minf);
    end(mdia);
    end(trak);
}

static void put_moov(int degrees, uint32_t edit)
{
    size_t moov = begin("moov");
    put_mvhd();
    put_track("soun", "mp4a", 0, 0);
    put_track("vide", "avc1", degrees, edit);
    end(moov);
}

static int probe(size_t length)
{
    // A block of its own, so that the sanitizer sees a byte too many.
    uint8_t *exact = malloc(length ? length : 1);
    memcpy(exact, file, length);
    struct codec_job job = {.kind = CODEC_PROBE, .bytes = exact, .size = length};
    struct run run = {&job, &answer};
    answer = (struct codec_answer){0};
    int status = mp4_probe(&run);
    free(exact);
    return status;
}

static void assert_refused(enum codec_status status, const char *words)
{
    assert_int_equal(probe(used), -1);
    assert_int_equal(answer.status, status);
    assert_non_null(strstr(answer.message, words));
}

static int set_up(void **state)
{
    (void)state;
    used = 0;
    put_ftyp();
    return 0;
}

static void test_facts(void **state)
{
    (void)state;
    put_moov(0, 0);
    put_mdat();
    assert_int_equal(probe(used), 0);
    assert_int_equal(answer.facts.width, 640);
    assert_int_equal(answer.facts.height, 360);
    assert_int_equal(answer.facts.frames, 90);
    assert_true(answer.facts.duration == 4.5);
    assert_true(answer.facts.fps == 30);
    assert_string_equal(answer.facts.codec, "avc1");
    assert_string_equal(answer.facts.audio_codec, "mp4a");
    assert_true(answer.facts.faststart);
    assert_false(answer.facts.edit_list);
}

static void test_rotation_and_edits(void **state)
{
    for (int degrees = 0; degrees < 360; degrees += 90) {
        set_up(state);
        put_mdat();
        put_moov(degrees, degrees ? 512 : 0);
        assert_int_equal(probe(used), 0);
        assert_int_equal(answer.facts.rotation, degrees);
        assert_int_equal(answer.facts.edit_list, degrees != 0);
        assert_true(answer.facts.edit_shift == (degrees ? 512 / 15000.0 : 0));
        assert_false(answer.facts.faststart);
    }
}

// An index that leaves everything to two fragments: 30 frames as its defaults say, then 3 that say
// themselves how long they last.
static void put_fragmented(uint32_t claimed)
{
    size_t moov = begin("moov"), mvhd = begin("mvhd");
    zeros(12), put32(1000), zeros(84);
    end(mvhd);
    size_t trak = begin("trak"), tkhd = begin("tkhd");
    zeros(12), put32(7), zeros(68);
    end(tkhd);
    size_t mdia = begin("mdia"), mdhd = begin("mdhd");
    zeros(12), put32(15000), zeros(8);
    end(mdhd);
    size_t hdlr = begin("hdlr");
    put_ascii("\0\0\0\0\0\0\0\0vide", 12);
    end(hdlr);
    size_t minf = begin("minf"), stbl = begin("stbl"), stsd = begin("stsd");
    put32(0), put32(1);
    size_t entry = begin("hvc1");
    zeros(24), put32(640 << 16 | 360), zeros(50);
    size_t pasp = begin("pasp");
    put32(4), put32(3);
    end(pasp), end(entry), end(stsd), end(stbl), end(minf), end(mdia), end(trak);
    size_t mvex = begin("mvex");
    if (claimed) {
        size_t mehd = begin("mehd");
        put32(0), put32(claimed);
        end(mehd);
    }
    size_t trex = begin("trex");
    put32(0), put32(7), put32(1), put32(500), zeros(8);
    end(trex), end(mvex), end(moov);
}

static void put_fragment(uint32_t track, uint32_t count, uint32_t each)
{
    size_t moof = begin("moof"), traf = begin("traf"), tfhd = begin("tfhd");
    put32(0x20002), put32(track), put32(1);
    end(tfhd);
    size_t trun = begin("trun");
    put32(each ? 0x301 : 1), put32(count), put32(0);
    for (uint32_t i = 0; each && i < count; i++)
        put32(each), put32(1);
    end(trun), end(traf), end(moof);
    put_mdat();
}

// A box at the top, which the words stand behind `before` other bytes of.
static uint32_t extras_of(const char *type, size_t before, const char *words, size_t length)
{
    used = 0;
    put_ftyp();
    put_moov(0, 0);
    size_t box = begin(type);
    zeros(before);
    put_ascii(words, length);
    end(box);
    put_mdat();
    assert_int_equal(probe(used), 0);
    return answer.facts.extras;
}

static void test_words(void **state)
{
    (void)state;
    static const char xmp[] =
        "\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC exif:GPSLatitude";
    assert_int_equal(extras_of("udta", 0, "\xA9tooLavf", 8), 0);
    assert_int_equal(extras_of("udta", 0, "\xA9namMe", 6), CODEC_OTHER);
    assert_int_equal(extras_of("free", 0, "\xA9xyz+48", 7), 0);
    assert_int_equal(extras_of("uuid", 0, xmp, sizeof xmp), CODEC_XMP | CODEC_GPS);
    for (size_t before = 16300; before < 16400; before++) // on both sides of what is read at once
        assert_int_equal(extras_of("udta", before, "\xA9xyz+48", 7), CODEC_GPS);
}

static void test_edits(void **state)
{
    static const struct {
        uint32_t lasts[3], from[3];
        int count;
        double shift;
    } cases[] = {
        {{4500}, {0}, 1, 0},
        {{4500}, {1500}, 1, 0.1},
        {{500, 4000}, {UINT32_MAX, 0}, 2, 0.5},
        {{500, 4000}, {UINT32_MAX, 1500}, 2, 0.6},
        {{2000, 2000}, {0, 45000}, 2, 1e6}, // a piece in the middle is left out
        {{500, 4000, 100}, {UINT32_MAX, 0, 0}, 3, 1e6},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        set_up(state);
        size_t moov = begin("moov");
        put_mvhd();
        size_t trak = begin("trak"), edts = begin("edts"), elst = begin("elst");
        put32(0), put32((uint32_t)cases[c].count);
        for (int i = 0; i < cases[c].count; i++)
            put32(cases[c].lasts[i]), put32(cases[c].from[i]), put32(0x10000);
        end(elst), end(edts);
        size_t mdia = begin("mdia"), mdhd = begin("mdhd");
        zeros(12), put32(15000), zeros(8);
        end(mdhd);
        size_t hdlr = begin("hdlr");
        put_ascii("\0\0\0\0\0\0\0\0vide", 12);
        end(hdlr);
        put_stbl("avc1", 640, 360);
        end(mdia), end(trak), end(moov);
        put_mdat();
        assert_int_equal(probe(used), 0);
        assert_true(fabs(answer.facts.edit_shift - cases[c].shift) < 1e-9);
        assert_int_equal(answer.facts.edit_list, cases[c].shift > 0);
    }
}

static void test_fragments(void **state)
{
    (void)state;
    put_fragmented(0);
    put_fragment(7, 30, 0);
    put_fragment(8, 1000, 0); // another track
    put_fragment(7, 3, 1000);
    assert_int_equal(probe(used), 0);
    assert_int_equal(answer.facts.frames, 33);
    assert_true(answer.facts.fps == 30);
    assert_true(answer.facts.duration == 1.2);
    assert_true(answer.facts.pixel_aspect == 4 / 3.0);
    set_up(state);
    put_fragmented(1234);
    put_fragment(7, 30, 0);
    assert_int_equal(probe(used), 0);
    assert_true(answer.facts.duration == 1.234);
}

static void test_fragments_that_lie(void **state)
{
    (void)state;
    put_fragmented(0);
    put_fragment(7, 3, 1000);
    uint8_t *trun = memmem(file, used, "trun", 4);
    trun[11] = 200; // frames, of which 3 are there
    size_t length = used;
    for (size_t at = 0; at + 4 <= length; at++) {
        uint8_t kept[4];
        memcpy(kept, file + at, 4);
        used = at;
        put32(0xFFFFFFFF);
        int status = probe(length);
        assert_true(status == 0 || answer.message[0] != 0);
        memcpy(file + at, kept, 4);
    }
    used = length;
    assert_refused(CODEC_FORMAT, "trun is too short");
}

// The fields of the entry say two channels at 48000; the configuration behind them knows better.
static void put_sound(const char *config, size_t length, uint8_t kind)
{
    size_t moov = begin("moov"), trak = begin("trak"), mdia = begin("mdia"), hdlr = begin("hdlr");
    put_ascii("\0\0\0\0\0\0\0\0soun", 12);
    end(hdlr);
    size_t minf = begin("minf"), stbl = begin("stbl"), stsd = begin("stsd");
    put32(0), put32(1);
    size_t entry = begin("mp4a");
    zeros(16), put32(2 << 16 | 16), zeros(4), put32(48000U << 16);
    size_t esds = begin("esds");
    put_ascii("\0\0\0\0\3\x80\x80\x80\x20\0\1\0\4\x17", 14);
    file[used++] = kind;
    zeros(12);
    file[used++] = 5, file[used++] = (uint8_t)length;
    put_ascii(config, length);
    end(esds), end(entry), end(stsd), end(stbl), end(minf), end(mdia), end(trak);
    put_mvhd();
    put_track("vide", "avc1", 0, 0);
    end(moov);
    put_mdat();
}

static void test_sound(void **state)
{
    static const struct {
        const char *config;
        int channels, rate;
    } cases[] = {
        {"\x12\x08", 1, 44100}, // AAC-LC
        {"\x11\xB0", 6, 48000},
        {"\x11\xB8", 8, 48000},
        {"\x2B\x11\x88", 2, 48000}, // HE-AAC: 24000, heard as 48000
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set_up(state);
        put_sound(cases[i].config, strlen(cases[i].config), 0x40);
        assert_int_equal(probe(used), 0);
        assert_string_equal(answer.facts.audio_codec, "mp4a");
        assert_int_equal(answer.facts.audio_channels, cases[i].channels);
        assert_int_equal(answer.facts.audio_rate, cases[i].rate);
    }
    set_up(state);
    put_sound("", 0, 0x6B);
    assert_int_equal(probe(used), 0);
    assert_string_equal(answer.facts.audio_codec, ".mp3");
    assert_int_equal(answer.facts.audio_channels, 2);
    assert_int_equal(answer.facts.audio_rate, 48000);
}

// QuickTime files need no ftyp: the first box may be any.
static void test_positions(void **state)
{
    (void)state;
    used = 0;
    put_moov(0, 0);
    put_mdat();
    assert_int_equal(probe(used), 0);
    assert_true(answer.facts.faststart);
    used = 0;
    put_mdat();
    put_moov(0, 0);
    assert_int_equal(probe(used), 0);
    assert_false(answer.facts.faststart);
}

static void test_missing_parts(void **state)
{
    assert_refused(CODEC_FORMAT, "moov");
    put_mdat();
    assert_refused(CODEC_FORMAT, "moov");
    set_up(state);
    put_moov(0, 0);
    assert_refused(CODEC_FORMAT, "mdat");
    put_moov(0, 0);
    assert_refused(CODEC_FORMAT, "two indexes");
    set_up(state);
    size_t moov = begin("moov");
    put_mvhd();
    put_track("soun", "mp4a", 0, 0);
    end(moov);
    put_mdat();
    assert_refused(CODEC_FORMAT, "no video track");
}

static void test_every_truncation(void **state)
{
    (void)state;
    put_moov(90, 0);
    put_mdat();
    for (size_t length = 0; length < used; length++)
        assert_int_equal(probe(length), -1);
}

// Every 32-bit word replaced by hostile ones: an answer, never a fault.
static void test_hostile_words(void **state)
{
    (void)state;
    static const uint32_t words[] = {0, 1, 7, 8, 9, 15, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
    put_moov(0, 0);
    put_mdat();
    size_t length = used;
    for (size_t at = 0; at + 4 <= length; at++)
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
            uint8_t kept[4];
            memcpy(kept, file + at, 4);
            used = at;
            put32(words[i]);
            int status = probe(length);
            assert_true(status == 0 || answer.message[0] != 0);
            memcpy(file + at, kept, 4);
        }
}

static void test_sizes_of_64_bits(void **state)
{
    (void)state;
    put_moov(0, 0);
    put32(1);
    memcpy(file + used, "mdat", 4);
    used += 4;
    put32(0), put32(24), zeros(8);
    assert_int_equal(probe(used), 0);
    used -= 16;
    put32(0xFFFFFFFF), put32(0xFFFFFFF0), zeros(8); // wraps round when it is added
    assert_refused(CODEC_FORMAT, "cut short");
}

static void test_stray_bytes_after_the_last_box(void **state)
{
    (void)state;
    put_moov(0, 0);
    size_t data = begin("mdat");
    zeros(8);
    end(data);
    for (int i = 0; i < 7; i++) {
        zeros(1);
        assert_int_equal(probe(used), 0);
    }
    zeros(1); // a whole header, of a box of no bytes: "to the end"
    assert_int_equal(probe(used), 0);
    used -= 8;
    put32(5), put32(0);
    assert_refused(CODEC_FORMAT, "damaged");
}

static void test_nesting_and_numbers_are_bounded(void **state)
{
    size_t starts[32];
    starts[0] = begin("moov");
    starts[1] = begin("trak");
    for (int i = 2; i < 32; i++)
        starts[i] = begin("mdia");
    for (int i = 31; i >= 0; i--)
        end(starts[i]);
    assert_refused(CODEC_FORMAT, "nested too deeply");
    set_up(state);
    for (int i = 0; i < 50001; i++)
        end(begin("free"));
    assert_refused(CODEC_LIMIT, "boxes");
    set_up(state);
    starts[0] = begin("moov");
    starts[1] = begin("trak");
    end(begin("trak"));
    end(starts[1]);
    end(starts[0]);
    assert_refused(CODEC_FORMAT, "no video track"); // a track inside a track is not looked at
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_facts, set_up),
        cmocka_unit_test_setup(test_rotation_and_edits, set_up),
        cmocka_unit_test_setup(test_words, set_up),
        cmocka_unit_test_setup(test_edits, set_up),
        cmocka_unit_test_setup(test_fragments, set_up),
        cmocka_unit_test_setup(test_fragments_that_lie, set_up),
        cmocka_unit_test_setup(test_sound, set_up),
        cmocka_unit_test_setup(test_positions, set_up),
        cmocka_unit_test_setup(test_missing_parts, set_up),
        cmocka_unit_test_setup(test_every_truncation, set_up),
        cmocka_unit_test_setup(test_hostile_words, set_up),
        cmocka_unit_test_setup(test_sizes_of_64_bits, set_up),
        cmocka_unit_test_setup(test_stray_bytes_after_the_last_box, set_up),
        cmocka_unit_test_setup(test_nesting_and_numbers_are_bounded, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
