// mkmedia_hdr.c - pictures of high dynamic range: 16-bit PNG whose numbers are BT.2020 signals by
// the curves of BT.2100, for an encoder that writes beside them which curve it is. White paper has
// 203 cd/m2 (BT.2408), so what they show in sRGB is known.
#include "mkmedia.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define PAPER 203.0
#define HLG_PEAK 1000.0 // of the screen that the curve is meant for; its gamma is 1.2 then
#define HLG_GAMMA 1.2

static double from_srgb(uint8_t value)
{
    double v = value / 255.0;
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

// Table 4 of BT.2100: the inverse of the EOTF.
static void to_pq(const double nits[3], double signal[3])
{
    const double m1 = 2610 / 16384.0, m2 = 2523 / 4096.0 * 128;
    const double c1 = 3424 / 4096.0, c2 = 2413 / 4096.0 * 32, c3 = 2392 / 4096.0 * 32;
    for (int c = 0; c < 3; c++) {
        double y = pow(nits[c] / 10000, m1);
        signal[c] = pow((c1 + c2 * y) / (1 + c3 * y), m2);
    }
}

// Table 5 of BT.2100: the inverse of the OOTF, which goes by the luminance, then the OETF.
static void to_hlg(const double nits[3], double signal[3])
{
    const double a = 0.17883277, b = 1 - 4 * a, c0 = 0.5 - a * log(4 * a);
    double luminance = (0.2627 * nits[0] + 0.6780 * nits[1] + 0.0593 * nits[2]) / HLG_PEAK;
    for (int c = 0; c < 3; c++) {
        double scene =
            luminance > 0 ? nits[c] / HLG_PEAK * pow(luminance, (1 - HLG_GAMMA) / HLG_GAMMA) : 0;
        signal[c] = scene <= 1 / 12.0 ? sqrt(3 * scene) : a * log(12 * scene - b) + c0;
    }
}

static void put_signal(const double signal[3], uint8_t *out)
{
    for (int c = 0; c < 3; c++) {
        long value = lround(fmin(1, fmax(0, signal[c])) * 65535);
        *out++ = (uint8_t)(value >> 8);
        *out++ = (uint8_t)value;
    }
}

// BT.2087: sRGB's primaries in those of BT.2020.
static void put_scene(const uint8_t srgb[3], bool hlg, uint8_t *out)
{
    static const double wide[3][3] = {
        {0.6274, 0.3293, 0.0433}, {0.0691, 0.9195, 0.0114}, {0.0164, 0.0880, 0.8956}};
    double nits[3] = {0}, signal[3];
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < 3; i++)
            nits[c] += wide[c][i] * from_srgb(srgb[i]) * PAPER;
    if (hlg)
        to_hlg(nits, signal);
    else
        to_pq(nits, signal);
    put_signal(signal, out);
}

static void make_scene(const char *name, bool hlg)
{
    struct picture p = scene_make(161, 123, 1);
    size_t pixels = (size_t)p.width * (size_t)p.height;
    uint8_t *deep = need(malloc(pixels * 6));
    for (size_t i = 0; i < pixels; i++)
        put_scene(p.rgb + i * 3, hlg, deep + i * 6);
    save_deep_png(name, p.width, p.height, deep);
    free(deep);
    free(p.rgb);
}

// Greys, 32 columns each, from black to far above paper.
static void make_steps(const char *name, bool hlg)
{
    static const double steps[] = {0, 1, 5, 20, 50, 100, 203, 400, 1000};
    enum { WIDTH = 32 * 9, HEIGHT = 32 };
    uint8_t *deep = need(malloc((size_t)WIDTH * HEIGHT * 6));
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        int step = i % WIDTH / 32;
        double nits[3] = {steps[step], steps[step], steps[step]}, signal[3];
        if (hlg)
            to_hlg(nits, signal);
        else
            to_pq(nits, signal);
        put_signal(signal, deep + (size_t)i * 6);
    }
    save_deep_png(name, WIDTH, HEIGHT, deep);
    free(deep);
}

void make_hdr(void)
{
    make_scene("pq.png", false);
    make_scene("hlg.png", true);
    make_steps("pqsteps.png", false);
    make_steps("hlgsteps.png", true);
}
