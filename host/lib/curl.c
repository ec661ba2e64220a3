// curl.c - libcurl, opened and made ready by whoever needs it first.
// Start-up does not pay for it: it brings thirty libraries, and curl_global_init reads tables and
// configuration for milliseconds.
#include "curl.h"

#include "library.h"
#include <curl/curl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <uv.h>

// The parameters have names of ours.
// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name)
#define LIST(F)                                                                                    \
    F(CURLcode, curl_global_init, (long flags), (flags))                                           \
    F(CURL *, curl_easy_init, (void), ())                                                          \
    F(void, curl_easy_reset, (CURL * easy), (easy))                                                \
    F(CURLcode, curl_easy_pause, (CURL * easy, int directions), (easy, directions))                \
    F(void, curl_easy_cleanup, (CURL * easy), (easy))                                              \
    F(const char *, curl_easy_strerror, (CURLcode code), (code))                                   \
    F(struct curl_header *, curl_easy_nextheader,                                                  \
      (CURL * easy, unsigned origin, int request, struct curl_header *before),                     \
      (easy, origin, request, before))                                                             \
    F(CURLM *, curl_multi_init, (void), ())                                                        \
    F(CURLMcode, curl_multi_cleanup, (CURLM * multi), (multi))                                     \
    F(CURLMcode, curl_multi_add_handle, (CURLM * multi, CURL * easy), (multi, easy))               \
    F(CURLMcode, curl_multi_remove_handle, (CURLM * multi, CURL * easy), (multi, easy))            \
    F(CURLMsg *, curl_multi_info_read, (CURLM * multi, int *left), (multi, left))                  \
    F(CURLMcode, curl_multi_perform, (CURLM * multi, int *running), (multi, running))              \
    F(CURLMcode, curl_multi_poll,                                                                  \
      (CURLM * multi, struct curl_waitfd extra[], unsigned count, int timeout, int *ready),        \
      (multi, extra, count, timeout, ready))                                                       \
    F(CURLMcode, curl_multi_wakeup, (CURLM * multi), (multi))                                      \
    F(CURLMcode, curl_multi_fdset,                                                                 \
      (CURLM * multi, fd_set * in, fd_set * out, fd_set * other, int *highest),                    \
      (multi, in, out, other, highest))                                                            \
    F(CURLMcode, curl_multi_assign, (CURLM * multi, curl_socket_t socket, void *data),             \
      (multi, socket, data))                                                                       \
    F(CURLMcode, curl_multi_socket_action,                                                         \
      (CURLM * multi, curl_socket_t socket, int events, int *running),                             \
      (multi, socket, events, running))                                                            \
    F(struct curl_slist *, curl_slist_append, (struct curl_slist * list, const char *text),        \
      (list, text))                                                                                \
    F(void, curl_slist_free_all, (struct curl_slist * list), (list))                               \
    F(CURLU *, curl_url, (void), ())                                                               \
    F(void, curl_url_cleanup, (CURLU * url), (url))                                                \
    F(CURLUcode, curl_url_get, (CURLU * url, CURLUPart part, char **text, unsigned flags),         \
      (url, part, text, flags))                                                                    \
    F(CURLUcode, curl_url_set, (CURLU * url, CURLUPart part, const char *text, unsigned flags),    \
      (url, part, text, flags))                                                                    \
    F(void, curl_free, (void *memory), (memory))

// The compiler's checks of these three are macros; the functions themselves stand here.
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

LIST(LIBRARY_POINTER)
static __typeof__(curl_easy_setopt) *real_curl_easy_setopt;
static __typeof__(curl_easy_getinfo) *real_curl_easy_getinfo;
static __typeof__(curl_multi_setopt) *real_curl_multi_setopt;

static const struct library_entry entries[] = {
    LIST(LIBRARY_ENTRY){"curl_easy_setopt", (void **)&real_curl_easy_setopt},
    {"curl_easy_getinfo", (void **)&real_curl_easy_getinfo},
    {"curl_multi_setopt", (void **)&real_curl_multi_setopt},
};

LIST(LIBRARY_FUNCTION)

// An option's number tells what its value is: a long, a large number (here as wide as a long), else
// an address. NOLINTBEGIN(bugprone-branch-clone)
enum { KIND = 10000 };

CURLcode curl_easy_setopt(CURL *easy, CURLoption option, ...)
{
    va_list values;
    CURLcode code;
    va_start(values, option);
    if (option / KIND == CURLOPTTYPE_LONG / KIND)
        code = real_curl_easy_setopt(easy, option, va_arg(values, long));
    else if (option / KIND == CURLOPTTYPE_OFF_T / KIND)
        code = real_curl_easy_setopt(easy, option, va_arg(values, curl_off_t));
    else
        code = real_curl_easy_setopt(easy, option, va_arg(values, void *));
    va_end(values);
    return code;
}

CURLMcode curl_multi_setopt(CURLM *multi, CURLMoption option, ...)
{
    va_list values;
    CURLMcode code;
    va_start(values, option);
    if (option / KIND == CURLOPTTYPE_LONG / KIND)
        code = real_curl_multi_setopt(multi, option, va_arg(values, long));
    else if (option / KIND == CURLOPTTYPE_OFF_T / KIND)
        code = real_curl_multi_setopt(multi, option, va_arg(values, curl_off_t));
    else
        code = real_curl_multi_setopt(multi, option, va_arg(values, void *));
    va_end(values);
    return code;
}

// NOLINTEND(bugprone-branch-clone)

// The value is always the address of where the answer goes.
CURLcode curl_easy_getinfo(CURL *easy, CURLINFO info, ...)
{
    va_list values;
    va_start(values, info);
    CURLcode code = real_curl_easy_getinfo(easy, info, va_arg(values, void *));
    va_end(values);
    return code;
}

// NOLINTEND(readability-inconsistent-declaration-parameter-name)

static uv_once_t once = UV_ONCE_INIT;
static const char *problem;
static char room[LIBRARY_TEXT];

static void initialise(void)
{
    problem = library_open("libcurl.so.4", entries, sizeof entries / sizeof *entries, room);
    if (!problem && real_curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        problem = "the library libcurl.so.4 cannot be used: it could not be set up";
}

const char *curl_problem(void)
{
    uv_once(&once, initialise);
    return problem;
}

// libcurl itself does not look at these variables, only the curl program does; same order as there.
const char *curl_ca_file(const char *given)
{
    static const char *const names[] = {"CURL_CA_BUNDLE", "SSL_CERT_FILE"};
    if (given)
        return given;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return value;
    }
    return NULL;
}
