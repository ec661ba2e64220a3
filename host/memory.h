// memory.h - the counting allocator behind the Lua state.
#pragma once

#include "host.h"

// A lua_Alloc whose `ud` is the struct host. Refuses what would pass the cap of the budget: the
// script that asked gets "not enough memory", everyone else goes on.
void *memory_allocate(void *ud, void *block, size_t old_size, size_t new_size);
