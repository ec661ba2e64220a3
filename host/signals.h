// signals.h - SIGINT and SIGTERM as something a task can wait for.
// Loop thread only.
#pragma once

#include "host.h"

// Starts listening. Failure is not fatal: the signals then end the process as usual.
void signals_open(struct host *host);
// Accepts a host without signals.
void signals_close(struct host *host);
// The body of host.signal: waits for the next signal and pushes its name.
int signals_wait(lua_State *L);
