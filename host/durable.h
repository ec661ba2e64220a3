// durable.h - write, copy and move so that a crash at any moment leaves at least one whole file,
// and nothing is ever overwritten that was not meant to be.
// Plain C without Lua; blocks: worker threads only. 0, a negative UV_E* or a FILES_* code.
#pragma once

#include "files.h"

struct durable_job {
    const char *source; // borrowed, as is all that is asked for
    const char *target;
    const char *sha256;            // expected content, lower-case hex, or NULL
    bool replace;                  // copy alone: a taken name is replaced, not refused
    const struct files_stop *stop; // heard until the new name is there, no later
    char *path;                    // returns new, on success: where the file is now
    bool at_target;                // a failure concerns the target, not the source
};

// A regular file under a new name; missing folders are made; a taken name gets a suffix. With
// `sha256` it can be repeated after a crash: a source that is gone and a target that has the
// content is success. On failure the source is where it was, or both are there.
int durable_move(struct durable_job *job);
// Under a temporary name first; keeps time and permissions.
int durable_copy(struct durable_job *job);
enum {
    DURABLE_REPLACE = 1,  // else UV_EEXIST when the name is taken
    DURABLE_UNSYNCED = 2, // whole or not at all, unless the machine fails
};
int durable_write(const char *path, const void *data, size_t length, unsigned mode, unsigned how);
