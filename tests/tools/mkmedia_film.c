// mkmedia_film.c - animated WebP files, and the films that host.frames makes of them measured
// against what libwebp's own player shows.
#include "mkmedia.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <webp/demux.h>
#include <webp/encode.h>
#include <webp/mux.h>

#define LAY WEBP_MUX_BLEND
#define SET WEBP_MUX_NO_BLEND
#define KEEP WEBP_MUX_DISPOSE_NONE
#define TAKE WEBP_MUX_DISPOSE_BACKGROUND

// ---- animations ---------------------------------------------------------------------------------

// A frame of the moving fixture: its place, how long, how it is laid and taken away, its alpha
// (255 - step * column, not below 0) and whether it is lossy.
struct part {
    int x, y, w, h, milliseconds;
    WebPMuxAnimBlend blend;
    WebPMuxAnimDispose dispose;
    int alpha_step;
    float quality;
};

static void add_frame(WebPMux *mux, WebPData data, const struct part *p)
{
    WebPMuxFrameInfo frame = {.bitstream = data,
                              .x_offset = p->x,
                              .y_offset = p->y,
                              .duration = p->milliseconds,
                              .blend_method = p->blend,
                              .dispose_method = p->dispose,
                              .id = WEBP_CHUNK_ANMF};
    if (WebPMuxPushFrame(mux, &frame, 1) != WEBP_MUX_OK)
        exit(1);
}

static WebPData encode_part(const struct part *p, int orientation, const enum space *space)
{
    bool swap = orientation >= 5;
    struct picture picture = scene_make(swap ? p->h : p->w, swap ? p->w : p->h, orientation);
    WebPData data = {0};
    if (space)
        to_space(&picture, *space);
    size_t pixels = (size_t)picture.width * (size_t)picture.height;
    uint8_t *rgba = need(malloc(pixels * 4));
    for (size_t i = 0; i < pixels; i++) {
        int alpha = 255 - p->alpha_step * (int)(i % (size_t)picture.width);
        memcpy(rgba + i * 4, picture.rgb + i * 3, 3);
        rgba[i * 4 + 3] = (uint8_t)(alpha < 0 ? 0 : alpha);
    }
    uint8_t **out = (uint8_t **)(uintptr_t)&data.bytes;
    data.size = p->quality < 0 ? WebPEncodeLosslessRGBA(rgba, picture.width, picture.height,
                                                        picture.width * 4, out)
                               : WebPEncodeRGBA(rgba, picture.width, picture.height,
                                                picture.width * 4, p->quality, out);
    free(rgba);
    free(picture.rgb);
    return data;
}

static void set_chunk(WebPMux *mux, const char *name, const uint8_t *bytes, size_t length)
{
    WebPData chunk = {bytes, length};
    if (bytes && WebPMuxSetChunk(mux, name, &chunk, 1) != WEBP_MUX_OK)
        exit(1);
}

static void save_animation(const char *name, const struct part *parts, int count, int orientation,
                           const enum space *space)
{
    WebPMux *mux = WebPMuxNew();
    WebPMuxAnimParams params = {0xFF0000FF, 3}; // players pass that colour over
    WebPData out = {0};
    uint8_t exif[128];
    size_t length = 0, exif_length = make_exif(orientation, exif);
    uint8_t *icc = space ? make_profile(*space, &length) : NULL;
    for (int i = 0; i < count; i++) {
        WebPData data = encode_part(&parts[i], orientation, space);
        add_frame(mux, data, &parts[i]);
        WebPDataClear(&data);
    }
    WebPMuxSetAnimationParams(mux, &params);
    set_chunk(mux, "ICCP", icc, length);
    set_chunk(mux, "EXIF", orientation > 1 ? exif : NULL, exif_length);
    if (WebPMuxAssemble(mux, &out) != WEBP_MUX_OK)
        exit(1);
    save(name, out.bytes, out.size);
    WebPDataClear(&out);
    WebPMuxDelete(mux);
    free(icc);
}

