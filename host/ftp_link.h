// ftp_link.h - one job's use of a session: how to talk to the server, and what its names are
// called. Transfer threads only.
#pragma once

#include "ftp_session.h"
#include "ftp_target.h"
#include <stdatomic.h>

enum { FTP_WARNINGS = 8 };

struct ftp_link {
    const struct ftp_target *target; // borrowed
    struct ftp_session *session;     // borrowed
    const atomic_bool *stop;         // borrowed
    char *key;                       // owned
    struct ftp_way way;
    bool settled;     // a request got through to the server: the way is right
    bool tls_offered; // the server said yes to AUTH TLS
    const char *warnings[FTP_WARNINGS];
    unsigned warning_count;
    // Of the last request.
    CURLcode result;
    int code;       // last reply code of the server, 0 without
    int64_t size;   // of the file looked at, -1 when the server did not tell
    int64_t told;   // by MLST, -1 without
    int64_t sent;   // bytes handed to the network: no proof of anything
    unsigned heard; // reply lines
    char reply[256];
    char detail[CURL_ERROR_SIZE];
};

// 0 or UV_ENOMEM. Everything in the link is owned by it but what is marked.
int ftp_link_open(struct ftp_link *link, const struct ftp_target *target,
                  struct ftp_session *session, const atomic_bool *stop);
void ftp_link_close(struct ftp_link *link);
// A text that lives as long as the program. The same one is kept once.
void ftp_link_warn(struct ftp_link *link, const char *warning);
// After a failed first request: whether it shall be tried again in another way (without checking
// the certificate, with TLS 1.3, in plain), as the target allows.
bool ftp_link_adapt(struct ftp_link *link);
// Returns new: the path of `name` for a command. NULL when memory is short.
char *ftp_link_path(const struct ftp_link *link, const char *name);
// Whether the session may still have a connection that fits this link.
bool ftp_link_kept(const struct ftp_link *link);
// Any command line built from names goes through here: returns new, NULL when memory is short.
// FTP: `verb path`; SFTP: `verb "path"`. A second path may be NULL.
char *ftp_link_command(const struct ftp_link *link, const char *verb, const char *name,
                       const char *second);
