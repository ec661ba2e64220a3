// mkmedia_jpeg.c - JPEG fixtures of all kinds, and broken files of several formats.
#include "mkmedia.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

struct kind {
    J_COLOR_SPACE from, stored;
    int progressive, arithmetic, restarts;
    int h, v;                    // samples of luma for one of chroma; 0: as usual
    const jpeg_scan_info *scans; // 3 of them
    const uint8_t *exif, *icc;
    size_t exif_length, icc_length;
    const char *comment;
};

static void write_marker(j_compress_ptr jpeg, int marker, const char *prefix, size_t prefix_length,
                         const uint8_t *bytes, size_t length)
{
    uint8_t *all = need(malloc(prefix_length + length));
    memcpy(all, prefix, prefix_length);
    memcpy(all + prefix_length, bytes, length);
    jpeg_write_marker(jpeg, marker, all, (unsigned)(prefix_length + length));
    free(all);
}

static void write_jpeg(const char *name, int width, int height, const uint8_t *pixels,
                       const struct kind *kind)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned long length = 0;
    uint8_t *bytes = NULL;
    int channels = kind->from == JCS_CMYK ? 4 : kind->from == JCS_GRAYSCALE ? 1 : 3;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &length);
    jpeg.image_width = (JDIMENSION)width;
    jpeg.image_height = (JDIMENSION)height;
    jpeg.input_components = channels;
    jpeg.in_color_space = kind->from;
    jpeg_set_defaults(&jpeg);
    jpeg_set_colorspace(&jpeg, kind->stored);
    jpeg_set_quality(&jpeg, 95, TRUE);
    if (kind->progressive)
        jpeg_simple_progression(&jpeg);
    jpeg.arith_code = kind->arithmetic;
    jpeg.restart_in_rows = kind->restarts;
    if (kind->h) {
        jpeg.comp_info[0].h_samp_factor = kind->h;
        jpeg.comp_info[0].v_samp_factor = kind->v;
    }
    if (kind->scans) {
        jpeg.scan_info = kind->scans;
        jpeg.num_scans = 3;
    }
    jpeg_start_compress(&jpeg, TRUE);
    if (kind->exif)
        write_marker(&jpeg, JPEG_APP0 + 1, "Exif\0", 6, kind->exif, kind->exif_length);
    if (kind->icc)
        write_marker(&jpeg, JPEG_APP0 + 2, "ICC_PROFILE\0\1\1", 14, kind->icc, kind->icc_length);
    if (kind->comment)
        write_marker(&jpeg, JPEG_COM, "", 0, (const uint8_t *)kind->comment, strlen(kind->comment));
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = (JSAMPROW)pixels + (size_t)jpeg.next_scanline * (size_t)(width * channels);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    save(name, bytes, length);
    free(bytes);
}

void save_jpeg(const char *name, const struct picture *picture)
{
    struct kind kind = {.from = JCS_RGB, .stored = JCS_YCbCr};
    write_jpeg(name, picture->width, picture->height, picture->rgb, &kind);
}

void save_grey_jpeg(const char *name, int width, int height, const uint8_t *grey)
{
    struct kind kind = {.from = JCS_GRAYSCALE, .stored = JCS_GRAYSCALE};
    write_jpeg(name, width, height, grey, &kind);
}

static void make_oriented(void)
{
    for (int o = 1; o <= 8; o++) {
        uint8_t exif[128];
        char name[32];
        struct picture p = scene_make(161, 123, o);
        struct kind kind = {.from = JCS_RGB, .stored = JCS_YCbCr, .exif = exif};
        kind.exif_length = make_exif(o, exif);
        snprintf(name, sizeof name, "turned%d.jpg", o);
        write_jpeg(name, p.width, p.height, p.rgb, &kind);
        free(p.rgb);
    }
}