void make_films(void)
{
    static const struct part moving[] = {
        {0, 0, 160, 120, 40, LAY, KEEP, 0, 90}, // whole
        {20, 10, 60, 50, 0, LAY, TAKE, 4, -1},  // fades to the right over it, then leaves a hole
        {10, 20, 80, 60, 10, SET, KEEP, 3, -1}, // takes the place of all that was there
        {80, 60, 64, 48, 11, LAY, TAKE, 5, 90}, // lossy with alpha
        {0, 0, 160, 120, 700, LAY, TAKE, 2, 90},
        {2, 2, 20, 20, 100, LAY, KEEP, 0, -1}, // nearly everything is background
    };
    static const struct part calm[] = {{0, 0, 161, 123, 500, LAY, KEEP, 0, -1},
                                       {0, 0, 161, 123, 1000, LAY, KEEP, 0, -1}};
    static const struct part turned[] = {{0, 0, 123, 161, 500, LAY, KEEP, 0, -1},
                                         {0, 0, 123, 161, 1000, LAY, KEEP, 0, -1}};
    static const enum space p3 = DISPLAY_P3;
    save_animation("moving.webp", moving, 6, 1, NULL);
    save_animation("calm.webp", calm, 2, 1, NULL);
    save_animation("calmp3.webp", calm, 2, 1, &p3);
    save_animation("calmturned.webp", turned, 2, 6, NULL);
}

// ---- films --------------------------------------------------------------------------------------

static uint32_t number_at(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

// The entries of a table of the film's index, behind its name.
static const uint8_t *find_table(const uint8_t *film, size_t length, const char *name,
                                 size_t entries)
{
    const uint8_t *at = memmem(film, length, name, 4);
    if (at == NULL) {
        fprintf(stderr, "mkmedia: the film has no %s\n", name);
        exit(1);
    }
    return at + entries;
}

// What the player shows, on the background; `canvas` is RGBA.
static double distance(const struct picture *is, const uint8_t *canvas, const uint8_t under[3])
{
    double sum = 0;
    for (int i = 0; i < is->width * is->height; i++)
        for (int c = 0; c < 3; c++) {
            double alpha = canvas[i * 4 + 3] / 255.0;
            double want = canvas[i * 4 + c] * alpha + under[c] * (1 - alpha);
            sum += (is->rgb[i * 3 + c] - want) * (is->rgb[i * 3 + c] - want);
        }
    return 10 * log10(65025 * 3.0 * is->width * is->height / (sum + 1e-9));
}

int measure_film(const char *name, const char *source, const char *colour)
{
    size_t length, source_length;
    uint8_t *film = load(name, &length), *bytes = load(source, &source_length), *canvas;
    const size_t index = 28 + number_at(film + 20) - 8;
    const uint8_t *times = find_table(film + index, length - index, "stts", 12);
    const uint8_t *lengths = find_table(film + index, length - index, "stsz", 16);
    const uint8_t *places = find_table(film + index, length - index, "stco", 12);
    long under = strtol(colour, NULL, 16);
    const uint8_t rgb[3] = {(uint8_t)(under >> 16), (uint8_t)(under >> 8), (uint8_t)under};
    WebPData data = {bytes, source_length};
    WebPAnimDecoder *player = WebPAnimDecoderNew(&data, NULL);
    int milliseconds;
    for (uint32_t i = 0; i < number_at(lengths - 4); i++) {
        if (!WebPAnimDecoderHasMoreFrames(player))
            WebPAnimDecoderReset(player);
        if (!WebPAnimDecoderGetNext(player, &canvas, &milliseconds))
            return 1;
        struct picture p =
            decode_jpeg(film + number_at(places + i * 4), number_at(lengths + i * 4));
        printf("%d %d %u %u %.2f\n", p.width, p.height, number_at(times + i * 8),
               number_at(times + i * 8 + 4), distance(&p, canvas, rgb));
        free(p.rgb);
    }
    WebPAnimDecoderDelete(player);
    free(film);
    free(bytes);
    return 0;
}
