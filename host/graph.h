// graph.h - what host.graph_get and host.graph_post share: arguments, token, answer.
// Loop thread only; everything here may raise.
#pragma once

#include "http.h"

// The stack of both primitives: their arguments, then what graph_check adds.
enum { GRAPH_URL = 1, GRAPH_FIELDS, GRAPH_OPTIONS, GRAPH_DECODE, GRAPH_LINES, GRAPH_FORM };

// Checks the arguments and fills `o` but for what depends on the method. Leaves at GRAPH_FORM the
// encoded fields, `appsecret_proof` included; `fields` names the argument in messages.
void graph_check(lua_State *L, struct http_options *o, const char *fields);
// The op_finish_fn: the decoded answer and the Reply, or nil, Error and, when there was one, Reply.
int graph_finish(lua_State *L, struct op *op);
// Pushes nil and an Error when the decoded answer at `from` is a refusal, and returns true; values
// of its own may lie below them. Pushes nothing of use and returns false else.
bool graph_push_refusal(lua_State *L, const char *op, int from, long status);
