// files.h - reading, hashing, naming and removing files: what the file primitives stand on.
// Plain C without Lua. Everything but the naming blocks: worker threads only. Functions returning
// int give 0 or a negative UV_E*, or one of the codes below.
#pragma once

#include "sys/disk.h"

// Beside UV_E*: the content is not what was expected, or changed while it was read.
#define FILES_CHANGED (-20001)
// Beside UV_E*: larger than allowed.
#define FILES_TOO_LARGE (-20002)

#define FILES_SHA256_HEX 65 // bytes for a digest in hex, with its NUL

// Asked between two blocks of long work: true ends it with UV_ECANCELED.
struct files_stop {
    bool (*asked)(void *owner);
    void *owner; // borrowed
};
// NULL is never stopped.
bool files_stopped(const struct files_stop *stop);

// A path taken apart: the folder, "." when there is none, and the last name.
struct files_place {
    char *folder;     // owned
    const char *name; // borrowed from the path
};
// UV_EISDIR for a path that ends in "/", "." or "..".
int files_split(const char *path, struct files_place *place);
// Returns new; NULL when memory is short. No second "/" after a folder that ends in one.
char *files_join(const char *folder, const char *name);
// The n-th name (n > 1) for a file whose name is taken: "photo.jpg", 2 -> "photo-2.jpg". Where that
// would be too long, the stem is cut between two characters and a hash of the whole name added, so
// that two long names stay two.
void files_suffixed(const char *name, unsigned n, char out[DISK_NAME_MAX + 1]);
// A hidden name for a file under way: short, whatever the final name's length, and never twice.
int files_temporary(char out[DISK_NAME_MAX + 1]);

// SHA-256 in lower-case hex of what can be read from `fd` on, and its length.
int files_hash_fd(int fd, const struct files_stop *stop, char hex[FILES_SHA256_HEX],
                  uint64_t *length);
// The same while writing it all to `to`.
int files_copy_fd(int from, int to, const struct files_stop *stop, char hex[FILES_SHA256_HEX],
                  uint64_t *length);
int files_hash(const char *path, const struct files_stop *stop, char hex[FILES_SHA256_HEX],
               uint64_t *length);
// Returns the whole file in *data (new, malloc), FILES_TOO_LARGE beyond `max` bytes.
int files_read(const char *path, size_t max, const struct files_stop *stop, char **data,
               size_t *length);
// Makes the folder and its parents, each synced into the one above. One that is there is success.
int files_make_folders(const char *path, unsigned mode);
// A file or an empty folder; all that is in it when `recursive`, never through a link. A missing
// one is success.
int files_remove(const char *path, bool recursive, const struct files_stop *stop);
