// jpeg_write.c - a baseline JPEG, by libjpeg-turbo.
// Baseline, standard Huffman tables, 4:2:0: the fast way, and files far below any limit of size.
#include "jpeg.h"

#include <setjmp.h>
#include <stdio.h> // jpeglib.h needs it and does not say so
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

struct writer {
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_destination_mgr target;
    jmp_buf leave;
    struct run *run;
    uint8_t *bytes; // owned until handed over
    size_t capacity, limit;
    bool too_long;
};

// 16 rows of luma and 8 of each chroma.
struct strip {
    JSAMPROW rows[3][16];
};

static void on_error(j_common_ptr jpeg)
{
    struct writer *w = jpeg->client_data;
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
    struct writer *w = jpeg->client_data;
    w->target.next_output_byte = w->bytes;
    w->target.free_in_buffer = w->capacity;
}

// The buffer is full: double it, or give up when the caller would not take more.
static boolean on_full(j_compress_ptr jpeg)
{
    struct writer *w = jpeg->client_data;
    w->too_long = w->limit && w->capacity > w->limit;
    uint8_t *more = w->too_long ? NULL : realloc(w->bytes, w->capacity * 2);
    if (more == NULL) {
        if (!w->too_long)
            report_memory(w->run);
        longjmp(w->leave, 1);
    }
    w->bytes = more;
    w->target.next_output_byte = more + w->capacity;
    w->target.free_in_buffer = w->capacity;
    w->capacity *= 2;
    return TRUE;
}

static void on_end(j_compress_ptr jpeg)
{
    (void)jpeg;
}

static void set_up(struct writer *w, int width, int height, J_COLOR_SPACE space, int quality)
{
    jpeg_create_compress(&w->jpeg);
    w->target.init_destination = on_start;
    w->target.empty_output_buffer = on_full;
    w->target.term_destination = on_end;
    w->jpeg.dest = &w->target;
    w->jpeg.image_width = (JDIMENSION)width;
    w->jpeg.image_height = (JDIMENSION)height;
    w->jpeg.input_components = 3;
    w->jpeg.in_color_space = space;
    jpeg_set_defaults(&w->jpeg);
    jpeg_set_quality(&w->jpeg, quality, TRUE);
    w->jpeg.raw_data_in = space == JCS_YCbCr;
    jpeg_start_compress(&w->jpeg, TRUE);
}

static void write_rows(struct writer *w, const struct image *image)
{
    size_t stride = image_stride(image);
    while (w->jpeg.next_scanline < w->jpeg.image_height) {
        JSAMPROW row = image->pixels + w->jpeg.next_scanline * stride;
        jpeg_write_scanlines(&w->jpeg, &row, 1);
        if (w->jpeg.next_scanline % 64 == 0 && report_stopped(w->run))
            longjmp(w->leave, 1);
    }
    jpeg_finish_compress(&w->jpeg);
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

static void write_strips(struct writer *w, const struct yuv *yuv, struct strip *strip)
{
    JSAMPARRAY planes[3] = {strip->rows[0], strip->rows[1], strip->rows[2]};
    while (w->jpeg.next_scanline < w->jpeg.image_height) {
        fill_strip(yuv, (int)w->jpeg.next_scanline, strip);
        jpeg_write_raw_data(&w->jpeg, planes, 16);
        if (report_stopped(w->run))
            longjmp(w->leave, 1);
    }
    jpeg_finish_compress(&w->jpeg);
}

// Everything that is owned is in *w; libjpeg jumps to `leave`, which is set by the caller.
static int open_writer(struct writer *w, struct run *run, int width, int height, size_t limit,
                       uint8_t **jpeg)
{
    *jpeg = NULL;
    w->run = run;
    w->limit = limit;
    // Nearly always enough; what is not written to costs nothing.
    w->capacity = (1 << 16) + (size_t)width * (size_t)height / 3;
    w->bytes = malloc(w->capacity);
    w->jpeg.err = jpeg_std_error(&w->errors);
    w->jpeg.client_data = w;
    w->errors.error_exit = on_error;
    w->errors.emit_message = on_message;
    return w->bytes ? 0 : report_memory(run);
}

static void keep_result(struct writer *w, uint8_t **jpeg, size_t *length)
{
    *length = w->capacity - w->target.free_in_buffer;
    if (w->limit && *length > w->limit)
        return;
    *jpeg = w->bytes;
    w->bytes = NULL;
}

static int close_writer(struct writer *w)
{
    jpeg_destroy_compress(&w->jpeg);
    free(w->bytes);
    return w->run->answer->status ? -1 : 0;
}

int jpeg_encode(struct run *run, const struct image *image, int quality, size_t limit,
                uint8_t **jpeg, size_t *length)
{
    struct writer w = {0};
    if (open_writer(&w, run, image->width, image->height, limit, jpeg))
        return -1;
    if (setjmp(w.leave) == 0) {
        set_up(&w, image->width, image->height, JCS_RGB, quality);
        write_rows(&w, image);
        keep_result(&w, jpeg, length);
    }
    return close_writer(&w);
}

int jpeg_encode_planes(struct run *run, const struct yuv *yuv, int quality, size_t limit,
                       uint8_t **jpeg, size_t *length)
{
    struct writer w = {0};
    struct strip strip;
    size_t stride = (size_t)yuv->width + YUV_PADDING;
    uint8_t *bytes = malloc(stride * 32); // 16 rows of luma, twice 8 of chroma
    if (bytes == NULL)
        return report_memory(run);
    point_strip(&strip, bytes, stride);
    if (open_writer(&w, run, yuv->width, yuv->height, limit, jpeg)) {
        free(bytes);
        return -1;
    }
    if (setjmp(w.leave) == 0) {
        set_up(&w, yuv->width, yuv->height, JCS_YCbCr, quality);
        write_strips(&w, yuv, &strip);
        keep_result(&w, jpeg, length);
    }
    free(bytes);
    return close_writer(&w);
}
