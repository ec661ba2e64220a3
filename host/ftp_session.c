// ftp_session.c - the easy handle of a transfer thread and its sockets.
// libcurl looks at its progress callback once a second at best, and during a stalled handshake not
// at all. So every socket is registered, and a stopped job is woken by shutting them down.

#include "ftp_session.h"
#include "sys/cut.h"
#include <stdlib.h>
#include <string.h>

static int on_socket(void *data, curl_socket_t fd, curlsocktype purpose)
{
    struct ftp_session *session = data;
    (void)purpose;
    uv_mutex_lock(&session->lock);
    if (session->socket_count < FTP_SESSION_SOCKETS)
        session->sockets[session->socket_count++] = fd;
    uv_mutex_unlock(&session->lock);
    return CURL_SOCKOPT_OK;
}

static int on_close_socket(void *data, curl_socket_t fd)
{
    struct ftp_session *session = data;
    uv_mutex_lock(&session->lock);
    for (unsigned i = 0; i < session->socket_count; i++) {
        if (session->sockets[i] == fd) {
            session->sockets[i] = session->sockets[--session->socket_count];
            break;
        }
    }
    // Closed under the lock: a number that is free again must not be cut by mistake.
    int status = sys_socket_close(fd);
    uv_mutex_unlock(&session->lock);
    return status;
}

int ftp_session_open(struct ftp_session *session)
{
    memset(session, 0, sizeof *session);
    return uv_mutex_init(&session->lock);
}

void ftp_session_rest(struct ftp_session *session)
{
    CURLM *multi = session->multi;
    uv_mutex_lock(&session->lock);
    session->multi = NULL;
    uv_mutex_unlock(&session->lock);
    curl_easy_cleanup(session->easy);
    curl_multi_cleanup(multi); // closes the connection and calls on_close_socket
    session->easy = NULL;
    free(session->key);
    free(session->entry);
    session->key = session->entry = NULL;
}

void ftp_session_close(struct ftp_session *session)
{
    ftp_session_rest(session);
    uv_mutex_destroy(&session->lock);
}

static bool make_handles(struct ftp_session *session)
{
    if (!session->multi) {
        CURLM *multi = curl_multi_init();
        uv_mutex_lock(&session->lock);
        session->multi = multi;
        uv_mutex_unlock(&session->lock);
        if (multi) // one connection, so that what is known of it is about the one in use
            curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, 1L);
    }
    if (session->easy)
        curl_easy_reset(session->easy);
    else
        session->easy = curl_easy_init();
    return session->multi && session->easy;
}

CURL *ftp_session_easy(struct ftp_session *session)
{
    if (!make_handles(session))
        return NULL;
    CURL *easy = session->easy;
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); // a stopped job does not wait for the resolver
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, session);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close_socket);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, session);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, 30L);
    return easy;
}

static bool has_sockets(CURLM *multi)
{
    fd_set in, out, other;
    int highest = -1;
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_ZERO(&other);
    return curl_multi_fdset(multi, &in, &out, &other, &highest) == CURLM_OK && highest >= 0;
}

CURLcode ftp_session_perform(struct ftp_session *session)
{
    enum { PATIENT_MS = 1000, BRISK_MS = 2 };
    CURLM *multi = session->multi;
    CURLcode result = CURLE_OUT_OF_MEMORY;
    int running = 1, rest;
    if (curl_multi_add_handle(multi, session->easy) != CURLM_OK)
        return result;
    while (curl_multi_perform(multi, &running) == CURLM_OK && running) {
        int wait = has_sockets(multi) ? PATIENT_MS : BRISK_MS;
        if (curl_multi_poll(multi, NULL, 0, wait, NULL) != CURLM_OK)
            break;
    }
    for (CURLMsg *message; (message = curl_multi_info_read(multi, &rest));)
        if (message->msg == CURLMSG_DONE)
            result = message->data.result;
    curl_multi_remove_handle(multi, session->easy);
    return result;
}

// The text between the quotes of `257 "/srv/us" is the folder`; a doubled quote stands for one.
static char *quoted(const char *line)
{
    const char *at = strchr(line, '"');
    char *text = at ? strdup(at + 1) : NULL, *out = text;
    if (!text)
        return NULL;
    for (at = text; *at && (at[0] != '"' || at[1] == '"'); at++) {
        at += *at == '"';
        *out++ = *at;
    }
    bool closed = *at == '"';
    *out = 0;
    if (closed && *text == '/')
        return text;
    free(text);
    return NULL;
}

void ftp_session_hear(struct ftp_session *session, const char *line)
{
    if (strncmp(line, "220", 3) == 0) { // a new connection
        free(session->entry);
        session->entry = NULL;
        session->expects_entry = false;
    } else if (strncmp(line, "230", 3) == 0 || strncmp(line, "232", 3) == 0) {
        session->expects_entry = true;
    } else if (session->expects_entry && strncmp(line, "200", 3) != 0) { // 200: PBSZ and PROT
        session->expects_entry = false;
        if (strncmp(line, "257 ", 4) == 0)
            session->entry = quoted(line);
    }
}

void ftp_session_learn(struct ftp_session *session, const char *key, struct ftp_way way)
{
    if (!session->key || strcmp(session->key, key) != 0) {
        free(session->key);
        session->key = strdup(key);
    }
    session->way = way;
}

void ftp_session_cut(struct ftp_session *session)
{
    uv_mutex_lock(&session->lock);
    for (unsigned i = 0; i < session->socket_count; i++)
        sys_socket_cut(session->sockets[i]);
    if (session->multi)
        curl_multi_wakeup(session->multi); // it may wait for no socket at all
    uv_mutex_unlock(&session->lock);
}
