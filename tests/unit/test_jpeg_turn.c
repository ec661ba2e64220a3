// test_jpeg_turn.c - a JPEG turned by its blocks is the same picture: turned back, each coefficient
// is where it was, and its pixels are those of the source, turned.
#include "codec/jpeg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jpeglib.h>

struct file {
    uint8_t *bytes;
    unsigned long length;
};

// Noise over a slope, so that every frequency is in it; `h` x `v`: chroma is so many times smaller,
// 0: there is none.
static struct file make(int width, int height, int h, int v)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct file file = {0};
    uint8_t row[3 * 256];
    unsigned noise = 1;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &file.bytes, &file.length);
    jpeg.image_width = (JDIMENSION)width;
    jpeg.image_height = (JDIMENSION)height;
    jpeg.input_components = h ? 3 : 1;
    jpeg.in_color_space = h ? JCS_RGB : JCS_GRAYSCALE;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 85, TRUE);
    jpeg.comp_info[0].h_samp_factor = h ? h : 1;
    jpeg.comp_info[0].v_samp_factor = h ? v : 1;
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW rows[] = {row};
        for (int i = 0; i < width * jpeg.input_components; i++) {
            noise = noise * 1103515245 + 12345;
            row[i] = (uint8_t)((i + 2 * (int)jpeg.next_scanline + (int)(noise >> 16) % 32) % 256);
        }
        jpeg_write_scanlines(&jpeg, rows, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    return file;
}

static struct image decode(const struct file *file)
{
    struct codec_job job = {.options.max_pixels = CODEC_MAX_PIXELS};
    struct codec_answer answer = {0};
    struct run run = {&job, &answer};
    struct image image = {0};
    assert_int_equal(jpeg_decode(&run, file->bytes, file->length, &image), 0);
    return image;
}

static void turn_pixels(struct image *image, int orientation)
{
    struct codec_job job = {0};
    struct codec_answer answer = {0};
    struct run run = {&job, &answer};
    assert_int_equal(image_turn(&run, image, orientation), 0);
}

// Equal but for the rounding of the transform, which goes over columns first, and of the chroma's
// enlargement.
static void assert_same_pixels(struct image *a, struct image *b, int most)
{
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    size_t count = (size_t)a->height * image_stride(a);
    int worst = 0;
    for (size_t i = 0; i < count; i++) {
        int distance = abs(a->pixels[i] - b->pixels[i]);
        worst = distance > worst ? distance : worst;
    }
    assert_in_range(worst, 0, most);
}

static void assert_same_coefficients(const struct file *a, const struct file *b)
{
    struct jpeg_decompress_struct jpeg[2];
    struct jpeg_error_mgr errors;
    jvirt_barray_ptr *blocks[2];
    const struct file *files[] = {a, b};
    for (int i = 0; i < 2; i++) {
        jpeg[i].err = jpeg_std_error(&errors);
        jpeg_create_decompress(&jpeg[i]);
        jpeg_mem_src(&jpeg[i], files[i]->bytes, files[i]->length);
        jpeg_read_header(&jpeg[i], TRUE);
        blocks[i] = jpeg_read_coefficients(&jpeg[i]);
    }
    for (int c = 0; c < jpeg[0].num_components; c++) {
        const jpeg_component_info *info = &jpeg[0].comp_info[c];
        for (JDIMENSION y = 0; y < info->height_in_blocks; y++) {
            JBLOCKROW rows[2];
            for (int i = 0; i < 2; i++)
                rows[i] = jpeg[i].mem->access_virt_barray((j_common_ptr)&jpeg[i], blocks[i][c], y,
                                                          1, FALSE)[0];
            assert_memory_equal(rows[0], rows[1], info->width_in_blocks * sizeof(JBLOCK));
        }
    }
    for (int i = 0; i < 2; i++)
        jpeg_destroy_decompress(&jpeg[i]);
}

static const int BACK[] = {0, 1, 2, 3, 4, 5, 8, 7, 6};

static void check(int width, int height, int h, int v, int orientation, int most)
{
    struct file source = make(width, height, h, v), turned, back;
    size_t length = 0;
    turned.bytes = jpeg_turn(source.bytes, source.length, orientation, NULL, &length);
    assert_non_null(turned.bytes);
    turned.length = length;
    back.bytes = jpeg_turn(turned.bytes, length, BACK[orientation], NULL, &length);
    assert_non_null(back.bytes);
    back.length = length;
    assert_same_coefficients(&source, &back);
    struct image wanted = decode(&source), found = decode(&turned);
    turn_pixels(&wanted, orientation);
    assert_same_pixels(&wanted, &found, most);
    image_free(&wanted);
    image_free(&found);
    free(source.bytes);
    free(turned.bytes);
    free(back.bytes);
}

// Mirrors are exact where nothing is enlarged; a transposed transform rounds in another order.
static void test_each_turn(void **state)
{
    (void)state;
    for (int orientation = 2; orientation <= 8; orientation++) {
        int rounding = orientation >= 5;
        check(64, 48, 0, 0, orientation, rounding);
        check(64, 48, 1, 1, orientation, 2 * rounding);
        check(64, 48, 2, 1, orientation, 4);
        check(64, 48, 1, 2, orientation, 4);
        check(96, 64, 2, 2, orientation, 4);
    }
}

static bool is_possible(int width, int height, int h, int v, int orientation)
{
    struct file file = make(width, height, h, v);
    size_t length;
    uint8_t *turned = jpeg_turn(file.bytes, file.length, orientation, NULL, &length);
    free(file.bytes);
    free(turned);
    return turned != NULL;
}

static void test_a_mirror_needs_whole_blocks(void **state)
{
    (void)state;
    check(61, 43, 2, 2, 5, 4); // transposed alone: any size
    check(61, 43, 0, 0, 5, 1);
    check(64, 43, 2, 2, 2, 4);
    check(61, 48, 2, 2, 4, 4);
    assert_false(is_possible(61, 48, 2, 2, 2));
    assert_false(is_possible(56, 48, 2, 2, 2)); // half a unit
    assert_true(is_possible(56, 48, 1, 1, 2));
    assert_false(is_possible(64, 43, 2, 2, 4));
    assert_false(is_possible(64, 43, 2, 2, 3));
    assert_false(is_possible(64, 43, 2, 2, 6));
    assert_true(is_possible(61, 48, 2, 2, 6));
    assert_true(is_possible(64, 43, 2, 2, 8));
    assert_false(is_possible(61, 48, 2, 2, 8));
    assert_false(is_possible(61, 48, 2, 2, 7));
}

static void test_a_cut_file_is_left_alone(void **state)
{
    (void)state;
    struct file file = make(64, 64, 2, 2);
    for (size_t length = 0; length < 500; length += 7) {
        size_t size;
        uint8_t *exact = malloc(length + 1);
        assert_non_null(exact);
        memcpy(exact, file.bytes, length);
        free(jpeg_turn(exact, length, 6, NULL, &size)); // whatever it is, it is no crash
        free(exact);
    }
    free(file.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_turn),
        cmocka_unit_test(test_a_mirror_needs_whole_blocks),
        cmocka_unit_test(test_a_cut_file_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
