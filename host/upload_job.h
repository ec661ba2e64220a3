// upload_job.h - one upload or removal under way: what its steps share.
// Transfer threads only; inside upload.c and upload_delete.c.
#pragma once

#include "upload.h"

struct upload_job {
    struct upload *upload;
    struct ftp_link link;
    uv_file source; // -1 when not open
    int64_t length;
};

// 0, or -1 with the error set. To be closed in both cases.
int upload_job_open(struct upload_job *job, struct upload *upload, struct ftp_session *session,
                    const atomic_bool *stop);
// Hands what became of it to the upload.
void upload_job_close(struct upload_job *job);
// Sets the error from the last request; `doing` names the step. Returns -1.
int upload_job_fail(struct upload_job *job, const char *doing);
// Removes files in the target's folder, as far as that works: nothing is reported.
void upload_job_remove(struct upload_job *job, char *const *names, bool fresh);
// After an error: removes the temporary name, or what was written of the final one.
void upload_job_discard(struct upload_job *job, char *name);
