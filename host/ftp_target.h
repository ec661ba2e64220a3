// ftp_target.h - where an upload goes and how to log in: the checked URL and the limits.
// Plain C data, made on the loop thread, read by a transfer thread.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum ftp_scheme { FTP_PLAIN, FTP_IMPLICIT, FTP_SSH }; // ftp:// ftps:// sftp://
enum ftp_tls { FTP_TLS_OFF, FTP_TLS_TRY, FTP_TLS_REQUIRE };

struct ftp_target {
    enum ftp_scheme scheme;
    char *origin; // owned: "ftp://host:port", nothing after it
    // Owned, decoded: the folder without a slash at its end, and the file in it. For FTP a leading
    // slash makes the folder absolute, else it lies below the login folder; for SFTP it is absolute
    // unless it begins with "~".
    char *folder;
    char *name;
    char *user, *password; // owned, may be NULL
    char *ca_file;         // owned, NULL for the system's
    char *known_hosts;     // owned, SFTP
    char *private_key;     // owned, SFTP, may be NULL
    enum ftp_tls tls;
    bool tls13;              // do not cap at TLS 1.2
    bool tls_seen;           // the host has offered TLS before: plain is refused
    double connect_timeout;  // seconds, each
    double response_timeout; // for one reply of the server
    double stall_timeout;    // of data slower than 1 KB/s
};

// Sets scheme, origin, folder and name from a URL. NULL when it is fine, else what is wrong with
// it.
const char *ftp_target_parse(struct ftp_target *target, const char *url);
// Whether the bytes may stand in a command: a control byte would begin a command of its own.
bool ftp_target_clean(const char *text);
// Whether it is a plain file name: clean, not empty, no slash, neither "." nor "..".
bool ftp_target_is_name(const char *name);
// Returns new: the URL of `name` in the folder, or of the folder itself when `name` is NULL, every
// segment percent-encoded. NULL when memory is short.
char *ftp_target_url(const struct ftp_target *target, const char *name);
// Returns new: the path of `name` as commands take it. `entry` is the login folder of the server;
// without it a relative folder gives a relative path. NULL when memory is short.
char *ftp_target_path(const struct ftp_target *target, const char *name, const char *entry);
// Frees what it owns, the password overwritten first.
void ftp_target_free(struct ftp_target *target);
