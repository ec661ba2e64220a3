// ftp_session.h - what a transfer thread keeps between two jobs: one easy handle with its
// connection, the way of talking that worked, and the sockets, so that another thread can cut them.
// Everything belongs to the transfer thread but ftp_session_cut. libcurl must be ready.
#pragma once

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

enum { FTP_SESSION_SOCKETS = 8 };

// How a server was found to talk. Found out at the first request, kept while the connection is.
struct ftp_way {
    bool tls;      // encrypted (explicit or implicit)
    bool verified; // its certificate was checked
    bool tls13;    // the cap at TLS 1.2 is lifted
};

struct ftp_session {
    CURLM *multi;       // owned, holds the connection; NULL until needed
    CURL *easy;         // owned; NULL until needed
    char *key;          // owned: whom `way` and the kept connection are about, or NULL
    struct ftp_way way; // of `key`
    char *entry;        // owned: login folder of the FTP server, NULL when it was not told
    bool expects_entry; // the login is done, so the next 257 answers PWD
    uv_mutex_t lock;    // guards the sockets and, against ftp_session_cut, the multi handle
    curl_socket_t sockets[FTP_SESSION_SOCKETS];
    unsigned socket_count;
};

// 0 or a negative code.
int ftp_session_open(struct ftp_session *session);
// On any thread, once nobody uses it any more.
void ftp_session_close(struct ftp_session *session);
// Gives up the idle connection and what was known of the server.
void ftp_session_rest(struct ftp_session *session);
// The easy handle, reset to its defaults but with its connection; NULL when memory is short.
// Sockets are registered from then on.
CURL *ftp_session_easy(struct ftp_session *session);
// Runs the request that the easy handle describes. As curl_easy_perform, but that one, in libcurl
// 7.88, sleeps for a second before each data connection, when it has no socket to wait for.
CURLcode ftp_session_perform(struct ftp_session *session);
// Takes note of a reply line: the login folder stands in one of them, and libcurl's own memory of
// it may be that of a connection that is gone.
void ftp_session_hear(struct ftp_session *session, const char *line);
// Remembers how `key` talks. Short memory only means that it is found out again.
void ftp_session_learn(struct ftp_session *session, const char *key, struct ftp_way way);
// Any thread: ends what the session's sockets do, so that a blocked call in libcurl returns.
void ftp_session_cut(struct ftp_session *session);
