// upload_job.c - one upload or removal under way: what its steps share.
// Transfer threads only.

#include "upload_job.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// Words that the table cannot find, since they depend on more than codes; NULL: none.
static const char *better_words(const struct ftp_link *link)
{
    bool ssh = link->target->scheme == FTP_SSH;
    if (link->result == CURLE_USE_SSL_FAILED && link->tls_offered)
        return "the server encrypts the login but not the files";
    if (link->result == CURLE_USE_SSL_FAILED && link->target->tls_seen)
        return "the server offers no TLS any more, and it once did: not going on in plain text";
    if (link->result == CURLE_PEER_FAILED_VERIFICATION && ssh)
        return "the server's host key is unknown or has changed: see the known_hosts file";
    if (link->result == CURLE_LOGIN_DENIED && ssh && link->target->private_key)
        return "the server refused the login; RSA keys fail with OpenSSH since 8.8, ed25519 works";
    return NULL;
}

int upload_job_fail(struct upload_job *job, const char *doing)
{
    const struct ftp_link *link = &job->link;
    struct upload_error *error = &job->upload->error;
    const char *words = better_words(link);
    upload_error_set(error, link->result, link->code, doing, link->reply, link->detail);
    if (words)
        upload_error_own(error, error->kind, error->retryable, "%s: %s", doing, words);
    else if (link->result == CURLE_SEND_ERROR && link->sent > 0)
        upload_error_own(error, error->kind, error->retryable,
                         "%s: the connection broke after %" PRId64 " of %" PRId64
                         " bytes: the network, or the server's disk is full",
                         doing, link->sent, job->length);
    return -1;
}

// Best effort: whatever it says is ignored, and what went wrong before stays what is reported.
void upload_job_remove(struct upload_job *job, char *const *names, bool fresh)
{
    const char *verb = job->link.target->scheme == FTP_SSH ? "*rm" : "*DELE";
    struct ftp_request request = {.verb = FTP_LOOK, .fresh = fresh};
    unsigned count = 0;
    for (; *names && count < FTP_COMMANDS - 1; names++) {
        char *command = ftp_link_command(&job->link, verb, *names, NULL);
        if (command)
            request.commands[count++] = command;
    }
    if (count)
        ftp_request(&job->link, &request);
    while (count)
        free((char *)request.commands[--count]);
}

// After an error: the temporary name, or what was written of the final one. Not when the job was
// stopped, nor after a stall, which the next request would meet too: it stays for `cleanup`.
void upload_job_discard(struct upload_job *job, char *name)
{
    CURLcode result = job->link.result;
    job->upload->left = true;
    if (atomic_load(job->link.stop) || result == CURLE_OPERATION_TIMEDOUT)
        return;
    bool broken = result == CURLE_SEND_ERROR || result == CURLE_RECV_ERROR ||
                  result == CURLE_PARTIAL_FILE || result == CURLE_GOT_NOTHING;
    upload_job_remove(job, (char *[]){name, NULL}, broken);
    job->upload->left = job->link.result != CURLE_OK;
}

int upload_job_open(struct upload_job *job, struct upload *upload, struct ftp_session *session,
                    const atomic_bool *stop)
{
    *job = (struct upload_job){.upload = upload, .source = -1};
    if (ftp_link_open(&job->link, &upload->target, session, stop) == 0)
        return 0;
    upload_error_own(&upload->error, "limit", true, "memory is short");
    return -1;
}

void upload_job_close(struct upload_job *job)
{
    struct upload *upload = job->upload;
    upload->way = job->link.way;
    upload->tls_offered = upload->error.tls_offered = job->link.tls_offered;
    upload->warning_count = job->link.warning_count;
    memcpy(upload->warnings, job->link.warnings, sizeof upload->warnings);
    ftp_link_close(&job->link);
    if (job->source >= 0) {
        uv_fs_t request;
        uv_fs_close(NULL, &request, job->source, NULL);
        uv_fs_req_cleanup(&request);
    }
}

void upload_free(struct upload *upload)
{
    ftp_target_free(&upload->target);
    free(upload->source);
    free(upload->sha256);
    free(upload->temporary);
    for (size_t i = 0; i < UPLOAD_CLEANUP; i++)
        free(upload->cleanup[i]);
}
