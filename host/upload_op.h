// upload_op.h - what host.ftp_put and host.ftp_delete share: options, operation, results.
// Loop thread only.
#pragma once

#include "api.h"
#include "op.h"
#include "transfer.h"
#include "upload.h"

// The checked arguments, borrowed from Lua values on the stack.
struct upload_args {
    const char *source; // NULL for a delete
    const char *url;
    const char *user, *password, *ca_file, *known_hosts, *private_key;
    const char *sha256, *temporary;
    const char *cleanup[UPLOAD_CLEANUP + 1];
    enum ftp_tls tls;
    bool tls13, tls_seen, rename, make_folders;
    unsigned connections;
    double timeout, connect_timeout, response_timeout, stall_timeout;
};

struct upload_op {
    struct op op;
    struct transfer_job job;
    struct upload upload;
    const char *name; // of the primitive, static
};

typedef void (*upload_run_fn)(struct transfer_job *job, struct ftp_session *session);

// Reads url and options at `arg` and `arg + 1`. Raises for a wrong one; holds nothing.
void upload_args_read(lua_State *L, int arg, const char *const *keys, struct upload_args *args);
// Begins the operation, hands it to a transfer thread and waits. Returns what op_wait returns.
int upload_op_wait(lua_State *L, const char *name, const struct upload_args *args,
                   upload_run_fn run, op_finish_fn finish);
struct upload_op *upload_op_of(struct transfer_job *job);
// For `finish`: whether it went wrong; then nil and the Error are pushed, *count says how many.
bool upload_op_failed(lua_State *L, struct upload_op *u, int *count);
