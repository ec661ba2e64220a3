// stat.c - host.stat(path, options): what the system knows of a file, without following a link.
// Runs on a worker thread.
#include "../file_work.h"

struct stat_work {
    struct file_work file;
    struct disk_facts facts;
    bool writable;
};

static void stat_run(struct work *w)
{
    struct stat_work *s = (struct stat_work *)w;
    s->file.status = disk_facts(DISK_HERE, s->file.path, &s->facts);
    // Of a link it would be the answer for what it leads to.
    s->writable = s->file.status == 0 && s->facts.type != DISK_LINK && disk_writable(s->file.path);
}

static int stat_finish(lua_State *L, struct op *op)
{
    static const char *const types[] = {"file", "folder", "link", "special"};
    struct stat_work *s = (struct stat_work *)op;
    if (s->file.status != 0)
        return file_fail(L, &s->file, s->file.path);
    lua_createtable(L, 0, 8);
    lua_pushstring(L, types[s->facts.type]);
    lua_setfield(L, -2, "type");
    lua_pushinteger(L, (lua_Integer)s->facts.size);
    lua_setfield(L, -2, "size");
    lua_pushnumber(L, disk_mtime(&s->facts));
    lua_setfield(L, -2, "mtime");
    lua_pushinteger(L, s->facts.mode);
    lua_setfield(L, -2, "mode");
    lua_pushinteger(L, (lua_Integer)s->facts.device);
    lua_setfield(L, -2, "device");
    lua_pushinteger(L, (lua_Integer)s->facts.inode);
    lua_setfield(L, -2, "inode");
    lua_pushinteger(L, s->facts.owner);
    lua_setfield(L, -2, "owner");
    lua_pushboolean(L, s->writable);
    lua_setfield(L, -2, "writable");
    return 1;
}

static int l_stat(lua_State *L)
{
    static const char *const keys[] = {"timeout", NULL};
    const char *path = api_check_path(L, 1);
    api_check_options(L, 2, keys);
    double timeout = file_timeout(L, 2);
    struct stat_work *s = file_begin(L, "stat", sizeof *s, timeout, path, NULL, file_release);
    return file_wait(L, &s->file, stat_run, stat_finish);
}

PRIM(stat, l_stat)
