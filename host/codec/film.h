// film.h - a film of JPEG pictures, as MOV: a head, the pictures one after the other, and an index
// that says how long each is shown. It may show all of them several times: stored they are once.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define FILM_HEAD 28   // bytes before the first picture
#define FILM_INDEX 543 // bytes of an index without entries
#define FILM_ENTRY 16  // bytes of it for each picture that is shown
// Where in an index its entries begin: of time, 8 bytes each, then with these before them of length
// and of place, 4 bytes each.
#define FILM_TIMES 479
#define FILM_LENGTHS 527
#define FILM_PLACES 543
#define FILM_SECOND 1000 // units of its time: milliseconds

struct film_frame {
    uint32_t length;       // bytes
    uint32_t milliseconds; // for which it is shown
};

struct film {
    int width, height;
    uint32_t frames; // that are stored
    uint32_t times;  // for which all of them are shown
    const struct film_frame *frame;
};

// `pictures`: their bytes, all together.
void film_head(uint32_t pictures, uint8_t out[FILM_HEAD]);
static inline size_t film_index_length(const struct film *film)
{
    return FILM_INDEX + (size_t)film->frames * film->times * FILM_ENTRY;
}
// Writes as many bytes. The pictures, and what the index says of their time, are below 4 GB and
// 2^32 milliseconds: the caller has seen to that.
void film_index(const struct film *film, uint8_t *out);
