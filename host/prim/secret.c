// secret.c - host.secret(value, options): a text that must not be shown from now on.
// Loop thread only. Does not wait.
#include "../api.h"
#include "../log.h"

static int l_secret(lua_State *L)
{
    static const char *const keys[] = {"user", "shown", NULL};
    size_t length;
    const char *value = luaL_checklstring(L, 1, &length);
    api_check_options(L, 2, keys);
    const char *user = api_opt_string(L, 2, "user", NULL);
    bool shown = api_opt_boolean(L, 2, "shown", false);
    if (log_secret(host_of(L), value, length, user, shown) < 0)
        return luaL_error(L, "not enough memory");
    return 0;
}

PRIM(secret, l_secret)
