// log_sink.h - where log lines end: standard error or a file that is followed through rotation.
// Loop thread only; writes are short and synchronous.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_sink {
    int fd;                // -1: none
    char *path;            // owned; NULL for standard error
    uint64_t inode;        // of the open file
    uint64_t device;       //
    uint64_t looked;       // uv_hrtime() of the last look whether the file was moved away
    unsigned long dropped; // lines lost since the last one that was written
    bool torn;             // the last line was cut: begin with a newline
};

// An empty sink that writes to standard error.
struct log_sink log_sink_stderr(void);
// Opens `path` for appending (made with mode 0600, no symlink followed); 0 or a negative code, then
// *sink is empty.
int log_sink_open(struct log_sink *sink, const char *path);
void log_sink_close(struct log_sink *sink);
// Writes a whole line, or counts it as dropped. Returns whether it was written.
bool log_sink_write(struct log_sink *sink, const char *line, size_t length);
