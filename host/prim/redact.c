// redact.c - host.redact(text): the text without any secret.
// Loop thread only. Does not wait.
#include "../api.h"
#include "../log.h"
#include <stdlib.h>

struct box {
    char *text; // owned
};

static int box_close(lua_State *L)
{
    struct box *box = lua_touserdata(L, 1);
    free(box->text);
    box->text = NULL;
    return 0;
}

static int l_redact(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    struct box *box = lua_newuserdatauv(L, sizeof *box, 0);
    box->text = NULL;
    api_push_type(L, "affiche.redacted", NULL, box_close);
    lua_setmetatable(L, -2);
    lua_toclose(L, -1);
    box->text = log_redact(host_of(L), text, length, &length);
    if (!box->text)
        return luaL_error(L, "not enough memory");
    lua_pushlstring(L, box->text, length);
    return 1;
}

PRIM(redact, l_redact)
