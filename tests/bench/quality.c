// quality.c - the reference is computed here and not taken from a program: ImageMagick 6, for one,
// makes what it resizes half a level darker. Any failure ends the program.
#include "quality.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <webp/decode.h>

#define LOBES 3

struct rgb {
    int width, height;
    uint8_t *bytes; // owned
};

static void *need(void *block)
{
    if (!block)
        abort();
    return block;
}

static double lanczos(double x)
{
    const double pi = acos(-1);
    if (fabs(x) < 1e-9)
        return 1;
    return fabs(x) >= LOBES ? 0 : LOBES * sin(pi * x) * sin(pi * x / LOBES) / (pi * pi * x * x);
}

// One side of a plane: `lines` of them, from `in` to `out` positions. Steps are counted in samples.
static void resample(const double *from, double *to, int in, int out, int lines, size_t step,
                     size_t line_in, size_t line_out)
{
    double scale = (double)in / out, wide = fmax(scale, 1);
    double *weights = need(malloc((size_t)in * sizeof *weights));
    for (int i = 0; i < out; i++) {
        double centre = (i + 0.5) * scale, sum = 0;
        int first = (int)fmax(0, floor(centre - LOBES * wide));
        int last = (int)fmin(in, ceil(centre + LOBES * wide));
        for (int k = first; k < last; k++)
            sum += weights[k] = lanczos((k + 0.5 - centre) / wide);
        for (int line = 0; line < lines; line++) {
            double value = 0;
            for (int k = first; k < last; k++)
                value += weights[k] * from[(size_t)line * line_in + (size_t)k * step];
            to[(size_t)line * line_out + (size_t)i * step] = value / sum;
        }
    }
    free(weights);
}

static struct rgb read_jpeg(const uint8_t *bytes, size_t length)
{
    struct jpeg_decompress_struct in = {0};
    struct jpeg_error_mgr errors;
    in.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&in);
    jpeg_mem_src(&in, bytes, length);
    jpeg_read_header(&in, TRUE);
    in.out_color_space = JCS_RGB;
    jpeg_start_decompress(&in);
    struct rgb out = {(int)in.output_width, (int)in.output_height, NULL};
    out.bytes = need(malloc((size_t)out.width * (size_t)out.height * 3));
    while (in.output_scanline < in.output_height) {
        JSAMPROW row = out.bytes + (size_t)in.output_scanline * (size_t)out.width * 3;
        jpeg_read_scanlines(&in, &row, 1);
    }
    jpeg_destroy_decompress(&in);
    return out;
}

static struct rgb read_source(const uint8_t *file, size_t length)
{
    struct rgb out = {0};
    if (length > 2 && file[0] == 0xFF)
        return read_jpeg(file, length);
    if (!WebPGetInfo(file, length, &out.width, &out.height))
        abort();
    size_t stride = (size_t)out.width * 3, size = stride * (size_t)out.height;
    out.bytes = need(malloc(size));
    need(WebPDecodeRGBInto(file, length, out.bytes, size, (int)stride));
    return out;
}

static struct rgb make_reference(const uint8_t *file, size_t length, int width, int height)
{
    struct rgb out = {width, height, need(malloc((size_t)width * (size_t)height * 3))};
    struct rgb source = read_source(file, length);
    int w = source.width, h = source.height;
    size_t full = (size_t)w * (size_t)h, most = (size_t)width * (size_t)h;
    double *a = need(malloc(full * sizeof *a)), *b = need(malloc(most * sizeof *b));
    for (size_t c = 0; c < 3; c++) {
        for (size_t i = 0; i < full; i++)
            a[i] = source.bytes[i * 3 + c];
        resample(a, b, w, width, h, 1, (size_t)w, (size_t)width);
        resample(b, a, h, height, width, (size_t)width, 1, 1);
        for (size_t i = 0; i < (size_t)width * (size_t)height; i++)
            out.bytes[i * 3 + c] = (uint8_t)(fmin(255, fmax(0, a[i])) + 0.5);
    }
    free(a);
    free(b);
    free(source.bytes);
    return out;
}

static uint8_t *write_jpeg(const struct rgb *image, unsigned long *length)
{
    struct jpeg_compress_struct out = {0};
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    out.err = jpeg_std_error(&errors);
    jpeg_create_compress(&out);
    jpeg_mem_dest(&out, &bytes, length);
    out.image_width = (JDIMENSION)image->width;
    out.image_height = (JDIMENSION)image->height;
    out.input_components = 3;
    out.in_color_space = JCS_RGB;
    jpeg_set_defaults(&out);
    jpeg_set_quality(&out, 90, TRUE);
    jpeg_start_compress(&out, TRUE);
    while (out.next_scanline < out.image_height) {
        JSAMPROW row = image->bytes + (size_t)out.next_scanline * (size_t)image->width * 3;
        jpeg_write_scanlines(&out, &row, 1);
    }
    jpeg_finish_compress(&out);
    jpeg_destroy_compress(&out);
    return bytes;
}

static double luma(const uint8_t *rgb)
{
    return 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
}

static double psnr(const struct rgb *one, const struct rgb *other)
{
    double sum = 0;
    size_t pixels = (size_t)one->width * (size_t)one->height;
    for (size_t i = 0; i < pixels; i++) {
        double apart = luma(one->bytes + i * 3) - luma(other->bytes + i * 3);
        sum += apart * apart;
    }
    return 10 * log10(255.0 * 255 * (double)pixels / sum);
}

double quality_of_fitted(const uint8_t *file, size_t length, const uint8_t *jpeg,
                         size_t jpeg_length, double *floor)
{
    struct rgb ours = read_jpeg(jpeg, jpeg_length);
    struct rgb reference = make_reference(file, length, ours.width, ours.height);
    unsigned long saved_length = 0;
    uint8_t *saved = write_jpeg(&reference, &saved_length);
    struct rgb best = read_jpeg(saved, saved_length);
    *floor = psnr(&best, &reference);
    double found = psnr(&ours, &reference);
    free(saved);
    free(best.bytes);
    free(reference.bytes);
    free(ours.bytes);
    return found;
}
