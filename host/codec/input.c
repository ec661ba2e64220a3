// input.c - the bytes of the source, from memory or by position from a descriptor.
// The job's own thread; libuv is used without a loop, so every call blocks here and nowhere else.
#include "input.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

int report(struct run *run, enum codec_status status, const char *format, ...)
{
    struct codec_answer *answer = run->answer;
    if (answer->status != CODEC_OK)
        return -1;
    answer->status = status;
    va_list list;
    va_start(list, format);
    vsnprintf(answer->message, sizeof answer->message, format, list);
    va_end(list);
    return -1;
}

int report_memory(struct run *run)
{
    return report(run, CODEC_MEMORY, "not enough memory for this picture");
}

bool report_stopped(struct run *run)
{
    const struct codec_job *job = run->job;
    if (run->answer->status == CODEC_STOPPED)
        return true;
    if (job->stopped == NULL || !job->stopped(job->context))
        return false;
    report(run, CODEC_STOPPED, "stopped");
    return true;
}

// One read at a position; the number of bytes or a negative UV_E*.
static ssize_t read_at(int fd, uint64_t offset, void *buffer, size_t length)
{
    uv_fs_t request;
    uv_buf_t piece = uv_buf_init(buffer, length > 1u << 30 ? 1u << 30 : (unsigned)length);
    ssize_t got = uv_fs_read(NULL, &request, fd, &piece, 1, (int64_t)offset, NULL);
    uv_fs_req_cleanup(&request);
    return got;
}

int input_read(struct run *run, uint64_t offset, void *buffer, size_t length)
{
    const struct codec_job *job = run->job;
    if (offset > job->size || length > job->size - offset)
        return report(run, CODEC_FORMAT, "the file is cut short");
    if (job->bytes) {
        memcpy(buffer, job->bytes + offset, length);
        return 0;
    }
    for (size_t done = 0; done < length;) {
        ssize_t got = read_at(job->fd, offset + done, (uint8_t *)buffer + done, length - done);
        if (got == UV_EINTR)
            continue;
        if (got < 0) {
            run->answer->code = (int)got;
            return report(run, CODEC_IO, "%s", uv_strerror((int)got));
        }
        if (got == 0) // it was longer a moment ago
            return report(run, CODEC_FORMAT, "the file became shorter while it was read");
        done += (size_t)got;
    }
    return 0;
}

int input_whole(struct run *run, const uint8_t **bytes, uint8_t **owned)
{
    const struct codec_job *job = run->job;
    *owned = NULL;
    *bytes = job->bytes;
    if (job->size > CODEC_MAX_FILE)
        return report(run, CODEC_LIMIT, "the file has %.1f MB, more than %u MB",
                      (double)job->size / 1048576, CODEC_MAX_FILE >> 20);
    if (job->bytes)
        return 0;
    *owned = malloc(job->size ? (size_t)job->size : 1);
    if (*owned == NULL)
        return report_memory(run);
    *bytes = *owned;
    return input_read(run, 0, *owned, (size_t)job->size);
}
