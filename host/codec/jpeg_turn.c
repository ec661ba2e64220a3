// jpeg_turn.c - a JPEG turned by moving its blocks about: nothing is decoded, nothing lost.
//
// Each block of 8 x 8 is mirrored or transposed as frequencies, where that is a change of signs or
// of places. It can be done when the blocks that a mirror needs at the edge are whole. What goes
// wrong is no error here: the picture is then turned as pixels, like any other.
#include "jpeg.h"

#include "turn.h"
#include <setjmp.h>
#include <stdio.h> // jpeglib.h needs it and does not say so
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#define MAX_PIXELS 32000000 // two sets of coefficients at once, 384 MB in 4:4:4
#define SPARE 65536         // bytes by which the result may be longer

struct turner {
    struct jpeg_decompress_struct in;
    struct jpeg_compress_struct out;
    struct jpeg_error_mgr errors;
    struct jpeg_destination_mgr target;
    jvirt_barray_ptr blocks[MAX_COMPONENTS];
    struct turn turn;
    jmp_buf leave;
    uint8_t *bytes; // owned until handed over
    size_t capacity;
};

static void on_error(j_common_ptr jpeg)
{
    struct turner *t = jpeg->client_data;
    longjmp(t->leave, 1);
}

static void on_message(j_common_ptr jpeg, int level)
{
    (void)jpeg;
    (void)level; // it has been decoded without a complaint that matters
}

static void on_start(j_compress_ptr jpeg)
{
    struct turner *t = jpeg->client_data;
    t->target.next_output_byte = t->bytes;
    t->target.free_in_buffer = t->capacity;
}

static boolean on_full(j_compress_ptr jpeg)
{
    on_error((j_common_ptr)jpeg);
    return FALSE;
}

static void on_end(j_compress_ptr jpeg)
{
    (void)jpeg;
}

// Whether a mirror finds whole blocks at the edge.
static bool is_possible(const struct turner *t)
{
    const struct jpeg_decompress_struct *in = &t->in;
    bool mirror_stored_x = t->turn.transpose ? t->turn.mirror_y : t->turn.mirror_x;
    bool mirror_stored_y = t->turn.transpose ? t->turn.mirror_x : t->turn.mirror_y;
    unsigned unit_x = (unsigned)in->max_h_samp_factor * DCTSIZE;
    unsigned unit_y = (unsigned)in->max_v_samp_factor * DCTSIZE;
    return (uint64_t)in->image_width * in->image_height <= MAX_PIXELS &&
           !(mirror_stored_x && in->image_width % unit_x) &&
           !(mirror_stored_y && in->image_height % unit_y);
}

// Blocks of the result. The library allocates them together with its own when it reads these.
static void request_blocks(struct turner *t)
{
    for (int i = 0; i < t->in.num_components; i++) {
        const jpeg_component_info *c = &t->in.comp_info[i];
        JDIMENSION width = t->turn.transpose ? c->height_in_blocks : c->width_in_blocks;
        JDIMENSION height = t->turn.transpose ? c->width_in_blocks : c->height_in_blocks;
        JDIMENSION h = (JDIMENSION)(t->turn.transpose ? c->v_samp_factor : c->h_samp_factor);
        JDIMENSION v = (JDIMENSION)(t->turn.transpose ? c->h_samp_factor : c->v_samp_factor);
        t->blocks[i] =
            t->in.mem->request_virt_barray((j_common_ptr)&t->in, JPOOL_IMAGE, TRUE,
                                           (width + h - 1) / h * h, (height + v - 1) / v * v, v);
    }
}

static void turn_block(const struct turn *turn, const JCOEF *from, JCOEF *to)
{
    for (int v = 0; v < DCTSIZE; v++)
        for (int u = 0; u < DCTSIZE; u++) {
            int value = turn->transpose ? from[u * DCTSIZE + v] : from[v * DCTSIZE + u];
            bool negative = (turn->mirror_x && u % 2) != (turn->mirror_y && v % 2);
            to[v * DCTSIZE + u] = (JCOEF)(negative ? -value : value);
        }
}

