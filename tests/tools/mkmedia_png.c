// mkmedia_png.c - PNG and GIF fixtures.
#include "mkmedia.h"

#include <gif_lib.h>
#include <math.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kind {
    int depth, type, interlace;
    int channels;    // bytes of a row are width * channels * depth / 8
    int orientation; // 0: no eXIf chunk
    int transparent; // palette index 1, or grey 128, is transparent
    const png_color *palette;
    int colours; // of it
    const uint8_t *icc;
    size_t icc_length;
};

static void write_png(const char *name, int width, int height, const uint8_t *pixels,
                      const struct kind *k)
{
    FILE *file = fopen(name, "wb");
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    size_t stride = ((size_t)(width * k->channels * k->depth) + 7) / 8;
    if (file == NULL || setjmp(png_jmpbuf(png))) {
        fprintf(stderr, "mkmedia: %s failed\n", name);
        exit(1);
    }
    png_init_io(png, file);
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, k->depth, k->type,
                 k->interlace ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, 0, 0);
    if (k->palette)
        png_set_PLTE(png, info, k->palette, k->colours);
    if (k->icc)
        png_set_iCCP(png, info, "profile", 0, k->icc, (png_uint_32)k->icc_length);
    if (k->transparent) {
        png_byte alpha[2] = {255, 0};
        png_color_16 grey = {.gray = 128};
        png_set_tRNS(png, info, alpha, 2, &grey);
    }
    if (k->orientation) {
        uint8_t exif[128];
        png_set_eXIf_1(png, info, (png_uint_32)make_exif(k->orientation, exif), exif);
    }
    png_bytep *rows = need(malloc((size_t)height * sizeof *rows));
    for (int y = 0; y < height; y++)
        rows[y] = (png_bytep)pixels + (size_t)y * stride;
    png_set_rows(png, info, rows);
    png_write_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
    png_destroy_write_struct(&png, &info);
    free(rows);
    fclose(file);
}

static void make_turned(void)
{
    for (int o = 1; o <= 8; o++) {
        char name[32];
        struct picture p = scene_make(161, 123, o);
        struct kind k = {.depth = 8, .type = PNG_COLOR_TYPE_RGB, .channels = 3, .orientation = o};
        snprintf(name, sizeof name, "turned%d.png", o);
        write_png(name, p.width, p.height, p.rgb, &k);
        free(p.rgb);
    }
}

void save_deep_png(const char *name, int width, int height, const uint8_t *pixels)
{
    struct kind k = {.depth = 16, .type = PNG_COLOR_TYPE_RGB, .channels = 3};
    write_png(name, width, height, pixels, &k);
}

static void make_deep(const struct picture *p)
{
    size_t count = (size_t)p->width * (size_t)p->height * 3;
    uint8_t *deep = need(malloc(count * 2));
    for (size_t i = 0; i < count; i++) {
        deep[i * 2] = p->rgb[i];
        deep[i * 2 + 1] = p->rgb[i];
    }
    save_deep_png("deep.png", p->width, p->height, deep);
    free(deep);
}

static void make_alpha(void)
{
    uint8_t *rgba = need(malloc(160 * 120 * 4));
    for (int i = 0; i < 160 * 120; i++)
        memcpy(rgba + i * 4, i % 160 < 80 ? "\xC8\x32\x28\xFF" : "\xC8\x32\x28\0", 4);
    struct kind k = {.depth = 8, .type = PNG_COLOR_TYPE_RGB_ALPHA, .channels = 4};
    write_png("alpha.png", 160, 120, rgba, &k);
    free(rgba);
}

// Left half colour 0, right half colour 1; as a palette of red and blue, as bits, as grey 128.
static void make_small_kinds(void)
{
    static const png_color palette[2] = {{200, 50, 40}, {40, 50, 200}};
    uint8_t bytes[160 * 120], bits[20 * 120];
    for (int i = 0; i < 160 * 120; i++)
        bytes[i] = i % 160 >= 80;
    for (int i = 0; i < 20 * 120; i++)
        bits[i] = i % 20 >= 10 ? 255 : 0;
    struct kind k = {.depth = 8,
                     .type = PNG_COLOR_TYPE_PALETTE,
                     .channels = 1,
                     .palette = palette,
                     .colours = 2};
    write_png("palette.png", 160, 120, bytes, &k);
    k.transparent = 1;
    write_png("palettealpha.png", 160, 120, bytes, &k);
    struct kind b = {.depth = 1, .type = PNG_COLOR_TYPE_GRAY, .channels = 1};
    write_png("bits.png", 160, 120, bits, &b);
    for (int i = 0; i < 160 * 120; i++)
        bytes[i] = bytes[i] ? 128 : 30;
    struct kind g = {.depth = 8, .type = PNG_COLOR_TYPE_GRAY, .channels = 1};
    write_png("grey.png", 160, 120, bytes, &g);
    g.transparent = 1;
    write_png("greyalpha.png", 160, 120, bytes, &g);
}

