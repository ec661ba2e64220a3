// db.h - a SQLite database with one queue of requests and group commit.
//
// Requests wait in one queue. Right before the loop polls, all that is queued becomes one batch,
// and the batch runs on a worker thread, one batch at a time: its writes share one transaction (and
// so one sync), each inside a savepoint of its own, so that one that fails fails alone; its queries
// run in between, in order. Nobody gets an answer before the commit is durable. What queues up
// meanwhile is the next batch.
//
// After an error that leaves open what is on the disk (I/O, full at commit, corruption) the
// database is dead: its connection is closed without a checkpoint, and every request of that batch
// and later ones is answered with `error.fatal`. Only opening it anew shows what is there.
#pragma once

#include "op.h"

enum db_type { DB_NULL, DB_INTEGER, DB_FLOAT, DB_TEXT };

struct db_value {
    enum db_type type;
    long long integer;
    double number;
    size_t offset; // of text: in the bytes of whoever holds the value
    size_t length;
};

struct db_statement {
    size_t sql; // offset in the bytes of the request, NUL-terminated
    size_t sql_length;
    size_t first; // of its parameters in the values of the request
    size_t count;
};

struct db_change {
    long long changes, last_id;
};

struct db_error {
    int code;   // SQLite's extended result code; 0: none
    bool fatal; // the database takes nothing more
    char message[224];
};

// The rows of a query, cell by cell.
struct db_rows {
    size_t columns;
    size_t *names; // owned: offsets in bytes, NUL-terminated
    struct db_value *cells;
    size_t count, size; // of cells
    char *bytes;        // owned
    size_t used, room;  // of bytes
};

// What to do: one block of memory, copied from Lua.
struct db_plan {
    size_t count;
    struct db_statement *statements;
    struct db_value *values;
    struct db_change *changes; // room for the results of a write, one for each statement
    char *bytes;
};

enum db_kind { DB_QUERY, DB_WRITE };

// An operation; `release` is db_request_release.
struct db_request {
    struct op op;
    struct db *db;
    struct db_request *next;
    enum db_kind kind;
    bool queued;          // waits in the queue: may still be taken back
    int stop;             // set when nobody wants the answer of a query any more
    bool excluded;        // it broke the transaction of its batch, which ran again without it
    struct db_plan *plan; // owned (free)
    struct db_rows rows;  // of a query
    struct db_error error;
};

void db_rows_clear(struct db_rows *rows);

struct db;

// Loop thread. Returns new: not open yet; NULL when memory is short.
struct db *db_new(struct host *host, const char *path, bool readonly, double timeout);
// Worker thread: opens, checks and sets up the connection. `stop` ends it early. 0 or SQLite's
// code.
int db_open(struct db *db, const int *stop, struct db_error *error);
// Loop thread: takes `db`. What is queued is still done, then all is freed; `op` (may be NULL) is
// done after that. A file left over by a failed or cancelled db_open is closed as well.
void db_close(struct db *db, struct op *op);

// Loop thread: `request` is done later, after its batch.
void db_submit(struct db *db, struct db_request *request);
// The op_cancel_fn of a request: a query is taken back or stopped; a write is a fact and happens.
void db_request_cancel(struct op *op);
void db_request_release(struct op *op);

const char *db_path(const struct db *db);
bool db_readonly(const struct db *db);
// The folder is on a network file system, so there is no write-ahead log.
bool db_on_network(const struct db *db);
double db_timeout(const struct db *db);
