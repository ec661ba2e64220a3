// script.h - what plain Lua may do: libraries, search paths, instruction budget.
// Loop thread only.
#pragma once

#include "host.h"

// Opens the libraries, the table `host` and the search paths on the main state. May raise.
void script_open(lua_State *L);
// Sets the instruction hook on a new coroutine.
void script_arm(lua_State *L);
// From now on a task that is held up inside one call of a C function, where the hook does not run,
// ends the program with a line on stderr and status 2.
void script_watch(struct host *host);
// Starts the clock for one resume of `co`.
void script_start_budget(struct host *host, lua_State *co);
// Pushes the Error of kind "limit" made in advance for when there is no memory to make one.
void script_push_memory_error(lua_State *L);
