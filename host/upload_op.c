// upload_op.c - what host.ftp_put and host.ftp_delete share: options, operation, results.
// Loop thread only. The operation owns copies of all texts, since the job outlives a killed task.

#include "upload_op.h"
#include "lib/curl.h"
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const tls_words[] = {"off", "try", "require", NULL};
static const char *const tls_max_words[] = {"1.2", "1.3", NULL};

// What would be wrong with the URL, found out before anything is held.
static const char *url_fault(const char *url, enum ftp_tls tls)
{
    struct ftp_target target = {0};
    const char *why = ftp_target_parse(&target, url);
    if (!why && target.scheme == FTP_IMPLICIT && tls == FTP_TLS_OFF)
        why = "ftps:// and tls=\"off\" contradict each other";
    ftp_target_free(&target);
    return why;
}

// Never shows the value: it may be a password.
static const char *clean_string(lua_State *L, int arg, const char *key)
{
    const char *text = api_opt_string(L, arg, key, NULL);
    if (text && !ftp_target_clean(text))
        luaL_error(L, "option '%s' holds a control character", key);
    return text;
}

static const char *file_name(lua_State *L, const char *name, const char *key, const char *url)
{
    const char *last = strrchr(url, '/') + 1;
    if (!name || !ftp_target_is_name(name) || strlen(name) > 255 || strcmp(name, last) == 0)
        luaL_error(L, "option '%s' must name files of their own, without folder", key);
    return name;
}

static void read_cleanup(lua_State *L, int arg, struct upload_args *args)
{
    if (lua_isnoneornil(L, arg) || lua_getfield(L, arg, "cleanup") == LUA_TNIL) {
        lua_settop(L, arg);
        return;
    }
    if (!lua_istable(L, -1))
        luaL_error(L, "option 'cleanup' must be a list of names");
    lua_Integer count = luaL_len(L, -1);
    if (count > UPLOAD_CLEANUP)
        luaL_error(L, "option 'cleanup' has more than %d names", UPLOAD_CLEANUP);
    for (lua_Integer i = 0; i < count; i++) {
        // A string in the table stays where it is while the table is on the stack.
        bool text = lua_rawgeti(L, arg + 1, i + 1) == LUA_TSTRING;
        args->cleanup[i] = file_name(L, text ? lua_tostring(L, -1) : NULL, "cleanup", args->url);
        lua_pop(L, 1);
    }
}

static void read_limits(lua_State *L, int arg, struct upload_args *args)
{
    args->timeout = api_opt_number(L, arg, "timeout", 0, 0, 1e6);
    args->connect_timeout = api_opt_number(L, arg, "connect_timeout", 15, 0.1, 3600);
    args->response_timeout = api_opt_number(L, arg, "response_timeout", 60, 1, 3600);
    args->stall_timeout = api_opt_number(L, arg, "stall_timeout", 30, 1, 3600);
    args->connections = (unsigned)api_opt_integer(L, arg, "connections", 2, 1, 16);
}

void upload_args_read(lua_State *L, int arg, const char *const *keys, struct upload_args *args)
{
    int options = arg + 1;
    args->url = luaL_checkstring(L, arg);
    luaL_argcheck(L, strlen(args->url) == lua_rawlen(L, arg), arg, "URL without NUL expected");
    lua_settop(L, options);
    api_check_options(L, options, keys);
    args->tls = (enum ftp_tls)api_opt_choice(L, options, "tls", tls_words, FTP_TLS_TRY);
    const char *why = url_fault(args->url, args->tls);
    luaL_argcheck(L, !why, arg, why);
    args->tls13 = api_opt_choice(L, options, "tls_max", tls_max_words, 0) == 1;
    args->tls_seen = api_opt_boolean(L, options, "tls_seen", false);
    args->user = clean_string(L, options, "user");
    args->password = clean_string(L, options, "password");
    args->ca_file = clean_string(L, options, "ca_file");
    args->known_hosts = clean_string(L, options, "known_hosts");
    args->private_key = clean_string(L, options, "private_key");
    read_limits(L, options, args);
    if (!args->source)
        return;
    args->rename = api_opt_boolean(L, options, "rename", true);
    args->make_folders = api_opt_boolean(L, options, "make_folders", true);
    args->sha256 = clean_string(L, options, "sha256");
    if (!args->sha256 || strlen(args->sha256) != 64 ||
        strspn(args->sha256, "0123456789abcdef") != 64)
        luaL_error(L, "option 'sha256' must be the 64 hexadecimal digits of the content");
    args->temporary = api_opt_string(L, options, "temporary", NULL);
    if (args->temporary)
        file_name(L, args->temporary, "temporary", args->url);
    read_cleanup(L, options, args);
}

