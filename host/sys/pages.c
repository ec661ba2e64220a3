// pages.c - memory brought in before it is used, on Linux since 5.14.

#include "pages.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

// The whole pages within.
static void advise(void *start, size_t length, int advice)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t first = ((uintptr_t)start + page - 1) & ~(page - 1);
    uintptr_t end = ((uintptr_t)start + length) & ~(page - 1);
    if (end > first)
        (void)madvise((char *)start + (first - (uintptr_t)start), end - first, advice);
}

void pages_fetch(void *start, size_t length)
{
    advise(start, length, MADV_POPULATE_WRITE);
}

void pages_prefer_huge(void *start, size_t length)
{
    if (length >= 2 * PAGES_HUGE)
        advise(start, length, MADV_HUGEPAGE);
}

bool pages_room_grow(struct pages_room *room, size_t length)
{
    if (length <= room->length)
        return true;
    void *start = mmap(NULL, length, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED)
        return false;
    if (room->length > 0)
        munmap(room->start, room->length);
    *room = (struct pages_room){start, length};
    return true;
}

void pages_room_close(struct pages_room *room, size_t most)
{
    if (room->length <= most)
        return;
    munmap(room->start, room->length);
    *room = (struct pages_room){0};
}
