// colour.c - to sRGB, by lcms2 when a profile is embedded.
// Each call has its own lcms2 context: nothing is shared between jobs on other threads.
#include "colour.h"

#include <lcms2.h>
#include <stdlib.h>
#include <string.h>

struct profile {
    cmsContext context;
    cmsHPROFILE embedded, srgb;
    cmsHTRANSFORM transform;
};

static void close_profile(struct profile *p)
{
    if (p->transform)
        cmsDeleteTransform(p->transform);
    if (p->embedded)
        cmsCloseProfile(p->embedded);
    if (p->srgb)
        cmsCloseProfile(p->srgb);
    if (p->context)
        cmsDeleteContext(p->context);
}

// The colour space of the profile, or 0 when it cannot be used. close_profile is due in any case.
static cmsColorSpaceSignature open_profile(struct profile *p, const uint8_t *icc, size_t length)
{
    *p = (struct profile){.context = cmsCreateContext(NULL, NULL)};
    if (p->context == NULL)
        return 0;
    p->embedded = cmsOpenProfileFromMemTHR(p->context, icc, (cmsUInt32Number)length);
    p->srgb = cmsCreate_sRGBProfileTHR(p->context);
    return p->embedded && p->srgb ? cmsGetColorSpace(p->embedded) : 0;
}

// `flags` beside those that each transform here has.
static bool open_transform(struct profile *p, cmsUInt32Number from, cmsUInt32Number to,
                           cmsUInt32Number flags)
{
    flags |= cmsFLAGS_BLACKPOINTCOMPENSATION | cmsFLAGS_COPY_ALPHA;
    p->transform = cmsCreateTransformTHR(p->context, p->embedded, from, p->srgb, to,
                                         INTENT_RELATIVE_COLORIMETRIC, flags);
    return p->transform != NULL;
}

// Compares a lattice of colours before and after.
static bool changes_nothing(const struct profile *p, int channels)
{
    for (int r = 0; r < 256; r += 51)
        for (int g = 0; g < 256; g += 51)
            for (int b = 0; b < 256; b += 51) {
                uint8_t in[3] = {(uint8_t)r, (uint8_t)g, (uint8_t)b}, out[3];
                if (channels == 1)
                    in[1] = in[2] = in[0];
                cmsDoTransform(p->transform, in, out, 1);
                for (int c = 0; c < 3; c++)
                    if (abs(in[c] - out[c]) > 2)
                        return false;
            }
    return true;
}

bool colour_is_srgb(const uint8_t *icc, size_t length, bool *broken)
{
    struct profile p;
    bool same = true;
    cmsColorSpaceSignature space = open_profile(&p, icc, length);
    cmsUInt32Number from = space == cmsSigRgbData    ? TYPE_RGB_8
                           : space == cmsSigGrayData ? TYPE_GRAY_8
                                                     : 0;
    // To prepare for millions of pixels would take longer than to look at some.
    *broken = from == 0 || !open_transform(&p, from, TYPE_RGB_8, cmsFLAGS_NOOPTIMIZE);
    if (!*broken)
        same = changes_nothing(&p, from == TYPE_GRAY_8 ? 1 : 3);
    close_profile(&p);
    return same;
}

void colour_name(const uint8_t *icc, size_t length, char *text, size_t size)
{
    struct profile p = {0};
    text[0] = 0;
    if (length <= CODEC_MAX_ICC && open_profile(&p, icc, length))
        cmsGetProfileInfoASCII(p.embedded, cmsInfoDescription, "en", "US", text,
                               (cmsUInt32Number)size);
    text[size - 1] = 0;
    for (; *text; text++)
        *text = *text < 32 || *text > 126 ? '?' : *text;
    close_profile(&p);
}

