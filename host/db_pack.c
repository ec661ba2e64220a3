// db_pack.c - see db_pack.h.
#include "db_pack.h"

#include "api.h"
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PARAMETERS = 32766 }; // as SQLite has it

struct box {
    struct db_plan *plan; // owned
};

// One statement: the text and its parameters, in a table or on the stack.
struct source {
    int index; // of the table, or of the text on the stack
    bool in_table;
    size_t count; // with the text
};

struct sizes {
    size_t statements, values, bytes;
};

// ---- measure: everything that can raise -------------------------------------------------------

static void push_item(lua_State *L, const struct source *source, size_t i)
{
    if (source->in_table)
        lua_rawgeti(L, source->index, (lua_Integer)i + 1);
    else
        lua_pushvalue(L, source->index + (int)i);
}

static void measure_sql(lua_State *L, struct sizes *sizes)
{
    size_t length;
    if (lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "SQL text expected, got %s", luaL_typename(L, -1));
    const char *sql = lua_tolstring(L, -1, &length);
    if (strlen(sql) != length)
        luaL_error(L, "SQL text expected, got a NUL byte in it");
    sizes->bytes += length + 1;
}

static void measure(lua_State *L, const struct source *source, struct sizes *sizes)
{
    for (size_t i = 0; i < source->count; i++) {
        push_item(L, source, i);
        int type = lua_type(L, -1);
        if (i == 0)
            measure_sql(L, sizes);
        else if (type == LUA_TSTRING)
            sizes->bytes += lua_rawlen(L, -1) + 1;
        else if (type != LUA_TNUMBER && type != LUA_TBOOLEAN && type != LUA_TNIL)
            luaL_error(L, "parameter %d: string, number, boolean or nil expected, got %s", (int)i,
                       luaL_typename(L, -1));
        lua_pop(L, 1);
    }
    sizes->statements++;
    sizes->values += source->count - 1;
}

// The table on top as a source. A nil among the parameters is a hole, so the largest index counts,
// or `n`, as table.pack sets it.
static struct source table_source(lua_State *L)
{
    struct source source = {.index = lua_gettop(L), .in_table = true, .count = 1};
    if (!lua_istable(L, -1))
        luaL_error(L, "statement { sql, parameter, … } expected, got %s", luaL_typename(L, -1));
    lua_pushnil(L);
    while (lua_next(L, source.index)) {
        bool is_n = lua_type(L, -2) == LUA_TSTRING && strcmp(lua_tostring(L, -2), "n") == 0;
        lua_Integer index = lua_tointeger(L, is_n ? -1 : -2);
        if ((!is_n && !lua_isinteger(L, -2)) || index < 1 || index > MAX_PARAMETERS + 1)
            luaL_error(L, "statement { sql, parameter, … } expected, got the key '%s'",
                       luaL_tolstring(L, -2, NULL));
        if ((size_t)index > source.count)
            source.count = (size_t)index;
        lua_pop(L, 1);
    }
    return source;
}

// ---- copy: nothing here raises or allocates in Lua ----------------------------------------------

static struct db_plan *plan_new(const struct sizes *sizes)
{
    size_t size = sizeof(struct db_plan) +
                  sizes->statements * (sizeof(struct db_statement) + sizeof(struct db_change)) +
                  sizes->values * sizeof(struct db_value) + sizes->bytes;
    struct db_plan *plan = calloc(1, size);
    if (!plan)
        return NULL;
    plan->statements = (struct db_statement *)(plan + 1);
    plan->changes = (struct db_change *)(plan->statements + sizes->statements);
    plan->values = (struct db_value *)(plan->changes + sizes->statements);
    plan->bytes = (char *)(plan->values + sizes->values);
    return plan;
}

static size_t copy_text(lua_State *L, struct db_plan *plan, size_t *used, size_t *length)
{
    const char *text = lua_tolstring(L, -1, length);
    size_t offset = *used;
    memcpy(plan->bytes + offset, text, *length + 1);
    *used += *length + 1;
    return offset;
}

static void copy_value(lua_State *L, struct db_plan *plan, struct db_value *value, size_t *used)
{
    switch (lua_type(L, -1)) {
    case LUA_TSTRING:
        value->type = DB_TEXT;
        value->offset = copy_text(L, plan, used, &value->length);
        break;
    case LUA_TNUMBER:
        value->type = lua_isinteger(L, -1) ? DB_INTEGER : DB_FLOAT;
        value->integer = lua_tointeger(L, -1);
        value->number = lua_tonumber(L, -1);
        break;
    case LUA_TBOOLEAN:
        value->type = DB_INTEGER;
        value->integer = lua_toboolean(L, -1);
        break;
    default:
        value->type = DB_NULL;
    }
}

static void copy(lua_State *L, const struct source *source, struct db_plan *plan,
                 struct sizes *used)
{
    struct db_statement *statement = &plan->statements[used->statements++];
    push_item(L, source, 0);
    statement->sql = copy_text(L, plan, &used->bytes, &statement->sql_length);
    statement->first = used->values;
    statement->count = source->count - 1;
    lua_pop(L, 1);
    for (size_t i = 1; i < source->count; i++) {
        push_item(L, source, i);
        copy_value(L, plan, &plan->values[used->values++], &used->bytes);
        lua_pop(L, 1);
    }
    plan->count = used->statements;
}

// ---- the box ------------------------------------------------------------------------------------

static int box_close(lua_State *L)
{
    struct box *box = lua_touserdata(L, 1);
    free(box->plan);
    box->plan = NULL;
    return 0;
}

