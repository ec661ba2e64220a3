// sleep.c - host.sleep(seconds): let other tasks run for a while.
// Loop thread only. The operation owns its timer until the close callback.
#include "../api.h"
#include "../op.h"

struct sleep {
    struct op op;
    uv_timer_t timer;
};

static void on_closed(uv_handle_t *handle)
{
    op_done(handle->data);
}

static void on_timer(uv_timer_t *timer)
{
    if (!uv_is_closing((uv_handle_t *)timer))
        uv_close((uv_handle_t *)timer, on_closed);
}

static void sleep_cancel(struct op *op)
{
    on_timer(&((struct sleep *)op)->timer);
}

static int sleep_finish(lua_State *L, struct op *op)
{
    return op->cancelled ? api_stopped(L, op, "sleep") : api_ok(L);
}

static int l_sleep(lua_State *L)
{
    lua_Number seconds = luaL_checknumber(L, 1);
    luaL_argcheck(L, seconds >= 0 && seconds < 1e9, 1, "seconds expected, not negative");
    struct sleep *s = op_begin(L, sizeof *s, sleep_cancel, NULL);
    uv_timer_init(op_loop(&s->op), &s->timer);
    s->timer.data = &s->op;
    // The loop's clock counts whole milliseconds that have passed: one more, so as not to be early.
    uint64_t milliseconds = seconds > 0 ? (uint64_t)(seconds * 1000) + 1 : 0;
    uv_timer_start(&s->timer, on_timer, milliseconds, 0);
    return op_wait(L, &s->op, sleep_finish);
}

PRIM(sleep, l_sleep)
