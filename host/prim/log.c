// log.c - host.log(level, message, fields): one line, redacted.
// Loop thread only. Does not wait.
#include "../log.h"
#include "../api.h"
#include <stdlib.h>
#include <string.h>

// The value on top of the stack; a string stays in the table that the caller holds.
static void read_value(lua_State *L, struct log_field *field)
{
    switch (lua_type(L, -1)) {
    case LUA_TSTRING:
        field->type = LOG_TEXT;
        field->text = lua_tolstring(L, -1, &field->length);
        break;
    case LUA_TNUMBER:
        field->type = lua_isinteger(L, -1) ? LOG_INTEGER : LOG_NUMBER;
        field->integer = lua_tointeger(L, -1);
        field->number = lua_tonumber(L, -1);
        break;
    case LUA_TBOOLEAN:
        field->type = LOG_BOOLEAN;
        field->integer = lua_toboolean(L, -1);
        break;
    default:
        luaL_error(L, "field '%s': string, number or boolean expected, got %s", field->key,
                   luaL_typename(L, -1));
    }
}

static int by_key(const void *left, const void *right)
{
    const struct log_field *a = left, *b = right;
    return strcmp(a->key, b->key);
}

static size_t count_fields(lua_State *L, int arg)
{
    size_t count = 0;
    lua_pushnil(L);
    for (; lua_next(L, arg); count++) {
        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "field names are strings, got %s", luaL_typename(L, -1));
    }
    return count;
}

// Leaves a userdata with the fields, in the order of their names, on the stack.
static void read_fields(lua_State *L, int arg, struct log_record *record)
{
    size_t count = count_fields(L, arg), used = 0;
    struct log_field *fields = lua_newuserdatauv(L, (count + 1) * sizeof *fields, 0);
    lua_pushnil(L);
    while (lua_next(L, arg)) {
        struct log_field *field = &fields[used];
        *field = (struct log_field){.key = lua_tostring(L, -2)};
        read_value(L, field);
        lua_pop(L, 1);
        if (field->type == LOG_TEXT && strcmp(field->key, "icon") == 0)
            record->icon = field->text;
        else
            used++;
    }
    qsort(fields, used, sizeof *fields, by_key);
    record->fields = fields;
    record->field_count = used;
}

static int l_log(lua_State *L)
{
    struct log_record record = {
        .level = (enum log_level)luaL_checkoption(L, 1, NULL, log_level_names),
        .message = luaL_checklstring(L, 2, &record.length),
    };
    if (!lua_isnoneornil(L, 3)) {
        luaL_checktype(L, 3, LUA_TTABLE);
        read_fields(L, 3, &record);
    }
    log_emit(host_of(L), L, &record);
    return 0;
}

PRIM(log, l_log)
