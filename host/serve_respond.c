// serve_respond.c - the Response table of a handler becomes an answer: body, file, stream or cut.
// Loop thread only, inside the request's task. A file is opened on a worker thread.

#include "serve.h"

#include "api.h"
#include <fcntl.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

// ---- headers ------------------------------------------------------------------------------------

static bool is_token(const char *text)
{
    return *text && text[strspn(text, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
}

static bool is_value(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (((unsigned char)text[i] < 0x20 && text[i] != '\t') || text[i] == 0x7f)
            return false;
    return true;
}

static void check_header(lua_State *L)
{
    size_t length;
    if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "response headers: names and values are strings");
    const char *name = lua_tostring(L, -2), *value = lua_tolstring(L, -1, &length);
    if (!is_token(name) || strlen(name) != lua_rawlen(L, -2) || !is_value(value, length))
        luaL_error(L, "response header '%s': a character that is not allowed", name);
    if (strcasecmp(name, "Content-Length") == 0 || strcasecmp(name, "Transfer-Encoding") == 0)
        luaL_error(L, "response header '%s': the server sets it", name);
}

// Pushes the table of headers, all of them fit to be sent, or nil.
static void push_checked_headers(lua_State *L, int response)
{
    if (lua_getfield(L, response, "headers") == LUA_TNIL)
        return;
    if (!lua_istable(L, -1))
        luaL_error(L, "response: headers is a table");
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        check_header(L);
        lua_pop(L, 1);
    }
}

// Hands over the answer with the headers on top of the stack. Takes `reply`; does not raise.
static void answer(lua_State *L, struct web_request *request, unsigned status,
                   struct MHD_Response *reply)
{
    bool complete = reply != NULL;
    if (complete && lua_istable(L, -1)) {
        lua_pushnil(L);
        while (lua_next(L, -2)) {
            complete = MHD_add_response_header(reply, lua_tostring(L, -2), lua_tostring(L, -1)) &&
                       complete;
            lua_pop(L, 1);
        }
    }
    if (!complete && reply) {
        MHD_destroy_response(reply);
        reply = NULL;
    }
    web_answer(request, status, reply);
}

// ---- body ---------------------------------------------------------------------------------------

static int respond_body(lua_State *L, struct web_request *request, int response, unsigned status)
{
    size_t length = 0;
    const char *body = "";
    if (lua_getfield(L, response, "body") != LUA_TNIL) {
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "response: body is a string");
        body = lua_tolstring(L, -1, &length);
    }
    push_checked_headers(L, response);
    struct MHD_Response *reply =
        MHD_create_response_from_buffer(length, (void *)body, MHD_RESPMEM_MUST_COPY);
    answer(L, request, status, reply);
    return 0;
}

// ---- file ---------------------------------------------------------------------------------------

struct open_file {
    struct work work;
    struct web_request *request; // borrowed: the exchange below on the stack holds it
    unsigned status;
    int fd;
    int code; // why it could not be opened, or 0
    uint64_t size;
    char path[];
};

static void close_file(uv_file fd)
{
    uv_fs_t request;
    uv_fs_close(NULL, &request, fd, NULL);
    uv_fs_req_cleanup(&request);
}

static void open_release(struct op *op)
{
    struct open_file *file = (struct open_file *)op;
    if (file->fd >= 0)
        close_file(file->fd);
}

static void open_run(struct work *work)
{
    struct open_file *file = (struct open_file *)work;
    uv_fs_t request;
    // Without O_NONBLOCK a pipe would be waited for.
    file->fd = uv_fs_open(NULL, &request, file->path, O_RDONLY | O_NONBLOCK, 0, NULL);
    uv_fs_req_cleanup(&request);
    if (file->fd < 0) {
        file->code = file->fd;
        return;
    }
    file->code = uv_fs_fstat(NULL, &request, file->fd, NULL);
    if (file->code == 0 && !S_ISREG(request.statbuf.st_mode))
        file->code = UV_EISDIR;
    file->size = request.statbuf.st_size;
    uv_fs_req_cleanup(&request);
}

static int refuse_file(lua_State *L, const struct open_file *file)
{
    bool missing = file->code == UV_ENOENT || file->code == UV_ENOTDIR || file->code == UV_EISDIR;
    if (!missing)
        return luaL_error(L, "cannot open %s: %s", file->path, uv_strerror(file->code));
    web_refuse(file->request, MHD_HTTP_NOT_FOUND, "not found");
    return 0;
}

