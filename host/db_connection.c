// db_connection.c - see db_connection.h: opening, checking, prepared statements, the end.
#include "db_connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUSY_MILLISECONDS = 5000, STEPS_BETWEEN_LOOKS = 5000, LOG_PAGES = 1000 };

static void note(struct db_error *error, int code, const char *message)
{
    if (error->code)
        return;
    error->code = code;
    snprintf(error->message, sizeof error->message, "%s", message);
}

// ---- what a script may not do -------------------------------------------------------------------

// Pragmas with an argument that are harmless; without one they only tell something.
static bool is_allowed_pragma(const char *name, const char *argument)
{
    static const char *const allowed[] = {
        "user_version", "application_id", "table_info",      "table_xinfo",       "index_list",
        "index_info",   "quick_check",    "integrity_check", "foreign_key_check", NULL};
    if (!argument)
        return true;
    for (const char *const *p = allowed; *p; p++)
        if (sqlite3_stricmp(*p, name) == 0)
            return true;
    return false;
}

// A script's own BEGIN or COMMIT would tear the transaction of others apart.
static int authorize(void *context, int action, const char *first, const char *second,
                     const char *database, const char *trigger)
{
    (void)database, (void)trigger;
    const struct db_connection *c = context;
    bool allowed = true;
    if (action == SQLITE_TRANSACTION || action == SQLITE_SAVEPOINT || action == SQLITE_ATTACH ||
        action == SQLITE_DETACH)
        allowed = false;
    else if (action == SQLITE_PRAGMA)
        allowed = is_allowed_pragma(first, second);
    return c->internal || allowed ? SQLITE_OK : SQLITE_DENY;
}

static int on_progress(void *context)
{
    const struct db_connection *c = context;
    if (c->internal)
        return 0;
    return (c->stop && __atomic_load_n(c->stop, __ATOMIC_RELAXED)) ||
           (c->deadline && uv_hrtime() > c->deadline);
}

static int on_commit_to_log(void *context, sqlite3 *handle, const char *name, int pages)
{
    (void)handle, (void)name;
    ((struct db_connection *)context)->log_pages = pages;
    return SQLITE_OK;
}

// ---- open ---------------------------------------------------------------------------------------

// The write-ahead log needs shared memory, which these do not have between hosts.
static bool is_network(const char *path)
{
    static const uint64_t types[] = {
        0x6969,     // NFS
        0x517b,     // SMB
        0xff534d42, // CIFS
        0xfe534d42, // SMB2
        0x65735546, // FUSE
        0x01021997, // 9P
        0x00c36400, // Ceph
        0x5346414f, // AFS
        0x0bd00bd0, // Lustre
    };
    char folder[4096];
    int length = snprintf(folder, sizeof folder, "%s", path);
    if (length < 0 || (size_t)length >= sizeof folder)
        return false;
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = 0;
    uv_fs_t request;
    bool network = false;
    if (uv_fs_statfs(NULL, &request, slash ? folder : ".", NULL) == 0) {
        uint64_t type = ((uv_statfs_t *)request.ptr)->f_type & 0xffffffff;
        for (size_t i = 0; i < sizeof types / sizeof *types; i++)
            network = network || types[i] == type;
    }
    uv_fs_req_cleanup(&request);
    return network;
}

