// api.h - the border between C and Lua: results, errors, arguments, registration.
// Loop thread only; every function here may raise a Lua error unless it says otherwise.
#pragma once

#include "host.h"
#include <lauxlib.h>

// Registration: each host/prim/NAME.c ends with `PRIM(NAME, l_NAME)`; the Makefile makes the list
// from the folder, so that its listing is the API.
struct prim {
    const char *name;
    lua_CFunction function;
};
#define PRIM(id, fn) const struct prim prim_##id = {#id, fn};
// Opens the table `host` with every primitive in it and leaves it on the stack.
int api_open(lua_State *L);

// Results. All return the number of values pushed, to be returned by the caller.
int api_ok(lua_State *L); // true
// nil and an Error table for a negative errno-style code (UV_E*, -errno). `path` may be NULL.
int api_fail(lua_State *L, int code, const char *op, const char *path);
// nil and an Error table of the given kind; the message is printf-like, UTF-8, and is redacted.
// The table stays on top of the stack, so fields may be added before returning.
int api_error(lua_State *L, const char *kind, bool retryable, const char *op, const char *format,
              ...) __attribute__((format(printf, 5, 6)));
// nil and an Error of kind "timeout" or "cancelled" for an operation that was stopped.
int api_stopped(lua_State *L, const struct op *op, const char *name);
// Pushes the metatable of Error tables.
void api_push_error_meta(lua_State *L);
// Turns the value on top into an Error table (strings become kind "script"), in place.
void api_to_error(lua_State *L);

// Arguments.
// A path: a string without NUL bytes, not empty.
const char *api_check_path(lua_State *L, int arg);
// An options table at `arg` (or none, then nothing is found below): every key must be in the
// NULL-terminated list, else it is refused by name.
void api_check_options(lua_State *L, int arg, const char *const *keys);
// Fields of the table at `arg`; `arg` may be none or nil. The wrong type raises, naming the key.
lua_Number api_opt_number(lua_State *L, int arg, const char *key, lua_Number fallback,
                          lua_Number low, lua_Number high);
lua_Integer api_opt_integer(lua_State *L, int arg, const char *key, lua_Integer fallback,
                            lua_Integer low, lua_Integer high);
bool api_opt_boolean(lua_State *L, int arg, const char *key, bool fallback);
// Borrowed from the table, which must stay alive; NULL when absent and `fallback` is NULL. NUL
// bytes inside are refused.
const char *api_opt_string(lua_State *L, int arg, const char *key, const char *fallback);
// One of a NULL-terminated list of words; returns its index.
int api_opt_choice(lua_State *L, int arg, const char *key, const char *const *words, int fallback);

// A new userdata type: methods in __index apart from the metatable, __metatable set, `close` as
// both __gc and __close. Made at first use; pushes the metatable.
void api_push_type(lua_State *L, const char *name, const luaL_Reg *methods, lua_CFunction close);
