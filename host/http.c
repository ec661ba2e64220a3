// http.c - one HTTP request: what libcurl is told, what it says back, what a script gets.
// Loop thread only. The callbacks fill the request; the operation ends when the pool has collected
// the transfer, never inside a callback of libcurl.
#include "http.h"

#include "api.h"
#include "http_error.h"
#include "http_pool.h"
#include "lib/curl.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADERS_MAX = 256 * 1024, FIRST_BODY = 16 * 1024, IDLE_SECONDS = 30 };

// ---- while it runs ------------------------------------------------------------------------------

// About to send, on a connection that stands. A reused connection that turns out to be dead makes
// libcurl send the request again by itself: harmless for a read, never allowed for the rest.
static int on_issue(void *data, char *peer, char *local, int peer_port, int local_port)
{
    (void)peer, (void)local, (void)peer_port, (void)local_port;
    struct http_request *r = data;
    long redirects = 0;
    curl_easy_getinfo(r->easy, CURLINFO_REDIRECT_COUNT, &redirects);
    if (r->issued > redirects && !r->safe) {
        r->repeated = true;
        return CURL_PREREQFUNC_ABORT;
    }
    r->issued++;
    r->sent = true;
    return CURL_PREREQFUNC_OK;
}

static size_t on_header(char *data, size_t size, size_t count, void *owner)
{
    (void)data;
    struct http_request *r = owner;
    r->header_bytes += size * count;
    if (r->header_bytes <= HEADERS_MAX)
        return size * count;
    r->too_large = true;
    return 0;
}

static bool reserve(struct http_request *r, size_t wanted)
{
    if (wanted <= r->capacity)
        return true;
    size_t capacity = r->capacity ? r->capacity : FIRST_BODY;
    while (capacity < wanted)
        capacity *= 2;
    char *body = realloc(r->body, capacity);
    if (!body)
        return false;
    r->body = body;
    r->capacity = capacity;
    return true;
}

static size_t on_body(char *data, size_t size, size_t count, void *owner)
{
    struct http_request *r = owner;
    size_t length = size * count;
    if (length > r->max_bytes - r->length) {
        r->too_large = true;
        return 0;
    }
    if (!reserve(r, r->length + length)) {
        r->no_memory = true;
        return 0;
    }
    if (length > 0)
        memcpy(r->body + r->length, data, length);
    r->length += length;
    return length;
}

void http_ended(struct http_request *r, CURLcode code)
{
    r->running = false;
    r->ended = true;
    r->code = code;
    if (http_body_stop(&r->file))
        op_done(&r->op);
}

static void http_cancel(struct op *op)
{
    struct http_request *r = (struct http_request *)op;
    if (!r->running) {
        http_body_stop(&r->file); // it is being opened, or ends already
        return;
    }
    http_pool_stop(op->host, r->easy);
    http_ended(r, CURLE_ABORTED_BY_CALLBACK);
}

// The file is open, or it has been let go of.
static void on_file_idle(struct http_body *body)
{
    struct http_request *r = body->owner;
    if (r->ended) {
        op_done(&r->op);
        return;
    }
    r->code = body->stopped || body->status ? CURLE_READ_ERROR : http_body_set(body, r->easy);
    if (r->code == CURLE_OK)
        r->code = http_pool_start(r->op.host, r->easy);
    r->running = r->code == CURLE_OK;
    if (!r->running)
        op_done(&r->op);
}

static void http_release(struct op *op)
{
    struct http_request *r = (struct http_request *)op;
    http_body_free(&r->file);
    free(r->what);
    free(r->source);
    free(r->body);
    if (!r->easy) // then there is nothing of libcurl's, maybe not even libcurl
        return;
    http_pool_give(op->host, r->easy);
    curl_slist_free_all(r->headers);
    curl_free(r->url);
}

// ---- start --------------------------------------------------------------------------------------

// Only names and addresses that mean this machine whatever a name server says.
static bool is_loopback(const char *name)
{
    return strcmp(name, "localhost") == 0 || strncmp(name, "127.", 4) == 0 ||
           strcmp(name, "[::1]") == 0;
}

// "GET https://host/path": neither user part nor query may show up in an error.
static char *describe(const char *method, CURLU *url)
{
    curl_url_set(url, CURLUPART_USER, NULL, 0);
    curl_url_set(url, CURLUPART_PASSWORD, NULL, 0);
    curl_url_set(url, CURLUPART_QUERY, NULL, 0);
    curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0);
    char *text = NULL;
    if (curl_url_get(url, CURLUPART_URL, &text, 0))
        return NULL;
    size_t size = strlen(method) + strlen(text) + 2;
    char *what = malloc(size);
    if (what)
        snprintf(what, size, "%s %s", method, text);
    curl_free(text);
    return what;
}

