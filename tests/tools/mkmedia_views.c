// mkmedia_views.c - the scene as each way of storing a picture can have it, in any size, and what
// is then to be seen: in colours, as grey, as a palette of sixteen cells, as a veil that fades out
// to the right over a background.
#include "mkmedia.h"

#include <gif_lib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <webp/encode.h>

#define CELLS 4 // on each side

static uint8_t grey_of(const uint8_t rgb[3])
{
    return (uint8_t)lround(0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]);
}

static int cell_of(double u, double v)
{
    return (int)(v * CELLS) * CELLS + (int)(u * CELLS);
}

static void cell_colour(int cell, uint8_t rgb[3])
{
    int row = cell / CELLS, column = cell % CELLS;
    scene_colour((column + 0.5) / CELLS, (row + 0.5) / CELLS, rgb);
}

static uint8_t veil_of(double u)
{
    return (uint8_t)lround(255 * (1 - u));
}

void view_colour(const struct view *view, double u, double v, uint8_t rgb[3])
{
    scene_colour(u, v, rgb);
    if (view->kind == VIEW_GREY)
        memset(rgb, grey_of(rgb), 3);
    if (view->kind == VIEW_CELLS)
        cell_colour(cell_of(u, v), rgb);
    if (view->kind != VIEW_VEIL)
        return;
    double alpha = veil_of(u) / 255.0;
    for (int c = 0; c < 3; c++)
        rgb[c] = (uint8_t)lround(rgb[c] * alpha + view->under[c] * (1 - alpha));
}

static void save_web(const char *name, const struct picture *p, const uint8_t *rgba, float quality)
{
    uint8_t *out = NULL;
    size_t length = quality < 0
                        ? WebPEncodeLosslessRGBA(rgba, p->width, p->height, p->width * 4, &out)
                        : WebPEncodeRGBA(rgba, p->width, p->height, p->width * 4, quality, &out);
    if (length == 0)
        exit(1);
    save(name, out, length);
    WebPFree(out);
}

static void make_veils(const struct picture *p)
{
    size_t pixels = (size_t)p->width * (size_t)p->height;
    uint8_t *rgba = need(malloc(pixels * 4));
    for (size_t i = 0; i < pixels; i++) {
        memcpy(rgba + i * 4, p->rgb + i * 3, 3);
        rgba[i * 4 + 3] = veil_of(((double)(i % (size_t)p->width) + 0.5) / p->width);
    }
    save_web("veil.webp", p, rgba, 95);
    save_web("veillossless.webp", p, rgba, -1);
    save_alpha_png("veil.png", p->width, p->height, rgba);
    free(rgba);
}

static void save_gif(const char *name, const struct picture *p, const uint8_t *cells)
{
    GifColorType colours[CELLS * CELLS];
    int error = 0;
    GifFileType *gif = need(EGifOpenFileName(name, false, &error));
    for (int i = 0; i < CELLS * CELLS; i++) {
        uint8_t rgb[3];
        cell_colour(i, rgb);
        colours[i] = (GifColorType){rgb[0], rgb[1], rgb[2]};
    }
    ColorMapObject *map = need(GifMakeMapObject(CELLS * CELLS, colours));
    EGifPutScreenDesc(gif, p->width, p->height, 8, 0, map);
    EGifPutImageDesc(gif, 0, 0, p->width, p->height, false, NULL);
    for (int y = 0; y < p->height; y++)
        EGifPutLine(gif, (GifPixelType *)cells + (size_t)y * (size_t)p->width, p->width);
    GifFreeMapObject(map);
    if (EGifCloseFile(gif, &error) == GIF_ERROR)
        exit(1);
}

static void make_cells(const struct picture *p)
{
    uint8_t palette[CELLS * CELLS][3];
    uint8_t *cells = need(malloc((size_t)p->width * (size_t)p->height));
    for (int i = 0; i < CELLS * CELLS; i++)
        cell_colour(i, palette[i]);
    for (int y = 0; y < p->height; y++)
        for (int x = 0; x < p->width; x++)
            cells[(size_t)y * (size_t)p->width + (size_t)x] =
                (uint8_t)cell_of((x + 0.5) / p->width, (y + 0.5) / p->height);
    save_palette_png("cells.png", p->width, p->height, cells, palette, CELLS * CELLS);
    save_gif("cells.gif", p, cells);
    free(cells);
}

static void make_grey(const struct picture *p)
{
    size_t pixels = (size_t)p->width * (size_t)p->height;
    uint8_t *grey = need(malloc(pixels));
    for (size_t i = 0; i < pixels; i++)
        grey[i] = grey_of(p->rgb + i * 3);
    save_grey_jpeg("grey.jpg", p->width, p->height, grey);
    save_grey_png("grey.png", p->width, p->height, grey);
    free(grey);
}

void make_views(int width, int height)
{
    struct picture p = scene_make(width, height, 1);
    save_jpeg("scene.jpg", &p);
    save_png("scene.png", &p);
    save_webp("scene.webp", &p, 95);
    save_webp("scenelossless.webp", &p, -1);
    make_grey(&p);
    make_cells(&p);
    make_veils(&p);
    free(p.rgb);
}
