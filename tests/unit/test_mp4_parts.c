// test_mp4_parts.c - the parts of the box reader: sound, edits, fragments, words beside the film.
#include "boxes.h"

#include <math.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_words, set_up),
        cmocka_unit_test_setup(test_edits, set_up),
        cmocka_unit_test_setup(test_fragments, set_up),
        cmocka_unit_test_setup(test_fragments_that_lie, set_up),
        cmocka_unit_test_setup(test_sound, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
