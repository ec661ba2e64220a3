// library.h - shared libraries that are opened at first use.
//
// Some libraries bring two dozen others along and take longer to load than most commands run. Those
// are not linked: a file of this folder defines the functions that the host calls, each of which
// passes its arguments on to where the library's own was found. Headers are the library's, so that
// callers and compiler notice no difference. Any thread.
#pragma once

#include <stddef.h>

struct library_entry {
    const char *name;
    void **address; // where it was found
};

enum { LIBRARY_TEXT = 512 };

// Finds every entry in the shared library called `file`. NULL; or `room`, with a text that says why
// that cannot be and names the library. To be called once for a library, which stays open.
const char *library_open(const char *file, const struct library_entry *entries, size_t count,
                         char room[LIBRARY_TEXT]);

// What a file of this folder makes of its list of LIST(result, name, (parameters), (arguments)).
#define LIBRARY_POINTER(result, name, parameters, arguments) static __typeof__(name) *real_##name;
#define LIBRARY_ENTRY(result, name, parameters, arguments) {#name, (void **)&real_##name},
#define LIBRARY_FUNCTION(result, name, parameters, arguments)                                      \
    result name parameters                                                                         \
    {                                                                                              \
        return real_##name arguments;                                                              \
    }
