// info.c - host.info(): this program, its version and those of its libraries.
// Loop thread only. Does not wait.
#include "../api.h"
#include "../sys/sandbox.h"
#include <curl/curlver.h>
#include <limits.h>
#include <microhttpd.h>
#include <sqlite3.h>
#include <sys/utsname.h>
#include <unistd.h>

static void set(lua_State *L, const char *key, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, key);
}

// Two decimal digits, four bits each.
static int bcd(long digits)
{
    return (int)((digits >> 4 & 15) * 10 + (digits & 15));
}

static int l_info(lua_State *L)
{
    struct host *host = host_of(L);
    struct utsname system = {0};
    uname(&system);
    char folder[PATH_MAX] = "";
    size_t length = sizeof folder;
    if (uv_cwd(folder, &length) < 0)
        folder[0] = '\0';
    lua_createtable(L, 0, 8);
    set(L, "cwd", folder);
    set(L, "version", AFFICHE_VERSION);
    set(L, "root", host->root);
    set(L, "executable", host->executable);
    set(L, "system", system.sysname);
    set(L, "sandbox", sandbox_name());
    lua_pushinteger(L, getpid());
    lua_setfield(L, -2, "pid");
    lua_createtable(L, 0, 5);
    set(L, "lua", LUA_RELEASE);
    set(L, "libuv", uv_version_string());
    // These two are opened when they are needed: that of the headers stands for them.
    set(L, "libcurl", LIBCURL_VERSION);
    lua_pushfstring(L, "%d.%d.%d", bcd(MHD_VERSION >> 24), bcd(MHD_VERSION >> 16),
                    bcd(MHD_VERSION >> 8));
    lua_setfield(L, -2, "libmicrohttpd");
    set(L, "sqlite", sqlite3_libversion());
    lua_setfield(L, -2, "libraries");
    return 1;
}

PRIM(info, l_info)
