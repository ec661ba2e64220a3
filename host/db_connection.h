// db_connection.h - the SQLite connection of a database. Worker threads only, one at a time.
#pragma once

#include "db.h"
#include <sqlite3.h>

enum { DB_CACHED = 32 }; // prepared statements kept

struct db_cached {
    sqlite3_stmt *statement; // owned; NULL: a free place
    char *sql;               // owned
    uint64_t used;           // larger is later
};

struct db_connection {
    sqlite3 *handle; // owned; NULL: not open, or dead
    struct db_error dead;
    struct db_cached cache[DB_CACHED];
    uint64_t clock;
    bool internal;     // our own statement: transactions are allowed
    const int *stop;   // borrowed: ends the running statement; may be NULL
    uint64_t deadline; // uv_hrtime() at which it ends anyway; 0: never
    int log_pages;     // in the write-ahead log after the last commit
    bool on_network;   //
};

// 0 or SQLite's extended code, with *error filled; the connection is then closed.
int db_connection_open(struct db_connection *c, const char *path, bool readonly,
                       struct db_error *error);
// Accepts one that is not open.
void db_connection_close(struct db_connection *c);
// Notes the error of the last call; one that leaves open what is on the disk ends the connection.
// Returns the code.
int db_connection_failed(struct db_connection *c, int code, bool at_commit, struct db_error *error);
// One of our own statements, without results.
int db_connection_exec(struct db_connection *c, const char *sql);
// A prepared statement, reset, without parameters: borrowed until the next call. NULL: *error says
// why.
sqlite3_stmt *db_connection_prepare(struct db_connection *c, const char *sql, size_t length,
                                    struct db_error *error);
// Copies the log into the database when it has grown; an error that is fatal ends the connection.
void db_connection_tidy(struct db_connection *c);
