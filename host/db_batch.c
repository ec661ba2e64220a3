// db_batch.c - see db_batch.h: savepoints inside one transaction, rows, one commit.
#include "db_batch.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_RESULT = 64 << 20 }; // bytes of rows: more is a mistake, not a result

__attribute__((format(printf, 3, 4))) static void note(struct db_error *error, int code,
                                                       const char *format, ...)
{
    va_list arguments;
    if (error->code)
        return;
    error->code = code;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
}

// ---- rows ---------------------------------------------------------------------------------------

// Copies `length` bytes and a NUL; their offset in *offset.
static bool keep_bytes(struct db_rows *rows, const void *data, size_t length, size_t *offset)
{
    if (rows->room - rows->used <= length) {
        size_t room = (rows->used + length) * 2 + 256;
        char *bytes = room < 2 * (size_t)MAX_RESULT + 512 ? realloc(rows->bytes, room) : NULL;
        if (!bytes)
            return false;
        rows->bytes = bytes;
        rows->room = room;
    }
    *offset = rows->used;
    if (length)
        memcpy(rows->bytes + rows->used, data, length);
    rows->bytes[rows->used + length] = 0;
    rows->used += length + 1;
    return true;
}

static struct db_value *new_cell(struct db_rows *rows)
{
    if (rows->count == rows->size) {
        size_t size = rows->size * 2 + 64;
        if (size * sizeof *rows->cells > 2 * (size_t)MAX_RESULT)
            return NULL;
        struct db_value *cells = realloc(rows->cells, size * sizeof *cells);
        if (!cells)
            return NULL;
        rows->cells = cells;
        rows->size = size;
    }
    struct db_value *cell = &rows->cells[rows->count++];
    *cell = (struct db_value){.type = DB_NULL};
    return cell;
}

static bool keep_cell(struct db_rows *rows, sqlite3_stmt *s, int column)
{
    struct db_value *cell = new_cell(rows);
    if (!cell)
        return false;
    switch (sqlite3_column_type(s, column)) {
    case SQLITE_INTEGER:
        cell->type = DB_INTEGER;
        cell->integer = sqlite3_column_int64(s, column);
        return true;
    case SQLITE_FLOAT:
        cell->type = DB_FLOAT;
        cell->number = sqlite3_column_double(s, column);
        return true;
    case SQLITE_NULL:
        return true;
    default: { // text and blob
        const void *data = sqlite3_column_blob(s, column);
        cell->type = DB_TEXT;
        cell->length = (size_t)sqlite3_column_bytes(s, column);
        return (data || !cell->length) && keep_bytes(rows, data, cell->length, &cell->offset);
    }
    }
}

static bool keep_names(struct db_rows *rows, sqlite3_stmt *s)
{
    rows->columns = (size_t)sqlite3_column_count(s);
    rows->names = calloc(rows->columns + 1, sizeof *rows->names);
    for (size_t i = 0; rows->names && i < rows->columns; i++) {
        const char *name = sqlite3_column_name(s, (int)i);
        if (!name || !keep_bytes(rows, name, strlen(name), &rows->names[i]))
            return false;
    }
    return rows->names != NULL;
}

static bool keep_row(struct db_rows *rows, sqlite3_stmt *s)
{
    if (!rows->names && !keep_names(rows, s))
        return false;
    for (size_t i = 0; i < rows->columns; i++)
        if (!keep_cell(rows, s, (int)i))
            return false;
    return true;
}

void db_rows_clear(struct db_rows *rows)
{
    free(rows->names);
    free(rows->cells);
    free(rows->bytes);
    *rows = (struct db_rows){0};
}

// ---- one statement ------------------------------------------------------------------------------

static int bind_value(sqlite3_stmt *s, int place, const struct db_value *value, const char *bytes)
{
    switch (value->type) {
    case DB_INTEGER:
        return sqlite3_bind_int64(s, place, value->integer);
    case DB_FLOAT:
        return sqlite3_bind_double(s, place, value->number);
    case DB_TEXT:
        return sqlite3_bind_text64(s, place, bytes + value->offset, value->length, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case DB_NULL:
        break;
    }
    return SQLITE_OK; // a parameter that is not bound is NULL
}

static bool bind_all(sqlite3_stmt *s, struct db_request *r, const struct db_statement *statement)
{
    size_t places = (size_t)sqlite3_bind_parameter_count(s);
    if (statement->count > places) {
        note(&r->error, SQLITE_RANGE, "%zu parameters were given, the statement has %zu",
             statement->count, places);
        return false;
    }
    for (size_t i = 0; i < statement->count; i++) {
        int code =
            bind_value(s, (int)i + 1, &r->plan->values[statement->first + i], r->plan->bytes);
        if (code != SQLITE_OK)
            note(&r->error, code, "parameter %zu: %s", i + 1, sqlite3_errstr(code));
    }
    return !r->error.code;
}

static void step_all(struct db_connection *c, sqlite3_stmt *s, struct db_request *r)
{
    int code;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        if (r->kind == DB_WRITE || keep_row(&r->rows, s))
            continue;
        note(&r->error, SQLITE_TOOBIG, "the result does not fit into memory");
        return;
    }
    if (code != SQLITE_DONE)
        db_connection_failed(c, code, false, &r->error);
}

