// jpeg_write.c - a baseline JPEG, by libjpeg-turbo.
// Baseline, standard Huffman tables, mostly 4:2:0: the fast way, and files far below any limit of
// size.
#include "jpeg.h"

#include "output.h"
#include <setjmp.h>
#include <stdio.h> // jpeglib.h needs it and does not say so
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#define STRIP 16 // rows of luma that a row of blocks takes

struct jpeg_writer {
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_destination_mgr target;
    jmp_buf leave; // set by each function that is called from outside
    struct run *run;
    struct output output;
    size_t limit;
    uint8_t *strip; // owned; planes only
    bool too_long, whole;
};

// 16 rows of luma and 8 of each chroma.
struct strip {
    JSAMPROW rows[3][16];
};

static void on_error(j_common_ptr jpeg)
{
    struct jpeg_writer *w = jpeg->client_data;
    char text[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, text);
    if (jpeg->err->msg_code == JERR_OUT_OF_MEMORY)
        report_memory(w->run);
    else
        report(w->run, CODEC_FORMAT, "the JPEG file cannot be made: %s", text);
    longjmp(w->leave, 1);
}

static void on_message(j_common_ptr jpeg, int level)
{
    (void)jpeg;
    (void)level;
}

static void on_start(j_compress_ptr jpeg)
{
    struct jpeg_writer *w = jpeg->client_data;
    w->target.next_output_byte = w->output.block;
    w->target.free_in_buffer = w->output.room;
}

// The block is full: make room, or give up when the caller would not take more.
static boolean on_full(j_compress_ptr jpeg)
{
    struct jpeg_writer *w = jpeg->client_data;
    w->too_long = w->limit && w->output.before + w->output.room > w->limit;
    if (w->too_long ||
        output_next(&w->output, &w->target.next_output_byte, &w->target.free_in_buffer))
        longjmp(w->leave, 1);
    return TRUE;
}

static void on_end(j_compress_ptr jpeg)
{
    (void)jpeg;
}

static J_COLOR_SPACE space_of(bool planes, enum image_layout layout)
{
    if (planes)
        return JCS_YCbCr;
    return layout == IMAGE_RGBA ? JCS_EXT_RGBX : JCS_RGB;
}

static int start(struct jpeg_writer *w, int width, int height, J_COLOR_SPACE space,
                 const struct jpeg_result *wish)
{
    if (setjmp(w->leave) != 0)
        return -1;
    jpeg_create_compress(&w->jpeg);
    w->target.init_destination = on_start;
    w->target.empty_output_buffer = on_full;
    w->target.term_destination = on_end;
    w->jpeg.dest = &w->target;
    w->jpeg.image_width = (JDIMENSION)width;
    w->jpeg.image_height = (JDIMENSION)height;
    w->jpeg.input_components = space == JCS_EXT_RGBX ? 4 : 3;
    w->jpeg.in_color_space = space;
    jpeg_set_defaults(&w->jpeg);
    jpeg_set_quality(&w->jpeg, wish->quality, TRUE);
    if (wish->full_chroma)
        w->jpeg.comp_info[0].h_samp_factor = w->jpeg.comp_info[0].v_samp_factor = 1;
    w->jpeg.raw_data_in = space == JCS_YCbCr;
    jpeg_start_compress(&w->jpeg, TRUE);
    return 0;
}

// A strip of 16 luma rows and 8 of each chroma, in full range, with the last column and row
// repeated up to whole blocks: anything else would show as a fringe there.
static void fill_strip(const struct yuv *yuv, int top, const struct strip *strip)
{
    for (int p = 0; p < 3; p++) {
        int width = yuv_side(p, yuv->width), height = yuv_side(p, yuv->height);
        int rows = p ? 8 : 16, first = p ? top / 2 : top;
        for (int i = 0; i < rows; i++) {
            int y = first + i < height ? first + i : height - 1;
            uint8_t *out = strip->rows[p][i];
            const uint8_t *in = yuv->plane[p] + (size_t)y * yuv->stride[p];
            if (yuv->full)
                memcpy(out, in, (size_t)width);
            else
                yuv_expand_row(p, in, width, out);
            memset(out + width, out[width - 1], 16);
        }
    }
}

static void point_strip(struct strip *strip, uint8_t *bytes, size_t stride)
{
    for (int i = 0; i < 32; i++) {
        JSAMPROW row = bytes + (size_t)i * stride;
        if (i < 16)
            strip->rows[0][i] = row;
        else
            strip->rows[1 + i / 24][i % 8] = row;
    }
}

