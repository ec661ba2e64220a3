// ftp_delete.c - host.ftp_delete(url, options): removes a public copy; a missing one is success.
// Shares the transfer threads and their connections with host.ftp_put.

#include "upload_op.h"

static void run(struct transfer_job *job, struct ftp_session *session)
{
    upload_delete(&upload_op_of(job)->upload, session, &job->stop);
}

static int ftp_delete_finish(lua_State *L, struct op *op)
{
    int count;
    if (upload_op_failed(L, (struct upload_op *)op, &count))
        return count;
    return api_ok(L);
}

static int l_ftp_delete(lua_State *L)
{
    static const char *const keys[] = {"user",
                                       "password",
                                       "tls",
                                       "ca_file",
                                       "tls_max",
                                       "tls_seen",
                                       "timeout",
                                       "known_hosts",
                                       "connections",
                                       "private_key",
                                       "connect_timeout",
                                       "response_timeout",
                                       "stall_timeout",
                                       NULL};
    struct upload_args args = {0};
    upload_args_read(L, 1, keys, &args);
    return upload_op_wait(L, "ftp_delete", &args, run, ftp_delete_finish);
}

PRIM(ftp_delete, l_ftp_delete)
