// hash.c - host.hash(path, options): SHA-256 and size of a file.
// The file is read on a worker thread.
#include "../file_work.h"

struct hash {
    struct file_work file;
    char hex[FILES_SHA256_HEX];
    uint64_t size;
};

static void hash_run(struct work *w)
{
    struct hash *h = (struct hash *)w;
    h->file.status = files_hash(h->file.path, &h->file.stop, h->hex, &h->size);
}

static int hash_finish(lua_State *L, struct op *op)
{
    struct hash *h = (struct hash *)op;
    if (h->file.status != 0)
        return file_fail(L, &h->file, h->file.path);
    lua_pushstring(L, h->hex);
    lua_pushinteger(L, (lua_Integer)h->size);
    return 2;
}

static int l_hash(lua_State *L)
{
    static const char *const keys[] = {"timeout", NULL};
    const char *path = api_check_path(L, 1);
    api_check_options(L, 2, keys);
    double timeout = file_timeout(L, 2);
    struct hash *h = file_begin(L, "hash", sizeof *h, timeout, path, NULL, file_release);
    return file_wait_hash(L, &h->file, hash_run, hash_finish);
}

PRIM(hash, l_hash)