static int configure(struct db_connection *c)
{
    sqlite3_busy_timeout(c->handle, BUSY_MILLISECONDS);
    sqlite3_progress_handler(c->handle, STEPS_BETWEEN_LOOKS, on_progress, c);
    sqlite3_set_authorizer(c->handle, authorize, c);
    sqlite3_db_config(c->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    sqlite3_db_config(c->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    // A mistyped column in double quotes is an error, not a text.
    sqlite3_db_config(c->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(c->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    // Not stored in the file: each connection must ask for it.
    int code = db_connection_exec(c, "PRAGMA synchronous=FULL");
    // KB of pages. What is asked again and again is little, whatever the journal has grown to.
    return code ? code : db_connection_exec(c, "PRAGMA cache_size=-256");
}

static int choose_journal(struct db_connection *c)
{
    if (c->on_network) {
        int code = db_connection_exec(c, "PRAGMA locking_mode=EXCLUSIVE");
        return code ? code : db_connection_exec(c, "PRAGMA journal_mode=DELETE");
    }
    int code = db_connection_exec(c, "PRAGMA journal_mode=WAL");
    sqlite3_wal_hook(c->handle, on_commit_to_log, c); // in place of the silent automatic checkpoint
    return code;
}

static int check_whole(struct db_connection *c, struct db_error *error)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(c->handle, "PRAGMA quick_check(1)", -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        const char *result = (const char *)sqlite3_column_text(statement, 0);
        code = SQLITE_OK;
        if (!result || strcmp(result, "ok") != 0) {
            code = SQLITE_CORRUPT;
            note(error, code, result ? result : "damaged");
        }
    }
    sqlite3_finalize(statement);
    return code;
}

int db_connection_open(struct db_connection *c, const char *path, bool readonly,
                       struct db_error *error)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                (readonly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    c->on_network = is_network(path);
    int code = sqlite3_open_v2(path, &c->handle, flags, NULL);
    if (code == SQLITE_OK)
        code = configure(c);
    if (code == SQLITE_OK && !readonly)
        code = choose_journal(c);
    c->internal = false; // so that the check can be stopped
    if (code == SQLITE_OK)
        code = check_whole(c, error);
    if (code != SQLITE_OK) {
        note(error, code, c->handle ? sqlite3_errmsg(c->handle) : sqlite3_errstr(code));
        db_connection_close(c);
    }
    return code;
}

void db_connection_close(struct db_connection *c)
{
    for (int i = 0; i < DB_CACHED; i++) {
        sqlite3_finalize(c->cache[i].statement);
        free(c->cache[i].sql);
        c->cache[i] = (struct db_cached){0};
    }
    c->internal = true; // the checkpoint is not stopped
    sqlite3_close(c->handle);
    c->internal = false;
    c->handle = NULL;
}

int db_connection_failed(struct db_connection *c, int code, bool at_commit, struct db_error *error)
{
    int primary = code & 0xff;
    note(error, code, sqlite3_errmsg(c->handle));
    if (primary == SQLITE_IOERR || primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB ||
        (at_commit && primary != SQLITE_BUSY)) {
        error->fatal = true;
        c->dead = *error;
        // Nothing more goes to this disk through this connection.
        sqlite3_db_config(c->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        db_connection_close(c);
    }
    return code;
}

// ---- statements ---------------------------------------------------------------------------------

int db_connection_exec(struct db_connection *c, const char *sql)
{
    c->internal = true;
    int code = sqlite3_exec(c->handle, sql, NULL, NULL, NULL);
    c->internal = false;
    return code;
}

static struct db_cached *find_cached(struct db_connection *c, const char *sql, size_t length)
{
    struct db_cached *oldest = c->cache;
    for (struct db_cached *e = c->cache; e < c->cache + DB_CACHED; e++) {
        if (e->sql && strlen(e->sql) == length && memcmp(e->sql, sql, length) == 0)
            return e;
        if (e->used < oldest->used)
            oldest = e;
    }
    sqlite3_finalize(oldest->statement);
    free(oldest->sql);
    *oldest = (struct db_cached){0};
    return oldest;
}

static bool is_blank(struct db_connection *c, const char *sql)
{
    sqlite3_stmt *more = NULL;
    int code = sqlite3_prepare_v2(c->handle, sql, -1, &more, NULL);
    sqlite3_finalize(more);
    return code == SQLITE_OK && !more;
}

sqlite3_stmt *db_connection_prepare(struct db_connection *c, const char *sql, size_t length,
                                    struct db_error *error)
{
    struct db_cached *e = find_cached(c, sql, length);
    e->used = ++c->clock;
    if (e->statement)
        return e->statement;
    const char *tail = sql;
    int code =
        sqlite3_prepare_v3(c->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &e->statement, &tail);
    if (code == SQLITE_AUTH)
        note(error, code, "the store makes the transactions and settings itself");
    else if (code != SQLITE_OK)
        db_connection_failed(c, code, false, error);
    else if (!e->statement || !is_blank(c, tail))
        note(error, SQLITE_ERROR, "exactly one statement expected");
    else if (!(e->sql = strdup(sql)))
        note(error, SQLITE_NOMEM, "not enough memory");
    if (!error->code)
        return e->statement;
    if (c->handle) { // else it went with the connection
        sqlite3_finalize(e->statement);
        *e = (struct db_cached){0};
    }
    return NULL;
}

void db_connection_tidy(struct db_connection *c)
{
    if (c->log_pages < LOG_PAGES)
        return;
    c->log_pages = 0;
    c->internal = true;
    int code = sqlite3_wal_checkpoint_v2(c->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    c->internal = false;
    struct db_error error = {0};
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY && (code & 0xff) != SQLITE_LOCKED)
        db_connection_failed(c, code, false, &error);
}