// Ink as Adobe's programs store it: inverted, so without black it is the RGB value itself.
static void make_ink(const struct picture *p)
{
    size_t count = (size_t)p->width * (size_t)p->height;
    uint8_t *ink = need(malloc(count * 4));
    for (size_t i = 0; i < count; i++) {
        memcpy(ink + i * 4, p->rgb + i * 3, 3);
        ink[i * 4 + 3] = 255;
    }
    struct kind cmyk = {.from = JCS_CMYK, .stored = JCS_CMYK};
    struct kind ycck = {.from = JCS_CMYK, .stored = JCS_YCCK};
    write_jpeg("cmyk.jpg", p->width, p->height, ink, &cmyk);
    write_jpeg("ycck.jpg", p->width, p->height, ink, &ycck);
    free(ink);
}

// What other programs write: finer or coarser chroma, RGB as it is, other ways to code.
static void make_unusual(const struct picture *p)
{
    static const struct {
        const char *name;
        struct kind kind;
    } files[] = {
        {"422.jpg", {.from = JCS_RGB, .stored = JCS_YCbCr, .h = 2, .v = 1}},
        {"440.jpg", {.from = JCS_RGB, .stored = JCS_YCbCr, .h = 1, .v = 2}},
        {"444.jpg", {.from = JCS_RGB, .stored = JCS_YCbCr, .h = 1, .v = 1}},
        {"411.jpg", {.from = JCS_RGB, .stored = JCS_YCbCr, .h = 4, .v = 1}},
        {"stored.jpg", {.from = JCS_RGB, .stored = JCS_RGB}},
        {"restarts.jpg", {.from = JCS_RGB, .stored = JCS_YCbCr, .restarts = 1}},
        {"arithmetic.jpg", {.from = JCS_RGB, .stored = JCS_YCbCr, .arithmetic = 1}},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        write_jpeg(files[i].name, p->width, p->height, p->rgb, &files[i].kind);
}

static void make_grey(void)
{
    uint8_t grey[64 * 48];
    for (int i = 0; i < 64 * 48; i++)
        grey[i] = (uint8_t)(i % 64 * 4);
    save_grey_jpeg("grey.jpg", 64, 48, grey);
}

static void make_profiled(struct picture *p)
{
    struct kind kind = {.from = JCS_RGB, .stored = JCS_YCbCr};
    kind.icc = (const uint8_t *)"this is no profile at all, and that must not matter";
    kind.icc_length = 51;
    write_jpeg("badicc.jpg", p->width, p->height, p->rgb, &kind);
    uint8_t *icc = make_srgb(&kind.icc_length);
    kind.icc = icc;
    write_jpeg("srgb.jpg", p->width, p->height, p->rgb, &kind);
    free(icc);
    static const char *const names[] = {"p3.jpg", "adobe.jpg"};
    for (enum space space = DISPLAY_P3; space <= ADOBE_RGB; space++) {
        struct picture wide = scene_make(p->width, p->height, 1);
        kind.icc = icc = make_profile(space, &kind.icc_length);
        to_space(&wide, space);
        write_jpeg(names[space], wide.width, wide.height, wide.rgb, &kind);
        free(wide.rgb);
        free(icc);
    }
}

// Shapes that the limits of ratio and width are about.
static void make_shapes(void)
{
    static const int sizes[][2] = {{1, 1},     {1, 37},    {600, 100},
                                   {100, 600}, {333, 777}, {1600, 1200}};
    struct kind kind = {.from = JCS_RGB, .stored = JCS_YCbCr};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char name[32];
        struct picture p = scene_make(sizes[i][0], sizes[i][1], 1);
        snprintf(name, sizeof name, "%dx%d.jpg", p.width, p.height);
        write_jpeg(name, p.width, p.height, p.rgb, &kind);
        free(p.rgb);
    }
}

