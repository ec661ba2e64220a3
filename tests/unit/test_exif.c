// test_exif.c - orientation, words and places from EXIF blocks, whole and hostile.
#include "codec/exif.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// One entry: orientation 6, little and big endian.
static const uint8_t LITTLE[26] = {'I',  'I', 42, 0, 8, 0, 0, 0, 1, 0,       // one entry at 8
                                   0x12, 1,   3,  0, 1, 0, 0, 0, 6, 0, 0, 0, // SHORT, count 1
                                   0,    0,   0,  0};
static const uint8_t BIG[26] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0,
                                3,   0,   0, 0,  1, 0, 6, 0, 0, 0, 0, 0,    0};

static struct codec_facts facts;

static int orientation_of(const uint8_t *bytes, size_t length)
{
    facts = (struct codec_facts){.orientation = 1};
    exif_read(bytes, length, &facts);
    return facts.orientation;
}

static void test_both_byte_orders(void **state)
{
    (void)state;
    assert_int_equal(orientation_of(LITTLE, sizeof LITTLE), 6);
    assert_int_equal(orientation_of(BIG, sizeof BIG), 6);
}

static void test_prefix(void **state)
{
    (void)state;
    uint8_t bytes[6 + sizeof LITTLE] = "Exif\0";
    memcpy(bytes + 6, LITTLE, sizeof LITTLE);
    assert_int_equal(orientation_of(bytes, sizeof bytes), 6);
}

static void test_values(void **state)
{
    (void)state;
    uint8_t bytes[26];
    memcpy(bytes, LITTLE, sizeof bytes);
    for (int value = 0; value < 256; value++) {
        bytes[18] = (uint8_t)value;
        assert_int_equal(orientation_of(bytes, 26), value >= 1 && value <= 8 ? value : 1);
    }
    bytes[18] = 6;
    bytes[14] = 2; // two values: not ours
    assert_int_equal(orientation_of(bytes, 26), 1);
    bytes[14] = 1;
    bytes[12] = 4; // LONG
    assert_int_equal(orientation_of(bytes, 26), 6);
    bytes[12] = 2; // ASCII
    assert_int_equal(orientation_of(bytes, 26), 1);
}

// Every truncation in a block of its own, so that the sanitizer sees a byte too many.
static void test_truncations(void **state)
{
    (void)state;
    for (size_t length = 0; length <= sizeof LITTLE; length++) {
        uint8_t *exact = malloc(length ? length : 1);
        memcpy(exact, LITTLE, length);
        assert_int_equal(orientation_of(exact, length), length >= 22 ? 6 : 1);
        free(exact);
    }
}

static void test_hostile_offsets(void **state)
{
    (void)state;
    static const uint32_t offsets[] = {0, 1, 7, 24, 25, 26, 27, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF};
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        uint8_t bytes[26];
        memcpy(bytes, LITTLE, sizeof bytes);
        for (int b = 0; b < 4; b++)
            bytes[4 + b] = (uint8_t)(offsets[i] >> 8 * b);
        assert_int_equal(orientation_of(bytes, sizeof bytes), 1);
    }
    uint8_t many[26];
    memcpy(many, LITTLE, sizeof many);
    many[8] = many[9] = 0xFF; // 65,535 entries are claimed
    assert_int_equal(orientation_of(many, sizeof many), 6);
    many[10] = 0; // and none is the wanted one
    assert_int_equal(orientation_of(many, sizeof many), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_byte_orders), cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_values),           cmocka_unit_test(test_truncations),
        cmocka_unit_test(test_hostile_offsets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
