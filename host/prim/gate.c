// gate.c - host.gate(): tasks wait at it until another one opens it.
// Loop thread only. The gate's memory lives as long as its userdata or a waiting operation.
#include "../api.h"
#include "../op.h"
#include <stdlib.h>

static const char *const TYPE = "affiche.gate";

struct gate_wait {
    struct op op;
    struct gate *gate; // borrowed: kept by the argument on the waiting task's stack
    struct gate_wait *next;
};

struct gate {
    bool open;
    struct gate_wait *first;
};

static void leave(struct gate_wait *wait)
{
    struct gate_wait **link = &wait->gate->first;
    while (*link != wait)
        link = &(*link)->next;
    *link = wait->next;
}

static void wait_cancel(struct op *op)
{
    leave((struct gate_wait *)op);
    op_done(op);
}

static int wait_finish(lua_State *L, struct op *op)
{
    return op->cancelled ? api_stopped(L, op, "gate") : api_ok(L);
}

static int gate_l_wait(lua_State *L)
{
    struct gate *gate = luaL_checkudata(L, 1, TYPE);
    lua_Number seconds = luaL_optnumber(L, 2, 0);
    luaL_argcheck(L, seconds >= 0 && seconds < 1e9, 2, "seconds expected, not negative");
    if (gate->open)
        return api_ok(L);
    struct gate_wait *wait = op_begin(L, sizeof *wait, wait_cancel, NULL);
    wait->gate = gate;
    wait->next = gate->first;
    gate->first = wait;
    op_timeout(&wait->op, seconds);
    return op_wait(L, &wait->op, wait_finish);
}

static int gate_l_open(lua_State *L)
{
    struct gate *gate = luaL_checkudata(L, 1, TYPE);
    gate->open = true;
    while (gate->first) {
        struct gate_wait *wait = gate->first;
        gate->first = wait->next;
        op_done(&wait->op);
    }
    return 0;
}

static int l_gate(lua_State *L)
{
    static const luaL_Reg methods[] = {{"wait", gate_l_wait}, {"open", gate_l_open}, {NULL, NULL}};
    struct gate *gate = lua_newuserdatauv(L, sizeof *gate, 0);
    *gate = (struct gate){0};
    api_push_type(L, TYPE, methods, gate_l_open);
    lua_setmetatable(L, -2);
    return 1;
}

PRIM(gate, l_gate)