void make_jpegs(void)
{
    struct picture p = scene_make(161, 123, 1);
    struct kind plain = {.from = JCS_RGB, .stored = JCS_YCbCr, .comment = "COMMENTCANARY"};
    struct kind progressive = plain;
    progressive.progressive = 1;
    write_jpeg("plain.jpg", p.width, p.height, p.rgb, &plain);
    write_jpeg("progressive.jpg", p.width, p.height, p.rgb, &progressive);
    make_ink(&p);
    make_profiled(&p);
    make_unusual(&p);
    free(p.rgb);
    make_grey();
    make_oriented();
    make_shapes();
}

static void save_cut(const char *from, const char *to, double part)
{
    size_t length;
    uint8_t *bytes = load(from, &length);
    save(to, bytes, (size_t)((double)length * part));
    free(bytes);
}

// A scan for each component, and the last one stands there 200 times more.
static void make_scan_bomb(void)
{
    static const jpeg_scan_info scans[3] = {
        {1, {0}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {2}, 0, 63, 0, 0}};
    struct kind kind = {.from = JCS_RGB, .stored = JCS_YCbCr, .scans = scans};
    struct picture p = scene_make(161, 123, 1);
    write_jpeg("scans3.jpg", p.width, p.height, p.rgb, &kind);
    free(p.rgb);
    size_t length, last = 0;
    uint8_t *bytes = load("scans3.jpg", &length);
    for (size_t i = 0; i + 1 < length; i++)
        if (bytes[i] == 0xFF && bytes[i + 1] == 0xDA)
            last = i;
    size_t scan = length - 2 - last;
    uint8_t *bomb = need(malloc(length + 200 * scan));
    memcpy(bomb, bytes, length - 2);
    for (size_t i = 0; i < 200; i++)
        memcpy(bomb + length - 2 + i * scan, bytes + last, scan);
    memcpy(bomb + length - 2 + 200 * scan, "\xFF\xD9", 2);
    save("scans.jpg", bomb, length + 200 * scan);
    free(bomb);
    free(bytes);
}

// The end marker is there, but half of the scan is not: only a decoder can tell.
static void make_hollow(void)
{
    size_t length;
    uint8_t *bytes = load("plain.jpg", &length);
    memcpy(bytes + length / 2, "\xFF\xD9", 2);
    save("hollow.jpg", bytes, length / 2 + 2);
    free(bytes);
}

// Zero bytes before the end marker, as some cameras write them, and data after it.
static void make_padded(void)
{
    size_t length;
    uint8_t *bytes = load("plain.jpg", &length);
    uint8_t *padded = need(malloc(length + 64));
    memcpy(padded, bytes, length - 2);
    memset(padded + length - 2, 0, 32);
    memcpy(padded + length + 30, "\xFF\xD9PK\3\4TRAILERCANARY", 19);
    save("padded.jpg", padded, length + 49);
    free(padded);
    free(bytes);
}

void make_broken(void)
{
    static const char html[] = "<!DOCTYPE html><html><title>Log in</title></html>\n";
    static const char text[] = "not a picture at all\n";
    save_cut("plain.jpg", "cut.jpg", 0.5);
    save_cut("progressive.jpg", "cutprogressive.jpg", 0.7);
    save_cut("lossy.webp", "cut.webp", 0.5);
    save_cut("lossless.webp", "cutlossless.webp", 0.9);
    save_cut("rgb.png", "cut.png", 0.5);
    save_cut("first.gif", "cut.gif", 0.5);
    make_scan_bomb();
    make_hollow();
    make_padded();
    save("empty.jpg", "", 0);
    save("html.jpg", html, sizeof html - 1);
    save("text.jpg", text, sizeof text - 1);
    // A claim of 65,500 x 65,500 pixels in a file of some bytes.
    size_t length;
    uint8_t *bytes = load("1x1.jpg", &length);
    for (size_t i = 0; i + 9 < length; i++)
        if (bytes[i] == 0xFF && bytes[i + 1] == 0xC0)
            memcpy(bytes + i + 5, "\xFF\xDC\xFF\xDC", 4);
    save("huge.jpg", bytes, length);
    free(bytes);
}
