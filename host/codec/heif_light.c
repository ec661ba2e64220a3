// heif_light.c - pictures of high dynamic range to sRGB: signal, light of the screen, sRGB.
// No profile can say this of HLG: what its screen adds goes by the luminance of the three together.
#include "heif_light.h"

#include <math.h>

enum { PQ = 16, HLG = 18 };
enum { STEPS = 16384 }; // of light, in which sRGB is looked up: a fifth of a number in the darkest

#define PAPER 203.0
#define HLG_SCREEN 1000.0 // cd/m2 at the whole signal; the exponent belongs to it
#define HLG_GAMMA 1.2

typedef double matrix[3][3];

struct light {
    float level[256]; // of a signal: of the screen for PQ, of the scene for HLG
    float luminance[3];
    float to_srgb[3][3];
    uint8_t srgb[STEPS];
};

// In units of paper.
static double pq_light(double signal)
{
    double p = pow(signal, 32 / 2523.0);
    double light = pow(fmax(p - 0.8359375, 0) / (18.8515625 - 18.6875 * p), 1 / 0.1593017578125);
    return light * 10000 / PAPER;
}

// 0 to 1.
static double hlg_light(double signal)
{
    double a = 0.17883277, b = 0.28466892, c = 0.55991073;
    return signal <= 0.5 ? signal * signal / 3 : (exp((signal - c) / a) + b) / 12;
}

static double srgb_signal(double light)
{
    return light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055;
}

static void invert(const matrix m, matrix out)
{
    double determinant = 0;
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++) {
            int r = (k + 1) % 3, s = (k + 2) % 3, u = (i + 1) % 3, v = (i + 2) % 3;
            out[i][k] = m[r][u] * m[s][v] - m[r][v] * m[s][u];
        }
    for (int k = 0; k < 3; k++)
        determinant += m[0][k] * out[k][0];
    for (int i = 0; i < 9; i++)
        out[i / 3][i % 3] /= determinant;
}

static void put_colour(double x, double y, double xyz[3])
{
    xyz[0] = x / y;
    xyz[1] = 1;
    xyz[2] = (1 - x - y) / y;
}

// From RGB of these primaries to CIE XYZ, where white has the luminance 1.
static void set_space(const struct heif_nclx *nclx, matrix out)
{
    const float *primaries[] = {nclx->red, nclx->green, nclx->blue};
    double white[3], colour[3];
    matrix columns, inverse;
    put_colour((double)nclx->white[0], (double)nclx->white[1], white);
    for (int i = 0; i < 3; i++) {
        put_colour((double)primaries[i][0], (double)primaries[i][1], colour);
        for (int row = 0; row < 3; row++)
            columns[row][i] = colour[row];
    }
    invert(columns, inverse);
    for (int i = 0; i < 3; i++) {
        double share = 0;
        for (int k = 0; k < 3; k++)
            share += inverse[i][k] * white[k];
        for (int row = 0; row < 3; row++)
            out[row][i] = columns[row][i] * share;
    }
}

static void set_light(struct light *l, const struct heif_nclx *nclx)
{
    static const struct heif_nclx srgb = {.red = {0.64F, 0.33F},
                                          .green = {0.30F, 0.60F},
                                          .blue = {0.15F, 0.06F},
                                          .white = {0.3127F, 0.3290F}};
    matrix from, to, back;
    set_space(nclx, from);
    set_space(&srgb, to);
    invert(to, back);
    for (int i = 0; i < 3; i++) {
        l->luminance[i] = (float)from[1][i];
        for (int k = 0; k < 3; k++)
            l->to_srgb[i][k] = (float)(back[i][0] * from[0][k] + back[i][1] * from[1][k] +
                                       back[i][2] * from[2][k]);
    }
    for (int i = 0; i < 256; i++)
        l->level[i] = (float)(nclx->transfer == PQ ? pq_light(i / 255.0) : hlg_light(i / 255.0));
    for (int i = 0; i < STEPS; i++)
        l->srgb[i] = (uint8_t)lround(255 * srgb_signal(i / (STEPS - 1.0)));
}

// What the screen adds to each of three levels of the scene, in units of paper.
static float screen_factor(const struct light *l, const float level[3])
{
    float luminance = 0;
    for (int c = 0; c < 3; c++)
        luminance += l->luminance[c] * level[c];
    return powf(luminance, (float)(HLG_GAMMA - 1)) * (float)(HLG_SCREEN / PAPER);
}

static void convert_pixel(const struct light *l, bool hlg, uint8_t *pixel)
{
    float level[3];
    for (int c = 0; c < 3; c++)
        level[c] = l->level[pixel[c]];
    float factor = hlg ? screen_factor(l, level) : 1;
    for (int c = 0; c < 3; c++) {
        const float *row = l->to_srgb[c];
        float light = (row[0] * level[0] + row[1] * level[1] + row[2] * level[2]) * factor;
        light = light > 0 ? fminf(light, 1) : 0; // also of primaries that make no number
        pixel[c] = l->srgb[(int)(light * (STEPS - 1) + 0.5F)];
    }
}

bool heif_light_is_meant(const struct heif_nclx *nclx)
{
    return nclx->transfer == PQ || nclx->transfer == HLG;
}

void heif_light_to_srgb(const struct heif_nclx *nclx, struct image *image)
{
    struct light light;
    size_t channels = image_channels(image->layout);
    size_t pixels = (size_t)image->width * (size_t)image->height;
    set_light(&light, nclx);
    for (uint8_t *p = image->pixels; pixels > 0; pixels--, p += channels)
        convert_pixel(&light, nclx->transfer == HLG, p);
}
