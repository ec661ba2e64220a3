// read.c - host.read(path, options): the whole of a file.
// Runs on a worker thread.
#include "../file_work.h"
#include <stdlib.h>

enum { DEFAULT_MAX = 16 << 20 };

struct read {
    struct file_work file;
    size_t max;
    char *data; // owned
    size_t length;
};

static void read_run(struct work *w)
{
    struct read *r = (struct read *)w;
    r->file.status = files_read(r->file.path, r->max, &r->file.stop, &r->data, &r->length);
}

static void read_release(struct op *op)
{
    free(((struct read *)op)->data);
    file_release(op);
}

static int read_finish(lua_State *L, struct op *op)
{
    struct read *r = (struct read *)op;
    if (r->file.status != 0)
        return file_fail(L, &r->file, r->file.path);
    lua_pushlstring(L, r->data, r->length);
    return 1;
}

static int l_read(lua_State *L)
{
    static const char *const keys[] = {"max", "timeout", NULL};
    const char *path = api_check_path(L, 1);
    api_check_options(L, 2, keys);
    double timeout = file_timeout(L, 2);
    lua_Integer max = api_opt_integer(L, 2, "max", DEFAULT_MAX, 0, (lua_Integer)1 << 40);
    struct read *r = file_begin(L, "read", sizeof *r, timeout, path, NULL, read_release);
    r->max = (size_t)max;
    return file_wait(L, &r->file, read_run, read_finish);
}

PRIM(read, l_read)
