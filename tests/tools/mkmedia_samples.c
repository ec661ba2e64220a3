// mkmedia_samples.c - the sample pictures of examples/media: landscapes of layered hills, a sun and
// its haze, computed. Drawn at twice the size and averaged, so that edges are smooth.
#include "mkmedia.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct landscape {
    int width, height;
    double sun_x, sun_y, sun_radius; // parts of the width and height
    double sky_top[3], sky_low[3], sun[3];
    double far_hill[3], near_hill[3];
    int hills;
    double roughness, phase;
};

static double mix(double a, double b, double t)
{
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    return a + (b - a) * t;
}

// The skyline of a hill, as a part of the height from the top.
static double skyline(const struct landscape *v, int hill, double x)
{
    double depth = (double)hill / v->hills, y = 0.48 + 0.46 * depth;
    double phase = v->phase + hill * 2.399;
    for (int octave = 0; octave < 5; octave++) {
        double f = (1.6 + depth) * (1 << octave);
        y -= v->roughness / (1 << octave) * sin(f * 3.1 * x + phase * (octave + 1));
    }
    return y;
}

static void shade(const struct landscape *v, double x, double y, double out[3])
{
    double dx = (x - v->sun_x) * v->width, dy = (y - v->sun_y) * v->height;
    double far = sqrt(dx * dx + dy * dy) / v->width;
    double glow = exp(-6 * far), disc = far < v->sun_radius ? 1 : 0;
    int hill = -1;
    for (int i = v->hills - 1; i >= 0 && hill < 0; i--)
        if (y > skyline(v, i, x))
            hill = i;
    for (int c = 0; c < 3; c++) {
        double sky = mix(v->sky_top[c], v->sky_low[c], y * 1.7);
        sky = mix(sky, v->sun[c], fmax(disc, glow * 0.7));
        if (hill < 0) {
            out[c] = sky;
            continue;
        }
        // Haze: the foot of a far hill fades into the light behind it.
        double depth = (hill + 0.5) / v->hills, below = y - skyline(v, hill, x);
        double ground = mix(v->far_hill[c], v->near_hill[c], depth);
        out[c] = mix(ground, mix(v->sky_low[c], v->sun[c], glow), (1 - depth) * (0.25 + below * 2));
    }
}

static struct picture draw(const struct landscape *v)
{
    struct picture p = {v->width, v->height, NULL};
    uint8_t *out = p.rgb = need(malloc((size_t)v->width * (size_t)v->height * 3));
    for (int y = 0; y < v->height; y++)
        for (int x = 0; x < v->width; x++, out += 3) {
            double sum[3] = {0}, colour[3];
            for (int i = 0; i < 4; i++) {
                int below = i / 2;
                shade(v, (x + 0.25 + i % 2 * 0.5) / v->width, (y + 0.25 + below * 0.5) / v->height,
                      colour);
                for (int c = 0; c < 3; c++)
                    sum[c] += colour[c] / 4;
            }
            for (int c = 0; c < 3; c++)
                out[c] = (uint8_t)lround(fmin(255, fmax(0, sum[c])));
        }
    return p;
}

void make_samples(void)
{
    static const struct landscape dusk = {1080,
                                          1350,
                                          0.62,
                                          0.36,
                                          0.085,
                                          {38, 30, 84},
                                          {250, 150, 98},
                                          {255, 226, 160},
                                          {196, 104, 112},
                                          {32, 18, 48},
                                          6,
                                          0.055,
                                          0.7};
    static const struct landscape morning = {1440,
                                             810,
                                             0.28,
                                             0.34,
                                             0.05,
                                             {88, 160, 210},
                                             {236, 236, 214},
                                             {255, 250, 226},
                                             {128, 176, 180},
                                             {20, 60, 64},
                                             5,
                                             0.06,
                                             2.1};
    static const struct landscape night = {
        480,           480,         0.7, 0.25, 0.06, {10, 14, 44}, {52, 74, 130}, {236, 236, 250},
        {46, 62, 110}, {8, 10, 26}, 4,   0.07, 4.4};
    struct picture p = draw(&dusk);
    save_webp("dusk.webp", &p, 82);
    free(p.rgb);
    p = draw(&morning);
    save_jpeg("morning.jpg", &p);
    free(p.rgb);
    p = draw(&night);
    save_round_png("night.png", &p);
    free(p.rgb);
}
