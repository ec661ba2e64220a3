// codec.h - the host's side of the codecs: opens the source, has a worker process do the job,
// writes the result, tells what it came to. What decodes lies in host/codec/ behind codec/job.h and
// runs in no process but a worker.
#pragma once

#include "api.h"
#include "codec_pool.h"
#include "file_work.h"

struct codec_work {
    struct file_work file; // its status: how opening the source or writing the target ended
    struct codec_ticket ticket;
    bool unsynced;  // the target need not survive a failure of the machine
    bool in_pool;   // the ticket is, so the pool can end it
    bool at_target; // a failure concerns the target, not the source
};

// Begins an operation for a job of `kind` with the given options. Loop thread.
struct codec_work *codec_begin(lua_State *L, const char *name, enum codec_kind kind,
                               const char *source, const char *target, double timeout,
                               const struct codec_options *options);
// Always the last statement. `finish` is called for a job that succeeded, to push its results.
int codec_wait(lua_State *L, struct codec_work *c, op_finish_fn finish);
// Reads a colour as "#rrggbb".
bool codec_read_colour(const char *text, uint8_t colour[3]);
// nil and the Error for a job that did not succeed, else 0 and nothing is pushed.
int codec_failed(lua_State *L, struct codec_work *c);
// Pushes a list of words for what is set of codec_extra.
void codec_push_extras(lua_State *L, uint32_t extras);
// Pushes the table Facts.
void codec_push_facts(lua_State *L, const struct codec_facts *facts);