static enum range wanted_range(const struct open_file *file, uint64_t *first, uint64_t *length)
{
    const struct web_request *request = file->request;
    // Without a validator of ours an If-Range cannot match: the whole is sent.
    if (file->status != MHD_HTTP_OK || strcmp(request->method, "GET") != 0 ||
        web_header(request, "If-Range"))
        return RANGE_WHOLE;
    return range_parse(web_header(request, "Range"), file->size, first, length);
}

static struct MHD_Response *file_response(struct open_file *file)
{
    char header[80] = "";
    uint64_t first = 0, length = file->size;
    enum range range = wanted_range(file, &first, &length);
    struct MHD_Response *reply;
    if (range == RANGE_OUTSIDE) {
        file->status = MHD_HTTP_RANGE_NOT_SATISFIABLE;
        snprintf(header, sizeof header, "bytes */%" PRIu64, file->size);
        reply = MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
    } else {
        reply = MHD_create_response_from_fd_at_offset64(length, file->fd, first);
        if (reply)
            file->fd = -1; // the response closes it
    }
    if (range == RANGE_PART) {
        file->status = MHD_HTTP_PARTIAL_CONTENT;
        snprintf(header, sizeof header, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, first,
                 first + length - 1, file->size);
    }
    if (reply)
        MHD_add_response_header(reply, "Accept-Ranges", "bytes");
    if (reply && header[0])
        MHD_add_response_header(reply, "Content-Range", header);
    return reply;
}

static int open_finish(lua_State *L, struct op *op)
{
    struct open_file *file = (struct open_file *)op;
    if (file->code < 0)
        return refuse_file(L, file);
    push_checked_headers(L, 3);
    struct MHD_Response *reply = file_response(file);
    answer(L, file->request, file->status, reply);
    return 0;
}

static int respond_file(lua_State *L, struct web_request *request, const char *path,
                        unsigned status)
{
    size_t size = strlen(path) + 1;
    struct open_file *file = work_begin(L, sizeof *file + size, open_release);
    file->request = request;
    file->status = status;
    file->fd = -1;
    memcpy(file->path, path, size);
    return work_wait(L, &file->work, open_run, open_finish);
}

// ---- stream -------------------------------------------------------------------------------------

// write(text), [upvalue 1] the exchange.
static int stream_write(lua_State *L)
{
    struct exchange *exchange = lua_touserdata(L, lua_upvalueindex(1));
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    lua_pushboolean(L, exchange->request && web_stream_write(exchange->request, text, length));
    return 1;
}

static int stream_end(lua_State *L, int status, lua_KContext context)
{
    struct exchange *exchange = lua_touserdata(L, 1);
    (void)status;
    (void)context;
    web_stream_end(exchange->request);
    return 0;
}

static int respond_stream(lua_State *L, struct web_request *request, int response, unsigned status)
{
    if (lua_getfield(L, response, "stream") != LUA_TFUNCTION)
        return luaL_error(L, "response: stream is a function");
    lua_pushvalue(L, 1);
    lua_pushcclosure(L, stream_write, 1);
    push_checked_headers(L, response);
    answer(L, request, status, web_stream_response(request));
    lua_pop(L, 1);
    if (!request->is_head)
        lua_callk(L, 1, 0, 0, stream_end);
    return stream_end(L, LUA_OK, 0);
}

// ---- entry --------------------------------------------------------------------------------------

static int count_kinds(lua_State *L, int response)
{
    static const char *const kinds[] = {"body", "file", "stream", NULL};
    int count = 0;
    for (const char *const *kind = kinds; *kind; kind++) {
        count += lua_getfield(L, response, *kind) != LUA_TNIL;
        lua_pop(L, 1);
    }
    return count;
}

int serve_respond(lua_State *L, struct web_request *request, int response)
{
    static const char *const keys[] = {"status", "headers", "body", "file", "drop", "stream", NULL};
    if (!lua_istable(L, response))
        return luaL_error(L, "the handler returned %s, not a response", luaL_typename(L, response));
    api_check_options(L, response, keys);
    unsigned status = (unsigned)api_opt_integer(L, response, "status", MHD_HTTP_OK, 200, 599);
    if (count_kinds(L, response) > 1)
        return luaL_error(L, "response: only one of body, file and stream");
    if (api_opt_boolean(L, response, "drop", false)) {
        web_drop(request);
        return 0;
    }
    const char *path = api_opt_string(L, response, "file", NULL);
    if (path)
        return respond_file(L, request, path, status);
    lua_getfield(L, response, "stream");
    if (!lua_isnil(L, -1))
        return respond_stream(L, request, response, status);
    return respond_body(L, request, response, status);
}
