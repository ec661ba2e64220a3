// graph.c - what host.graph_get and host.graph_post share: arguments, token, answer.
// Loop thread only. The token goes into a header line and nowhere else; what a server answers is
// never trusted to have a shape.
#include "graph.h"

#include "api.h"
#include "form.h"
#include "graph_class.h"
#include "lib/crypto.h"
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

static const char *const KEYS[] = {"token",     "scheme", "app_secret", "decode", "timeout",
                                   "max_bytes", "fresh",  "ca_file",    NULL};

// ---- arguments ----------------------------------------------------------------------------------

// A line break in a token, from a sloppy file, would end the header; the message must not show it.
static void check_word(lua_State *L, const char *key, const char *word)
{
    for (const char *c = word; *c; c++)
        if (*c <= ' ' || *c > '~')
            luaL_error(L, "option '%s': printable characters without spaces expected", key);
    if (!*word)
        luaL_error(L, "option '%s': it is empty", key);
}

static void push_authorization(lua_State *L, const char *token, const char *scheme)
{
    lua_newtable(L);
    if (!token)
        return;
    check_word(L, "token", token);
    check_word(L, "scheme", scheme);
    lua_pushfstring(L, "Authorization: %s %s", scheme, token);
    lua_rawseti(L, -2, 1);
}

// Replaces the form on top by itself and HMAC-SHA-256(app secret, token) in lower-case hex.
static void add_proof(lua_State *L, const char *token, const char *secret)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char mac[EVP_MAX_MD_SIZE];
    size_t length = 0;
    if (!token)
        luaL_error(L, "option 'app_secret': it needs option 'token'");
    const char *problem = crypto_problem();
    if (problem)
        luaL_error(L, "option 'app_secret': %s", problem);
    if (!EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, secret, strlen(secret),
                   (const unsigned char *)token, strlen(token), mac, sizeof mac, &length))
        luaL_error(L, "option 'app_secret': HMAC-SHA-256 is not available");
    char hex[2 * EVP_MAX_MD_SIZE + 1];
    for (size_t i = 0; i < length; i++) {
        hex[2 * i] = digits[mac[i] >> 4];
        hex[2 * i + 1] = digits[mac[i] & 15];
    }
    hex[2 * length] = '\0';
    const char *form = lua_tostring(L, -1);
    lua_pushfstring(L, "%s%sappsecret_proof=%s", form, *form ? "&" : "", hex);
    lua_replace(L, -2);
    explicit_bzero(mac, sizeof mac);
}

void graph_check(lua_State *L, struct http_options *o, const char *fields)
{
    size_t length;
    o->url = luaL_checklstring(L, GRAPH_URL, &length);
    luaL_argcheck(L, strlen(o->url) == length, GRAPH_URL, "it holds a NUL byte");
    luaL_argcheck(L, !strstr(o->url, "access_token="), GRAPH_URL,
                  "a token in a URL gets logged: use option 'token'");
    luaL_checktype(L, GRAPH_OPTIONS, LUA_TTABLE);
    lua_settop(L, GRAPH_OPTIONS);
    api_check_options(L, GRAPH_OPTIONS, KEYS);
    const char *token = api_opt_string(L, GRAPH_OPTIONS, "token", NULL);
    const char *scheme = api_opt_string(L, GRAPH_OPTIONS, "scheme", "Bearer");
    const char *secret = api_opt_string(L, GRAPH_OPTIONS, "app_secret", NULL);
    o->timeout = api_opt_number(L, GRAPH_OPTIONS, "timeout", 60, 0, 86400);
    o->connect_timeout = 15;
    o->max_bytes = (size_t)api_opt_integer(L, GRAPH_OPTIONS, "max_bytes", 4 << 20, 0, 1 << 30);
    o->fresh = api_opt_boolean(L, GRAPH_OPTIONS, "fresh", false);
    o->ca_file = api_opt_string(L, GRAPH_OPTIONS, "ca_file", NULL);
    o->headers = GRAPH_LINES;
    int type = lua_getfield(L, GRAPH_OPTIONS, "decode");
    if (type != LUA_TNIL && type != LUA_TFUNCTION)
        luaL_error(L, "option 'decode': function expected, got %s", luaL_typename(L, -1));
    push_authorization(L, token, scheme);
    form_push(L, GRAPH_FIELDS, fields);
    if (secret)
        add_proof(L, token, secret);
}

// ---- answer -------------------------------------------------------------------------------------

static bool is_success(long status)
{
    return status >= 200 && status < 300;
}

// How many bytes of `text` to show: at most `most`, without cutting a character of UTF-8 in two.
static int shown(const char *text, size_t most)
{
    size_t length = strlen(text);
    if (length > most) {
        length = most;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
            length--;
    }
    return (int)length;
}

// The fields that every Error of an answer has; the Error is on top.
static void add_status(lua_State *L, long status)
{
    lua_pushinteger(L, status);
    lua_setfield(L, -2, "status");
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, "sent");
}

// An integer field of the table at `from`, however the decoder made it; 0 when there is none.
static lua_Integer get_integer(lua_State *L, int from, const char *key)
{
    lua_getfield(L, from, key);
    lua_Integer value = lua_tointeger(L, -1);
    lua_pop(L, 1);
    return value;
}

