// copy.c - host.copy(source, target, options): a durable copy under a temporary name first.
// Runs on a worker thread.
#include "../durable.h"
#include "../file_work.h"
#include <stdlib.h>
#include <string.h>

struct copy {
    struct file_work file;
    struct durable_job job;
    char sha256[FILES_SHA256_HEX];
};

static void copy_run(struct work *w)
{
    struct copy *c = (struct copy *)w;
    c->job.source = c->file.path;
    c->job.target = c->file.target;
    c->job.sha256 = *c->sha256 ? c->sha256 : NULL;
    c->job.stop = &c->file.stop;
    c->file.status = durable_copy(&c->job);
}

static void copy_release(struct op *op)
{
    free(((struct copy *)op)->job.path);
    file_release(op);
}

static int copy_finish(lua_State *L, struct op *op)
{
    struct copy *c = (struct copy *)op;
    if (c->file.status != 0)
        return file_fail(L, &c->file, c->job.at_target ? c->file.target : c->file.path);
    lua_pushstring(L, c->job.path);
    return 1;
}

static int l_copy(lua_State *L)
{
    static const char *const keys[] = {"sha256", "replace", "timeout", NULL};
    const char *source = api_check_path(L, 1);
    const char *target = api_check_path(L, 2);
    api_check_options(L, 3, keys);
    double timeout = file_timeout(L, 3);
    const char *sha256 = file_sha256(L, 3);
    bool replace = api_opt_boolean(L, 3, "replace", false);
    struct copy *c = file_begin(L, "copy", sizeof *c, timeout, source, target, copy_release);
    c->job.replace = replace;
    if (sha256)
        memcpy(c->sha256, sha256, sizeof c->sha256);
    return file_wait_hash(L, &c->file, copy_run, copy_finish);
}

PRIM(copy, l_copy)
