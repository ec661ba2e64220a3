// heif_library.h - libheif, opened when the first HEIC or AVIF picture asks for it.
//
// It is never linked: with its codecs it weighs more than this whole program, and its headers would
// bring them all to every machine that builds it. So what is used of its interface, which has not
// changed since its first version 1, stands here. tests/unit/test_heif.c decodes through it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEIF_PACKAGE "libheif1" // where Debian has it

struct heif_context;
struct heif_image_handle;
struct heif_image;

struct heif_error {
    int code, subcode; // 0: none
    const char *message;
};

enum { HEIF_MEMORY = 6, HEIF_UNSUPPORTED = 4, HEIF_PLUGIN = 7 }; // of heif_error.code
enum { HEIF_COLOUR_RGB = 1, HEIF_RGB = 10, HEIF_RGBA = 11 };     // how to decode
enum { HEIF_CHANNEL_INTERLEAVED = 10, HEIF_HEVC = 1, HEIF_AV1 = 4 };
enum { HEIF_NOT_ALPHA = 2 }; // a filter of auxiliary pictures

struct heif_nclx {
    uint8_t version;
    int primaries, transfer, matrix; // as in ITU-T H.273
    uint8_t full_range;
    float red[2], green[2], blue[2], white[2];
};

struct heif_decoding_options {
    uint8_t version;
    uint8_t ignore_transformations;
    void (*progress[3])(void);
    void *progress_data;
    uint8_t to_8_bits; // from version 2 on
    uint8_t strict;    // from version 3 on
};

#define HEIF_FUNCTIONS(X)                                                                          \
    X(const char *, get_version, (void))                                                           \
    X(int, have_decoder_for_format, (int format))                                                  \
    X(struct heif_context *, context_alloc, (void))                                                \
    X(void, context_free, (struct heif_context *))                                                 \
    X(struct heif_error, context_read_from_memory_without_copy,                                    \
      (struct heif_context *, const void *, size_t, const void *options))                          \
    X(struct heif_error, context_get_primary_image_handle,                                         \
      (struct heif_context *, struct heif_image_handle **))                                        \
    X(int, context_get_number_of_top_level_images, (struct heif_context *))                        \
    X(void, image_handle_release, (const struct heif_image_handle *))                              \
    X(int, image_handle_get_width, (const struct heif_image_handle *))                             \
    X(int, image_handle_get_height, (const struct heif_image_handle *))                            \
    X(int, image_handle_has_alpha_channel, (const struct heif_image_handle *))                     \
    X(int, image_handle_get_luma_bits_per_pixel, (const struct heif_image_handle *))               \
    X(int, image_handle_get_number_of_thumbnails, (const struct heif_image_handle *))              \
    X(int, image_handle_get_number_of_auxiliary_images,                                            \
      (const struct heif_image_handle *, int filter))                                              \
    X(int, image_handle_get_number_of_metadata_blocks,                                             \
      (const struct heif_image_handle *, const char *type))                                        \
    X(int, image_handle_get_list_of_metadata_block_IDs,                                            \
      (const struct heif_image_handle *, const char *type, uint32_t *ids, int count))              \
    X(const char *, image_handle_get_metadata_type, (const struct heif_image_handle *, uint32_t))  \
    X(const char *, image_handle_get_metadata_content_type,                                        \
      (const struct heif_image_handle *, uint32_t))                                                \
    X(size_t, image_handle_get_metadata_size, (const struct heif_image_handle *, uint32_t))        \
    X(struct heif_error, image_handle_get_metadata,                                                \
      (const struct heif_image_handle *, uint32_t, void *))                                        \
    X(size_t, image_handle_get_raw_color_profile_size, (const struct heif_image_handle *))         \
    X(struct heif_error, image_handle_get_raw_color_profile,                                       \
      (const struct heif_image_handle *, void *))                                                  \
    X(struct heif_error, image_handle_get_nclx_color_profile,                                      \
      (const struct heif_image_handle *, struct heif_nclx **))                                     \
    X(void, nclx_color_profile_free, (struct heif_nclx *))                                         \
    X(struct heif_decoding_options *, decoding_options_alloc, (void))                              \
    X(void, decoding_options_free, (struct heif_decoding_options *))                               \
    X(struct heif_error, decode_image,                                                             \
      (const struct heif_image_handle *, struct heif_image **, int colour, int chroma,             \
       const struct heif_decoding_options *))                                                      \
    X(void, image_release, (const struct heif_image *))                                            \
    X(int, image_get_primary_width, (const struct heif_image *))                                   \
    X(int, image_get_primary_height, (const struct heif_image *))                                  \
    X(const uint8_t *, image_get_plane_readonly,                                                   \
      (const struct heif_image *, int channel, int *stride))

// Those that an older version may lack are NULL then.
#define HEIF_OPTIONAL(X)                                                                           \
    X(struct heif_error, init, (const void *))                                                     \
    X(void, context_set_max_decoding_threads, (struct heif_context *, int))                        \
    X(int, image_handle_is_premultiplied_alpha, (const struct heif_image_handle *))

// NOLINTNEXTLINE(bugprone-macro-parentheses): types and lists of arguments cannot have them
#define HEIF_MEMBER(type, name, arguments) type(*name) arguments;
struct heif_library {
    HEIF_FUNCTIONS(HEIF_MEMBER)
    HEIF_OPTIONAL(HEIF_MEMBER)
};
#undef HEIF_MEMBER

// The library, opened once in the life of the process; NULL when it is not installed. In a worker,
// before it locks itself in: afterwards no file can be opened. Not for two threads at once.
const struct heif_library *heif_library(void);
