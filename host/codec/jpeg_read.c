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
