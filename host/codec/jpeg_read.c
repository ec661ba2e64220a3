// jpeg_read.c - pixels and facts from a JPEG, by libjpeg-turbo.
// The library leaves by longjmp: what must be freed then lives in struct reader, not in registers.
#include "jpeg.h"

#include "jpeg_scan.h"
#include <setjmp.h>
#include <stdio.h> // jpeglib.h needs it and does not say so
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#define MAX_COEFFICIENT_MEMORY (512L << 20)

struct reader {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf leave;
    struct run *run;
};

static void on_error(j_common_ptr jpeg)
{
    struct reader *r = jpeg->client_data;
    char text[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, text);
    int code = jpeg->err->msg_code;
    if (code == JERR_OUT_OF_MEMORY || code == JERR_NO_BACKING_STORE)
        report(r->run, CODEC_LIMIT, "the JPEG file needs too much memory to decode");
    else if (code == JERR_BAD_PRECISION || code == JERR_SOF_UNSUPPORTED)
        report(r->run, CODEC_FORMAT, "JPEG files of this kind cannot be read: %s", text);
    else
        report(r->run, CODEC_FORMAT, "the JPEG file is damaged: %s", text);
    longjmp(r->leave, 1);
}

// Warnings after which the picture is still whole.
static bool is_harmless(const struct jpeg_error_mgr *errors)
{
    switch (errors->msg_code) {
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_ICC:
        return true;
    case JWRN_EXTRANEOUS_DATA: // cameras pad the end
        return errors->msg_parm.i[1] == 0xD9;
    default:
        return false;
    }
}

// Warnings (level -1) mean that the decoder goes on with grey in place of what is missing.
static void on_message(j_common_ptr jpeg, int level)
{
    if (level < 0 && !is_harmless(jpeg->err))
        on_error(jpeg);
}

// Called between rows and scans: the place to stop a file that repeats its scans without end.
static void on_progress(j_common_ptr jpeg)
{
    struct reader *r = jpeg->client_data;
    if (r->jpeg.input_scan_number > CODEC_MAX_SCANS)
        report(r->run, CODEC_LIMIT, "the JPEG file has more than %d scans", CODEC_MAX_SCANS);
    else if (!report_stopped(r->run))
        return;
    longjmp(r->leave, 1);
}

// Reads the header. On every way out the caller calls jpeg_destroy_decompress.
static void open_reader(struct reader *r, const uint8_t *bytes, size_t length)
{
    jpeg_create_decompress(&r->jpeg);
    r->jpeg.mem->max_memory_to_use = MAX_COEFFICIENT_MEMORY;
    r->progress.progress_monitor = on_progress;
    r->jpeg.progress = &r->progress;
    jpeg_mem_src(&r->jpeg, bytes, length);
    jpeg_read_header(&r->jpeg, TRUE);
}

static void init_reader(struct reader *r, struct run *run)
{
    r->run = run;
    r->jpeg.err = jpeg_std_error(&r->errors);
    r->jpeg.client_data = r;
    r->errors.error_exit = on_error;
    r->errors.emit_message = on_message;
}

static const char *colour_name(J_COLOR_SPACE space)
{
    switch (space) {
    case JCS_GRAYSCALE:
        return "grey";
    case JCS_YCbCr:
        return "ycbcr";
    case JCS_CMYK:
        return "cmyk";
    case JCS_YCCK:
        return "ycck";
    default:
        return "rgb";
    }
}

int jpeg_probe(struct run *run, const uint8_t *bytes, size_t length)
{
    struct reader r = {0};
    struct codec_facts *facts = &run->answer->facts;
    init_reader(&r, run);
    if (setjmp(r.leave) == 0) {
        open_reader(&r, bytes, length);
        facts->width = (int)r.jpeg.image_width;
        facts->height = (int)r.jpeg.image_height;
        facts->components = r.jpeg.num_components;
        facts->progressive = r.jpeg.progressive_mode;
        facts->depth = r.jpeg.data_precision;
        snprintf(facts->colour, sizeof facts->colour, "%s", colour_name(r.jpeg.jpeg_color_space));
    }
    jpeg_destroy_decompress(&r.jpeg);
    return run->answer->status ? -1 : 0;
}

