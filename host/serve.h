// serve.h - one request of host.serve as a task: Request, handler, Response.
// Loop thread only; everything here may raise.
#pragma once

#include "web.h"
#include <lua.h>

// A box for a request. Its closing answers what nobody answered, so that a client never hangs.
struct exchange {
    struct web_request *request; // owned; filled when nothing can fail any more, NULL once closed
};

// Pushes an empty box, which takes itself out of the table at `tasks` when it closes.
struct exchange *serve_push_exchange(lua_State *L, int tasks);
// The function of a request's task: [1] the box, [2] the handler.
int serve_request(lua_State *L);
// Answers with the Response on top of the stack, which stays there; [1] is the box. Returns the
// number of results; waits for files and streams.
int serve_respond(lua_State *L, struct web_request *request, int response);
