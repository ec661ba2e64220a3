// db_pack.h - statements and results of a database across the border with Lua.
// Loop thread only.
#pragma once

#include "db.h"

// Check and copy what a script gave; wrong types raise. They push a box that frees the plan unless
// db_plan_take has taken it.
void db_plan_query(lua_State *L, int first);      // arguments: sql, parameters …
void db_plan_write(lua_State *L, int statements); // a list of { sql, parameter, … }
// The plan in the box at `index`: the caller owns it now.
struct db_plan *db_plan_take(lua_State *L, int index);

int db_push_rows(lua_State *L, const struct db_rows *rows);
int db_push_changes(lua_State *L, const struct db_plan *plan);
// nil and an Error with code (SQLite's word, such as "CONSTRAINT"), extended, fatal and path.
int db_push_error(lua_State *L, const struct db_error *error, const char *path);
