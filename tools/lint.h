// lint.h - what clang-tidy must be told and Lua's headers do not say: these never return.
// Included by `make check` alone, in front of every file.
#pragma once

#include <lua.h>

#include <lauxlib.h>

int lua_error(lua_State *L) __attribute__((noreturn));
int luaL_error(lua_State *L, const char *format, ...) __attribute__((noreturn));
int luaL_argerror(lua_State *L, int arg, const char *message) __attribute__((noreturn));
int luaL_typeerror(lua_State *L, int arg, const char *type) __attribute__((noreturn));
