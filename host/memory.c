// memory.c - the counting allocator behind the Lua state.
// Called by Lua on the loop thread only.
#include "memory.h"

#include <stdlib.h>

void *memory_allocate(void *ud, void *block, size_t old_size, size_t new_size)
{
    struct budget *budget = &((struct host *)ud)->budget;
    size_t before = block ? old_size : 0; // without a block, old_size is a type tag

    if (new_size == 0) {
        free(block);
        budget->memory_used -= before;
        return NULL;
    }
    // Lua relies on shrinking never failing, so only growth is refused.
    if (new_size > before && new_size - before > budget->memory_cap - budget->memory_used)
        return NULL;
    void *grown = realloc(block, new_size);
    if (grown)
        budget->memory_used += new_size - before;
    return grown;
}
