// file_work.c - what the file primitives share at the border with Lua. Loop thread only.

#include "file_work.h"

#include "lib/crypto.h"
#include <stdlib.h>
#include <string.h>

double file_timeout(lua_State *L, int arg)
{
    return api_opt_number(L, arg, "timeout", FILE_TIMEOUT, 0.001, 1e7);
}

unsigned file_mode(lua_State *L, int arg, unsigned fallback)
{
    return (unsigned)api_opt_integer(L, arg, "mode", fallback, 0, 0777);
}

const char *file_sha256(lua_State *L, int arg)
{
    const char *hex = api_opt_string(L, arg, "sha256", NULL);
    if (hex && (strlen(hex) != FILES_SHA256_HEX - 1 ||
                strspn(hex, "0123456789abcdef") != FILES_SHA256_HEX - 1))
        luaL_error(L, "option 'sha256': 64 lower-case hex digits expected");
    return hex;
}

static bool stop_asked(void *owner)
{
    return work_stopped(owner);
}

void *file_begin(lua_State *L, const char *name, size_t size, double timeout, const char *path,
                 const char *target, op_release_fn release)
{
    struct file_work *file = work_begin(L, size, release);
    file->name = name;
    file->stop = (struct files_stop){stop_asked, &file->work};
    file->status = UV_ECANCELED; // stands when it is stopped before a thread takes it up
    file->path = strdup(path);
    file->target = target ? strdup(target) : NULL;
    if (!file->path || (target && !file->target))
        file->status = UV_ENOMEM;
    op_timeout(&file->work.op, timeout);
    return file;
}

void file_release(struct op *op)
{
    struct file_work *file = (struct file_work *)op;
    free(file->path);
    free(file->target);
}

int file_wait(lua_State *L, struct file_work *file, void (*run)(struct work *w),
              op_finish_fn finish)
{
    if (file->status == UV_ENOMEM) {
        op_done(&file->work.op);
        return api_fail(L, UV_ENOMEM, file->name, NULL);
    }
    return work_wait(L, &file->work, run, finish);
}

int file_wait_hash(lua_State *L, struct file_work *file, void (*run)(struct work *w),
                   op_finish_fn finish)
{
    const char *problem = crypto_problem();
    if (!problem)
        return file_wait(L, file, run, finish);
    op_done(&file->work.op);
    return api_error(L, "io", false, file->name, "%s: %s", file->name, problem);
}

// Where the text of the system would be a riddle. NULL: it is not.
static const char *plain_words(int status)
{
    switch (status) {
    case FILES_CHANGED:
        return "its content is not what was expected";
    case FILES_TOO_LARGE:
        return "larger than allowed";
    case UV_ELOOP:
        return "a symbolic link is not followed";
    case UV_EISDIR:
        return "it is a folder";
    case UV_EFTYPE:
        return "no regular file";
    default:
        return NULL;
    }
}

static const char *code_name(int status)
{
    switch (status) {
    case FILES_CHANGED:
        return "ECHANGED";
    case FILES_TOO_LARGE:
        return "EFBIG";
    default:
        return uv_err_name(status);
    }
}

int file_fail(lua_State *L, struct file_work *file, const char *path)
{
    const char *words = plain_words(file->status);
    if (file->status == UV_ECANCELED)
        api_stopped(L, &file->work.op, file->name);
    else if (!words)
        return api_fail(L, file->status, file->name, path);
    else
        api_error(L, file->status == FILES_TOO_LARGE ? "limit" : "io", false, file->name,
                  "%s: %s: %s", file->name, words, path);
    if (words) {
        lua_pushstring(L, code_name(file->status));
        lua_setfield(L, -2, "code");
    }
    lua_pushstring(L, path);
    lua_setfield(L, -2, "path");
    return 2;
}
