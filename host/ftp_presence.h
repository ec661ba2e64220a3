// ftp_presence.h - is a file there, and how long is it? Asked in every way a server may know.
// Transfer threads only.
#pragma once

#include "ftp_request.h"

enum ftp_presence {
    FTP_ABSENT,
    FTP_PRESENT,
    FTP_UNREADABLE, // no other question is understood, and reading it is refused: absent or secret
    FTP_UNKNOWN,    // the server answers, but tells neither size nor listing nor content
    FTP_FAILED,     // the request itself failed: see the link
};

// SIZE (SFTP: stat), else MLST, else a listing, else the file is read back. `source` is what the
// file should hold: content read back that differs gives FTP_PRESENT with size -1. It may be -1
// when there is nothing to compare with, then only what is cheap is asked. With `make_folders` a
// missing folder is made on the way.
enum ftp_presence ftp_presence_ask(struct ftp_link *link, const char *name, bool fresh,
                                   uv_file source, bool make_folders, int64_t *size);
// Finds `name` in one line of a listing, in the style of ls or of DOS. Returns its size, or -1.
int64_t ftp_presence_listed(const char *line, const char *name);
