// move.c - host.move(source, target, options): a durable move that never overwrites.
// Runs on a worker thread; from the moment the new name exists it is no longer stopped.
#include "../durable.h"
#include "../file_work.h"
#include <stdlib.h>
#include <string.h>

struct move {
    struct file_work file;
    struct durable_job job;
    char sha256[FILES_SHA256_HEX];
};

static void move_run(struct work *w)
{
    struct move *m = (struct move *)w;
    m->job.source = m->file.path;
    m->job.target = m->file.target;
    m->job.sha256 = *m->sha256 ? m->sha256 : NULL;
    m->job.stop = &m->file.stop;
    m->file.status = durable_move(&m->job);
}

static void move_release(struct op *op)
{
    free(((struct move *)op)->job.path);
    file_release(op);
}

static int move_finish(lua_State *L, struct op *op)
{
    struct move *m = (struct move *)op;
    if (m->file.status != 0)
        return file_fail(L, &m->file, m->job.at_target ? m->file.target : m->file.path);
    lua_pushstring(L, m->job.path);
    return 1;
}

static int l_move(lua_State *L)
{
    static const char *const keys[] = {"sha256", "timeout", NULL};
    const char *source = api_check_path(L, 1);
    const char *target = api_check_path(L, 2);
    api_check_options(L, 3, keys);
    double timeout = file_timeout(L, 3);
    const char *sha256 = file_sha256(L, 3);
    struct move *m = file_begin(L, "move", sizeof *m, timeout, source, target, move_release);
    if (sha256)
        memcpy(m->sha256, sha256, sizeof m->sha256);
    return file_wait_hash(L, &m->file, move_run, move_finish);
}

PRIM(move, l_move)
