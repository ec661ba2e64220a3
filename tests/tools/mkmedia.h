// mkmedia.h - the parts of mkmedia, which makes the pictures that the specs convert and measures
// what came of them. A tool for tests: any failure ends it with a message.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct picture {
    int width, height;
    uint8_t *rgb; // owned
};

// The test scene: each channel is a slope or a wave of its own, so that a picture that was turned,
// mirrored, shifted or recoloured is far from it, and smooth, so that JPEG is close to it.
void scene_colour(double u, double v, uint8_t rgb[3]);
// The scene as a camera held that way would store it (EXIF 1 to 8); the size is the upright one.
struct picture scene_make(int width, int height, int orientation);

// What is to be seen of the scene, by how it was stored (mkmedia_views.c).
enum view_kind { VIEW_SCENE, VIEW_GREY, VIEW_CELLS, VIEW_VEIL };
struct view {
    enum view_kind kind;
    uint8_t under[3]; // the background of a veil
};
void view_colour(const struct view *view, double u, double v, uint8_t rgb[3]);
// The mean distance (CIE 1976) of a part of the picture to a view of the scene.
double view_delta(const struct picture *picture, const struct view *view, int x, int y, int width,
                  int height);
// scene.* grey.* cells.* veil*.*, all formats that can store them.
void make_views(int width, int height);

// All written into the current folder.
void make_jpegs(void);
void make_webps(void);
void make_pngs(void);
void make_gifs(void);
void make_films(void);
void make_hdr(void);
void make_broken(void);
// Says of each picture of a film what mkmedia.c promises; the exit status.
int measure_film(const char *name, const char *source, const char *colour);
// The pictures of examples/media.
void make_samples(void);
void save_webp(const char *name, const struct picture *picture, float quality);
void save_jpeg(const char *name, const struct picture *picture);
// The part inside a circle; the rest is transparent.
void save_round_png(const char *name, const struct picture *picture);

void save_png(const char *name, const struct picture *picture);
void save_grey_jpeg(const char *name, int width, int height, const uint8_t *grey);
void save_grey_png(const char *name, int width, int height, const uint8_t *grey);
void save_alpha_png(const char *name, int width, int height, const uint8_t *rgba);
void save_palette_png(const char *name, int width, int height, const uint8_t *indexes,
                      uint8_t (*palette)[3], int colours);
// 16 bits a channel, big endian.
void save_deep_png(const char *name, int width, int height, const uint8_t *pixels);

struct picture decode_jpeg(const uint8_t *bytes, size_t length);
void save(const char *name, const void *bytes, size_t length);
uint8_t *load(const char *name, size_t *length);
void *need(void *memory); // ends the tool on NULL
// An EXIF block in TIFF form, with orientation and a GPS directory that holds "GPSCANARY".
size_t make_exif(int orientation, uint8_t out[128]);
// The bytes of a profile, and the picture's colours as that profile writes them.
enum space { DISPLAY_P3, ADOBE_RGB };
uint8_t *make_profile(enum space space, size_t *length);
void to_space(struct picture *picture, enum space space);
uint8_t *make_srgb(size_t *length);
