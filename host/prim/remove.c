// remove.c - host.remove(path, options): a file, or a folder with all that is in it.
// Runs on a worker thread; stopped between two files.
#include "../file_work.h"

struct remove {
    struct file_work file;
    bool recursive;
};

static void remove_run(struct work *w)
{
    struct remove *r = (struct remove *)w;
    r->file.status = files_remove(r->file.path, r->recursive, &r->file.stop);
}

static int remove_finish(lua_State *L, struct op *op)
{
    struct remove *r = (struct remove *)op;
    return r->file.status ? file_fail(L, &r->file, r->file.path) : api_ok(L);
}

static int l_remove(lua_State *L)
{
    static const char *const keys[] = {"recursive", "timeout", NULL};
    const char *path = api_check_path(L, 1);
    api_check_options(L, 2, keys);
    double timeout = file_timeout(L, 2);
    bool recursive = api_opt_boolean(L, 2, "recursive", false);
    struct remove *r = file_begin(L, "remove", sizeof *r, timeout, path, NULL, file_release);
    r->recursive = recursive;
    return file_wait(L, &r->file, remove_run, remove_finish);
}

PRIM(remove, l_remove)
