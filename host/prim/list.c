// list.c - host.list(path, options): the names in a folder, sorted bytewise.
// Runs on a worker thread.
#include "../file_work.h"

struct list {
    struct file_work file;
    struct disk_names names; // owned
};

static void list_run(struct work *w)
{
    struct list *l = (struct list *)w;
    int folder = disk_open_folder(DISK_HERE, l->file.path, true);
    l->file.status = folder < 0 ? folder : disk_names(folder, &l->names);
    disk_close(folder);
}

static void list_release(struct op *op)
{
    disk_names_free(&((struct list *)op)->names);
    file_release(op);
}

static int list_finish(lua_State *L, struct op *op)
{
    struct list *l = (struct list *)op;
    if (l->file.status != 0)
        return file_fail(L, &l->file, l->file.path);
    lua_createtable(L, (int)l->names.count, 0);
    for (size_t i = 0; i < l->names.count; i++) {
        lua_pushstring(L, l->names.names[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int l_list(lua_State *L)
{
    static const char *const keys[] = {"timeout", NULL};
    const char *path = api_check_path(L, 1);
    api_check_options(L, 2, keys);
    double timeout = file_timeout(L, 2);
    struct list *l = file_begin(L, "list", sizeof *l, timeout, path, NULL, list_release);
    return file_wait(L, &l->file, list_run, list_finish);
}

PRIM(list, l_list)
