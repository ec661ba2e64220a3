// exec.c - host.exec(argv, options): runs a program without a shell and collects what it says.
// Loop thread only. The child leads a process group of its own, so that all it started can be
// ended with it. Done when the process is reaped and every pipe closed.
#include "../api.h"
#include "../op.h"
#include "../sys/descriptors.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_TIMEOUT = 60, DEFAULT_MAX_OUTPUT = 1 << 20 };
enum { IN, OUT, ERR, PIPES };

struct exec {
    struct op op;
    uv_process_t process;
    uv_pipe_t pipes[PIPES];
    uv_write_t write;
    unsigned open; // handles that are not closed yet
    bool running;  // not yet reaped: its number is still its own
    bool too_much;
    int error; // of the start, or lack of memory
    int64_t status;
    int signal;
    size_t max_output;
    char *text[PIPES]; // owned: what goes in, what came out
    size_t length[PIPES], room[PIPES];
    char chunk[16384];
    char *strings;  // owned: argv and environment, each ended by NUL
    char **vectors; // owned: pointers into strings; argv, NULL, environment, NULL
    char *cwd;      // owned
};

static void on_closed(uv_handle_t *handle)
{
    struct exec *e = handle->data;
    if (--e->open == 0)
        op_done(&e->op);
}

static void close_handle(uv_handle_t *handle)
{
    if (handle->data && !uv_is_closing(handle)) // without data it was never made
        uv_close(handle, on_closed);
}

static void stop(struct exec *e)
{
    if (e->running)
        uv_kill(-e->process.pid, SIGKILL);
    for (int i = 0; i < PIPES; i++)
        close_handle((uv_handle_t *)&e->pipes[i]); // somebody who left the group may hold the end
}

static void on_written(uv_write_t *write, int status)
{
    (void)status; // a program need not read what it is given
    close_handle((uv_handle_t *)write->handle);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)suggested;
    struct exec *e = handle->data;
    *buffer = uv_buf_init(e->chunk, sizeof e->chunk);
}

static bool keep(struct exec *e, int pipe, const char *data, size_t length)
{
    if (length > e->max_output - e->length[pipe]) {
        e->too_much = true;
        return false;
    }
    if (e->length[pipe] + length > e->room[pipe]) {
        size_t room = (e->length[pipe] + length) * 2;
        char *text = realloc(e->text[pipe], room);
        if (!text) {
            e->error = UV_ENOMEM;
            return false;
        }
        e->text[pipe] = text;
        e->room[pipe] = room;
    }
    memcpy(e->text[pipe] + e->length[pipe], data, length);
    e->length[pipe] += length;
    return true;
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
    struct exec *e = stream->data;
    int pipe = (uv_pipe_t *)stream == &e->pipes[OUT] ? OUT : ERR;
    if (got < 0)
        close_handle((uv_handle_t *)stream);
    else if (got > 0 && !keep(e, pipe, buffer->base, (size_t)got))
        stop(e);
}

static void on_ended(uv_process_t *process, int64_t status, int signal)
{
    struct exec *e = process->data;
    e->status = status;
    e->signal = signal;
    e->running = false;
    // What it left behind goes too; the group's number is not given away while anyone is in it.
    uv_kill(-process->pid, SIGKILL);
    close_handle((uv_handle_t *)process);
}

static void exec_cancel(struct op *op)
{
    stop((struct exec *)op);
}

static void exec_release(struct op *op)
{
    struct exec *e = (struct exec *)op;
    for (int i = 0; i < PIPES; i++)
        free(e->text[i]);
    free(e->strings);
    free(e->vectors);
    free(e->cwd);
}

static int exec_finish(lua_State *L, struct op *op)
{
    struct exec *e = (struct exec *)op;
    if (op->cancelled)
        return api_stopped(L, op, "exec");
    if (e->error != 0)
        return api_fail(L, e->error, "exec", e->vectors ? e->vectors[0] : NULL);
    if (e->too_much)
        return api_error(L, "limit", false, "exec", "exec: %s wrote more than %zu bytes",
                         e->vectors[0], e->max_output);
    lua_createtable(L, 0, 4);
    lua_pushinteger(L, e->status);
    lua_setfield(L, -2, "status");
    lua_pushinteger(L, e->signal);
    lua_setfield(L, -2, "signal");
    lua_pushlstring(L, e->text[OUT], e->length[OUT]);
    lua_setfield(L, -2, "stdout");
    lua_pushlstring(L, e->text[ERR], e->length[ERR]);
    lua_setfield(L, -2, "stderr");
    return 1;
}

