// heif_colour.c - the numbers of ITU-T H.273 as an ICC profile, so that they go the way of all
// others.
#include "heif_colour.h"

#include "heif_light.h"
#include <lcms2.h>
#include <stdlib.h>

enum { BT709 = 1, UNSPECIFIED = 2, GAMMA22 = 4, GAMMA28 = 5, LINEAR = 8 };

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
    default:
        return cmsBuildParametricToneCurve(NULL, 4, srgb);
    }
}

static bool is_srgb(const struct heif_nclx *nclx)
{
    bool primaries = nclx->primaries == BT709 || nclx->primaries == UNSPECIFIED;
    int t = nclx->transfer;
    return primaries && t != GAMMA22 && t != GAMMA28 && t != LINEAR;
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
    if (!has_primaries(nclx))
        return 0;
    if (heif_light_is_meant(nclx)) {
        if (image->pixels)
            heif_light_to_srgb(nclx, image);
        return 0;
    }
    if (is_srgb(nclx))
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
