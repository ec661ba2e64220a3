// http_reply.c - the border of HTTP requests with Lua: header lines in, Reply or Error out.
// Loop thread only; everything here may raise.
#include "http.h"

#include "api.h"
#include "http_error.h"
#include <string.h>

static bool is_name(const char *text, size_t length)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        bool alphanumeric =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!alphanumeric && (c == '\0' || !strchr(others, c)))
            return false;
    }
    return length > 0;
}

static bool is_value(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < 0x20 && c != '\t') || c == 0x7F)
            return false;
    }
    return true;
}

// Appends the line for the pair on top of the stack (name value) to the list below it.
static void add_line(lua_State *L, int list, const char *what)
{
    size_t name_length, length;
    if (lua_type(L, -2) != LUA_TSTRING)
        luaL_error(L, "%s: names must be strings, not %s", what, luaL_typename(L, -2));
    const char *name = lua_tolstring(L, -2, &name_length);
    if (!is_name(name, name_length))
        luaL_error(L, "%s: '%s' is not the name of a header", what, name);
    if (lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "%s.%s: string expected, got %s", what, name, luaL_typename(L, -1));
    const char *value = lua_tolstring(L, -1, &length);
    if (!is_value(value, length))
        luaL_error(L, "%s.%s: control characters are not allowed", what, name);
    if (length > 0)
        lua_pushfstring(L, "%s: %s", name, value);
    else
        lua_pushfstring(L, "%s;", name); // how libcurl is told to send an empty one
    lua_rawseti(L, list, (lua_Integer)lua_rawlen(L, list) + 1);
}

void http_push_headers(lua_State *L, int index, const char *what)
{
    bool any = !lua_isnoneornil(L, index);
    index = lua_absindex(L, index);
    lua_newtable(L);
    if (!any)
        return;
    int list = lua_gettop(L);
    if (!lua_istable(L, index))
        luaL_error(L, "%s: table expected, got %s", what, luaL_typename(L, index));
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) // list name value
        add_line(L, list, what);
}

// What went wrong, in words; libcurl's own unless we stopped it.
static const char *reason(const struct http_request *r)
{
    if (r->repeated)
        return "the connection was lost before an answer came, and it must not be sent again";
    if (r->no_memory)
        return "not enough memory for the answer";
    if (r->too_large || r->code == CURLE_FILESIZE_EXCEEDED)
        return "the answer is too large";
    return *r->error ? r->error : curl_easy_strerror(r->code);
}

static struct http_class classify(const struct http_request *r)
{
    if (r->repeated)
        return http_classify(CURLE_GOT_NOTHING, true);
    if (r->too_large)
        return http_classify(CURLE_FILESIZE_EXCEEDED, true);
    if (r->no_memory)
        return http_classify(CURLE_OUT_OF_MEMORY, true);
    return http_classify(r->code, r->sent);
}

int http_push_failure(lua_State *L, struct http_request *r)
{
    if (r->code == CURLE_OK)
        return 0;
    if (r->op.cancelled)
        return api_stopped(L, &r->op, r->name);
    if (r->file.status) {
        if (r->file.status == UV_EOF)
            api_error(L, "io", true, r->name, "%s: the file became shorter", r->source);
        else
            api_fail(L, r->file.status, r->name, r->source);
        lua_pushboolean(L, r->sent);
        lua_setfield(L, -2, "sent");
        return 2;
    }
    struct http_class class = classify(r);
    api_error(L, class.kind, class.retryable, r->name, "%s: %s%s%s", r->name,
              r->what ? r->what : "", r->what ? ": " : "", reason(r));
    lua_pushboolean(L, r->sent);
    lua_setfield(L, -2, "sent");
    long number = 0; // elsewhere libcurl leaves what an earlier try has left
    if (r->code == CURLE_COULDNT_CONNECT)
        curl_easy_getinfo(r->easy, CURLINFO_OS_ERRNO, &number);
    if (number > 0) {
        lua_pushstring(L, uv_err_name(uv_translate_sys_error((int)number)));
        lua_setfield(L, -2, "code");
    }
    return 2;
}

long http_status(struct http_request *r)
{
    long status = 0;
    curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static void push_lower(lua_State *L, const char *name)
{
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    for (; *name; name++)
        luaL_addchar(&buffer, (char)(*name >= 'A' && *name <= 'Z' ? *name + 32 : *name));
    luaL_pushresult(&buffer);
}

// Of the last reply alone, not of redirects or 1xx before it.
static void push_reply_headers(lua_State *L, struct http_request *r)
{
    lua_newtable(L);
    struct curl_header *header = NULL;
    while ((header = curl_easy_nextheader(r->easy, CURLH_HEADER, -1, header))) {
        push_lower(L, header->name);
        lua_pushvalue(L, -1);
        if (lua_rawget(L, -3) == LUA_TSTRING) { // headers name earlier
            lua_pushfstring(L, "%s, %s", lua_tostring(L, -1), header->value);
            lua_replace(L, -2);
        } else {
            lua_pop(L, 1);
            lua_pushstring(L, header->value);
        }
        lua_rawset(L, -3);
    }
}

// The address without its user part. Kept with the request, so that nothing is lost when a push
// raises.
static const char *final_url(struct http_request *r)
{
    char *effective = NULL;
    curl_easy_getinfo(r->easy, CURLINFO_EFFECTIVE_URL, &effective);
    CURLU *url = curl_url();
    if (url && effective && !r->url && !curl_url_set(url, CURLUPART_URL, effective, 0)) {
        curl_url_set(url, CURLUPART_USER, NULL, 0);
        curl_url_set(url, CURLUPART_PASSWORD, NULL, 0);
        curl_url_get(url, CURLUPART_URL, &r->url, 0);
    }
    curl_url_cleanup(url);
    return r->url ? r->url : "";
}

void http_push_reply(lua_State *L, struct http_request *r)
{
    luaL_checkstack(L, 6, NULL);
    lua_createtable(L, 0, 4);
    lua_pushinteger(L, http_status(r));
    lua_setfield(L, -2, "status");
    lua_pushlstring(L, r->body ? r->body : "", r->length);
    lua_setfield(L, -2, "body");
    push_reply_headers(L, r);
    lua_setfield(L, -2, "headers");
    lua_pushstring(L, final_url(r));
    lua_setfield(L, -2, "url");
}
