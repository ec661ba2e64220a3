// mkmedia_webp.c - WebP fixtures: lossy, lossless, alpha, animated, turned, with a profile.
#include "mkmedia.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <webp/encode.h>
#include <webp/mux.h>

static void check(int good, const char *what)
{
    if (!good) {
        fprintf(stderr, "mkmedia: %s failed\n", what);
        exit(1);
    }
}

static WebPData encode(const struct picture *p, float quality)
{
    WebPData data = {0};
    data.size = quality < 0 ? WebPEncodeLosslessRGB(p->rgb, p->width, p->height, p->width * 3,
                                                    (uint8_t **)&data.bytes)
                            : WebPEncodeRGB(p->rgb, p->width, p->height, p->width * 3, quality,
                                            (uint8_t **)&data.bytes);
    check(data.size > 0, "encoding WebP");
    return data;
}

void save_webp(const char *name, const struct picture *picture, float quality)
{
    WebPData data = encode(picture, quality);
    save(name, data.bytes, data.size);
    WebPDataClear(&data);
}

// The left half is opaque, the right half is not there; between them a slope.
static void make_alpha(void)
{
    int w = 160, h = 120;
    uint8_t *rgba = need(malloc((size_t)(w * h) * 4));
    uint8_t *out = NULL;
    for (int i = 0; i < w * h; i++) {
        int x = i % w;
        memcpy(rgba + i * 4, "\xC8\x32\x28\xFF", 4);
        rgba[i * 4 + 3] = (uint8_t)(x < 60 ? 255 : x >= 100 ? 0 : 255 - (x - 60) * 255 / 40);
    }
    size_t length = WebPEncodeRGBA(rgba, w, h, w * 4, 95, &out);
    check(length > 0, "encoding WebP with alpha");
    save("alpha.webp", out, length);
    WebPFree(out);
    length = WebPEncodeLosslessRGBA(rgba, w, h, w * 4, &out);
    save("alphalossless.webp", out, length);
    WebPFree(out);
    free(rgba);
}

static void save_with_chunk(const char *name, const WebPData *image, const char *chunk,
                            const uint8_t *bytes, size_t length)
{
    WebPData value = {bytes, length}, out = {0};
    WebPMux *mux = WebPMuxCreate(image, 1);
    check(mux && WebPMuxSetChunk(mux, chunk, &value, 1) == WEBP_MUX_OK &&
              WebPMuxAssemble(mux, &out) == WEBP_MUX_OK,
          "assembling WebP");
    save(name, out.bytes, out.size);
    WebPDataClear(&out);
    WebPMuxDelete(mux);
}

static void make_turned(void)
{
    for (int o = 1; o <= 8; o++) {
        char name[32];
        uint8_t exif[128];
        size_t length = make_exif(o, exif);
        struct picture p = scene_make(161, 123, o);
        WebPData data = encode(&p, 95);
        snprintf(name, sizeof name, "turned%d.webp", o);
        save_with_chunk(name, &data, "EXIF", exif, length);
        WebPDataClear(&data);
        free(p.rgb);
    }
}

static void make_profiled(void)
{
    size_t length;
    uint8_t *icc = make_profile(DISPLAY_P3, &length);
    struct picture p = scene_make(161, 123, 1);
    to_space(&p, DISPLAY_P3);
    WebPData data = encode(&p, -1);
    save_with_chunk("p3.webp", &data, "ICCP", icc, length);
    WebPDataClear(&data);
    free(p.rgb);
    free(icc);
}

// Two frames; the first is smaller than the canvas and stands at (20, 10).
static void make_animated(void)
{
    struct picture p = scene_make(100, 80, 1);
    WebPData data = encode(&p, 95), out = {0};
    WebPMux *mux = WebPMuxNew();
    WebPMuxAnimParams params = {0xFF0000FF, 0};
    for (int i = 0; i < 2; i++) {
        WebPMuxFrameInfo frame = {.bitstream = data,
                                  .x_offset = i ? 40 : 20,
                                  .y_offset = i ? 40 : 10,
                                  .duration = 100,
                                  .id = WEBP_CHUNK_ANMF};
        check(WebPMuxPushFrame(mux, &frame, 1) == WEBP_MUX_OK, "pushing a frame");
    }
    check(WebPMuxSetCanvasSize(mux, 160, 120) == WEBP_MUX_OK &&
              WebPMuxSetAnimationParams(mux, &params) == WEBP_MUX_OK &&
              WebPMuxAssemble(mux, &out) == WEBP_MUX_OK,
          "assembling an animation");
    save("animated.webp", out.bytes, out.size);
    WebPDataClear(&out);
    WebPDataClear(&data);
    WebPMuxDelete(mux);
    free(p.rgb);
}

void make_webps(void)
{
    struct picture p = scene_make(161, 123, 1);
    WebPData lossy = encode(&p, 95), lossless = encode(&p, -1);
    save("lossy.webp", lossy.bytes, lossy.size);
    save("lossless.webp", lossless.bytes, lossless.size);
    WebPDataClear(&lossy);
    WebPDataClear(&lossless);
    free(p.rgb);
    make_alpha();
    make_turned();
    make_profiled();
    make_animated();
}
