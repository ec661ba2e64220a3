// api.c - the border between C and Lua: registration, results, errors, arguments.
// Loop thread only.
#include "api.h"

#include "log.h"
#include "op.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char ERROR_META = 0; // registry key by address

// ---- registration -------------------------------------------------------------------------------

#define PRIM_ENTRY(id) extern const struct prim prim_##id;
#include "prims.inc"
#undef PRIM_ENTRY

static const struct prim *const PRIMS[] = {
#define PRIM_ENTRY(id) &prim_##id,
#include "prims.inc"
#undef PRIM_ENTRY
};

struct host *host_of(lua_State *L)
{
    void *host;
    lua_getallocf(L, &host);
    return host;
}

int api_open(lua_State *L)
{
    size_t count = sizeof PRIMS / sizeof PRIMS[0];
    lua_createtable(L, 0, (int)count);
    for (size_t i = 0; i < count; i++) {
        lua_pushcfunction(L, PRIMS[i]->function);
        lua_setfield(L, -2, PRIMS[i]->name);
    }
    return 1;
}

static int refuse_index(lua_State *L)
{
    return luaL_error(L, "%s has no field '%s'", lua_tostring(L, lua_upvalueindex(1)),
                      luaL_tolstring(L, 2, NULL));
}

void api_push_type(lua_State *L, const char *name, const luaL_Reg *methods, lua_CFunction close)
{
    if (!luaL_newmetatable(L, name))
        return;
    lua_newtable(L);
    if (methods)
        luaL_setfuncs(L, methods, 0);
    lua_newtable(L); // a mistyped method name is an error, not nil
    lua_pushstring(L, name);
    lua_pushcclosure(L, refuse_index, 1);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, close);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, close);
    lua_setfield(L, -2, "__close");
    lua_pushstring(L, name);
    lua_setfield(L, -2, "__metatable");
}

// ---- results ------------------------------------------------------------------------------------

static int error_tostring(lua_State *L)
{
    if (lua_istable(L, 1))
        lua_getfield(L, 1, "message");
    luaL_tolstring(L, -1, NULL);
    return 1;
}

void api_push_error_meta(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &ERROR_META) == LUA_TTABLE)
        return;
    lua_pop(L, 1);
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, error_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushliteral(L, "affiche.error");
    lua_setfield(L, -2, "__name");
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &ERROR_META);
}

static void push_redacted(lua_State *L, const char *text, size_t length)
{
    size_t clean_length;
    char *clean = log_redact(host_of(L), text, length, &clean_length);
    if (!clean) {
        lua_pushliteral(L, "(no memory to show the message)");
        return;
    }
    // The copy into Lua may raise; a secret-free string leaks then, once, on a dying request.
    lua_pushlstring(L, clean, clean_length);
    free(clean);
}

// nil, err: the message lies on top of the stack and is consumed.
static int push_error(lua_State *L, const char *kind, bool retryable, const char *op)
{
    lua_pushnil(L);
    lua_createtable(L, 0, 6);
    lua_pushstring(L, kind);
    lua_setfield(L, -2, "kind");
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "message");
    lua_pushboolean(L, retryable);
    lua_setfield(L, -2, "retryable");
    lua_pushstring(L, op);
    lua_setfield(L, -2, "op");
    api_push_error_meta(L);
    lua_setmetatable(L, -2);
    lua_remove(L, -3);
    return 2;
}

int api_ok(lua_State *L)
{
    lua_pushboolean(L, 1);
    return 1;
}

int api_error(lua_State *L, const char *kind, bool retryable, const char *op, const char *format,
              ...)
{
    char message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    push_redacted(L, message, strlen(message));
    return push_error(L, kind, retryable, op);
}

static const char *kind_of(int code)
{
    switch (code) {
    case UV_ETIMEDOUT:
        return "timeout";
    case UV_ECANCELED:
        return "cancelled";
    case UV_ECONNREFUSED:
    case UV_ECONNRESET:
    case UV_EHOSTUNREACH:
    case UV_ENETUNREACH:
    case UV_EADDRINUSE:
    case UV_EADDRNOTAVAIL:
        return "network";
    case UV_ENOMEM:
    case UV_EMFILE:
    case UV_ENFILE:
    case UV_ENOSPC:
    case -EDQUOT:
        return "limit";
    default:
        return "io";
    }
}

static bool is_retryable(int code)
{
    return code == UV_ETIMEDOUT || code == UV_EAGAIN || code == UV_EINTR || code == UV_EBUSY ||
           code == UV_ENOMEM || code == UV_EMFILE || code == UV_ENFILE ||
           strcmp(kind_of(code), "network") == 0;
}

int api_fail(lua_State *L, int code, const char *op, const char *path)
{
    api_error(L, kind_of(code), is_retryable(code), op, "%s: %s%s%s", op, uv_strerror(code),
              path ? ": " : "", path ? path : "");
    lua_pushstring(L, uv_err_name(code));
    lua_setfield(L, -2, "code");
    if (path) {
        lua_pushstring(L, path);
        lua_setfield(L, -2, "path");
    }
    return 2;
}

