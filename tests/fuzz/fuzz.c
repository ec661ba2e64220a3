// fuzz.c - the door of libFuzzer to the entry that FUZZ_ENTRY names; without it, their list.
#include "entries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const struct fuzz_entry *entry = fuzz_entries;

// Lua is no code of its own that libFuzzer could see: these tell it of each step from line to line.
__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t counters[1 << 14];

static void on_line(lua_State *L, lua_Debug *ar)
{
    static unsigned before;
    lua_getinfo(L, "Sl", ar);
    unsigned here = (unsigned)((uintptr_t)ar->source >> 4) * 31 + (unsigned)ar->currentline;
    counters[(here ^ before) % sizeof counters]++;
    before = here >> 1;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *name = getenv("FUZZ_ENTRY");
    (void)argc, (void)argv;
    fuzz_on_line = on_line;
    for (const struct fuzz_entry *e = fuzz_entries; !name && e->name; e++)
        printf("%s %s\n", e->name, e->kept ? e->kept : e->name);
    while (name && entry->name && strcmp(entry->name, name) != 0)
        entry++;
    if (!name || !entry->name)
        exit(name != NULL);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    entry->run(bytes, length);
    return 0;
}
