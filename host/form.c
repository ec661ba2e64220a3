// form.c - application/x-www-form-urlencoded, for bodies and queries.
// A space becomes %20, not "+": both are read the same in a body, only %20 also in a URL.
#include "form.h"

#include <lauxlib.h>
#include <stdbool.h>

static bool unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

size_t form_length(const char *text, size_t length)
{
    size_t total = 0;
    for (size_t i = 0; i < length; i++)
        total += unreserved((unsigned char)text[i]) ? 1 : 3;
    return total;
}

char *form_encode(char *out, const char *text, size_t length)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (unreserved(c)) {
            *out++ = (char)c;
            continue;
        }
        *out++ = '%';
        *out++ = digits[c >> 4];
        *out++ = digits[c & 15];
    }
    return out;
}

// Raises for what cannot be encoded; returns the room that everything takes.
static size_t measure(lua_State *L, int index, const char *what)
{
    size_t total = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) { // key value
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_error(L, "%s: names must be strings, not %s", what, luaL_typename(L, -2));
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "%s.%s: string expected, got %s", what, lua_tostring(L, -2),
                       luaL_typename(L, -1));
        size_t name_length, length;
        const char *name = lua_tolstring(L, -2, &name_length);
        const char *value = lua_tolstring(L, -1, &length);
        total += form_length(name, name_length) + form_length(value, length) + 2;
    }
    return total;
}

void form_push(lua_State *L, int index, const char *what)
{
    if (lua_isnoneornil(L, index)) {
        lua_pushliteral(L, "");
        return;
    }
    index = lua_absindex(L, index);
    if (!lua_istable(L, index))
        luaL_error(L, "%s: table expected, got %s", what, luaL_typename(L, index));
    luaL_checkstack(L, 6, "form");
    size_t total = measure(L, index, what);
    luaL_Buffer buffer;
    char *start = luaL_buffinitsize(L, &buffer, total + 1);
    char *end = start;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) { // buffer key value
        size_t name_length, length;
        const char *name = lua_tolstring(L, -2, &name_length);
        const char *value = lua_tolstring(L, -1, &length);
        if (end != start)
            *end++ = '&';
        end = form_encode(end, name, name_length);
        *end++ = '=';
        end = form_encode(end, value, length);
    }
    luaL_pushresultsize(&buffer, (size_t)(end - start));
}
