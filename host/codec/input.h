// input.h - the bytes of the source, from memory or by position from a descriptor.
#pragma once

#include "report.h"

// Reads exactly `length` bytes at `offset`. 0, or -1 with the cause reported: beyond the end is
// damage, a failing disk is CODEC_IO.
int input_read(struct run *run, uint64_t offset, void *buffer, size_t length);
// The whole source, at most CODEC_MAX_FILE. `*owned` receives what must be freed (NULL when the
// bytes are borrowed from the job), `*bytes` where they are.
int input_whole(struct run *run, const uint8_t **bytes, uint8_t **owned);

// Numbers in files. The caller has checked that the bytes are there.
static inline uint32_t input_be16(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}
static inline uint32_t input_le16(const uint8_t *p)
{
    return (uint32_t)p[1] << 8 | p[0];
}
static inline uint32_t input_be32(const uint8_t *p)
{
    return input_be16(p) << 16 | input_be16(p + 2);
}
static inline uint32_t input_le32(const uint8_t *p)
{
    return input_le16(p + 2) << 16 | input_le16(p);
}
static inline uint64_t input_be64(const uint8_t *p)
{
    return (uint64_t)input_be32(p) << 32 | input_be32(p + 4);
}
