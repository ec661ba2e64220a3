// ftp_request.h - one request to an FTP, FTPS or SFTP server, and what became of it.
// Transfer threads only.
#pragma once

#include "ftp_link.h"

enum { FTP_COMMANDS = 32 };

enum ftp_verb {
    FTP_LOOK,  // run the commands, ask the size of `name` when there is one; moves no data
    FTP_STORE, // write `name` from `source`
    FTP_FETCH, // read `name` into `sink`
    FTP_LIST,  // list the folder into `sink`
};

struct ftp_request {
    enum ftp_verb verb;
    const char *name;                   // in the target's folder; NULL: the folder itself
    const char *commands[FTP_COMMANDS]; // sent before anything else, NULL-terminated; borrowed
    bool fresh;                         // on a new connection
    bool make_folders;
    uv_file source;
    int64_t length; // of the source
    bool resume;    // go on behind what is there already
    curl_write_callback sink;
    void *sink_data;
};

// Runs it, on a dead kept connection a second time on a new one. Fills the fields of the link that
// tell of the last request.
CURLcode ftp_request(struct ftp_link *link, const struct ftp_request *request);