void save_png(const char *name, const struct picture *picture)
{
    struct kind k = {.depth = 8, .type = PNG_COLOR_TYPE_RGB, .channels = 3};
    write_png(name, picture->width, picture->height, picture->rgb, &k);
}

void save_grey_png(const char *name, int width, int height, const uint8_t *grey)
{
    struct kind k = {.depth = 8, .type = PNG_COLOR_TYPE_GRAY, .channels = 1};
    write_png(name, width, height, grey, &k);
}

void save_alpha_png(const char *name, int width, int height, const uint8_t *rgba)
{
    struct kind k = {.depth = 8, .type = PNG_COLOR_TYPE_RGB_ALPHA, .channels = 4};
    write_png(name, width, height, rgba, &k);
}

void save_palette_png(const char *name, int width, int height, const uint8_t *indexes,
                      uint8_t (*palette)[3], int colours)
{
    png_color entries[256];
    for (int i = 0; i < colours; i++)
        entries[i] = (png_color){palette[i][0], palette[i][1], palette[i][2]};
    struct kind k = {.depth = 8, .type = PNG_COLOR_TYPE_PALETTE, .channels = 1};
    k.palette = entries;
    k.colours = colours;
    write_png(name, width, height, indexes, &k);
}

static void make_profiled(void)
{
    static const char *const names[] = {[DISPLAY_P3] = "p3.png", [ADOBE_RGB] = "adobe.png"};
    for (enum space space = DISPLAY_P3; space <= ADOBE_RGB; space++) {
        struct picture p = scene_make(161, 123, 1);
        struct kind k = {.depth = 8, .type = PNG_COLOR_TYPE_RGB, .channels = 3};
        uint8_t *icc = make_profile(space, &k.icc_length);
        k.icc = icc;
        to_space(&p, space);
        write_png(names[space], p.width, p.height, p.rgb, &k);
        free(icc);
        free(p.rgb);
    }
}

void save_round_png(const char *name, const struct picture *picture)
{
    int size = picture->width;
    uint8_t *rgba = need(malloc((size_t)(size * size) * 4));
    for (int i = 0; i < size * size; i++) {
        int row = i / size;
        double x = i % size + 0.5 - size / 2.0, y = row + 0.5 - size / 2.0;
        double inside = size / 2.0 - sqrt(x * x + y * y);
        memcpy(rgba + i * 4, picture->rgb + i * 3, 3);
        rgba[i * 4 + 3] = (uint8_t)(inside <= 0 ? 0 : inside >= 1 ? 255 : inside * 255);
        if (inside <= 0) // what cannot be seen need not be stored
            memset(rgba + i * 4, 0, 4);
    }
    struct kind k = {.depth = 8, .type = PNG_COLOR_TYPE_RGB_ALPHA, .channels = 4};
    write_png(name, size, size, rgba, &k);
    free(rgba);
}

void make_pngs(void)
{
    struct picture p = scene_make(161, 123, 1);
    struct kind k = {.depth = 8, .type = PNG_COLOR_TYPE_RGB, .channels = 3};
    write_png("rgb.png", p.width, p.height, p.rgb, &k);
    k.interlace = 1;
    write_png("interlaced.png", p.width, p.height, p.rgb, &k);
    make_deep(&p);
    free(p.rgb);
    make_alpha();
    make_small_kinds();
    make_profiled();
    make_turned();
}

// One frame: rows in four colours (a colour a quarter), at an offset on a canvas of 160 x 120.
static void put_frame(GifFileType *gif, int x, int y, int w, int h, bool interlace)
{
    static const int start[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};
    uint8_t line[256];
    EGifPutImageDesc(gif, x, y, w, h, interlace, NULL);
    for (int pass = interlace ? 0 : 3; pass < 4; pass++)
        for (int row = interlace ? start[pass] : 0; row < h; row += interlace ? step[pass] : 1) {
            memset(line, row * 4 / h, sizeof line);
            EGifPutLine(gif, line, w);
        }
}

static void write_gif(const char *name, int x, int y, int w, int h, bool interlace, int frames)
{
    GifColorType colours[4] = {{200, 50, 40}, {40, 200, 50}, {40, 50, 200}, {220, 220, 30}};
    int error = 0;
    GifFileType *gif = need(EGifOpenFileName(name, false, &error));
    ColorMapObject *map = need(GifMakeMapObject(4, colours));
    EGifSetGifVersion(gif, true);
    EGifPutScreenDesc(gif, 160, 120, 8, 0, map);
    for (int i = 0; i < frames; i++)
        put_frame(gif, x, y, w, h, interlace);
    GifFreeMapObject(map);
    if (EGifCloseFile(gif, &error) == GIF_ERROR) {
        fprintf(stderr, "mkmedia: %s failed\n", name);
        exit(1);
    }
}

void make_gifs(void)
{
    write_gif("first.gif", 0, 0, 160, 120, false, 2);
    write_gif("interlaced.gif", 0, 0, 160, 120, true, 1);
    write_gif("offset.gif", 40, 20, 80, 80, false, 1);
    write_gif("outside.gif", 120, 100, 80, 80, false, 1);
}
