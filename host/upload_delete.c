// upload_delete.c - removes a file from a server; one that is not there is success.
// Transfer threads only.

#include "ftp_presence.h"
#include "upload_job.h"
#include <stdlib.h>

// Whether the file is known to be gone, or -1 for an error, which is set.
static int gone(struct upload_job *job, bool fresh)
{
    int64_t size;
    switch (ftp_presence_ask(&job->link, job->upload->target.name, fresh, -1, false, &size)) {
    case FTP_ABSENT:
        return 1;
    case FTP_FAILED: // a missing folder has no file in it
        if (job->link.result == CURLE_REMOTE_ACCESS_DENIED && job->link.code == 550)
            return 1;
        return upload_job_fail(job, "looking at the file");
    default:
        return 0;
    }
}

static void run_delete(struct upload_job *job)
{
    int absent = gone(job, false);
    while (absent < 0 && !job->link.settled && ftp_link_adapt(&job->link))
        absent = gone(job, false);
    if (absent < 0)
        return;
    job->upload->error.kind = NULL;
    if (absent == 1)
        return;
    const char *verb = job->link.target->scheme == FTP_SSH ? "rm" : "DELE";
    char *command = ftp_link_command(&job->link, verb, job->upload->target.name, NULL);
    job->link.result = CURLE_OUT_OF_MEMORY;
    if (command)
        ftp_request(&job->link, &(struct ftp_request){.verb = FTP_LOOK, .commands = {command}});
    free(command);
    if (job->link.result == CURLE_OK)
        return;
    struct upload_error refused;
    upload_job_fail(job, "removing the file");
    refused = job->upload->error;
    if (gone(job, job->link.result != CURLE_QUOTE_ERROR) == 1)
        job->upload->error.kind = NULL;
    else
        job->upload->error = refused;
}

void upload_delete(struct upload *upload, struct ftp_session *session, const atomic_bool *stop)
{
    struct upload_job job;
    if (upload_job_open(&job, upload, session, stop) == 0)
        run_delete(&job);
    upload_job_close(&job);
}
