// scan.c - host.scan(folder, options): the regular files in a folder, and what was passed over.
// Runs on a worker thread. What the look before saw is copied out of Lua first: the task may be
// gone before the thread is.
#include "../file_work.h"
#include "../folder.h"
#include "../sniff.h"
#include <stdlib.h>
#include <string.h>

struct scan {
    struct file_work file;
    struct folder_look look;
    struct folder_listing listing; // owned
    struct folder_seen *seen;      // owned
    char *seen_names;              // owned: one block that `seen` points into
};

static void scan_run(struct work *w)
{
    struct scan *s = (struct scan *)w;
    s->look.path = s->file.path;
    s->look.stop = &s->file.stop;
    s->file.status = folder_scan(&s->look, &s->listing);
}

static void scan_release(struct op *op)
{
    struct scan *s = (struct scan *)op;
    folder_free(&s->listing);
    free(s->seen);
    free(s->seen_names);
    file_release(op);
}

static void push_entry(lua_State *L, const char *folder, const struct folder_entry *entry)
{
    size_t length = strlen(folder);
    const char *between = folder[length - 1] == '/' ? "" : "/";
    lua_createtable(L, 0, 7);
    lua_pushstring(L, entry->name);
    lua_setfield(L, -2, "name");
    lua_pushfstring(L, "%s%s%s", folder, between, entry->name);
    lua_setfield(L, -2, "path");
    lua_pushinteger(L, (lua_Integer)entry->size);
    lua_setfield(L, -2, "size");
    lua_pushnumber(L, entry->mtime);
    lua_setfield(L, -2, "mtime");
    lua_pushstring(L, entry->format);
    lua_setfield(L, -2, "format");
    lua_pushstring(L, sniff_kind(entry->format));
    lua_setfield(L, -2, "kind");
    lua_pushboolean(L, entry->growing);
    lua_setfield(L, -2, "growing");
}

static int scan_finish(lua_State *L, struct op *op)
{
    static const char *const reasons[] = {"hidden", "partial", "folder",
                                          "link",   "special", "unreadable"};
    struct scan *s = (struct scan *)op;
    const struct folder_listing *listing = &s->listing;
    if (s->file.status != 0)
        return file_fail(L, &s->file, s->file.path);
    lua_createtable(L, (int)listing->entry_count, 0);
    for (size_t i = 0; i < listing->entry_count; i++) {
        push_entry(L, s->file.path, &listing->entries[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_createtable(L, (int)listing->skipped_count, 0);
    for (size_t i = 0; i < listing->skipped_count; i++) {
        lua_createtable(L, 0, 2);
        lua_pushstring(L, listing->skipped[i].name);
        lua_setfield(L, -2, "name");
        lua_pushstring(L, reasons[listing->skipped[i].reason]);
        lua_setfield(L, -2, "reason");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 2;
}

// The earlier look as C data, in two userdata that Lua owns until the operation has its copy.
struct earlier {
    struct folder_seen *seen; // the name is an offset into `names` until it is copied
    char *names;
    size_t count, names_size;
    bool given;
};

// Raw access throughout: a metamethod could answer differently the second time.
static int push_raw(lua_State *L, int entry, const char *key)
{
    lua_pushstring(L, key);
    return lua_rawget(L, entry);
}

// Pushes name, size and mtime of one entry.
static void push_seen(lua_State *L, int list, lua_Integer i)
{
    if (lua_rawgeti(L, list, i) != LUA_TTABLE)
        luaL_error(L, "option 'previous': entry %I is no table", (LUAI_UACINT)i);
    int entry = lua_gettop(L);
    bool fine = push_raw(L, entry, "name") == LUA_TSTRING;
    fine = push_raw(L, entry, "size") == LUA_TNUMBER && fine;
    fine = push_raw(L, entry, "mtime") == LUA_TNUMBER && fine;
    if (!fine)
        luaL_error(L, "option 'previous': entry %I lacks a name, size or mtime", (LUAI_UACINT)i);
    lua_remove(L, entry);
}

static void fill_seen(lua_State *L, int list, struct earlier *earlier)
{
    char *next = earlier->names;
    for (size_t i = 0; i < earlier->count; i++) {
        struct folder_seen *seen = &earlier->seen[i];
        push_seen(L, list, (lua_Integer)i + 1);
        size_t length;
        const char *name = lua_tolstring(L, -3, &length);
        seen->name = next;
        seen->size = (uint64_t)lua_tointeger(L, -2);
        seen->mtime = lua_tonumber(L, -1);
        memcpy(next, name, length + 1);
        next += length + 1;
        lua_pop(L, 3);
    }
}

static struct earlier take_previous(lua_State *L, int options)
{
    struct earlier earlier = {0};
    if (lua_isnoneornil(L, options) || lua_getfield(L, options, "previous") == LUA_TNIL)
        return earlier;
    if (!lua_istable(L, -1))
        luaL_error(L, "option 'previous': a list of entries expected, got %s",
                   luaL_typename(L, -1));
    int list = lua_gettop(L);
    earlier.given = true;
    earlier.count = lua_rawlen(L, list);
    for (size_t i = 0; i < earlier.count; i++) {
        push_seen(L, list, (lua_Integer)i + 1);
        earlier.names_size += lua_rawlen(L, -3) + 1;
        lua_pop(L, 3);
    }
    earlier.seen = lua_newuserdatauv(L, (earlier.count + 1) * sizeof *earlier.seen, 0);
    earlier.names = lua_newuserdatauv(L, earlier.names_size + 1, 0);
    fill_seen(L, list, &earlier);
    return earlier;
}

static void copy_previous(struct scan *s, const struct earlier *earlier)
{
    if (!earlier->given)
        return;
    s->seen = malloc((earlier->count + 1) * sizeof *s->seen);
    s->seen_names = malloc(earlier->names_size + 1);
    if (!s->seen || !s->seen_names) {
        s->file.status = UV_ENOMEM;
        return;
    }
    memcpy(s->seen_names, earlier->names, earlier->names_size);
    for (size_t i = 0; i < earlier->count; i++) {
        s->seen[i] = earlier->seen[i];
        s->seen[i].name = s->seen_names + (earlier->seen[i].name - earlier->names);
    }
    s->look.seen = s->seen;
    s->look.seen_count = earlier->count;
}

static int l_scan(lua_State *L)
{
    static const char *const keys[] = {"order", "previous", "timeout", NULL};
    static const char *const orders[] = {"name", "age", NULL};
    const char *path = api_check_path(L, 1);
    api_check_options(L, 2, keys);
    double timeout = file_timeout(L, 2);
    bool by_age = api_opt_choice(L, 2, "order", orders, 0) == 1;
    struct earlier earlier = take_previous(L, 2);
    struct scan *s = file_begin(L, "scan", sizeof *s, timeout, path, NULL, scan_release);
    s->look.by_age = by_age;
    copy_previous(s, &earlier);
    return file_wait(L, &s->file, scan_run, scan_finish);
}

PRIM(scan, l_scan)
