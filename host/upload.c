// upload.c - how one file gets to a server so that its final name only ever holds the whole file.
// Transfer thread. The order is: look at the final name, store under the temporary name, ask its
// size, look again, rename, ask the size. Each is a request of its own: what libcurl runs by itself
// after an upload (POSTQUOTE) would rename a file that the server has cut short. The look is the
// only protection of what is there, since most servers rename over it without a word.

#include "ftp_presence.h"
#include "upload_job.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// Smaller files are sent whole: after a resumed upload a size proves less.
enum { RESUME_FROM = 8 << 20 };

static const char *const warn_unverified =
    "the FTP server tells no size of a file: its word was taken that the upload is whole";
static const char *const warn_blind =
    "the FTP server does not tell which files it has: a taken name could not be noticed";

static int fail_taken(struct upload_job *job, int64_t size)
{
    struct upload_error *error = &job->upload->error;
    upload_error_own(error, "remote", false,
                     "the name is taken on the server by something else (%" PRId64
                     " bytes, ours has %" PRId64 ")",
                     size, job->length);
    error->name = "EEXIST";
    error->taken = true;
    return -1;
}

static int open_source(struct upload_job *job)
{
    uv_fs_t request;
    job->source = uv_fs_open(NULL, &request, job->upload->source, UV_FS_O_RDONLY, 0, NULL);
    uv_fs_req_cleanup(&request);
    int code = job->source < 0 ? job->source : uv_fs_fstat(NULL, &request, job->source, NULL);
    if (code == 0) {
        job->length = (int64_t)request.statbuf.st_size;
        bool regular = (request.statbuf.st_mode & 0170000) == 0100000;
        uv_fs_req_cleanup(&request);
        if (regular)
            return 0;
        code = UV_EISDIR;
    }
    upload_error_own(&job->upload->error, "io", false, "the file to send cannot be read: %s",
                     uv_strerror(code));
    job->upload->error.name = uv_err_name(code);
    return -1;
}

static bool named_by_content(const struct upload *upload)
{
    char digits[13] = "";
    memcpy(digits, upload->sha256, sizeof digits - 1);
    return strstr(upload->target.name, digits) != NULL;
}

// 1: the final name holds our file already. 0: it is free. -1: an error, which is set.
static int look(struct upload_job *job, bool fresh)
{
    int64_t size;
    enum ftp_presence presence = ftp_presence_ask(&job->link, job->upload->target.name, fresh,
                                                  job->source, job->upload->make_folders, &size);
    if (presence == FTP_FAILED)
        return upload_job_fail(job, "looking at the final name");
    if (presence == FTP_UNKNOWN)
        ftp_link_warn(&job->link, warn_blind);
    if (presence != FTP_PRESENT)
        return 0;
    bool ours = named_by_content(job->upload);
    if (size == job->length && ours)
        return 1;
    // Without a temporary name, an upload that was cut short leaves its rest under the final one.
    if (ours && !job->upload->rename) {
        upload_job_remove(job, (char *[]){job->upload->target.name, NULL}, false);
        return 0;
    }
    return fail_taken(job, size);
}

// The first request finds out how the server wants to be spoken to.
static int look_first(struct upload_job *job)
{
    int found = look(job, false);
    while (found < 0 && !job->link.settled && ftp_link_adapt(&job->link))
        found = look(job, false);
    if (found >= 0)
        job->upload->error.kind = NULL;
    return found;
}

// Asks whether all of it is there. A lost connection says nothing, so it is asked on a new one.
static int verify(struct upload_job *job, char *name, bool fresh)
{
    int64_t size;
    enum ftp_presence presence =
        ftp_presence_ask(&job->link, name, fresh, job->source, job->upload->make_folders, &size);
    switch (presence) {
    case FTP_FAILED:
        return upload_job_fail(job, "checking the upload");
    case FTP_UNREADABLE:
    case FTP_UNKNOWN:
        ftp_link_warn(&job->link, warn_unverified);
        return 0;
    case FTP_ABSENT:
        upload_error_own(&job->upload->error, "network", true,
                         "the server took the file, but it is not there");
        return -1;
    case FTP_PRESENT:
        break;
    }
    job->upload->verified = size == job->length;
    if (job->upload->verified)
        return 0;
    upload_error_own(&job->upload->error, "network", true,
                     "the server kept %" PRId64 " of %" PRId64 " bytes", size, job->length);
    return -1;
}

// Whether what the server has got by now is worth going on from: cut by the network, not refused.
static bool worth_keeping(const struct upload_job *job)
{
    CURLcode result = job->link.result;
    bool cut = result == CURLE_SEND_ERROR || result == CURLE_RECV_ERROR ||
               result == CURLE_OPERATION_TIMEDOUT;
    return cut && job->upload->rename && job->length > RESUME_FROM && job->link.sent > 0 &&
           job->link.code < 400;
}

static void send_file(struct upload_job *job, const char *name, bool resume)
{
    ftp_request(&job->link, &(struct ftp_request){.verb = FTP_STORE,
                                                  .name = name,
                                                  .make_folders = job->upload->make_folders,
                                                  .source = job->source,
                                                  .length = job->length,
                                                  .resume = resume});
}

