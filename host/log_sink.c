// log_sink.c - see log_sink.h.
#include "log_sink.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

// Seconds between two looks whether somebody rotated the file.
enum { LOOK_EVERY = 1, MODE = 0600 };

struct log_sink log_sink_stderr(void)
{
    return (struct log_sink){.fd = 2};
}

static void close_fd(int fd)
{
    uv_fs_t request;
    if (fd > 2)
        uv_fs_close(NULL, &request, fd, NULL);
}

// libuv adds O_CLOEXEC.
static int open_file(struct log_sink *sink, const char *path)
{
    uv_fs_t request;
    int flags = UV_FS_O_WRONLY | UV_FS_O_CREAT | UV_FS_O_APPEND | UV_FS_O_NOFOLLOW;
    int fd = uv_fs_open(NULL, &request, path, flags, MODE, NULL);
    uv_fs_req_cleanup(&request);
    if (fd < 0)
        return fd;
    if (uv_fs_fstat(NULL, &request, fd, NULL) == 0) {
        sink->inode = request.statbuf.st_ino;
        sink->device = request.statbuf.st_dev;
    }
    uv_fs_req_cleanup(&request);
    sink->fd = fd;
    sink->looked = uv_hrtime();
    return 0;
}

int log_sink_open(struct log_sink *sink, const char *path)
{
    *sink = (struct log_sink){.fd = -1, .path = strdup(path)};
    if (!sink->path)
        return UV_ENOMEM;
    int status = open_file(sink, path);
    if (status)
        log_sink_close(sink);
    return status;
}

void log_sink_close(struct log_sink *sink)
{
    close_fd(sink->fd);
    free(sink->path);
    *sink = (struct log_sink){.fd = -1};
}

// A rotated file goes on under its own name; when that cannot be opened, the old one goes on.
static void follow(struct log_sink *sink)
{
    uint64_t now = uv_hrtime();
    if (!sink->path || now - sink->looked < LOOK_EVERY * 1000000000ULL)
        return;
    sink->looked = now;
    uv_fs_t request;
    int status = uv_fs_lstat(NULL, &request, sink->path, NULL);
    bool same =
        !status && request.statbuf.st_ino == sink->inode && request.statbuf.st_dev == sink->device;
    uv_fs_req_cleanup(&request);
    int old = sink->fd;
    if (!same && open_file(sink, sink->path) == 0) {
        close_fd(old);
        sink->torn = false;
    }
}

static bool write_all(struct log_sink *sink, const char *data, size_t length)
{
    while (length) {
        uv_fs_t request;
        uv_buf_t buffer = uv_buf_init((char *)data, (unsigned)length);
        int written = uv_fs_write(NULL, &request, sink->fd, &buffer, 1, -1, NULL);
        uv_fs_req_cleanup(&request);
        if (written == UV_EINTR)
            continue;
        if (written <= 0)
            return false;
        sink->torn = data[written - 1] != '\n';
        data += written;
        length -= (size_t)written;
    }
    return true;
}

bool log_sink_write(struct log_sink *sink, const char *line, size_t length)
{
    if (sink->fd < 0)
        return true;
    follow(sink);
    if ((!sink->torn || write_all(sink, "\n", 1)) && write_all(sink, line, length))
        return true;
    sink->dropped++;
    return false;
}
