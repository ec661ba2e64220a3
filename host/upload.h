// upload.h - how one file gets to a server so that its final name only ever holds the whole file.
// Plain C data, filled on the loop thread, run on a transfer thread, read on the loop thread again.
#pragma once

#include "ftp_request.h"
#include "upload_error.h"

enum { UPLOAD_CLEANUP = 16 };

struct upload {
    struct ftp_target target;          // owned
    char *source;                      // owned: path of the local file
    char *sha256;                      // owned: hex digits of its content
    char *temporary;                   // owned: name while it is on its way
    char *cleanup[UPLOAD_CLEANUP + 1]; // owned: leftovers of ours in the same folder, to be deleted
                                       // or, a piece of this very file, to be gone on from
    bool rename;                       // false: the server cannot, write the final name directly
    bool make_folders;                 // false: a missing folder is an error
    // Results.
    int64_t size;
    bool existed;  // it was there before
    bool verified; // the server told that all of it is there
    bool renamed;
    bool left; // the temporary file may still be on the server
    struct ftp_way way;
    bool tls_offered;
    const char *warnings[FTP_WARNINGS];
    unsigned warning_count;
    struct upload_error error; // kind is NULL when all went well
};

void upload_run(struct upload *upload, struct ftp_session *session, const atomic_bool *stop);
// Removes the final name; only `target` is used, and `error` and `way` are set. A file that is not
// there is success.
void upload_delete(struct upload *upload, struct ftp_session *session, const atomic_bool *stop);
// Frees what it owns.
void upload_free(struct upload *upload);
