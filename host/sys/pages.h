// pages.h - memory brought in before it is used, and in larger pieces. The first touch of a page
// costs more than filling it, in a virtual machine many times as much.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define PAGES_HUGE ((size_t)2 << 20) // bytes of a huge page on the usual processors

// The pages wholly within these bytes become real now; what cannot be is left to the first use.
void pages_fetch(void *start, size_t length);
// Whatever of these bytes is not real yet shall be so a huge page at a time, where the kernel can
// and there are some pages of that size: for what will be touched from end to end.
void pages_prefer_huge(void *start, size_t length);

// Bytes that cost memory where they are touched, and nowhere else. Zeroed, there are none.
struct pages_room {
    void *start;
    size_t length;
};

// At least so many, with whatever stands in them; false when they cannot be had.
bool pages_room_grow(struct pages_room *room, size_t length);
// Lets it go if it is longer than `most`, else it stays for the next time.
void pages_room_close(struct pages_room *room, size_t most);
