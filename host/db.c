// db.c - see db.h: the queue of a database, on the loop thread.
//
// `busy` means that a worker has the connection; then the loop thread keeps its hands off it.
#include "db.h"

#include "db_batch.h"
#include "log.h"
#include <stdlib.h>
#include <string.h>

// Where several write at a time, a batch waits for more of them: a sync serves all it covers. One
// that writes alone never waits.
enum { GATHER_MS = 2, CROWD_LASTS = 8 };

struct db {
    struct host *host;
    char *path; // owned
    bool readonly;
    double timeout; // seconds for one request
    struct db_connection connection;
    struct db_request *first, *last; // queued
    struct db_request *batch;        // on the worker
    bool busy;
    bool closing;         // nothing new comes; closed once the queue is empty
    struct op *closer;    // borrowed: who waits for that; may be NULL
    bool reported;        // its death stands in the log
    int crowd;            // so many batches ago, or fewer, several wrote at a time
    uv_prepare_t prepare; // runs right before the loop polls, while there is something to take
    uv_timer_t gather;    // runs while a batch waits for more
    uv_work_t work;
};

static void on_prepare(uv_prepare_t *prepare);

struct db *db_new(struct host *host, const char *path, bool readonly, double timeout)
{
    struct db *db = calloc(1, sizeof *db);
    if (!db)
        return NULL;
    db->path = strdup(path);
    if (!db->path) {
        free(db);
        return NULL;
    }
    db->host = host;
    db->readonly = readonly;
    db->timeout = timeout;
    uv_prepare_init(&host->loop, &db->prepare);
    db->prepare.data = db;
    uv_timer_init(&host->loop, &db->gather);
    db->gather.data = db;
    db->work.data = db;
    return db;
}

int db_open(struct db *db, const int *stop, struct db_error *error)
{
    struct db_connection *c = &db->connection;
    c->stop = stop;
    c->deadline = uv_hrtime() + (uint64_t)(db->timeout * 1e9);
    int code = db_connection_open(c, db->path, db->readonly, error);
    c->stop = NULL;
    return code;
}

const char *db_path(const struct db *db)
{
    return db->path;
}

bool db_readonly(const struct db *db)
{
    return db->readonly;
}

bool db_on_network(const struct db *db)
{
    return db->connection.on_network;
}

double db_timeout(const struct db *db)
{
    return db->timeout;
}

// ---- requests -----------------------------------------------------------------------------------

static void attend(struct db *db)
{
    if (!db->busy && !uv_is_active((uv_handle_t *)&db->gather))
        uv_prepare_start(&db->prepare, on_prepare);
}

void db_submit(struct db *db, struct db_request *request)
{
    request->db = db;
    request->queued = true;
    if (db->last)
        db->last->next = request;
    else
        db->first = request;
    db->last = request;
    attend(db);
}

static void take_back(struct db *db, struct db_request *request)
{
    struct db_request **link = &db->first, *before = NULL;
    while (*link != request) {
        before = *link;
        link = &before->next;
    }
    *link = request->next;
    if (db->last == request)
        db->last = before;
    request->queued = false;
}

void db_request_cancel(struct op *op)
{
    struct db_request *request = (struct db_request *)op;
    if (request->kind == DB_WRITE)
        return;
    __atomic_store_n(&request->stop, 1, __ATOMIC_RELAXED);
    if (!request->queued)
        return;
    take_back(request->db, request);
    op_done(op);
}

void db_request_release(struct op *op)
{
    struct db_request *request = (struct db_request *)op;
    free(request->plan);
    db_rows_clear(&request->rows);
}

// ---- close --------------------------------------------------------------------------------------

static void on_gather_closed(uv_handle_t *handle)
{
    struct db *db = handle->data;
    struct op *closer = db->closer;
    free(db->path);
    free(db);
    if (closer)
        op_done(closer);
}

static void on_closed(uv_handle_t *handle)
{
    struct db *db = handle->data;
    uv_close((uv_handle_t *)&db->gather, on_gather_closed);
}

static void after_close(uv_work_t *work, int status)
{
    (void)status;
    struct db *db = work->data;
    uv_close((uv_handle_t *)&db->prepare, on_closed);
}

static void run_close(uv_work_t *work)
{
    db_connection_close(&((struct db *)work->data)->connection);
}

void db_close(struct db *db, struct op *op)
{
    db->closing = true;
    db->closer = op;
    attend(db);
}

// ---- batches ------------------------------------------------------------------------------------

static void run_batch(uv_work_t *work)
{
    struct db *db = work->data;
    db_batch_run(&db->connection, db->batch, db->timeout);
}

static void report_death(struct db *db)
{
    const struct db_error *dead = &db->connection.dead;
    if (!dead->fatal || db->reported)
        return;
    db->reported = true;
    log_write(db->host, LOG_ERROR, "%s: %s: nothing more is written there until it is opened anew",
              db->path, dead->message);
}

static void after_batch(uv_work_t *work, int status)
{
    (void)status;
    struct db *db = work->data;
    struct db_request *request = db->batch;
    db->batch = NULL;
    db->busy = false;
    report_death(db);
    while (request) {
        struct db_request *next = request->next;
        op_done(&request->op);
        request = next;
    }
    if (db->first || db->closing)
        attend(db);
}

static int count_writes(const struct db_request *first)
{
    int count = 0;
    for (; first; first = first->next)
        count += first->kind == DB_WRITE;
    return count;
}

static void start_batch(struct db *db)
{
    int writes = count_writes(db->first);
    if (writes > 1)
        db->crowd = CROWD_LASTS;
    else if (writes && db->crowd)
        db->crowd--;
    db->busy = true;
    db->batch = db->first;
    for (struct db_request *request = db->first; request; request = request->next)
        request->queued = false;
    db->first = db->last = NULL;
    // Fails only for want of a function.
    if (db->batch)
        uv_queue_work(&db->host->loop, &db->work, run_batch, after_batch);
    else if (db->closing)
        uv_queue_work(&db->host->loop, &db->work, run_close, after_close);
    else
        db->busy = false; // all were taken back
}

static void on_gathered(uv_timer_t *gather)
{
    start_batch(gather->data);
}

static void on_prepare(uv_prepare_t *prepare)
{
    struct db *db = prepare->data;
    uv_prepare_stop(prepare);
    if (db->crowd && count_writes(db->first) > 0 && !db->closing)
        uv_timer_start(&db->gather, on_gathered, GATHER_MS, 0);
    else
        start_batch(db);
}
