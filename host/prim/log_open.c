// log_open.c - host.log_open(options): where log lines go, and which.
// Loop thread only. Does not wait.
#include "../api.h"
#include "../log.h"

// `file = false` and `listener = false` switch the sink off.
static bool is_off(lua_State *L, const char *key)
{
    bool off = lua_getfield(L, 1, key) == LUA_TBOOLEAN && !lua_toboolean(L, -1);
    lua_pop(L, 1);
    return off;
}

static int boolean_or_unset(lua_State *L, const char *key)
{
    int value = lua_getfield(L, 1, key) == LUA_TNIL ? -1 : 0;
    lua_pop(L, 1);
    return value < 0 ? value : api_opt_boolean(L, 1, key, false);
}

static int take_listener(lua_State *L)
{
    if (is_off(L, "listener"))
        return LUA_REFNIL;
    int type = lua_getfield(L, 1, "listener");
    if (type != LUA_TNIL && type != LUA_TFUNCTION)
        luaL_error(L, "option 'listener': function expected, got %s", luaL_typename(L, -1));
    if (type == LUA_TFUNCTION)
        return luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pop(L, 1);
    return LUA_NOREF;
}

static int l_log_open(lua_State *L)
{
    static const char *const keys[] = {"level", "format",   "file", "stderr",
                                       "tag",   "listener", NULL};
    static const char *const formats[] = {"text", "json", NULL};
    luaL_checktype(L, 1, LUA_TTABLE);
    api_check_options(L, 1, keys);
    struct log_settings settings = {
        .level = api_opt_choice(L, 1, "level", log_level_names, -1),
        .json = api_opt_choice(L, 1, "format", formats, -1),
        .to_stderr = boolean_or_unset(L, "stderr"),
        .file = is_off(L, "file") ? "" : api_opt_string(L, 1, "file", NULL),
        .tag = api_opt_string(L, 1, "tag", NULL),
    };
    settings.listener = take_listener(L); // last: what follows does not raise while it is held
    int status = log_configure(host_of(L), &settings);
    if (status == 0)
        return api_ok(L);
    luaL_unref(L, LUA_REGISTRYINDEX, settings.listener);
    return api_fail(L, status, "log_open", settings.file);
}

PRIM(log_open, l_log_open)
