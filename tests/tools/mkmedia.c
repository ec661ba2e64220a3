// mkmedia.c - makes the test pictures, and measures JPEG files against the scene they show.
//
//   mkmedia make                      all fixtures, into the current folder
//   mkmedia samples                   the pictures of examples/media, likewise
//   mkmedia shape WIDTH HEIGHT        the scene in that size, as shape.jpg, shape.png, shape.webp
//   mkmedia views WIDTH HEIGHT        views of the scene: scene.*, grey.*, cells.* and veil*.*
//   mkmedia view FILE VIEW COLOUR     as psnr, of that view over the colour
//   mkmedia psnr FILE [X Y W H]       width and height of the file; PSNR in dB and mean distance of
//                                     colours (CIE 1976) of it, or a part, to the scene
//   mkmedia film FILE WEBP COLOUR     of each picture that a film shows: its size, how many times
//   and
//                                     how many milliseconds, PSNR to what is seen of the animation
//   mkmedia pixel FILE X Y            width, height and the colour there
#include "mkmedia.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

void *need(void *memory)
{
    if (memory == NULL) {
        fprintf(stderr, "mkmedia: no memory\n");
        exit(1);
    }
    return memory;
}

static FILE *open_file(const char *name, const char *mode)
{
    FILE *file = fopen(name, mode);
    if (file == NULL) {
        perror(name);
        exit(1);
    }
    return file;
}

void save(const char *name, const void *bytes, size_t length)
{
    FILE *file = open_file(name, "wb");
    if (fwrite(bytes, 1, length, file) != length || fclose(file) != 0) {
        perror(name);
        exit(1);
    }
}

uint8_t *load(const char *name, size_t *length)
{
    FILE *file = open_file(name, "rb");
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = need(malloc(*length + 1));
    if (fread(bytes, 1, *length, file) != *length) {
        perror(name);
        exit(1);
    }
    fclose(file);
    return bytes;
}

// libjpeg's own error handler ends the tool, which is what a test wants.
struct picture decode_jpeg(const uint8_t *bytes, size_t length)
{
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, bytes, length);
    jpeg_read_header(&jpeg, TRUE);
    jpeg.out_color_space = JCS_RGB;
    jpeg_start_decompress(&jpeg);
    struct picture p = {(int)jpeg.output_width, (int)jpeg.output_height, NULL};
    p.rgb = need(malloc((size_t)p.width * (size_t)p.height * 3));
    while (jpeg.output_scanline < jpeg.output_height) {
        JSAMPROW row = p.rgb + (size_t)jpeg.output_scanline * (size_t)p.width * 3;
        jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_decompress(&jpeg);
    jpeg_destroy_decompress(&jpeg);
    return p;
}

static struct picture decode(const char *name)
{
    size_t length;
    uint8_t *bytes = load(name, &length);
    struct picture p = decode_jpeg(bytes, length);
    free(bytes);
    return p;
}

static int psnr(const char *name, const struct view *view, int x0, int y0, int w, int h)
{
    struct picture p = decode(name);
    w = w ? w : p.width;
    h = h ? h : p.height;
    double sum = 0;
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            uint8_t want[3];
            const uint8_t *is = p.rgb + ((size_t)(y0 + y) * (size_t)p.width + (size_t)(x0 + x)) * 3;
            view_colour(view, (x + 0.5) / w, (y + 0.5) / h, want);
            for (int c = 0; c < 3; c++)
                sum += (is[c] - want[c]) * (is[c] - want[c]);
        }
    printf("%d %d %.2f %.3f\n", p.width, p.height, 10 * log10(65025 * 3.0 * w * h / (sum + 1e-9)),
           view_delta(&p, view, x0, y0, w, h));
    free(p.rgb);
    return 0;
}

static int look(const char *name, const char *kind, const char *colour)
{
    static const char *const kinds[] = {"scene", "grey", "cells", "veil"}; // as enum view_kind
    long under = strtol(colour, NULL, 16);
    struct view view = {.under = {(uint8_t)(under >> 16), (uint8_t)(under >> 8), (uint8_t)under}};
    while (view.kind < VIEW_VEIL && strcmp(kinds[view.kind], kind) != 0)
        view.kind++;
    return psnr(name, &view, 0, 0, 0, 0);
}

static int pixel(const char *name, int x, int y)
{
    struct picture p = decode(name);
    const uint8_t *c = p.rgb + ((size_t)y * (size_t)p.width + (size_t)x) * 3;
    printf("%d %d %d %d %d\n", p.width, p.height, c[0], c[1], c[2]);
    free(p.rgb);
    return 0;
}

static int shape(int width, int height)
{
    struct picture p = scene_make(width, height, 1);
    save_jpeg("shape.jpg", &p);
    save_webp("shape.webp", &p, 95);
    save_png("shape.png", &p);
    free(p.rgb);
    return 0;
}

int main(int argc, char **argv)
{
    int n[4] = {0};
    for (int i = 3; i < argc && i < 7; i++)
        n[i - 3] = atoi(argv[i]);
    if (argc == 3 || argc == 7)
        if (strcmp(argv[1], "psnr") == 0)
            return psnr(argv[2], &(struct view){0}, n[0], n[1], n[2], n[3]);
    if (argc == 5 && strcmp(argv[1], "view") == 0)
        return look(argv[2], argv[3], argv[4]);
    if (argc == 4 && strcmp(argv[1], "shape") == 0)
        return shape(atoi(argv[2]), atoi(argv[3]));
    if (argc == 4 && strcmp(argv[1], "views") == 0) {
        make_views(atoi(argv[2]), atoi(argv[3]));
        return 0;
    }
    if (argc == 5 && strcmp(argv[1], "pixel") == 0)
        return pixel(argv[2], n[0], n[1]);
    if (argc == 5 && strcmp(argv[1], "film") == 0)
        return measure_film(argv[2], argv[3], argv[4]);
    if (argc == 2 && strcmp(argv[1], "samples") == 0) {
        make_samples();
        return 0;
    }
    if (argc != 2 || strcmp(argv[1], "make") != 0)
        return 2;
    make_jpegs();
    make_webps();
    make_pngs();
    make_gifs();
    make_films();
    make_hdr();
    make_broken();
    return 0;
}
