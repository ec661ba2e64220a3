// report.h - how the parts of the codec say that something failed, and look whether to go on.
#pragma once

#include "job.h"

// What one job carries along. Everything is borrowed from codec_run.
struct run {
    const struct codec_job *job;
    struct codec_answer *answer;
};

// Notes the first failure (a later one does not overwrite it) and returns -1.
int report(struct run *run, enum codec_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int report_memory(struct run *run);
// Notes CODEC_STOPPED and returns true when the caller wants an end.
bool report_stopped(struct run *run);