int jpeg_is_plain(struct run *run, const uint8_t *bytes, size_t length, bool *plain)
{
    struct reader r = {0};
    init_reader(&r, run);
    if (setjmp(r.leave) == 0) {
        open_reader(&r, bytes, length);
        J_COLOR_SPACE space = r.jpeg.jpeg_color_space;
        *plain =
            jpeg_scan_is_baseline(bytes, length) && (space == JCS_YCbCr || space == JCS_GRAYSCALE);
    }
    jpeg_destroy_decompress(&r.jpeg);
    return run->answer->status ? -1 : 0;
}

// Pixels of the picture in a sample of a component along a side; 0: no whole number.
static int cover(int most, int factor)
{
    return most % factor == 0 ? most / factor : 0;
}

static bool is_planar(const struct jpeg_decompress_struct *jpeg)
{
    const jpeg_component_info *c = jpeg->comp_info;
    int most_h = jpeg->max_h_samp_factor, most_v = jpeg->max_v_samp_factor;
    if (jpeg->data_precision != 8)
        return false;
    if (jpeg->jpeg_color_space == JCS_GRAYSCALE)
        return true;
    int across = cover(most_h, c[1].h_samp_factor), down = cover(most_v, c[1].v_samp_factor);
    return jpeg->jpeg_color_space == JCS_YCbCr && c[0].h_samp_factor == most_h &&
           c[0].v_samp_factor == most_v && (across == 1 || across == 2) &&
           (down == 1 || down == 2) && c[2].h_samp_factor == c[1].h_samp_factor &&
           c[2].v_samp_factor == c[1].v_samp_factor;
}

int jpeg_is_planar(struct run *run, const uint8_t *bytes, size_t length, bool *planar)
{
    struct reader r = {0};
    init_reader(&r, run);
    if (setjmp(r.leave) == 0) {
        open_reader(&r, bytes, length);
        *planar = is_planar(&r.jpeg);
    }
    jpeg_destroy_decompress(&r.jpeg);
    return run->answer->status ? -1 : 0;
}

static enum image_layout choose_layout(struct jpeg_decompress_struct *jpeg)
{
    switch (jpeg->jpeg_color_space) {
    case JCS_GRAYSCALE:
        jpeg->out_color_space = JCS_GRAYSCALE;
        return IMAGE_GREY;
    case JCS_CMYK:
    case JCS_YCCK:
        jpeg->out_color_space = JCS_CMYK;
        return IMAGE_CMYK;
    default:
        jpeg->out_color_space = JCS_RGB;
        return IMAGE_RGB;
    }
}

// Adobe's programs store ink inverted, and say so only by their marker.
static void invert(struct image *image)
{
    size_t count = image_stride(image) * (size_t)image->height;
    for (size_t i = 0; i < count; i++)
        image->pixels[i] = (uint8_t)(255 - image->pixels[i]);
}

static void read_rows(struct reader *r, struct image *image)
{
    size_t stride = image_stride(image);
    while (r->jpeg.output_scanline < r->jpeg.output_height) {
        JSAMPROW rows[8];
        JDIMENSION count = r->jpeg.output_height - r->jpeg.output_scanline;
        count = count < 8 ? count : 8;
        for (JDIMENSION i = 0; i < count; i++)
            rows[i] = image->pixels + (r->jpeg.output_scanline + i) * stride;
        jpeg_read_scanlines(&r->jpeg, rows, count);
    }
    jpeg_finish_decompress(&r->jpeg);
}

// `image` is the caller's, so its pixels survive the jump and are freed there.
static int decode_pixels(struct run *run, const uint8_t *bytes, size_t length, struct image *image)
{
    struct reader r = {0};
    init_reader(&r, run);
    if (setjmp(r.leave) == 0) {
        open_reader(&r, bytes, length);
        enum image_layout layout = choose_layout(&r.jpeg);
        if (image_check_size(run, r.jpeg.image_width, r.jpeg.image_height) == 0 &&
            image_alloc(run, image, layout, (int)r.jpeg.image_width, (int)r.jpeg.image_height) ==
                0) {
            jpeg_start_decompress(&r.jpeg);
            read_rows(&r, image);
            if (layout == IMAGE_CMYK && r.jpeg.saw_Adobe_marker)
                invert(image);
        }
    }
    jpeg_destroy_decompress(&r.jpeg);
    return run->answer->status ? -1 : 0;
}