static size_t strip_stride(int width)
{
    return (size_t)width + YUV_PADDING;
}

// Everything that is owned is in *w.
static int prepare(struct jpeg_writer *w, int width, int height, bool planes,
                   const struct jpeg_result *wish)
{
    // Nearly always enough; what is not written to costs nothing.
    size_t guess = (1 << 16) + (size_t)width * (size_t)height / 3;
    if (output_open(&w->output, w->run, guess, wish->direct))
        return -1;
    if (planes)
        w->strip = malloc(strip_stride(width) * 32); // 16 rows of luma, twice 8 of chroma
    return planes && w->strip == NULL ? report_memory(w->run) : 0;
}

static void free_writer(struct jpeg_writer *w)
{
    jpeg_destroy_compress(&w->jpeg);
    output_free(&w->output);
    free(w->strip);
    free(w);
}

struct jpeg_writer *jpeg_open(struct run *run, int width, int height, bool planes,
                              enum image_layout layout, const struct jpeg_result *wish)
{
    struct jpeg_writer *w = calloc(1, sizeof *w);
    if (w == NULL) {
        report_memory(run);
        return NULL;
    }
    w->run = run;
    w->limit = wish->limit;
    w->jpeg.err = jpeg_std_error(&w->errors);
    w->jpeg.client_data = w;
    w->errors.error_exit = on_error;
    w->errors.emit_message = on_message;
    if (prepare(w, width, height, planes, wish) == 0 &&
        start(w, width, height, space_of(planes, layout), wish) == 0)
        return w;
    free_writer(w);
    return NULL;
}

// What follows the last row, once.
static void end(struct jpeg_writer *w)
{
    if (w->whole || w->jpeg.next_scanline < w->jpeg.image_height)
        return;
    jpeg_finish_compress(&w->jpeg);
    w->whole = true;
}

int jpeg_add(struct jpeg_writer *w, const struct image *image, int ready)
{
    size_t stride = image_stride(image);
    if (setjmp(w->leave) != 0)
        return -1;
    while (w->jpeg.next_scanline < (JDIMENSION)ready) {
        JSAMPROW row = image->pixels + w->jpeg.next_scanline * stride;
        jpeg_write_scanlines(&w->jpeg, &row, 1);
        if (w->jpeg.next_scanline % 64 == 0 && report_stopped(w->run))
            return -1;
    }
    end(w);
    return (int)w->jpeg.next_scanline;
}

int jpeg_add_planes(struct jpeg_writer *w, const struct yuv *yuv, int ready)
{
    struct strip strip;
    JSAMPARRAY planes[3] = {strip.rows[0], strip.rows[1], strip.rows[2]};
    point_strip(&strip, w->strip, strip_stride(yuv->width));
    if (setjmp(w->leave) != 0)
        return -1;
    while (w->jpeg.next_scanline < w->jpeg.image_height) {
        int top = (int)w->jpeg.next_scanline;
        if (ready < yuv->height && top + STRIP > ready)
            break;
        fill_strip(yuv, top, &strip);
        jpeg_write_raw_data(&w->jpeg, planes, STRIP);
        if (report_stopped(w->run))
            return -1;
    }
    end(w);
    return (int)w->jpeg.next_scanline < ready ? (int)w->jpeg.next_scanline : ready;
}

int jpeg_close(struct jpeg_writer *w, struct jpeg_result *result)
{
    size_t length = w->output.room - w->target.free_in_buffer;
    result->bytes = NULL;
    result->length = 0;
    if (w->whole && w->run->answer->status == CODEC_OK &&
        (w->limit == 0 || w->output.before + length <= w->limit))
        (void)output_close(&w->output, length, &result->bytes, &result->length);
    int status = w->run->answer->status ? -1 : 0;
    free_writer(w);
    return status;
}

int jpeg_encode(struct run *run, const struct image *image, struct jpeg_result *result)
{
    struct jpeg_writer *w =
        jpeg_open(run, image->width, image->height, false, image->layout, result);
    if (w == NULL)
        return -1;
    jpeg_add(w, image, image->height);
    return jpeg_close(w, result);
}

int jpeg_encode_planes(struct run *run, const struct yuv *yuv, struct jpeg_result *result)
{
    struct jpeg_writer *w = jpeg_open(run, yuv->width, yuv->height, true, IMAGE_RGB, result);
    if (w == NULL)
        return -1;
    jpeg_add_planes(w, yuv, yuv->height);
    return jpeg_close(w, result);
}