// Arguments ----------------------------------------------------------------------------------

// Strings put one behind the other: measured first, while `bytes` is NULL, then written.
struct texts {
    char *bytes;
    size_t used, argv_count, env_count;
};

static void add(struct texts *texts, const char *text, size_t length)
{
    if (texts->bytes)
        memcpy(texts->bytes + texts->used, text, length);
    texts->used += length;
}

// The string at the top of the stack, without NUL inside.
static const char *check_text(lua_State *L, const char *what, size_t *length)
{
    if (lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "exec: %s: string expected, got %s", what, luaL_typename(L, -1));
    const char *text = lua_tolstring(L, -1, length);
    if (strlen(text) != *length)
        luaL_error(L, "exec: %s holds a NUL byte", what);
    return text;
}

static void collect_argv(lua_State *L, struct texts *texts)
{
    texts->argv_count = lua_rawlen(L, 1);
    for (size_t i = 1; i <= texts->argv_count; i++) {
        size_t length;
        lua_rawgeti(L, 1, (lua_Integer)i);
        const char *text = check_text(L, "argv", &length);
        if (i == 1 && length == 0)
            luaL_error(L, "exec: argv[1] is empty");
        add(texts, text, length + 1);
        lua_pop(L, 1);
    }
}

static void add_default_env(struct texts *texts)
{
    static const char *const names[] = {"PATH", "HOME", "LANG", "TMPDIR"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (!value)
            continue;
        add(texts, names[i], strlen(names[i]));
        add(texts, "=", 1);
        add(texts, value, strlen(value) + 1);
        texts->env_count++;
    }
}

// `env` is the stack index of the table, 0 when there is none.
static void collect_env(lua_State *L, int env, struct texts *texts)
{
    texts->env_count = 0;
    if (env == 0) {
        add_default_env(texts);
        return;
    }
    lua_pushnil(L);
    while (lua_next(L, env)) {
        size_t name_length, length;
        const char *value = check_text(L, "env value", &length);
        lua_pushvalue(L, -2);
        const char *name = check_text(L, "env name", &name_length);
        if (name_length == 0 || strchr(name, '='))
            luaL_error(L, "exec: env name '%s' is empty or holds '='", name);
        add(texts, name, name_length);
        add(texts, "=", 1);
        add(texts, value, length + 1);
        texts->env_count++;
        lua_pop(L, 2);
    }
}

// The strings lie in a userdata on the stack until the operation has its copy.
static struct texts collect(lua_State *L, int env)
{
    struct texts texts = {0};
    collect_argv(L, &texts);
    collect_env(L, env, &texts);
    char *bytes = lua_newuserdatauv(L, texts.used, 0);
    texts = (struct texts){.bytes = bytes};
    collect_argv(L, &texts);
    collect_env(L, env, &texts);
    return texts;
}

// Start --------------------------------------------------------------------------------------

static bool copy_texts(struct exec *e, const struct texts *texts)
{
    e->strings = malloc(texts->used);
    e->vectors = calloc(texts->argv_count + texts->env_count + 2, sizeof *e->vectors);
    if (!e->strings || !e->vectors)
        return false;
    memcpy(e->strings, texts->bytes, texts->used);
    char *next = e->strings;
    char **slot = e->vectors;
    for (size_t i = 0; i < texts->argv_count + texts->env_count; i++) {
        if (i == texts->argv_count)
            slot++; // the NULL between
        *slot++ = next;
        next += strlen(next) + 1;
    }
    return true;
}

static bool copy_input(struct exec *e, const char *text, size_t length)
{
    e->length[IN] = length;
    if (length == 0)
        return true;
    e->text[IN] = malloc(length);
    if (e->text[IN])
        memcpy(e->text[IN], text, length);
    return e->text[IN] != NULL;
}

