// lock.c - host.lock(path, options): an exclusive advisory lock on a file or folder.
// Taken on a worker thread; the descriptor then belongs to the Lock userdata, on the loop thread.
#include "../sys/lock.h"
#include "../file_work.h"

static const char *const LOCK = "affiche.lock";

struct lock {
    int fd; // owned; -1 once released
};

struct taking {
    struct file_work file;
    int fd; // owned until the Lock has it
    int holder;
};

static int lock_release(lua_State *L)
{
    struct lock *lock = luaL_checkudata(L, 1, LOCK);
    disk_close(lock->fd);
    lock->fd = -1;
    return 0;
}

static const luaL_Reg methods[] = {{"release", lock_release}, {NULL, NULL}};

static void lock_run(struct work *w)
{
    struct taking *t = (struct taking *)w;
    t->fd = lock_open(t->file.path);
    t->file.status = t->fd < 0 ? t->fd : lock_take(t->fd);
    if (t->file.status == UV_EBUSY)
        t->holder = lock_holder(t->fd);
}

static void taking_release(struct op *op)
{
    disk_close(((struct taking *)op)->fd);
    file_release(op);
}

static int push_taken(lua_State *L, struct taking *t)
{
    if (t->holder > 0)
        api_error(L, "io", true, "lock", "lock: held by process %d: %s", t->holder, t->file.path);
    else
        api_error(L, "io", true, "lock", "lock: held by another process: %s", t->file.path);
    lua_pushliteral(L, "EBUSY");
    lua_setfield(L, -2, "code");
    lua_pushstring(L, t->file.path);
    lua_setfield(L, -2, "path");
    if (t->holder > 0) {
        lua_pushinteger(L, t->holder);
        lua_setfield(L, -2, "holder");
    }
    return 2;
}

static int lock_finish(lua_State *L, struct op *op)
{
    struct taking *t = (struct taking *)op;
    if (t->file.status == UV_EBUSY)
        return push_taken(L, t);
    if (t->file.status != 0)
        return file_fail(L, &t->file, t->file.path);
    struct lock *lock = lua_newuserdatauv(L, sizeof *lock, 0);
    lock->fd = -1;
    api_push_type(L, LOCK, methods, lock_release);
    lua_setmetatable(L, -2);
    lock->fd = t->fd;
    t->fd = -1;
    return 1;
}

static int l_lock(lua_State *L)
{
    static const char *const keys[] = {"timeout", NULL};
    const char *path = api_check_path(L, 1);
    api_check_options(L, 2, keys);
    double timeout = file_timeout(L, 2);
    struct taking *t = file_begin(L, "lock", sizeof *t, timeout, path, NULL, taking_release);
    t->fd = -1;
    return file_wait(L, &t->file, lock_run, lock_finish);
}

PRIM(lock, l_lock)
