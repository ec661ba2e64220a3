// folder.h - one look at a folder: which regular files are in it, of what kind, and which of them
// changed since the look before.
// Plain C without Lua; blocks: worker threads only.
#pragma once

#include "files.h"

struct folder_entry {
    const char *name; // borrowed from the listing
    uint64_t size;
    double mtime;       // seconds since 1970
    const char *format; // constant, by content, or NULL
    bool growing;
};

enum folder_reason {
    FOLDER_HIDDEN,
    FOLDER_PARTIAL,
    FOLDER_FOLDER,
    FOLDER_LINK,
    FOLDER_SPECIAL,
    FOLDER_UNREADABLE
};

struct folder_skipped {
    const char *name; // borrowed from the listing
    enum folder_reason reason;
};

// What an earlier look saw of one file.
struct folder_seen {
    const char *name; // borrowed
    uint64_t size;
    double mtime;
};

struct folder_listing {
    struct disk_names names; // owned, as are the two arrays
    struct folder_entry *entries;
    size_t entry_count;
    struct folder_skipped *skipped;
    size_t skipped_count;
};

struct folder_look {
    const char *path;
    bool by_age;              // oldest first, then by name; else bytewise by name
    struct folder_seen *seen; // borrowed, gets sorted; NULL: this is the first look
    size_t seen_count;
    const struct files_stop *stop;
};

// 0 or a negative UV_E*. The listing is to be freed in any case.
int folder_scan(const struct folder_look *look, struct folder_listing *listing);
void folder_free(struct folder_listing *listing);
