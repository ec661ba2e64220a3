// heif_library.c - libheif by dlopen. Its table is filled once and constant from then on.
#include "heif_library.h"

#include <dlfcn.h>
#include <string.h>

// libheif has libde265 start a thread for each picture, whatever it is told, and a worker may have
// none. The name is looked up in the program first, so this is what it finds: no thread is started,
// and libde265 decodes in the one that asks.
int de265_start_worker_threads(void *decoder, int count);
int de265_start_worker_threads(void *decoder, int count)
{
    (void)decoder;
    (void)count;
    return 0;
}

// A function's address where the table wants it; C itself has no cast for that.
static void find(void *library, const char *name, void *slot)
{
    void *address = dlsym(library, name);
    memcpy(slot, &address, sizeof address);
}

static bool fill(struct heif_library *table, void *library)
{
    bool whole = true;
#define FIND(type, name, arguments) find(library, "heif_" #name, &table->name);
#define NEED(type, name, arguments) whole = whole && table->name;
    HEIF_FUNCTIONS(FIND)
    HEIF_OPTIONAL(FIND)
    HEIF_FUNCTIONS(NEED)
#undef FIND
#undef NEED
    return whole;
}

const struct heif_library *heif_library(void)
{
    static struct heif_library table;
    static bool tried, found;
    if (tried)
        return found ? &table : NULL;
    tried = true;
    void *library = dlopen("libheif.so.1", RTLD_NOW | RTLD_LOCAL);
    found = library && fill(&table, library);
    if (found && table.init)
        table.init(NULL); // its decoders may be files of their own
    return found ? &table : NULL;
}