// Copies a text that may be absent. False when memory is short.
static bool copy(char **to, const char *from)
{
    *to = from ? strdup(from) : NULL;
    return *to || !from;
}

// `.<final>.<hash>.<nonce>.part`: hidden from visitors, recognisable as ours, never used twice.
static bool make_temporary(struct upload *upload)
{
    unsigned char nonce[4];
    char name[256];
    if (uv_random(NULL, NULL, nonce, sizeof nonce, 0, NULL))
        return false;
    snprintf(name, sizeof name, ".%.200s.%.12s.%02x%02x%02x%02x.part", upload->target.name,
             upload->sha256, nonce[0], nonce[1], nonce[2], nonce[3]);
    return copy(&upload->temporary, name);
}

static bool copy_known_hosts(struct ftp_target *target, const char *given)
{
    const char *home = getenv("HOME");
    if (given || !home)
        return copy(&target->known_hosts, given ? given : "/dev/null");
    size_t size = strlen(home) + sizeof "/.ssh/known_hosts";
    if ((target->known_hosts = malloc(size)))
        snprintf(target->known_hosts, size, "%s/.ssh/known_hosts", home);
    return target->known_hosts != NULL;
}

static int copy_args(struct upload *upload, const struct upload_args *args)
{
    struct ftp_target *target = &upload->target;
    bool ok = !ftp_target_parse(target, args->url) && copy(&target->user, args->user) &&
              copy(&target->password, args->password) &&
              copy(&target->ca_file, curl_ca_file(args->ca_file)) &&
              copy_known_hosts(target, args->known_hosts) &&
              copy(&target->private_key, args->private_key) &&
              copy(&upload->source, args->source) && copy(&upload->sha256, args->sha256);
    for (size_t i = 0; ok && args->cleanup[i]; i++)
        ok = copy(&upload->cleanup[i], args->cleanup[i]);
    if (ok && args->source)
        ok = args->temporary ? copy(&upload->temporary, args->temporary) : make_temporary(upload);
    target->tls = args->tls;
    target->tls13 = args->tls13;
    target->tls_seen = args->tls_seen;
    target->connect_timeout = args->connect_timeout;
    target->response_timeout = args->response_timeout;
    target->stall_timeout = args->stall_timeout;
    upload->rename = args->rename;
    upload->make_folders = args->make_folders;
    return ok ? 0 : UV_ENOMEM;
}

struct upload_op *upload_op_of(struct transfer_job *job)
{
    return (struct upload_op *)((char *)job - offsetof(struct upload_op, job));
}

static void on_done(struct transfer_job *job)
{
    op_done(&upload_op_of(job)->op);
}

static void upload_cancel(struct op *op)
{
    struct upload_op *u = (struct upload_op *)op;
    transfer_stop(op->host, &u->job);
}

static void upload_release(struct op *op)
{
    upload_free(&((struct upload_op *)op)->upload);
}

int upload_op_wait(lua_State *L, const char *name, const struct upload_args *args,
                   upload_run_fn run, op_finish_fn finish)
{
    struct upload_op *u = op_begin(L, sizeof *u, upload_cancel, upload_release);
    u->name = name;
    u->job.run = run;
    u->job.done = on_done;
    u->job.connections = args->connections;
    const char *problem = curl_problem();
    if (problem) {
        op_done(&u->op);
        return api_error(L, "io", false, name, "%s: %s", name, problem);
    }
    int code = copy_args(&u->upload, args);
    if (code == 0)
        code = transfer_submit(u->op.host, &u->job);
    if (code) {
        op_done(&u->op);
        return api_fail(L, code, name, args->source);
    }
    op_timeout(&u->op, args->timeout);
    return op_wait(L, &u->op, finish);
}

static void set_flag(lua_State *L, const char *key, bool value)
{
    if (!value)
        return;
    lua_pushboolean(L, true);
    lua_setfield(L, -2, key);
}

bool upload_op_failed(lua_State *L, struct upload_op *u, int *count)
{
    const struct upload *upload = &u->upload;
    const struct upload_error *error = &upload->error;
    if (u->job.ran && !error->kind)
        return false;
    if (u->op.cancelled)
        *count = api_stopped(L, &u->op, u->name);
    else
        *count = api_error(L, error->kind, error->retryable, u->name, "%s", error->message);
    if (error->name)
        lua_pushstring(L, error->name);
    else
        lua_pushinteger(L, error->code);
    if (error->name || error->code)
        lua_setfield(L, -2, "code");
    else
        lua_pop(L, 1);
    set_flag(L, "rename_refused", error->rename_refused);
    set_flag(L, "taken", error->taken);
    set_flag(L, "tls_offered", error->tls_offered);
    if (upload->left && upload->temporary && upload->rename) {
        lua_pushstring(L, upload->temporary);
        lua_setfield(L, -2, "temporary");
    }
    return true;
}