int jpeg_decode(struct run *run, const uint8_t *bytes, size_t length, struct image *image)
{
    if (decode_pixels(run, bytes, length, image))
        return -1;
    return jpeg_scan_icc(run, bytes, length, image);
}

#define MOST_ROWS (MAX_SAMP_FACTOR * DCTSIZE) // of a component in a row of blocks

// What has been set says how large the components will be. Grey gets chroma without colour.
static int alloc_planes(struct reader *r, struct yuv *yuv)
{
    jpeg_calc_output_dimensions(&r->jpeg);
    const jpeg_component_info *c = r->jpeg.comp_info;
    bool grey = r->jpeg.num_components == 1;
    int least = r->jpeg.min_DCT_scaled_size, across = 2, down = 2;
    if (!grey) {
        across = r->jpeg.max_h_samp_factor * least / (c[1].h_samp_factor * c[1].DCT_scaled_size);
        down = r->jpeg.max_v_samp_factor * least / (c[1].v_samp_factor * c[1].DCT_scaled_size);
    }
    if (yuv_alloc_full(r->run, yuv, (int)r->jpeg.output_width, (int)r->jpeg.output_height, across,
                       down))
        return -1;
    for (int p = 1; grey && p < 3; p++)
        memset(yuv->plane[p], 128, yuv->stride[p] * (size_t)yuv_height(yuv, p));
    return 0;
}

// Rows come in whole blocks: what lies below the picture goes to `spare`.
static void point_rows(const struct reader *r, const struct yuv *yuv, int strip, uint8_t *spare,
                       JSAMPROW rows[3][MOST_ROWS])
{
    for (int p = 0; p < r->jpeg.num_components; p++) {
        const jpeg_component_info *c = &r->jpeg.comp_info[p];
        int count = c->v_samp_factor * c->DCT_scaled_size, height = yuv_height(yuv, p);
        for (int i = 0; i < count; i++) {
            int y = strip * count + i;
            rows[p][i] = y < height ? yuv->plane[p] + (size_t)y * yuv->stride[p] : spare;
        }
    }
}

static void read_planes(struct reader *r, struct yuv *yuv)
{
    JSAMPROW rows[3][MOST_ROWS];
    JSAMPARRAY planes[3] = {rows[0], rows[1], rows[2]};
    JDIMENSION height = (JDIMENSION)(r->jpeg.max_v_samp_factor * r->jpeg.min_DCT_scaled_size);
    uint8_t *spare = r->jpeg.mem->alloc_large((j_common_ptr)&r->jpeg, JPOOL_IMAGE, yuv->stride[0]);
    for (int strip = 0; r->jpeg.output_scanline < r->jpeg.output_height; strip++) {
        point_rows(r, yuv, strip, spare, rows);
        jpeg_read_raw_data(&r->jpeg, planes, height);
    }
    jpeg_finish_decompress(&r->jpeg);
}

int jpeg_decode_planes(struct run *run, const uint8_t *bytes, size_t length, int reduction,
                       struct yuv *yuv)
{
    struct reader r = {0};
    init_reader(&r, run);
    if (setjmp(r.leave) == 0) {
        open_reader(&r, bytes, length);
        r.jpeg.raw_data_out = TRUE;
        r.jpeg.scale_num = 1;
        r.jpeg.scale_denom = (unsigned)reduction;
        if (image_check_size(run, r.jpeg.image_width, r.jpeg.image_height) == 0 &&
            alloc_planes(&r, yuv) == 0) {
            jpeg_start_decompress(&r.jpeg);
            read_planes(&r, yuv);
        }
    }
    jpeg_destroy_decompress(&r.jpeg);
    return run->answer->status ? -1 : 0;
}
