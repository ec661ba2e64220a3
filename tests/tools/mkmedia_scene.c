// mkmedia_scene.c - what the test pictures show, and what goes with them: EXIF, a colour profile.
#include "mkmedia.h"

#include <lcms2.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void scene_colour(double u, double v, uint8_t rgb[3])
{
    rgb[0] = (uint8_t)lround(40 + 170 * u);
    rgb[1] = (uint8_t)lround(40 + 170 * v);
    rgb[2] = (uint8_t)lround(128 + 70 * sin(6.283185 * (u + v / 2)));
}

// Where the stored pixel (x, y) of a w x h picture stands once it is upright.
static void upright(int orientation, int w, int h, int x, int y, int *ux, int *uy)
{
    const int places[9][2] = {{x, y},         {x, y}, {w - 1 - x, y}, {w - 1 - x, h - 1 - y},
                              {x, h - 1 - y}, {y, x}, {h - 1 - y, x}, {h - 1 - y, w - 1 - x},
                              {y, w - 1 - x}};
    *ux = places[orientation][0];
    *uy = places[orientation][1];
}

struct picture scene_make(int width, int height, int orientation)
{
    struct picture p = {orientation < 5 ? width : height, orientation < 5 ? height : width, NULL};
    uint8_t *out = p.rgb = need(malloc((size_t)width * (size_t)height * 3));
    for (int y = 0; y < p.height; y++)
        for (int x = 0; x < p.width; x++, out += 3) {
            int ux, uy;
            upright(orientation, p.width, p.height, x, y, &ux, &uy);
            scene_colour((ux + 0.5) / width, (uy + 0.5) / height, out);
        }
    return p;
}

static void put16(uint8_t *p, unsigned value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

static void put_entry(uint8_t *p, unsigned tag, unsigned type, unsigned count, unsigned value)
{
    put16(p, tag);
    put16(p + 2, type);
    put16(p + 4, count);
    put16(p + 8, value);
}

size_t make_exif(int orientation, uint8_t out[128])
{
    memset(out, 0, 128);
    memcpy(out, "II*\0\x08\0\0\0", 8);
    put16(out + 8, 2);
    put_entry(out + 10, 0x0112, 3, 1, (unsigned)orientation);
    put_entry(out + 22, 0x8825, 4, 1, 38); // the GPS directory
    put16(out + 38, 1);
    put_entry(out + 40, 0x001d, 2, 10, 56); // a date in it, in the form of a canary
    memcpy(out + 56, "GPSCANARY", 10);
    return 66;
}

static cmsHPROFILE open_space(enum space space)
{
    const cmsCIExyY white = {0.3127, 0.3290, 1};
    const cmsCIExyYTRIPLE p3 = {{0.680, 0.320, 1}, {0.265, 0.690, 1}, {0.150, 0.060, 1}};
    const cmsCIExyYTRIPLE adobe = {{0.64, 0.33, 1}, {0.21, 0.71, 1}, {0.15, 0.06, 1}};
    cmsFloat64Number srgb[5] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
    cmsToneCurve *curve = need(space == DISPLAY_P3 ? cmsBuildParametricToneCurve(NULL, 4, srgb)
                                                   : cmsBuildGamma(NULL, 563 / 256.0));
    cmsToneCurve *curves[3] = {curve, curve, curve};
    cmsHPROFILE profile =
        need(cmsCreateRGBProfile(&white, space == DISPLAY_P3 ? &p3 : &adobe, curves));
    cmsFreeToneCurve(curve);
    return profile;
}

static uint8_t *profile_bytes(cmsHPROFILE profile, size_t *length)
{
    cmsUInt32Number size = 0;
    cmsSaveProfileToMem(profile, NULL, &size);
    uint8_t *bytes = need(malloc(size));
    cmsSaveProfileToMem(profile, bytes, &size);
    cmsCloseProfile(profile);
    *length = size;
    return bytes;
}

uint8_t *make_profile(enum space space, size_t *length)
{
    return profile_bytes(open_space(space), length);
}

uint8_t *make_srgb(size_t *length)
{
    return profile_bytes(need(cmsCreate_sRGBProfile()), length);
}

void to_space(struct picture *picture, enum space space)
{
    cmsHPROFILE srgb = cmsCreate_sRGBProfile(), wide = open_space(space);
    cmsHTRANSFORM t = need(
        cmsCreateTransform(srgb, TYPE_RGB_8, wide, TYPE_RGB_8, INTENT_RELATIVE_COLORIMETRIC, 0));
    cmsDoTransform(t, picture->rgb, picture->rgb,
                   (cmsUInt32Number)(picture->width * picture->height));
    cmsDeleteTransform(t);
    cmsCloseProfile(srgb);
    cmsCloseProfile(wide);
}

double view_delta(const struct picture *p, const struct view *view, int x0, int y0, int w, int h)
{
    cmsHPROFILE srgb = cmsCreate_sRGBProfile(), lab = cmsCreateLab4Profile(NULL);
    cmsHTRANSFORM t = need(cmsCreateTransform(srgb, TYPE_RGB_8, lab, TYPE_Lab_DBL,
                                              INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_NOOPTIMIZE));
    double sum = 0;
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            uint8_t both[6];
            cmsCIELab colours[2];
            memcpy(both, p->rgb + ((size_t)(y0 + y) * (size_t)p->width + (size_t)(x0 + x)) * 3, 3);
            view_colour(view, (x + 0.5) / w, (y + 0.5) / h, both + 3);
            cmsDoTransform(t, both, colours, 2);
            sum += cmsDeltaE(&colours[0], &colours[1]);
        }
    cmsDeleteTransform(t);
    cmsCloseProfile(srgb);
    cmsCloseProfile(lab);
    return sum / w / h;
}
