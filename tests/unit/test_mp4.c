// test_mp4.c - the box reader, on files made box by box, whole and hostile.
#include "boxes.h"

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