int api_stopped(lua_State *L, const struct op *op, const char *name)
{
    if (op->timed_out)
        return api_error(L, "timeout", true, name, "%s: the time for it was up", name);
    return api_error(L, "cancelled", false, name, "%s: cancelled", name);
}

void api_to_error(lua_State *L)
{
    if (lua_istable(L, -1) && lua_getmetatable(L, -1)) {
        api_push_error_meta(L);
        bool is_error = lua_rawequal(L, -1, -2);
        lua_pop(L, 2);
        if (is_error)
            return;
    }
    size_t length;
    const char *text = luaL_tolstring(L, -1, &length);
    push_redacted(L, text, length);
    lua_remove(L, -2);
    lua_remove(L, -2);
    push_error(L, "script", false, "script");
    lua_remove(L, -2); // the nil
}

// ---- arguments ----------------------------------------------------------------------------------

const char *api_check_path(lua_State *L, int arg)
{
    size_t length;
    const char *path = luaL_checklstring(L, arg, &length);
    luaL_argcheck(L, length > 0, arg, "path expected, got an empty string");
    luaL_argcheck(L, strlen(path) == length, arg, "path expected, got a NUL byte in it");
    return path;
}

void api_check_options(lua_State *L, int arg, const char *const *keys)
{
    if (lua_isnoneornil(L, arg))
        return;
    luaL_checktype(L, arg, LUA_TTABLE);
    lua_pushnil(L);
    while (lua_next(L, arg)) {
        lua_pop(L, 1);
        const char *key = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
        const char *const *known = keys;
        while (*known && (!key || strcmp(*known, key) != 0))
            known++;
        if (!*known)
            luaL_error(L, "unknown option '%s'", luaL_tolstring(L, -1, NULL));
    }
}

// Pushes the field and tells whether it is there.
static bool push_field(lua_State *L, int arg, const char *key)
{
    if (lua_isnoneornil(L, arg)) {
        lua_pushnil(L);
        return false;
    }
    return lua_getfield(L, arg, key) != LUA_TNIL;
}

lua_Number api_opt_number(lua_State *L, int arg, const char *key, lua_Number fallback,
                          lua_Number low, lua_Number high)
{
    lua_Number value = fallback;
    if (push_field(L, arg, key)) {
        if (lua_type(L, -1) != LUA_TNUMBER)
            luaL_error(L, "option '%s': number expected, got %s", key, luaL_typename(L, -1));
        value = lua_tonumber(L, -1);
        if (!(value >= low && value <= high))
            luaL_error(L, "option '%s': %f is not within %f and %f", key, value, low, high);
    }
    lua_pop(L, 1);
    return value;
}

lua_Integer api_opt_integer(lua_State *L, int arg, const char *key, lua_Integer fallback,
                            lua_Integer low, lua_Integer high)
{
    lua_Integer value = fallback;
    if (push_field(L, arg, key)) {
        int whole;
        value = lua_tointegerx(L, -1, &whole);
        if (lua_type(L, -1) != LUA_TNUMBER || !whole)
            luaL_error(L, "option '%s': whole number expected, got %s", key,
                       luaL_tolstring(L, -1, NULL));
        if (value < low || value > high)
            luaL_error(L, "option '%s': %I is not within %I and %I", key, (LUAI_UACINT)value,
                       (LUAI_UACINT)low, (LUAI_UACINT)high);
    }
    lua_pop(L, 1);
    return value;
}

bool api_opt_boolean(lua_State *L, int arg, const char *key, bool fallback)
{
    bool value = fallback;
    if (push_field(L, arg, key)) {
        if (!lua_isboolean(L, -1))
            luaL_error(L, "option '%s': true or false expected, got %s", key, luaL_typename(L, -1));
        value = lua_toboolean(L, -1);
    }
    lua_pop(L, 1);
    return value;
}

const char *api_opt_string(lua_State *L, int arg, const char *key, const char *fallback)
{
    const char *value = fallback;
    if (push_field(L, arg, key)) {
        size_t length;
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "option '%s': string expected, got %s", key, luaL_typename(L, -1));
        value = lua_tolstring(L, -1, &length);
        if (strlen(value) != length)
            luaL_error(L, "option '%s': it holds a NUL byte", key);
    }
    lua_pop(L, 1);
    return value;
}

int api_opt_choice(lua_State *L, int arg, const char *key, const char *const *words, int fallback)
{
    const char *value = api_opt_string(L, arg, key, NULL);
    if (!value)
        return fallback;
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], value) == 0)
            return i;
    luaL_Buffer list;
    luaL_buffinit(L, &list);
    for (int i = 0; words[i]; i++) {
        luaL_addchar(&list, ' ');
        luaL_addstring(&list, words[i]);
    }
    luaL_pushresult(&list);
    return luaL_error(L, "option '%s': '%s' is not one of%s", key, value, lua_tostring(L, -1));
}
