// work.c - operations that run on a thread of libuv's pool.
// `run` sees plain C data alone; begin, cancel and done happen on the loop thread.
#include "op.h"

#include "api.h"

static void work_cancel(struct op *op)
{
    struct work *w = (struct work *)op;
    __atomic_store_n(&w->stop, 1, __ATOMIC_RELAXED);
    uv_cancel((uv_req_t *)&w->request); // fails when it runs already: then it ends by itself
}

bool work_stopped(struct work *w)
{
    return __atomic_load_n(&w->stop, __ATOMIC_RELAXED) != 0;
}

static void on_work(uv_work_t *request)
{
    struct work *w = request->data;
    w->run(w);
}

static void on_after(uv_work_t *request, int status)
{
    (void)status; // UV_ECANCELED shows as op.cancelled
    struct work *w = request->data;
    op_done(&w->op);
}

void *work_begin(lua_State *L, size_t size, op_release_fn release)
{
    return op_begin(L, size, work_cancel, release);
}

int work_wait(lua_State *L, struct work *w, void (*run)(struct work *w), op_finish_fn finish)
{
    w->run = run;
    w->request.data = w;
    int status = uv_queue_work(op_loop(&w->op), &w->request, on_work, on_after);
    if (status < 0) {
        op_done(&w->op);
        return api_fail(L, status, "work", NULL);
    }
    return op_wait(L, &w->op, finish);
}
