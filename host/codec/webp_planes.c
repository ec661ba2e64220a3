// webp_planes.c - a still WebP as libwebp has it: planes of a lossy one, four channels of a
// lossless one; whole, or in bands from the top. The file has been walked by webp_probe.
#include "decoders.h"

#include "sys/pages.h"
#include <string.h>
#include <webp/decode.h>

// In which a file is given to a decoder that stops between them. At each stop it goes back by up to
// 16 rows, so many of them take time, as few take memory.
#define BANDS 5
#define LEAST_STEP 4096
#define KEPT_ROOM (8 << 20) // bytes

// For all rows, but real where a band passes through. It belongs to the process and stays: memory
// that was touched once is worth keeping.
static struct pages_room room;

// What is decoded into. Rows of a band stand at the start of the blocks, for the memory that they
// pass through is to stay small; what the others get is a view, moved so that rows keep their
// numbers.
struct target {
    struct run *run;
    WebPDecoderConfig config;
    struct yuv planes; // this or the other, in `room`
    struct image pixels;
    struct yuv *view; // or NULL
    struct image *image_view;
    int first;  // row that stands at the start
    bool ended; // by who takes the rows; libwebp's own word for an end means damage as well
};

static int damaged(struct run *run)
{
    return report(run, CODEC_FORMAT, "the WebP file is damaged");
}

bool webp_is_still(const uint8_t *bytes, size_t length, bool *planar)
{
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(bytes, length, &features) != VP8_STATUS_OK || features.has_animation)
        return false;
    *planar = features.format == 1;
    return true;
}

static void point_planes(WebPYUVABuffer *to, const struct yuv *yuv)
{
    to->y = yuv->plane[0], to->u = yuv->plane[1], to->v = yuv->plane[2], to->a = yuv->plane[3];
    to->y_stride = (int)yuv->stride[0], to->a_stride = (int)yuv->stride[3];
    to->u_stride = to->v_stride = (int)yuv->stride[1];
    to->y_size = yuv->stride[0] * (size_t)yuv->height;
    to->u_size = to->v_size = yuv->stride[1] * (size_t)yuv_side(1, yuv->height);
    to->a_size = yuv->stride[3] * (size_t)yuv->height;
}

static void point_pixels(WebPRGBABuffer *to, const struct image *image)
{
    to->rgba = image->pixels;
    to->stride = (int)image_stride(image);
    to->size = image_stride(image) * (size_t)image->height;
}

// Reads the header; 0 when the picture may be allocated.
static int read_header(struct run *run, const uint8_t *bytes, size_t length,
                       WebPDecoderConfig *config)
{
    if (!WebPInitDecoderConfig(config) ||
        WebPGetFeatures(bytes, length, &config->input) != VP8_STATUS_OK)
        return damaged(run);
    config->output.is_external_memory = 1;
    return image_check_size(run, (uint64_t)config->input.width, (uint64_t)config->input.height);
}

static void set_planes(WebPDecoderConfig *config, const struct yuv *yuv)
{
    config->output.colorspace = yuv->plane[3] ? MODE_YUVA : MODE_YUV;
    point_planes(&config->output.u.YUVA, yuv);
}

static int finish(struct run *run, WebPDecoderConfig *config, VP8StatusCode code)
{
    WebPFreeDecBuffer(&config->output);
    if (code == VP8_STATUS_OUT_OF_MEMORY)
        return report_memory(run);
    return code == VP8_STATUS_OK ? 0 : damaged(run);
}

int webp_decode_planes(struct run *run, const uint8_t *bytes, size_t length, struct yuv *yuv)
{
    WebPDecoderConfig config;
    if (read_header(run, bytes, length, &config) ||
        yuv_alloc(run, yuv, config.input.width, config.input.height, config.input.has_alpha))
        return -1;
    set_planes(&config, yuv);
    return finish(run, &config, WebPDecode(bytes, length, &config));
}

// Where row 0 would be, if row `first` is at `block`: an address for computing with, no more.
static uint8_t *move_back(const uint8_t *block, size_t first, size_t stride)
{
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    return (uint8_t *)((uintptr_t)block - first * stride);
}

