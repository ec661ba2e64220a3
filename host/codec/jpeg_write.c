// jpeg_write.c - a baseline JPEG, by libjpeg-turbo.
// Baseline, standard Huffman tables, 4:2:0: the fast way, and files far below any limit of size.
#include "jpeg.h"

#include <setjmp.h>
#include <stdio.h> // jpeglib.h needs it and does not say so
#include <stdlib.h>

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

static void set_up(struct writer *w, const struct image *image, int quality)
{
    jpeg_create_compress(&w->jpeg);
    w->target.init_destination = on_start;
    w->target.empty_output_buffer = on_full;
    w->target.term_destination = on_end;
    w->jpeg.dest = &w->target;
    w->jpeg.image_width = (JDIMENSION)image->width;
    w->jpeg.image_height = (JDIMENSION)image->height;
    w->jpeg.input_components = (int)image_channels(image->layout);
    w->jpeg.in_color_space = image->layout == IMAGE_GREY ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&w->jpeg);
    jpeg_set_quality(&w->jpeg, quality, TRUE);
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

int jpeg_encode(struct run *run, const struct image *image, int quality, size_t limit,
                uint8_t **jpeg, size_t *length)
{
    struct writer w = {.run = run, .limit = limit, .capacity = 1 << 16};
    *jpeg = NULL;
    w.bytes = malloc(w.capacity);
    if (w.bytes == NULL)
        return report_memory(run);
    w.jpeg.err = jpeg_std_error(&w.errors);
    w.jpeg.client_data = &w;
    w.errors.error_exit = on_error;
    w.errors.emit_message = on_message;
    if (setjmp(w.leave) == 0) {
        set_up(&w, image, quality);
        write_rows(&w, image);
        *length = w.capacity - w.target.free_in_buffer;
        if (limit == 0 || *length <= limit) {
            *jpeg = w.bytes;
            w.bytes = NULL;
        }
    }
    jpeg_destroy_compress(&w.jpeg);
    free(w.bytes);
    return run->answer->status ? -1 : 0;
}
