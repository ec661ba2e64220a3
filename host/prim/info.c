// info.c - host.info(): this program, its version and the libraries it runs with.
// Loop thread only. Does not wait.
#include "../api.h"
#include "../sys/sandbox.h"
#include <curl/curl.h>
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
    set(L, "libcurl", curl_version());
    set(L, "libmicrohttpd", MHD_get_version());
    set(L, "sqlite", sqlite3_libversion());
    lua_setfield(L, -2, "libraries");
    return 1;
}

PRIM(info, l_info)
