// boxes.h - files of boxes, made box by box in `file`, and what the reader says of them.
#pragma once

#include "codec/mp4.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint8_t file[1 << 19];
static size_t used;
static struct codec_answer answer;

static inline void put32(uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        file[used++] = (uint8_t)(value >> shift);
}

static inline void zeros(size_t count)
{
    memset(file + used, 0, count);
    used += count;
}

static inline void put_ascii(const char *text, size_t length)
{
    memcpy(file + used, text, length);
    used += length;
}

static inline size_t begin(const char *type)
{
    size_t at = used;
    put32(0);
    put_ascii(type, 4);
    return at;
}

static inline void end(size_t at)
{
    size_t now = used;
    used = at;
    put32((uint32_t)(now - at));
    used = now;
}

static inline void put_ftyp(void)
{
    size_t box = begin("ftyp");
    memcpy(file + used, "isom", 4);
    used += 4;
    put32(0);
    end(box);
}

static inline void put_mdat(void)
{
    size_t box = begin("mdat");
    zeros(64);
    end(box);
}

static inline void put_mvhd(void)
{
    size_t box = begin("mvhd");
    zeros(12);
    put32(1000);
    put32(4500);
    zeros(80);
    end(box);
}

// A turn of `degrees` clockwise in the matrix of a track.
static inline void put_tkhd(int degrees, int width, int height)
{
    const uint32_t one = 0x10000, minus = 0xFFFF0000;
    const uint32_t turns[4][4] = {
        {one, 0, 0, one}, {0, one, minus, 0}, {minus, 0, 0, minus}, {0, minus, one, 0}};
    const uint32_t *turn = turns[degrees / 90];
    size_t box = begin("tkhd");
    zeros(40);
    put32(turn[0]), put32(turn[1]), put32(0);
    put32(turn[2]), put32(turn[3]), put32(0);
    zeros(8), put32(0x40000000);
    put32((uint32_t)width << 16), put32((uint32_t)height << 16);
    end(box);
}

static inline void put_elst(uint32_t from)
{
    size_t edts = begin("edts"), box = begin("elst");
    put32(0), put32(1), put32(4500), put32(from), put32(0x10000);
    end(box);
    end(edts);
}

static inline void put_stbl(const char *codec, int width, int height)
{
    size_t stbl = begin("stbl"), stsd = begin("stsd");
    put32(0), put32(1);
    size_t entry = begin(codec);
    zeros(24);
    put32((uint32_t)width << 16 | (uint32_t)height);
    zeros(50);
    end(entry);
    end(stsd);
    size_t stts = begin("stts");
    put32(0), put32(2), put32(1), put32(999), put32(89), put32(500);
    end(stts);
    size_t stsz = begin("stsz");
    put32(0), put32(0), put32(90);
    end(stsz);
    end(stbl);
}

static inline void put_track(const char *handler, const char *codec, int degrees, uint32_t edit)
{
    bool video = handler[0] == 'v';
    size_t trak = begin("trak");
    put_tkhd(degrees, video ? 640 : 0, video ? 360 : 0);
    put_elst(edit);
    size_t mdia = begin("mdia"), mdhd = begin("mdhd");
    zeros(12), put32(15000), put32(67500), zeros(4);
    end(mdhd);
    size_t hdlr = begin("hdlr");
    zeros(8);
    memcpy(file + used, handler, 4);
    used += 4;
    zeros(13);
    end(hdlr);
    size_t minf = begin("minf");
    put_stbl(codec, video ? 640 : 0, video ? 360 : 0);
    end(minf);
    end(mdia);
    end(trak);
}

static inline void put_moov(int degrees, uint32_t edit)
{
    size_t moov = begin("moov");
    put_mvhd();
    put_track("soun", "mp4a", 0, 0);
    put_track("vide", "avc1", degrees, edit);
    end(moov);
}

static inline int probe(size_t length)
{
    // A block of its own, so that the sanitizer sees a byte too many.
    uint8_t *exact = malloc(length ? length : 1);
    memcpy(exact, file, length);
    struct codec_job job = {.kind = CODEC_PROBE, .bytes = exact, .size = length};
    struct run run = {&job, &answer};
    answer = (struct codec_answer){0};
    int status = mp4_probe(&run);
    free(exact);
    return status;
}

static inline void assert_refused(enum codec_status status, const char *words)
{
    assert_int_equal(probe(used), -1);
    assert_int_equal(answer.status, status);
    assert_non_null(strstr(answer.message, words));
}

static inline int set_up(void **state)
{
    (void)state;
    used = 0;
    put_ftyp();
    return 0;
}