static void run_statement(struct db_connection *c, struct db_request *r, size_t index)
{
    const struct db_statement *statement = &r->plan->statements[index];
    sqlite3_stmt *s =
        db_connection_prepare(c, r->plan->bytes + statement->sql, statement->sql_length, &r->error);
    if (!s)
        return;
    sqlite3_int64 before = sqlite3_total_changes64(c->handle);
    sqlite3_set_last_insert_rowid(c->handle, 0);
    if (r->kind == DB_QUERY && !sqlite3_stmt_readonly(s))
        note(&r->error, SQLITE_READONLY, "a query only reads: use write");
    else if (bind_all(s, r, statement))
        step_all(c, s, r);
    if (!c->handle)
        return; // the statement is gone as well
    struct db_change *change = &r->plan->changes[index];
    if (sqlite3_total_changes64(c->handle) != before) // else it tells that of an earlier one
        change->changes = sqlite3_changes64(c->handle);
    change->last_id = sqlite3_last_insert_rowid(c->handle);
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
}

// ---- one request --------------------------------------------------------------------------------

static void run_statements(struct db_connection *c, struct db_request *r)
{
    for (size_t i = 0; i < r->plan->count && !r->error.code; i++)
        run_statement(c, r, i);
}

static void run_query(struct db_connection *c, struct db_request *r)
{
    c->stop = &r->stop;
    if (__atomic_load_n(&r->stop, __ATOMIC_RELAXED))
        note(&r->error, SQLITE_INTERRUPT, "stopped");
    else
        run_statements(c, r);
    c->stop = NULL;
}

// A constraint that is checked at commit would fail for all: it is checked here, for this one.
static void check_deferred(struct db_connection *c, struct db_request *r)
{
    int open = 0, highest = 0;
    sqlite3_db_status(c->handle, SQLITE_DBSTATUS_DEFERRED_FKS, &open, &highest, 0);
    if (open)
        note(&r->error, SQLITE_CONSTRAINT_FOREIGNKEY, "FOREIGN KEY constraint failed");
}

static void run_write(struct db_connection *c, struct db_request *r)
{
    int code = db_connection_exec(c, "SAVEPOINT one");
    if (code != SQLITE_OK) {
        db_connection_failed(c, code, false, &r->error);
        return;
    }
    run_statements(c, r);
    if (c->handle && !r->error.code)
        check_deferred(c, r);
    if (!c->handle || sqlite3_get_autocommit(c->handle))
        return;
    code = db_connection_exec(c, r->error.code ? "ROLLBACK TO one; RELEASE one" : "RELEASE one");
    if (code != SQLITE_OK)
        db_connection_failed(c, code, true, &r->error);
}

static void forget_results(struct db_request *r)
{
    db_rows_clear(&r->rows);
    r->error = (struct db_error){0};
    memset(r->plan->changes, 0, r->plan->count * sizeof *r->plan->changes);
}

// ---- the batch ----------------------------------------------------------------------------------

static bool has_writes(const struct db_request *first)
{
    for (; first; first = first->next)
        if (first->kind == DB_WRITE && !first->excluded)
            return true;
    return false;
}

static void commit(struct db_connection *c, struct db_request *first)
{
    struct db_error error = {0};
    int code = db_connection_exec(c, "COMMIT");
    if (code == SQLITE_OK)
        return;
    db_connection_failed(c, code, true, &error);
    if (!c->handle)
        return;
    // Somebody else held the lock: nothing was written.
    code = db_connection_exec(c, "ROLLBACK");
    if (code != SQLITE_OK) {
        error.code = 0;
        db_connection_failed(c, code, true, &error);
    }
    for (struct db_request *r = first; r; r = r->next)
        if (!r->error.code)
            r->error = error;
}

// False: a request has undone the transaction of all; it is excluded, and the others must go again.
static bool run_once(struct db_connection *c, struct db_request *first, double seconds)
{
    struct db_error refused = {0};
    bool begun = false;
    if (has_writes(first)) {
        int code = db_connection_exec(c, "BEGIN IMMEDIATE");
        begun = code == SQLITE_OK;
        if (!begun)
            db_connection_failed(c, code, false, &refused);
    }
    for (struct db_request *r = first; r && c->handle; r = r->next) {
        if (r->excluded)
            continue;
        forget_results(r);
        c->deadline = uv_hrtime() + (uint64_t)(seconds * 1e9);
        if (r->kind == DB_QUERY)
            run_query(c, r);
        else if (begun)
            run_write(c, r);
        else
            r->error = refused;
        if (begun && c->handle && sqlite3_get_autocommit(c->handle)) {
            note(&r->error, SQLITE_ABORT, "it ended the transaction");
            r->excluded = true;
            return false;
        }
    }
    if (begun && c->handle)
        commit(c, first);
    return true;
}

void db_batch_run(struct db_connection *c, struct db_request *first, double seconds)
{
    while (c->handle && !run_once(c, first, seconds))
        ;
    // Dead before or in this batch: all of it may or may not be on the disk.
    for (struct db_request *r = first; r && !c->handle; r = r->next)
        r->error = c->dead;
    if (c->handle)
        db_connection_tidy(c); // its failure takes nothing back: it shows in the next batch
}