static void make_pipe(struct exec *e, int i, uv_stdio_container_t *stdio)
{
    uv_pipe_init(op_loop(&e->op), &e->pipes[i], 0);
    e->pipes[i].data = e;
    e->open++;
    stdio->flags = UV_CREATE_PIPE | (i == IN ? UV_READABLE_PIPE : UV_WRITABLE_PIPE);
    stdio->data.stream = (uv_stream_t *)&e->pipes[i];
}

static void start(struct exec *e, size_t argv_count)
{
    uv_stdio_container_t stdio[PIPES] = {{.flags = UV_IGNORE}};
    for (int i = e->length[IN] > 0 ? IN : OUT; i < PIPES; i++)
        make_pipe(e, i, &stdio[i]);
    uv_process_options_t options = {
        .file = e->vectors[0],
        .args = e->vectors,
        .env = e->vectors + argv_count + 1,
        .cwd = e->cwd,
        .flags = UV_PROCESS_DETACHED,
        .exit_cb = on_ended,
        .stdio = stdio,
        .stdio_count = PIPES,
    };
    descriptors_keep();
    e->error = uv_spawn(op_loop(&e->op), &e->process, &options);
    e->process.data = e;
    e->open++;
    if (e->error != 0) {
        close_handle((uv_handle_t *)&e->process);
        stop(e);
        return;
    }
    e->running = true;
    uv_read_start((uv_stream_t *)&e->pipes[OUT], on_alloc, on_read);
    uv_read_start((uv_stream_t *)&e->pipes[ERR], on_alloc, on_read);
    if (e->length[IN] == 0)
        return;
    uv_buf_t input = uv_buf_init(e->text[IN], (unsigned)e->length[IN]);
    if (uv_write(&e->write, (uv_stream_t *)&e->pipes[IN], &input, 1, on_written) != 0)
        close_handle((uv_handle_t *)&e->pipes[IN]);
}

// The option `stdin` may hold any bytes.
static const char *opt_input(lua_State *L, size_t *length)
{
    *length = 0;
    if (lua_isnoneornil(L, 2) || lua_getfield(L, 2, "stdin") == LUA_TNIL)
        return NULL;
    if (lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "option 'stdin': string expected, got %s", luaL_typename(L, -1));
    const char *text = lua_tolstring(L, -1, length);
    if (*length > 1U << 30)
        luaL_error(L, "option 'stdin': more than 1 GiB");
    return text;
}

static int opt_env(lua_State *L)
{
    if (lua_isnoneornil(L, 2) || lua_getfield(L, 2, "env") == LUA_TNIL)
        return 0;
    if (!lua_istable(L, -1))
        luaL_error(L, "option 'env': table expected, got %s", luaL_typename(L, -1));
    return lua_gettop(L);
}

static int l_exec(lua_State *L)
{
    static const char *const keys[] = {"timeout", "stdin", "cwd", "env", "max_output", NULL};
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argcheck(L, lua_rawlen(L, 1) > 0, 1, "at least the program expected");
    api_check_options(L, 2, keys);
    size_t length;
    double timeout = api_opt_number(L, 2, "timeout", DEFAULT_TIMEOUT, 0.001, 1e7);
    lua_Integer most = api_opt_integer(L, 2, "max_output", DEFAULT_MAX_OUTPUT, 0, 1 << 30);
    const char *cwd = api_opt_string(L, 2, "cwd", NULL);
    const char *input = opt_input(L, &length);
    struct texts texts = collect(L, opt_env(L));
    struct exec *e = op_begin(L, sizeof *e, exec_cancel, exec_release);
    e->max_output = (size_t)most;
    e->cwd = cwd ? strdup(cwd) : NULL;
    if (!copy_texts(e, &texts) || !copy_input(e, input, length) || (cwd && !e->cwd)) {
        op_done(&e->op);
        return api_fail(L, UV_ENOMEM, "exec", NULL);
    }
    op_timeout(&e->op, timeout);
    start(e, texts.argv_count);
    return op_wait(L, &e->op, exec_finish);
}

PRIM(exec, l_exec)
