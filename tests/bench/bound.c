// bound.c - libwebp and libjpeg-turbo alone, on buffers that are ready. Any failure ends the
// program: the files have been converted before.
#include "bound.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <webp/decode.h>

#define STRIP 16 // rows of luma that libjpeg takes at once

// Where a plane of the result stands: luma, then chroma at half size, all in whole blocks.
struct layout {
    size_t stride[3], start[3], total;
    int height[3];
};

static struct layout lay_out(int width, int height)
{
    struct layout l = {0};
    for (int p = 0; p < 3; p++) {
        int block = p ? 8 : 16;
        l.stride[p] = (size_t)((width + 15) / 16) * (size_t)block;
        l.height[p] = (height + 15) / 16 * block;
        l.start[p] = l.total;
        l.total += l.stride[p] * (size_t)l.height[p];
    }
    return l;
}

static void point_rows(uint8_t *planes, const struct layout *l, int top, JSAMPROW rows[3][STRIP])
{
    for (int p = 0; p < 3; p++)
        for (int i = 0; i < (p ? STRIP / 2 : STRIP); i++)
            rows[p][i] = planes + l->start[p] + (size_t)((p ? top / 2 : top) + i) * l->stride[p];
}

// Planes of a JPEG: into `planes`, or when that is NULL into new memory.
static uint8_t *read_planes(const uint8_t *jpeg, size_t length, uint8_t *planes, int *width,
                            int *height)
{
    struct jpeg_decompress_struct in = {0};
    struct jpeg_error_mgr errors;
    JSAMPROW rows[3][STRIP];
    JSAMPARRAY all[3] = {rows[0], rows[1], rows[2]};
    in.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&in);
    jpeg_mem_src(&in, jpeg, length);
    jpeg_read_header(&in, TRUE);
    in.raw_data_out = TRUE;
    jpeg_start_decompress(&in);
    *width = (int)in.image_width;
    *height = (int)in.image_height;
    struct layout l = lay_out(*width, *height);
    planes = planes ? planes : malloc(l.total);
    while (planes && in.output_scanline < in.output_height) {
        point_rows(planes, &l, (int)in.output_scanline, rows);
        jpeg_read_raw_data(&in, all, STRIP);
    }
    jpeg_destroy_decompress(&in);
    return planes;
}

static bool open_webp(struct bound *b)
{
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(b->file, b->file_length, &features) != VP8_STATUS_OK)
        return false;
    b->width = features.width;
    b->height = features.height;
    b->alpha = features.has_alpha;
    b->lossless = features.format == 2;
    b->pixels = malloc((size_t)(b->width + 1) * (size_t)(b->height + 1) * 4);
    return true;
}

// The planes of the JPEG that was made are kept, so that the encoder is measured with the same
// content.
bool bound_open(struct bound *b, const uint8_t *file, size_t length, const uint8_t *jpeg,
                size_t jpeg_length)
{
    *b = (struct bound){.file = file, .file_length = length};
    b->from_jpeg = length > 2 && file[0] == 0xFF && file[1] == 0xD8;
    if (b->from_jpeg)
        b->pixels = read_planes(file, length, NULL, &b->width, &b->height);
    else if (!open_webp(b))
        return false;
    b->jpeg_room = 64 + (unsigned long)b->width * (unsigned long)b->height * 3;
    b->jpeg = malloc(b->jpeg_room);
    if (b->pixels && b->jpeg)
        b->planes = read_planes(jpeg, jpeg_length, NULL, &b->out_width, &b->out_height);
    return b->planes != NULL;
}

static void set_planes(struct bound *b, WebPDecoderConfig *config)
{
    WebPYUVABuffer *out = &config->output.u.YUVA;
    int half = (b->width + 1) / 2, half_height = (b->height + 1) / 2;
    size_t luma = (size_t)b->width * (size_t)b->height, chroma = (size_t)half * (size_t)half_height;
    config->output.colorspace = b->alpha ? MODE_YUVA : MODE_YUV;
    out->y = b->pixels, out->u = out->y + luma, out->v = out->u + chroma;
    out->a = b->alpha ? out->v + chroma : NULL;
    out->y_stride = out->a_stride = b->width;
    out->u_stride = out->v_stride = half;
    out->y_size = out->a_size = luma;
    out->u_size = out->v_size = chroma;
}

static void decode_webp(struct bound *b)
{
    WebPDecoderConfig config;
    WebPInitDecoderConfig(&config);
    config.output.is_external_memory = 1;
    if (b->lossless) {
        config.output.colorspace = MODE_BGRA;
        config.output.u.RGBA.rgba = b->pixels;
        config.output.u.RGBA.stride = b->width * 4;
        config.output.u.RGBA.size = (size_t)b->width * (size_t)b->height * 4;
    } else {
        set_planes(b, &config);
    }
    if (WebPDecode(b->file, b->file_length, &config) != VP8_STATUS_OK)
        abort();
}

void bound_decode(struct bound *b)
{
    if (b->from_jpeg)
        b->pixels = read_planes(b->file, b->file_length, b->pixels, &b->width, &b->height);
    else
        decode_webp(b);
}

static void write_planes(struct bound *b, struct jpeg_compress_struct *out)
{
    struct layout l = lay_out(b->out_width, b->out_height);
    JSAMPROW rows[3][STRIP];
    JSAMPARRAY planes[3] = {rows[0], rows[1], rows[2]};
    while (out->next_scanline < out->image_height) {
        point_rows(b->planes, &l, (int)out->next_scanline, rows);
        jpeg_write_raw_data(out, planes, STRIP);
    }
}

static void write_pixels(struct bound *b, struct jpeg_compress_struct *out)
{
    JSAMPROW rows[STRIP];
    while (out->next_scanline < out->image_height) {
        for (unsigned i = 0; i < STRIP; i++)
            rows[i] = b->pixels + (out->next_scanline + i) * (size_t)b->width * 4;
        JDIMENSION left = out->image_height - out->next_scanline;
        jpeg_write_scanlines(out, rows, left < STRIP ? left : STRIP);
    }
}

void bound_encode(struct bound *b)
{
    struct jpeg_compress_struct out = {0};
    struct jpeg_error_mgr errors;
    unsigned char *bytes = b->jpeg;
    unsigned long length = b->jpeg_room;
    out.err = jpeg_std_error(&errors);
    jpeg_create_compress(&out);
    jpeg_mem_dest(&out, &bytes, &length);
    out.image_width = (JDIMENSION)b->out_width;
    out.image_height = (JDIMENSION)b->out_height;
    out.input_components = b->lossless ? 4 : 3;
    out.in_color_space = b->lossless ? JCS_EXT_BGRX : JCS_YCbCr;
    jpeg_set_defaults(&out);
    jpeg_set_quality(&out, 90, TRUE);
    out.raw_data_in = !b->lossless;
    jpeg_start_compress(&out, TRUE);
    if (b->lossless)
        write_pixels(b, &out);
    else
        write_planes(b, &out);
    jpeg_finish_compress(&out);
    jpeg_destroy_compress(&out);
}

void bound_close(struct bound *b)
{
    free(b->pixels);
    free(b->planes);
    free(b->jpeg);
}
