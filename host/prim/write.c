// write.c - host.write(path, text, options): a durable write, whole or not at all.
// Runs on a worker thread, on a copy of the text. Not stopped half-way: it is short.
#include "../durable.h"
#include "../file_work.h"
#include <stdlib.h>
#include <string.h>

struct write {
    struct file_work file;
    char *text; // owned
    size_t length;
    unsigned mode;
    bool replace;
};

static void write_run(struct work *w)
{
    struct write *x = (struct write *)w;
    unsigned how = x->replace ? DURABLE_REPLACE : 0;
    x->file.status = durable_write(x->file.path, x->text, x->length, x->mode, how);
}

static void write_release(struct op *op)
{
    free(((struct write *)op)->text);
    file_release(op);
}

static int write_finish(lua_State *L, struct op *op)
{
    struct write *x = (struct write *)op;
    return x->file.status ? file_fail(L, &x->file, x->file.path) : api_ok(L);
}

static int l_write(lua_State *L)
{
    static const char *const keys[] = {"mode", "replace", "timeout", NULL};
    size_t length;
    const char *path = api_check_path(L, 1);
    const char *text = luaL_checklstring(L, 2, &length);
    api_check_options(L, 3, keys);
    double timeout = file_timeout(L, 3);
    unsigned mode = file_mode(L, 3, 0644);
    bool replace = api_opt_boolean(L, 3, "replace", true);
    struct write *x = file_begin(L, "write", sizeof *x, timeout, path, NULL, write_release);
    x->mode = mode;
    x->replace = replace;
    x->length = length;
    x->text = malloc(length + 1);
    if (x->text)
        memcpy(x->text, text, length);
    else
        x->file.status = UV_ENOMEM;
    return file_wait(L, &x->file, write_run, write_finish);
}

PRIM(write, l_write)
