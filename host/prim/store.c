// store.c - host.store(path, options): a SQLite database; class Store.
// Loop thread; the database itself works on a thread of the pool, see db.h.
#include "../api.h"
#include "../db.h"
#include "../db_pack.h"
#include "../log.h"
#include "../task.h"

static const char *const TYPE = "affiche.store";

struct store {
    struct db *db; // owned; NULL once closed
};

struct open {
    struct work work;
    struct db *db; // owned until a Store has it
    int status;
    struct db_error error;
};

struct closing {
    struct op op;
};

static struct db *check_open(lua_State *L)
{
    struct store *store = luaL_checkudata(L, 1, TYPE);
    luaL_argcheck(L, store->db, 1, "the store is closed");
    return store->db;
}

// ---- query and write ----------------------------------------------------------------------------

static int request_finish(lua_State *L, struct op *op)
{
    struct db_request *r = (struct db_request *)op;
    if (op->cancelled && r->kind == DB_QUERY)
        return api_stopped(L, op, "store");
    if (r->error.code) {
        lua_getiuservalue(L, 1, 1); // the database itself may be closed by now
        return db_push_error(L, &r->error, lua_tostring(L, -1));
    }
    return r->kind == DB_QUERY ? db_push_rows(L, &r->rows) : db_push_changes(L, r->plan);
}

// The plan lies on top of the stack. A write has no time limit of its own here: it is a fact once
// queued, and the worker bounds it.
static int submit(lua_State *L, struct db *db, enum db_kind kind)
{
    int plan = lua_gettop(L);
    struct db_request *r = op_begin(L, sizeof *r, db_request_cancel, db_request_release);
    r->kind = kind;
    r->plan = db_plan_take(L, plan);
    db_submit(db, r);
    if (kind == DB_QUERY)
        op_timeout(&r->op, db_timeout(db));
    return op_wait(L, &r->op, request_finish);
}

static int l_query(lua_State *L)
{
    struct db *db = check_open(L);
    db_plan_query(L, 2);
    return submit(L, db, DB_QUERY);
}

static int l_write(lua_State *L)
{
    struct db *db = check_open(L);
    if (db_readonly(db))
        return luaL_error(L, "the store was opened read-only");
    lua_settop(L, 2);
    db_plan_write(L, 2);
    return submit(L, db, DB_WRITE);
}

// ---- close --------------------------------------------------------------------------------------

static int close_finish(lua_State *L, struct op *op)
{
    (void)op;
    return api_ok(L);
}

static int l_close(lua_State *L)
{
    struct store *store = luaL_checkudata(L, 1, TYPE);
    if (!store->db)
        return api_ok(L);
    struct closing *c = op_begin(L, sizeof *c, NULL, NULL);
    db_close(store->db, &c->op);
    store->db = NULL;
    return op_wait(L, &c->op, close_finish);
}

// Collected, or left by an error or by a task that is being ended: what is queued is still written
// and the host waits for it before it ends, but nobody else does.
static int store_gc(lua_State *L)
{
    struct store *store = luaL_checkudata(L, 1, TYPE);
    if (store->db)
        db_close(store->db, NULL);
    store->db = NULL;
    return 0;
}

static int store_leave(lua_State *L)
{
    struct task *task = task_of(L);
    bool waits = task && task->state == TASK_RUNNING && lua_isyieldable(L) && lua_isnil(L, 2) &&
                 !(task->cancel_pending && task->shields == 0);
    return waits ? l_close(L) : store_gc(L);
}

// ---- open ---------------------------------------------------------------------------------------

static void push_type(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"query", l_query}, {"write", l_write}, {"close", l_close}, {NULL, NULL}};
    api_push_type(L, TYPE, methods, store_gc);
    lua_pushcfunction(L, store_leave);
    lua_setfield(L, -2, "__close");
}

static void run_open(struct work *work)
{
    struct open *o = (struct open *)work;
    o->status = db_open(o->db, &work->stop, &o->error);
}

static void open_release(struct op *op)
{
    struct open *o = (struct open *)op;
    if (o->db)
        db_close(o->db, NULL);
}

static int open_finish(lua_State *L, struct op *op)
{
    struct open *o = (struct open *)op;
    if (op->cancelled)
        return api_stopped(L, op, "store");
    if (o->status)
        return db_push_error(L, &o->error, db_path(o->db));
    if (db_on_network(o->db))
        log_write(op->host, LOG_WARN,
                  "%s lies on a network file system: one program at a time can use it, and it is "
                  "slower",
                  db_path(o->db));
    struct store *store = lua_newuserdatauv(L, sizeof *store, 1);
    store->db = NULL;
    push_type(L);
    lua_setmetatable(L, -2);
    lua_pushstring(L, db_path(o->db)); // for errors
    lua_setiuservalue(L, -2, 1);
    store->db = o->db;
    o->db = NULL;
    return 1;
}

static int l_store(lua_State *L)
{
    static const char *const keys[] = {"readonly", "timeout", NULL};
    const char *path = api_check_path(L, 1);
    api_check_options(L, 2, keys);
    bool readonly = api_opt_boolean(L, 2, "readonly", false);
    lua_Number timeout = api_opt_number(L, 2, "timeout", 60, 0.001, 86400);
    struct open *o = work_begin(L, sizeof *o, open_release);
    o->db = db_new(o->work.op.host, path, readonly, timeout);
    if (!o->db) {
        op_done(&o->work.op);
        return api_fail(L, UV_ENOMEM, "store", path);
    }
    op_timeout(&o->work.op, timeout);
    return work_wait(L, &o->work, run_open, open_finish);
}

PRIM(store, l_store)