static struct box *box_new(lua_State *L)
{
    luaL_checkstack(L, 16, NULL);
    struct box *box = lua_newuserdatauv(L, sizeof *box, 0);
    box->plan = NULL;
    api_push_type(L, "affiche.plan", NULL, box_close);
    lua_setmetatable(L, -2);
    return box;
}

static void box_fill(lua_State *L, struct box *box, const struct sizes *sizes)
{
    box->plan = plan_new(sizes);
    if (!box->plan)
        luaL_error(L, "not enough memory");
}

struct db_plan *db_plan_take(lua_State *L, int index)
{
    struct box *box = lua_touserdata(L, index);
    struct db_plan *plan = box->plan;
    box->plan = NULL;
    return plan;
}

void db_plan_query(lua_State *L, int first)
{
    struct source source = {.index = first, .count = (size_t)(lua_gettop(L) - first + 1)};
    struct sizes sizes = {0}, used = {0};
    luaL_checktype(L, first, LUA_TSTRING);
    struct box *box = box_new(L);
    measure(L, &source, &sizes);
    box_fill(L, box, &sizes);
    copy(L, &source, box->plan, &used);
}

void db_plan_write(lua_State *L, int statements)
{
    struct sizes sizes = {0}, used = {0};
    luaL_checktype(L, statements, LUA_TTABLE);
    struct box *box = box_new(L);
    lua_Integer count = (lua_Integer)lua_rawlen(L, statements);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, statements, i);
        struct source source = table_source(L);
        measure(L, &source, &sizes);
        lua_pop(L, 1);
    }
    box_fill(L, box, &sizes);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, statements, i);
        struct source source = table_source(L);
        copy(L, &source, box->plan, &used);
        lua_pop(L, 1);
    }
}

// ---- results ------------------------------------------------------------------------------------

static void push_cell(lua_State *L, const struct db_value *cell, const char *bytes)
{
    switch (cell->type) {
    case DB_INTEGER:
        lua_pushinteger(L, cell->integer);
        break;
    case DB_FLOAT:
        lua_pushnumber(L, cell->number);
        break;
    case DB_TEXT:
        lua_pushlstring(L, bytes + cell->offset, cell->length);
        break;
    case DB_NULL:
        lua_pushnil(L);
        break;
    }
}

int db_push_rows(lua_State *L, const struct db_rows *rows)
{
    size_t count = rows->columns ? rows->count / rows->columns : 0;
    luaL_checkstack(L, 8, NULL);
    lua_createtable(L, (int)count, 0);
    for (size_t row = 0; row < count; row++) {
        lua_createtable(L, 0, (int)rows->columns);
        for (size_t i = 0; i < rows->columns; i++) {
            push_cell(L, &rows->cells[row * rows->columns + i], rows->bytes);
            lua_setfield(L, -2, rows->bytes + rows->names[i]);
        }
        lua_rawseti(L, -2, (lua_Integer)row + 1);
    }
    return 1;
}

int db_push_changes(lua_State *L, const struct db_plan *plan)
{
    luaL_checkstack(L, 8, NULL);
    lua_createtable(L, (int)plan->count, 0);
    for (size_t i = 0; i < plan->count; i++) {
        lua_createtable(L, 0, 2);
        lua_pushinteger(L, plan->changes[i].changes);
        lua_setfield(L, -2, "changes");
        lua_pushinteger(L, plan->changes[i].last_id);
        lua_setfield(L, -2, "last_id");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

struct meaning {
    const char *word, *kind;
    int code;
    bool retryable;
};

static const struct meaning *meaning_of(int code)
{
    static const struct meaning meanings[] = {
        {"ERROR", "script", SQLITE_ERROR, false},
        {"AUTH", "script", SQLITE_AUTH, false},
        {"RANGE", "script", SQLITE_RANGE, false},
        {"MISMATCH", "script", SQLITE_MISMATCH, false},
        {"CONSTRAINT", "script", SQLITE_CONSTRAINT, false},
        {"ABORT", "script", SQLITE_ABORT, false},
        {"BUSY", "timeout", SQLITE_BUSY, true},
        {"LOCKED", "timeout", SQLITE_LOCKED, true},
        {"INTERRUPT", "timeout", SQLITE_INTERRUPT, true},
        {"NOMEM", "limit", SQLITE_NOMEM, true},
        {"FULL", "limit", SQLITE_FULL, false},
        {"TOOBIG", "limit", SQLITE_TOOBIG, false},
        {"CORRUPT", "format", SQLITE_CORRUPT, false},
        {"NOTADB", "format", SQLITE_NOTADB, false},
        {"READONLY", "io", SQLITE_READONLY, false},
        {"CANTOPEN", "io", SQLITE_CANTOPEN, false},
        {"PERM", "io", SQLITE_PERM, false},
        {"IOERR", "io", SQLITE_IOERR, false},
        {"OTHER", "io", 0, false},
    };
    const struct meaning *m = meanings;
    while (m->code && m->code != (code & 0xff))
        m++;
    return m;
}

int db_push_error(lua_State *L, const struct db_error *error, const char *path)
{
    const struct meaning *m = meaning_of(error->code);
    api_error(L, m->kind, m->retryable && !error->fatal, "store", "%s: %s", path, error->message);
    lua_pushstring(L, m->word);
    lua_setfield(L, -2, "code");
    lua_pushinteger(L, error->code);
    lua_setfield(L, -2, "extended");
    lua_pushboolean(L, error->fatal);
    lua_setfield(L, -2, "fatal");
    lua_pushstring(L, path);
    lua_setfield(L, -2, "path");
    return 2;
}