static int store(struct upload_job *job, char *name, bool resume)
{
    struct ftp_link *link = &job->link;
    send_file(job, name, resume);
    if (resume && link->result != CURLE_OK && link->code >= 400 && link->sent == 0) {
        // The server does not append, or not here: the whole file, then. On a new connection, since
        // libcurl may have missed a reply of the old one.
        upload_job_remove(job, (char *[]){name, NULL}, true);
        send_file(job, name, false);
    }
    bool fresh = false;
    if (link->result != CURLE_OK) {
        // Lost after the last byte: all of it may be there, its size will tell.
        fresh = link->result == CURLE_RECV_ERROR && link->sent == job->length;
        if (!fresh) {
            upload_job_fail(job, "uploading");
            job->upload->left = worth_keeping(job);
            if (!job->upload->left)
                upload_job_discard(job, name);
            return -1;
        }
    }
    if (verify(job, name, fresh) == 0)
        return 0;
    upload_job_discard(job, name);
    return -1;
}

static bool refuses_rename(const struct ftp_link *link)
{
    static const int codes[] = {500, 502, 504, 550, 553};
    if (link->result != CURLE_QUOTE_ERROR)
        return false;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (link->code == codes[i])
            return true;
    return link->target->scheme == FTP_SSH;
}

// The rename and the size of the final name in one request. CURLE_OK says that it was done.
static CURLcode ask_rename(struct upload_job *job)
{
    struct ftp_link *link = &job->link;
    struct upload *upload = job->upload;
    bool ssh = link->target->scheme == FTP_SSH;
    char *from = ftp_link_command(link, ssh ? "rename" : "RNFR", upload->temporary,
                                  ssh ? upload->target.name : NULL);
    char *to = ssh ? NULL : ftp_link_command(link, "RNTO", upload->target.name, NULL);
    link->result = CURLE_OUT_OF_MEMORY;
    if (from && (ssh || to))
        ftp_request(link, &(struct ftp_request){.verb = FTP_LOOK,
                                                .name = upload->target.name,
                                                .commands = {from, to}});
    free(from);
    free(to);
    return link->result;
}

static int fail_rename(struct upload_job *job, const struct ftp_link *refused)
{
    struct upload_error *error = &job->upload->error;
    upload_error_set(error, refused->result, refused->code, "renaming", refused->reply,
                     refused->detail);
    error->rename_refused = refuses_rename(refused);
    upload_job_discard(job, job->upload->temporary);
    return -1;
}

// After an error the outcome is unknown: the server may have renamed and then hung up. So the final
// name is asked, on a new connection, before anything is done again.
static int rename_final(struct upload_job *job)
{
    for (int attempt = 0;; attempt++) {
        if (ask_rename(job) == CURLE_OK && job->link.size == job->length)
            return 0;
        if (job->link.result == CURLE_OK) // it was renamed, but SIZE did not confirm it
            return verify(job, job->upload->target.name, false);
        struct ftp_link before = job->link; // only its outcome is read
        bool refused = refuses_rename(&before);
        int found = look(job, !refused);
        if (found == 1 && refused) { // somebody else of ours was quicker
            job->upload->existed = true;
            upload_job_discard(job, job->upload->temporary);
            return 0;
        }
        if (found == 1)
            return 0;
        if (found < 0 && job->upload->error.taken)
            upload_job_discard(job, job->upload->temporary);
        if (found < 0)
            return -1;
        if (refused || attempt > 0)
            return fail_rename(job, &before);
    }
}

// Whether a leftover is a piece of exactly this file: its name is ".<final>.<hash>.<nonce>.part".
static bool is_piece_of(const struct upload *upload, const char *name)
{
    size_t length = strlen(upload->target.name);
    return name[0] == '.' && strncmp(name + 1, upload->target.name, length) == 0 &&
           name[1 + length] == '.' && strncmp(name + 2 + length, upload->sha256, 12) == 0 &&
           name[14 + length] == '.';
}

// A large file goes on where an earlier attempt was cut. Its piece takes the place of the temporary
// name; that one is new and names nothing. Returns the bytes that are there.
static int64_t find_piece(struct upload_job *job)
{
    struct upload *upload = job->upload;
    bool wanted = upload->rename && job->length > RESUME_FROM;
    for (size_t i = 0; wanted && upload->cleanup[i]; i++) {
        char *piece = upload->cleanup[i];
        int64_t size = -1;
        if (!is_piece_of(upload, piece) ||
            ftp_presence_ask(&job->link, piece, false, -1, false, &size) != FTP_PRESENT ||
            size <= 0 || size > job->length)
            continue;
        upload->cleanup[i] = upload->temporary;
        upload->temporary = piece;
        return size;
    }
    return 0;
}

static int by_renaming(struct upload_job *job, int64_t there)
{
    // A piece of full length only waits for its name.
    if (there < job->length && store(job, job->upload->temporary, there > 0))
        return -1;
    job->upload->verified |= there > 0 && there == job->length;
    job->upload->left = true;
    int found = look(job, false);
    if (found == 0 && rename_final(job))
        return -1;
    if (found != 0) {
        upload_job_discard(job, job->upload->temporary);
        job->upload->existed = found == 1;
        return found == 1 ? 0 : -1;
    }
    job->upload->left = false;
    job->upload->renamed = !job->upload->existed;
    return 0;
}

static void run(struct upload_job *job)
{
    struct upload *upload = job->upload;
    if (open_source(job))
        return;
    int found = look_first(job);
    if (found < 0)
        return;
    int64_t there = found == 0 ? find_piece(job) : 0;
    if (*upload->cleanup)
        upload_job_remove(job, upload->cleanup, false);
    if (found == 1)
        upload->existed = upload->verified = true;
    else if (upload->rename)
        by_renaming(job, there);
    else
        store(job, upload->target.name, false);
    upload->size = job->length;
}

void upload_run(struct upload *upload, struct ftp_session *session, const atomic_bool *stop)
{
    struct upload_job job;
    if (upload_job_open(&job, upload, session, stop) == 0)
        run(&job);
    upload_job_close(&job);
}
