// random.c - host.random(bytes): bytes from the system's random source, as hex.
// Loop thread only. Does not wait.
#include "../api.h"

enum { MOST = 64 };

static int l_random(lua_State *L)
{
    unsigned char bytes[MOST];
    char hex[2 * MOST];
    lua_Integer count = luaL_checkinteger(L, 1);
    luaL_argcheck(L, count >= 1 && count <= MOST, 1, "1 to 64 bytes expected");
    int code = uv_random(NULL, NULL, bytes, (size_t)count, 0, NULL);
    if (code != 0)
        return luaL_error(L, "random: %s", uv_strerror(code));
    for (lua_Integer i = 0; i < count; i++) {
        hex[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    lua_pushlstring(L, hex, 2 * (size_t)count);
    return 1;
}

PRIM(random, l_random)
