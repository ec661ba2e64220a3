// library.c - see library.h. What was opened is never closed: libraries keep threads and handlers
// for the end of the program.
#include "library.h"

#include <stdio.h>
#include <uv.h>

const char *library_open(const char *file, const struct library_entry *entries, size_t count,
                         char room[LIBRARY_TEXT])
{
    uv_lib_t handle;
    int code = uv_dlopen(file, &handle);
    for (size_t i = 0; code == 0 && i < count; i++)
        code = uv_dlsym(&handle, entries[i].name, entries[i].address);
    if (code == 0)
        return NULL;
    snprintf(room, LIBRARY_TEXT, "the library %s cannot be used: %s", file, uv_dlerror(&handle));
    uv_dlclose(&handle);
    return room;
}