static CURLcode set_url(struct http_request *r, const struct http_options *o)
{
    CURLU *url = curl_url();
    if (!url)
        return CURLE_OUT_OF_MEMORY;
    char *name = NULL;
    CURLcode code = CURLE_URL_MALFORMAT;
    if (curl_url_set(url, CURLUPART_URL, o->url, CURLU_NON_SUPPORT_SCHEME) ||
        curl_url_get(url, CURLUPART_HOST, &name, 0))
        goto out;
    // A proxy of the environment cannot reach what listens on this machine alone.
    if (is_loopback(name))
        curl_easy_setopt(r->easy, CURLOPT_NOPROXY, "*");
    code = curl_easy_setopt(r->easy, CURLOPT_URL, o->url);
    r->what = describe(o->method, url);
out:
    curl_free(name);
    curl_url_cleanup(url);
    return code;
}

static CURLcode set_body(struct http_request *r, const struct http_options *o)
{
    CURL *easy = r->easy;
    bool post = strcmp(o->method, "POST") == 0;
    r->safe = strcmp(o->method, "GET") == 0 || strcmp(o->method, "HEAD") == 0;
    if (strcmp(o->method, "HEAD") == 0)
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    else // the length that HEAD tells is of a body that does not come
        curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)o->max_bytes);
    if (!post && (o->body || o->body_file || !r->safe))
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, o->method);
    if (o->body_file || (!o->body && !post))
        return CURLE_OK;
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)o->body_length);
    return curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, o->body ? o->body : "");
}

static bool add_header(struct http_request *r, const char *line)
{
    struct curl_slist *list = curl_slist_append(r->headers, line);
    if (list)
        r->headers = list;
    return list != NULL;
}

static CURLcode set_headers(lua_State *L, struct http_request *r, const struct http_options *o)
{
    // Waiting for "100 Continue" costs a second where the server does not know it.
    bool ok = add_header(r, "Expect:");
    lua_Integer count = o->headers ? (lua_Integer)lua_rawlen(L, o->headers) : 0;
    for (lua_Integer i = 1; i <= count && ok; i++) {
        lua_rawgeti(L, o->headers, i);
        ok = add_header(r, lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    curl_easy_setopt(r->easy, CURLOPT_HTTPHEADER, r->headers);
    return ok ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

static long milliseconds(double seconds)
{
    return seconds <= 0 ? 0 : (long)(seconds * 1000) + 1; // 0 is no limit, to us and to libcurl
}

static void set_limits(struct http_request *r, const struct http_options *o)
{
    CURL *easy = r->easy;
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, milliseconds(o->timeout));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(o->connect_timeout));
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, o->redirects > 0 ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)o->redirects);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)IDLE_SECONDS);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, o->fresh ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, o->fresh ? 1L : 0L);
    const char *ca_file = curl_ca_file(o->ca_file);
    if (ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
    // HTTP/2 lets libcurl repeat a refused stream by itself.
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    // Else a request that is stopped while its name is looked up holds the loop until it is found.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
}

static void set_callbacks(struct http_request *r)
{
    CURL *easy = r->easy;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, r);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, r->error);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "affiche/" AFFICHE_VERSION);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_issue);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, r);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, r);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, r);
}

static CURLcode open_file(struct http_request *r, const struct http_options *o)
{
    r->source = strdup(o->body_file);
    r->file.owner = r;
    r->file.idle = on_file_idle;
    if (!r->source)
        return CURLE_OUT_OF_MEMORY;
    r->file.status = http_body_open(&r->file, op_loop(&r->op), r->source, o->body_offset);
    return r->file.status ? CURLE_READ_ERROR : CURLE_OK;
}

static CURLcode start(lua_State *L, struct http_request *r, const struct http_options *o)
{
    r->name = o->name;
    r->max_bytes = o->max_bytes;
    const char *problem = curl_problem();
    if (problem) {
        snprintf(r->error, sizeof r->error, "%s", problem);
        return CURLE_FAILED_INIT;
    }
    r->easy = http_pool_take(r->op.host);
    if (!r->easy)
        return CURLE_OUT_OF_MEMORY;
    set_callbacks(r);
    set_limits(r, o);
    CURLcode code = set_url(r, o);
    if (code == CURLE_OK)
        code = set_body(r, o);
    if (code == CURLE_OK)
        code = set_headers(L, r, o);
    if (code == CURLE_OK && o->body_file)
        return open_file(r, o);
    if (code == CURLE_OK)
        code = http_pool_start(r->op.host, r->easy);
    r->running = code == CURLE_OK;
    return code;
}

struct http_request *http_begin(lua_State *L)
{
    return op_begin(L, sizeof(struct http_request), http_cancel, http_release);
}

int http_wait(lua_State *L, struct http_request *r, const struct http_options *options,
              op_finish_fn finish)
{
    r->code = start(L, r, options);
    if (r->code != CURLE_OK)
        op_done(&r->op);
    return op_wait(L, &r->op, finish);
}