// Copies a number as integer, a text or a boolean into the Error on top; other shapes are dropped.
static void copy_field(lua_State *L, int from, const char *key, const char *name)
{
    int whole = 0;
    int type = lua_getfield(L, from, key);
    lua_Integer number = lua_tointegerx(L, -1, &whole);
    if (whole && strstr(key, "code")) {
        lua_pop(L, 1);
        lua_pushinteger(L, number);
    }
    if (type == LUA_TSTRING || type == LUA_TBOOLEAN || (type == LUA_TNUMBER && whole))
        lua_setfield(L, -2, name);
    else
        lua_pop(L, 1);
}

// Pushes nil and the Error for the envelope {"error": {…}} whose inner table is at `from`.
static void push_envelope(lua_State *L, const char *op, int from, long status)
{
    lua_Integer code = get_integer(L, from, "code");
    lua_Integer subcode = get_integer(L, from, "error_subcode");
    bool transient = lua_getfield(L, from, "is_transient") == LUA_TBOOLEAN && lua_toboolean(L, -1);
    const char *message = "the Graph API refused the call";
    if (lua_getfield(L, from, "message") == LUA_TSTRING)
        message = lua_tostring(L, -1);
    char tail[64] = "";
    if (subcode)
        snprintf(tail, sizeof tail, ", subcode %lld", (long long)subcode);
    api_error(L, graph_kind(code, subcode), graph_retryable(code, status, transient), op,
              "%.*s (status %ld, code %lld%s)", shown(message, 700), message, status,
              (long long)code, tail);
    add_status(L, status);
    copy_field(L, from, "code", "code");
    copy_field(L, from, "error_subcode", "subcode");
    copy_field(L, from, "type", "type");
    copy_field(L, from, "fbtrace_id", "fbtrace_id");
    copy_field(L, from, "is_transient", "is_transient");
    copy_field(L, from, "error_user_msg", "user_message");
}

// The upload host answers {"debug_info": {…}} instead.
static void push_debug_info(lua_State *L, const char *op, int from, long status)
{
    const char *type = "";
    const char *message = "the upload was refused";
    bool retryable = lua_getfield(L, from, "retriable") == LUA_TBOOLEAN && lua_toboolean(L, -1);
    if (lua_getfield(L, from, "type") == LUA_TSTRING)
        type = lua_tostring(L, -1);
    if (lua_getfield(L, from, "message") == LUA_TSTRING)
        message = lua_tostring(L, -1);
    const char *kind = strcmp(type, "NotAuthorizedError") == 0 ? "auth" : "remote";
    api_error(L, kind, retryable || status >= 500, op, "%.*s (status %ld, %.*s)",
              shown(message, 700), message, status, shown(type, 60), type);
    add_status(L, status);
    copy_field(L, from, "type", "type");
}

bool graph_push_refusal(lua_State *L, const char *op, int from, long status)
{
    if (lua_istable(L, from)) {
        if (lua_getfield(L, from, "error") == LUA_TTABLE) {
            push_envelope(L, op, lua_gettop(L), status);
            return true;
        }
        if (lua_getfield(L, from, "debug_info") == LUA_TTABLE) {
            push_debug_info(L, op, lua_gettop(L), status);
            return true;
        }
    }
    if (is_success(status))
        return false;
    api_error(L, "remote", status >= 500 || status == 429, op,
              "%s: the server answered status %ld without saying why", op, status);
    add_status(L, status);
    return true;
}

// Decodes the body; leaves the value on top, or false and the reason as text.
static bool decode(lua_State *L, struct http_request *r)
{
    lua_pushvalue(L, GRAPH_DECODE);
    lua_pushlstring(L, r->body ? r->body : "", r->length);
    bool ok = lua_pcall(L, 1, 2, 0) == LUA_OK;
    if (!ok)
        return false;
    if (lua_isnil(L, -2)) {
        lua_remove(L, -2);
        return false;
    }
    lua_pop(L, 1);
    return true;
}

static int not_json(lua_State *L, struct http_request *r, long status, int reply)
{
    const char *why = luaL_tolstring(L, -1, NULL);
    api_error(L, "remote", status >= 500 || status == 429, r->name,
              "%s: the answer is no JSON (status %ld, %zu bytes): %.*s", r->name, status, r->length,
              shown(why, 200), why);
    add_status(L, status);
    lua_pushvalue(L, reply);
    return 3;
}

int graph_finish(lua_State *L, struct op *op)
{
    struct http_request *r = (struct http_request *)op;
    int failed = http_push_failure(L, r);
    if (failed)
        return failed;
    long status = http_status(r);
    http_push_reply(L, r);
    int reply = lua_gettop(L);
    if (lua_isnil(L, GRAPH_DECODE))
        lua_getfield(L, reply, "body");
    else if (!decode(L, r))
        return not_json(L, r, status, reply);
    int answer = lua_gettop(L);
    if (graph_push_refusal(L, r->name, answer, status)) {
        lua_pushvalue(L, reply);
        return 3;
    }
    lua_pushvalue(L, answer);
    lua_pushvalue(L, reply);
    return 2;
}
