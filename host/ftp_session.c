// ftp_session.c - the easy handle of a transfer thread and its sockets.
// libcurl looks at its progress callback once a second at best, and during a stalled handshake not
// at all. So every socket is registered, and a stopped job is woken by shutting them down.

#include "ftp_session.h"
#include "curl_once.h"
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

void ftp_session_open(struct ftp_session *session)
{
    memset(session, 0, sizeof *session);
    if (uv_mutex_init(&session->lock))
        abort(); // only for lack of kernel resources that a running thread already has
}

void ftp_session_rest(struct ftp_session *session)
{
    curl_easy_cleanup(session->easy);
    session->easy = NULL;
    free(session->key);
    session->key = NULL;
}

void ftp_session_close(struct ftp_session *session)
{
    ftp_session_rest(session);
    uv_mutex_destroy(&session->lock);
}

CURL *ftp_session_easy(struct ftp_session *session)
{
    if (curl_ready())
        return NULL;
    if (session->easy)
        curl_easy_reset(session->easy);
    else if (!(session->easy = curl_easy_init()))
        return NULL;
    CURL *easy = session->easy;
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, session);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close_socket);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, session);
    // One connection: then CURLINFO_FTP_ENTRY_PATH can only be about that one.
    curl_easy_setopt(easy, CURLOPT_MAXCONNECTS, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, 30L);
    return easy;
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
    uv_mutex_unlock(&session->lock);
}
