// file_work.h - what the file primitives share at the border with Lua: a path or two, copied for
// the worker thread, a time limit, and how a failure is told. Loop thread only, but for file_stop.
#pragma once

#include "api.h"
#include "files.h"
#include "op.h"

#define FILE_TIMEOUT 600 // seconds, the default of every file primitive

struct file_work {
    struct work work;
    const char *name;       // borrowed, constant: the primitive
    char *path;             // owned: the file in hand
    char *target;           // owned: the other one, or NULL
    struct files_stop stop; // for the worker
    int status;             // what `run` came to: 0, UV_E* or FILES_*
};

// The option `timeout` of the table at `arg`, in seconds.
double file_timeout(lua_State *L, int arg);
// A file mode among the options: permission bits.
unsigned file_mode(lua_State *L, int arg, unsigned fallback);
// The option `sha256`, NULL when absent; raises for what is no lower-case digest.
const char *file_sha256(lua_State *L, int arg);

// Like work_begin, for a structure whose first member is a struct file_work; `target` may be NULL.
// A `release` of one's own ends with file_release.
void *file_begin(lua_State *L, const char *name, size_t size, double timeout, const char *path,
                 const char *target, op_release_fn release);
void file_release(struct op *op);
// Always the last statement. `run` sets status; where memory is short it is never called.
int file_wait(lua_State *L, struct file_work *file, void (*run)(struct work *w),
              op_finish_fn finish);
// The same for a `run` that hashes.
int file_wait_hash(lua_State *L, struct file_work *file, void (*run)(struct work *w),
                   op_finish_fn finish);
// nil and the Error for a status other than 0; `path` is the one to name.
int file_fail(lua_State *L, struct file_work *file, const char *path);
