// mkdir.c - host.mkdir(path, options): a folder and its parents.
// Runs on a worker thread.
#include "../file_work.h"

struct mkdir {
    struct file_work file;
    unsigned mode;
};

static void mkdir_run(struct work *w)
{
    struct mkdir *m = (struct mkdir *)w;
    m->file.status = files_make_folders(m->file.path, m->mode);
}

static int mkdir_finish(lua_State *L, struct op *op)
{
    struct mkdir *m = (struct mkdir *)op;
    return m->file.status ? file_fail(L, &m->file, m->file.path) : api_ok(L);
}

static int l_mkdir(lua_State *L)
{
    static const char *const keys[] = {"mode", "timeout", NULL};
    const char *path = api_check_path(L, 1);
    api_check_options(L, 2, keys);
    double timeout = file_timeout(L, 2);
    unsigned mode = file_mode(L, 2, 0755);
    struct mkdir *m = file_begin(L, "mkdir", sizeof *m, timeout, path, NULL, file_release);
    m->mode = mode;
    return file_wait(L, &m->file, mkdir_run, mkdir_finish);
}

PRIM(mkdir, l_mkdir)