// Row by row through the transform; the layout may change from CMYK to RGB.
static int transform_rows(struct run *run, const struct profile *p, struct image *image,
                          enum image_layout to)
{
    struct image out = {.layout = to, .width = image->width};
    size_t from_stride = image_stride(image), to_stride = image_stride(&out);
    uint8_t *row = malloc(to_stride);
    if (row == NULL)
        return report_memory(run);
    for (int y = 0; y < image->height; y++) {
        if (y % 64 == 0 && report_stopped(run))
            break;
        cmsDoTransform(p->transform, image->pixels + (size_t)y * from_stride, row,
                       (cmsUInt32Number)image->width);
        memcpy(image->pixels + (size_t)y * to_stride, row, to_stride); // never overtakes
    }
    free(row);
    image->layout = to;
    return run->answer->status ? -1 : 0;
}

// A grey profile is a curve: a table per channel serves every layout.
static void apply_curve(const struct profile *p, struct image *image)
{
    uint8_t ramp[256], table[256][3];
    for (int i = 0; i < 256; i++)
        ramp[i] = (uint8_t)i;
    cmsDoTransform(p->transform, ramp, table, 256);
    size_t channels = image_channels(image->layout);
    size_t pixels = (size_t)image->width * (size_t)image->height;
    for (uint8_t *v = image->pixels; pixels > 0; pixels--, v += channels)
        for (int c = 0; c < 3; c++)
            v[c] = table[v[c]][c];
}

static int expand_grey(struct run *run, struct image *image)
{
    struct image out = {0};
    if (image_alloc(run, &out, IMAGE_RGB, image->width, image->height))
        return -1;
    size_t pixels = (size_t)image->width * (size_t)image->height;
    for (size_t i = 0; i < pixels; i++)
        memset(out.pixels + i * 3, image->pixels[i], 3);
    free(image->pixels);
    image->pixels = out.pixels;
    image->layout = IMAGE_RGB;
    return 0;
}

// Ink without a profile: what every viewer does.
static void ink_to_rgb(struct image *image)
{
    size_t pixels = (size_t)image->width * (size_t)image->height;
    const uint8_t *in = image->pixels;
    uint8_t *out = image->pixels;
    for (; pixels > 0; pixels--, in += 4, out += 3) {
        unsigned white = 255u - in[3];
        for (int c = 0; c < 3; c++)
            out[c] = (uint8_t)(((255u - in[c]) * white + 127) / 255);
    }
    image->layout = IMAGE_RGB;
}

static int apply_profile(struct run *run, struct image *image)
{
    struct profile p;
    int status = 0;
    cmsColorSpaceSignature space = open_profile(&p, image->icc, image->icc_length);
    if (space == cmsSigGrayData && image->layout != IMAGE_CMYK) {
        if (open_transform(&p, TYPE_GRAY_8, TYPE_RGB_8, 0))
            apply_curve(&p, image);
    } else if (space == cmsSigRgbData && image->layout == IMAGE_RGB) {
        if (open_transform(&p, TYPE_RGB_8, TYPE_RGB_8, 0) && !changes_nothing(&p, 3))
            status = transform_rows(run, &p, image, IMAGE_RGB);
    } else if (space == cmsSigRgbData && image->layout == IMAGE_RGBA) {
        if (open_transform(&p, TYPE_RGBA_8, TYPE_RGBA_8, 0))
            status = transform_rows(run, &p, image, IMAGE_RGBA);
    } else if (space == cmsSigCmykData && image->layout == IMAGE_CMYK) {
        if (open_transform(&p, TYPE_CMYK_8, TYPE_RGB_8, 0))
            status = transform_rows(run, &p, image, IMAGE_RGB);
    }
    close_profile(&p);
    return status;
}

int colour_to_srgb(struct run *run, struct image *image)
{
    if (image->layout == IMAGE_GREY && expand_grey(run, image))
        return -1;
    if (image->icc && apply_profile(run, image))
        return -1;
    if (image->layout == IMAGE_CMYK)
        ink_to_rgb(image);
    return 0;
}
