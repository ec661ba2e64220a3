// heif_colour.c - the numbers of ITU-T H.273 as an ICC profile, so that they go the way of all
// others.
#include "heif_colour.h"

#include <lcms2.h>
#include <math.h>
#include <stdlib.h>

enum { BT709 = 1, UNSPECIFIED = 2, GAMMA22 = 4, GAMMA28 = 5, LINEAR = 8, PQ = 16, HLG = 18 };
enum { CURVE = 1024 };

// Relative to the white of paper, 203 cd/m2 (ITU-R BT.2408): what is brighter has no place in sRGB.
static double pq_light(double signal)
{
    double p = pow(signal, 32 / 2523.0);
    double light = pow(fmax(p - 0.8359375, 0) / (18.8515625 - 18.6875 * p), 1 / 0.1593017578125);
    return light * 10000 / 203;
}

static double hlg_light(double signal)
{
    double a = 0.17883277, b = 0.28466892, c = 0.55991073;
    double scene = signal <= 0.5 ? signal * signal / 3 : (exp((signal - c) / a) + b) / 12;
    double paper = (exp((0.75 - c) / a) + b) / 12; // 75 % of the signal
    return pow(scene / paper, 1.2);
}

static cmsToneCurve *tabulate(double (*light)(double signal))
{
    float table[CURVE];
    for (int i = 0; i < CURVE; i++)
        table[i] = (float)fmin(light(i / (CURVE - 1.0)), 1);
    return cmsBuildTabulatedToneCurveFloat(NULL, CURVE, table);
}

// Pictures that name the curve of television are made for screens, as sRGB is: every viewer takes
// it for that.
static cmsToneCurve *build_curve(int transfer)
{
    static const double srgb[] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
    switch (transfer) {
    case GAMMA22:
        return cmsBuildGamma(NULL, 2.2);
    case GAMMA28:
        return cmsBuildGamma(NULL, 2.8);
    case LINEAR:
        return cmsBuildGamma(NULL, 1);
    case PQ:
        return tabulate(pq_light);
    case HLG:
        return tabulate(hlg_light);
    default:
        return cmsBuildParametricToneCurve(NULL, 4, srgb);
    }
}

static bool is_srgb(const struct heif_nclx *nclx)
{
    bool primaries = nclx->primaries == BT709 || nclx->primaries == UNSPECIFIED;
    int t = nclx->transfer;
    return primaries && t != GAMMA22 && t != GAMMA28 && t != LINEAR && t != PQ && t != HLG;
}

// libheif gives zeros for numbers that it does not know.
static bool has_primaries(const struct heif_nclx *nclx)
{
    return nclx->red[1] > 0 && nclx->green[1] > 0 && nclx->blue[1] > 0 && nclx->white[1] > 0;
}

static cmsHPROFILE build_profile(const struct heif_nclx *nclx, cmsToneCurve *curve)
{
    cmsToneCurve *curves[] = {curve, curve, curve};
    cmsCIExyY white = {(double)nclx->white[0], (double)nclx->white[1], 1};
    cmsCIExyYTRIPLE primaries = {{(double)nclx->red[0], (double)nclx->red[1], 1},
                                 {(double)nclx->green[0], (double)nclx->green[1], 1},
                                 {(double)nclx->blue[0], (double)nclx->blue[1], 1}};
    return curve ? cmsCreateRGBProfile(&white, &primaries, curves) : NULL;
}

int heif_colour_profile(struct run *run, const struct heif_nclx *nclx, struct image *image)
{
    if (is_srgb(nclx) || !has_primaries(nclx))
        return 0;
    cmsToneCurve *curve = build_curve(nclx->transfer);
    cmsHPROFILE profile = build_profile(nclx, curve);
    cmsUInt32Number length = 0;
    if (profile && cmsSaveProfileToMem(profile, NULL, &length) && length <= CODEC_MAX_ICC) {
        image->icc = malloc(length);
        if (image->icc && cmsSaveProfileToMem(profile, image->icc, &length))
            image->icc_length = length;
    }
    if (profile)
        cmsCloseProfile(profile);
    if (curve)
        cmsFreeToneCurve(curve);
    return image->icc_length > 0 ? 0 : report_memory(run);
}