static void turn_component(struct turner *t, int i, jvirt_barray_ptr from)
{
    const jpeg_component_info *c = &t->in.comp_info[i];
    struct jpeg_memory_mgr *mem = t->in.mem;
    j_common_ptr in = (j_common_ptr)&t->in;
    JDIMENSION width = t->turn.transpose ? c->height_in_blocks : c->width_in_blocks;
    JDIMENSION height = t->turn.transpose ? c->width_in_blocks : c->height_in_blocks;
    for (JDIMENSION y = 0; y < height; y++) {
        JBLOCKROW to = mem->access_virt_barray(in, t->blocks[i], y, 1, TRUE)[0];
        JDIMENSION from_y = t->turn.mirror_y ? height - 1 - y : y;
        for (JDIMENSION x = 0; x < width; x++) {
            JDIMENSION from_x = t->turn.mirror_x ? width - 1 - x : x;
            JDIMENSION row = t->turn.transpose ? from_x : from_y;
            JDIMENSION column = t->turn.transpose ? from_y : from_x;
            turn_block(&t->turn, mem->access_virt_barray(in, from, row, 1, FALSE)[0][column],
                       to[x]);
        }
    }
}

static void transpose_table(JQUANT_TBL *table)
{
    UINT16 stored[DCTSIZE2];
    memcpy(stored, table->quantval, sizeof stored);
    for (int v = 0; v < DCTSIZE; v++)
        for (int u = 0; u < DCTSIZE; u++)
            table->quantval[v * DCTSIZE + u] = stored[u * DCTSIZE + v];
}

// What describes the result: the source's, with width and height changed over where that is due.
static void describe(struct turner *t)
{
    jpeg_copy_critical_parameters(&t->in, &t->out);
    t->out.optimize_coding = TRUE;
    if (!t->turn.transpose)
        return;
    t->out.image_width = t->in.image_height;
    t->out.image_height = t->in.image_width;
    for (int i = 0; i < t->out.num_components; i++) {
        jpeg_component_info *c = &t->out.comp_info[i];
        int swap = c->h_samp_factor;
        c->h_samp_factor = c->v_samp_factor;
        c->v_samp_factor = swap;
    }
    for (int i = 0; i < NUM_QUANT_TBLS; i++)
        if (t->out.quant_tbl_ptrs[i])
            transpose_table(t->out.quant_tbl_ptrs[i]);
}

static void write_turned(struct turner *t, const struct image *profile)
{
    jvirt_barray_ptr *stored = jpeg_read_coefficients(&t->in);
    for (int i = 0; i < t->in.num_components; i++)
        turn_component(t, i, stored[i]);
    describe(t);
    t->target.init_destination = on_start;
    t->target.empty_output_buffer = on_full;
    t->target.term_destination = on_end;
    t->out.dest = &t->target;
    jpeg_write_coefficients(&t->out, t->blocks);
    if (profile)
        jpeg_write_icc_profile(&t->out, profile->icc, (unsigned)profile->icc_length);
    jpeg_finish_compress(&t->out);
}

uint8_t *jpeg_turn(const uint8_t *bytes, size_t length, int orientation,
                   const struct image *profile, size_t *out_length)
{
    struct turner t = {.turn = turn_of(orientation)};
    volatile bool done = false; // written between setjmp and longjmp
    t.capacity = length + SPARE;
    t.bytes = malloc(t.capacity);
    t.in.err = t.out.err = jpeg_std_error(&t.errors);
    t.in.client_data = t.out.client_data = &t;
    t.errors.error_exit = on_error;
    t.errors.emit_message = on_message;
    if (t.bytes && setjmp(t.leave) == 0) {
        jpeg_create_decompress(&t.in);
        jpeg_create_compress(&t.out);
        jpeg_mem_src(&t.in, bytes, length);
        jpeg_read_header(&t.in, TRUE);
        if (is_possible(&t)) {
            request_blocks(&t);
            write_turned(&t, profile);
            *out_length = t.capacity - t.target.free_in_buffer;
            done = true;
        }
    }
    jpeg_destroy_compress(&t.out);
    jpeg_destroy_decompress(&t.in);
    if (!done) {
        free(t.bytes);
        return NULL;
    }
    return t.bytes;
}
