// ftp_put.c - host.ftp_put(source, url, options): one file to a server, whole or not at all.
// The recipe is upload.c, on a transfer thread; this is its border with Lua.

#include "upload_op.h"

static void run(struct transfer_job *job, struct ftp_session *session)
{
    upload_run(&upload_op_of(job)->upload, session, &job->stop);
}

static void set_boolean(lua_State *L, const char *key, bool value)
{
    lua_pushboolean(L, value);
    lua_setfield(L, -2, key);
}

static int ftp_put_finish(lua_State *L, struct op *op)
{
    struct upload_op *u = (struct upload_op *)op;
    const struct upload *upload = &u->upload;
    int count;
    if (upload_op_failed(L, u, &count))
        return count;
    lua_createtable(L, 0, 7);
    lua_pushinteger(L, upload->size);
    lua_setfield(L, -2, "size");
    set_boolean(L, "existed", upload->existed);
    set_boolean(L, "tls", upload->way.tls);
    set_boolean(L, "certificate_verified", upload->way.tls && upload->way.verified);
    set_boolean(L, "verified", upload->verified);
    set_boolean(L, "renamed", upload->renamed);
    lua_createtable(L, (int)upload->warning_count, 0);
    for (unsigned i = 0; i < upload->warning_count; i++) {
        lua_pushstring(L, upload->warnings[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "warnings");
    return 1;
}

static int l_ftp_put(lua_State *L)
{
    static const char *const keys[] = {
        "user",         "password",         "tls",           "ca_file", "tls_max",
        "sha256",       "rename",           "tls_seen",      "timeout", "known_hosts",
        "private_key",  "temporary",        "connections",   "cleanup", "connect_timeout",
        "make_folders", "response_timeout", "stall_timeout", NULL};
    struct upload_args args = {.source = api_check_path(L, 1)};
    upload_args_read(L, 2, keys, &args);
    return upload_op_wait(L, "ftp_put", &args, run, ftp_put_finish);
}

PRIM(ftp_put, l_ftp_put)