static void shift_rows(uint8_t *block, size_t stride, int from, int to)
{
    memmove(block, block + (size_t)from * stride, (size_t)(to - from) * stride);
}

// Rows below `done` are not needed any more: those from there up to `ready` go to the start.
// libwebp allows that the pointers change between updates, when the memory is not its own.
static void slide(struct target *t, int done, int ready)
{
    int from = done - t->first, to = ready - t->first;
    t->first = done;
    if (t->image_view) {
        size_t stride = image_stride(&t->pixels);
        shift_rows(t->pixels.pixels, stride, from, to);
        t->image_view->pixels = move_back(t->pixels.pixels, (size_t)done, stride);
        point_pixels(&t->config.output.u.RGBA, t->image_view);
        return;
    }
    for (int p = 0; p < YUV_PLANES; p++) {
        if (t->planes.plane[p] == NULL)
            continue;
        int half = yuv_is_chroma(p) ? 2 : 1;
        shift_rows(t->planes.plane[p], t->planes.stride[p], from / half, (to + half - 1) / half);
        t->view->plane[p] =
            move_back(t->planes.plane[p], (size_t)(done / half), t->planes.stride[p]);
    }
    point_planes(&t->config.output.u.YUVA, t->view);
}

// The decoder sees the file grow, and stops at each end of it.
static VP8StatusCode decode_growing(struct target *t, const uint8_t *bytes, size_t length,
                                    WebPIDecoder *decoder, webp_rows_fn next, void *context)
{
    size_t step = length / BANDS > LEAST_STEP ? length / BANDS : LEAST_STEP, have = 0;
    VP8StatusCode code = VP8_STATUS_SUSPENDED;
    while (code == VP8_STATUS_SUSPENDED && have < length) {
        int ready = 0;
        have = length - have > step ? have + step : length;
        code = WebPIUpdate(decoder, bytes, have);
        (void)WebPIDecodedArea(decoder, NULL, NULL, NULL, &ready);
        if (code != VP8_STATUS_OK && code != VP8_STATUS_SUSPENDED)
            break;
        int done = next(context, ready);
        t->ended = done < 0;
        if (t->ended)
            break;
        if (done > t->first && ready < t->config.input.height)
            slide(t, done, ready);
    }
    return code;
}

static int open_target(struct target *t, const uint8_t *bytes, size_t length)
{
    const WebPBitstreamFeatures *input = &t->config.input;
    if (read_header(t->run, bytes, length, &t->config))
        return -1;
    t->pixels = (struct image){.layout = input->has_alpha ? IMAGE_RGBA : IMAGE_RGB,
                               .width = input->width,
                               .height = input->height};
    size_t needed = image_stride(&t->pixels) * (size_t)input->height + IMAGE_PADDING;
    if (t->view)
        needed = yuv_place(&t->planes, input->width, input->height, input->has_alpha, NULL);
    if (!pages_room_grow(&room, needed))
        return report_memory(t->run);
    if (t->view) {
        yuv_place(&t->planes, input->width, input->height, input->has_alpha, room.start);
        set_planes(&t->config, &t->planes);
        *t->view = t->planes;
        return 0;
    }
    t->pixels.pixels = room.start;
    t->config.output.colorspace = input->has_alpha ? MODE_RGBA : MODE_RGB;
    point_pixels(&t->config.output.u.RGBA, &t->pixels);
    *t->image_view = t->pixels;
    return 0;
}

int webp_decode_bands(struct run *run, const uint8_t *bytes, size_t length, struct yuv *yuv,
                      struct image *image, webp_rows_fn next, void *context)
{
    struct target t = {.run = run, .view = yuv, .image_view = image};
    int status = open_target(&t, bytes, length);
    WebPIDecoder *decoder = status == 0 ? WebPIDecode(NULL, 0, &t.config) : NULL;
    if (status == 0 && decoder == NULL)
        status = report_memory(run);
    if (status == 0) {
        VP8StatusCode code = decode_growing(&t, bytes, length, decoder, next, context);
        WebPIDelete(decoder);
        status = t.ended ? -1 : finish(run, &t.config, code);
    }
    pages_room_close(&room, KEPT_ROOM);
    return status;
}
