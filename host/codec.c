// codec.c - the host's side of the codecs: opens the source, has a worker process do the job,
// writes the result, tells what it came to.
//
// Opening and writing may block and run on a thread, which sees the plain C data of its operation
// alone; the rest is the loop thread's.
#include "codec.h"

#include "codec_check.h"
#include "durable.h"
#include "sniff.h"
#include "sys/channel.h"
#include "sys/disk.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

// ---- threads ------------------------------------------------------------------------------------

// Which decoders the content is for; what they make of it is not judged here.
static enum codec_family family_of(int fd)
{
    unsigned char start[SNIFF_BYTES];
    int64_t got = disk_read(fd, start, sizeof start); // a worker reads by position
    const char *format = got > 0 ? sniff_format(start, (size_t)got) : NULL;
    bool heif = format && (strcmp(format, "heic") == 0 || strcmp(format, "avif") == 0);
    return heif ? CODEC_HEIF : CODEC_BUILT_IN;
}

static void open_files(uv_work_t *request)
{
    struct codec_work *c = request->data;
    struct disk_facts facts;
    if (c->ticket.job.kind == CODEC_ASK) {
        c->ticket.family = CODEC_HEIF;
        c->file.status = 0;
        return;
    }
    int fd = disk_open_file(DISK_HERE, c->file.path, &facts);
    c->file.status = fd < 0 ? fd : 0;
    if (fd < 0)
        return;
    c->ticket.source = fd;
    c->ticket.job.size = facts.size;
    c->ticket.family = family_of(fd);
    if (c->ticket.job.kind == CODEC_PROBE)
        return;
    int memory = channel_memory(CODEC_MAX_FILE);
    c->ticket.memory = memory;
    c->file.status = memory < 0 ? memory : 0;
}

static bool is_proper(enum codec_kind kind, const uint8_t *bytes, const struct codec_answer *a)
{
    if (kind == CODEC_FRAMES)
        return codec_check_film(bytes, a->jpeg_length, a->width, a->height);
    return codec_check_jpeg(bytes, a->jpeg_length, a->width, a->height);
}

static void write_result(uv_work_t *request)
{
    struct codec_work *c = request->data;
    struct codec_answer *a = &c->ticket.answer;
    const uint8_t *bytes;
    c->file.status = channel_seal(c->ticket.memory, a->jpeg_length, &bytes);
    if (c->file.status != 0)
        return;
    if (is_proper(c->ticket.job.kind, bytes, a)) {
        c->at_target = true;
        unsigned how = DURABLE_REPLACE | (c->unsynced ? DURABLE_UNSYNCED : 0);
        c->file.status = durable_write(c->file.target, bytes, a->jpeg_length, 0644, how);
    } else {
        a->status = CODEC_FORMAT;
        strcpy(a->message, "the decoder gave back what is no proper JPEG");
    }
    channel_release(bytes, a->jpeg_length);
}

// ---- loop ---------------------------------------------------------------------------------------

static void close_files(struct codec_work *c)
{
    disk_close(c->ticket.source);
    disk_close(c->ticket.memory);
    c->ticket.source = c->ticket.memory = -1;
}

static void finish_work(struct codec_work *c)
{
    close_files(c);
    op_done(&c->file.work.op);
}

static void on_thread(struct codec_work *c, void (*run)(uv_work_t *), uv_after_work_cb after)
{
    uv_work_t *request = &c->file.work.request;
    request->data = c;
    int status = uv_queue_work(op_loop(&c->file.work.op), request, run, after);
    if (status == 0)
        return;
    c->file.status = status;
    finish_work(c);
}

static void on_written(uv_work_t *request, int status)
{
    struct codec_work *c = request->data;
    if (status == UV_ECANCELED)
        c->ticket.answer.status = CODEC_STOPPED;
    finish_work(c);
}

static void on_answer(struct codec_ticket *ticket)
{
    struct codec_work *c = ticket->context;
    c->in_pool = false;
    if (c->file.target && c->file.work.op.host->makes_one)
        codec_pool_dismiss(c->file.work.op.host); // it ends while the result is written
    if (ticket->answer.status == CODEC_OK && c->file.target)
        on_thread(c, write_result, on_written);
    else
        finish_work(c);
}

static void on_opened(uv_work_t *request, int status)
{
    struct codec_work *c = request->data;
    struct op *op = &c->file.work.op;
    if (status == UV_ECANCELED || op->cancelled)
        c->file.status = UV_ECANCELED;
    if (c->file.status != 0) {
        finish_work(c);
        return;
    }
    c->in_pool = true;
    codec_pool_submit(op->host, &c->ticket);
}

static void codec_cancel(struct op *op)
{
    struct codec_work *c = (struct codec_work *)op;
    if (c->in_pool)
        codec_pool_cancel(op->host, &c->ticket);
    else
        uv_cancel((uv_req_t *)&c->file.work.request); // fails when it runs: it will not take long
}

static void codec_release(struct op *op)
{
    close_files((struct codec_work *)op);
    file_release(op);
}

struct codec_work *codec_begin(lua_State *L, const char *name, enum codec_kind kind,
                               const char *source, const char *target, double timeout,
                               const struct codec_options *options)
{
    struct codec_work *c = file_begin(L, name, sizeof *c, timeout, source, target, codec_release);
    c->file.work.op.cancel = codec_cancel;
    c->ticket.job.kind = kind;
    c->ticket.job.options = *options;
    c->ticket.source = c->ticket.memory = -1;
    c->ticket.done = on_answer;
    c->ticket.context = c;
    return c;
}

int codec_wait(lua_State *L, struct codec_work *c, op_finish_fn finish)
{
    if (c->file.status == UV_ENOMEM) {
        op_done(&c->file.work.op);
        return api_fail(L, UV_ENOMEM, c->file.name, NULL);
    }
    if (c->ticket.job.kind != CODEC_ASK)
        codec_pool_prepare(c->file.work.op.host);
    on_thread(c, open_files, on_opened);
    return op_wait(L, &c->file.work.op, finish);
}

// The last part of a path: messages name the file, the field `path` says where it is.
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

static int fail_with(lua_State *L, struct codec_work *c, const char *kind, bool retryable)
{
    const char *path = c->file.path;
    api_error(L, kind, retryable, c->file.name, "%s: %s", base_name(path),
              c->ticket.answer.message);
    lua_pushstring(L, path);
    lua_setfield(L, -2, "path");
    return 2;
}

bool codec_read_colour(const char *text, uint8_t colour[3])
{
    unsigned value = 0;
    bool good = text[0] == '#' && strlen(text) == 7;
    for (int i = 1; good && i < 7; i++) {
        good = isxdigit((unsigned char)text[i]);
        value = value * 16 + (unsigned)(isdigit((unsigned char)text[i])
                                            ? text[i] - '0'
                                            : tolower((unsigned char)text[i]) - 'a' + 10);
    }
    for (int i = 0; good && i < 3; i++)
        colour[i] = (uint8_t)(value >> (16 - 8 * i));
    return good;
}

int codec_failed(lua_State *L, struct codec_work *c)
{
    if (c->file.status)
        return file_fail(L, &c->file, c->at_target ? c->file.target : c->file.path);
    switch (c->ticket.answer.status) {
    case CODEC_OK:
        return 0;
    case CODEC_FORMAT:
        return fail_with(L, c, "format", false);
    case CODEC_LIMIT:
        return fail_with(L, c, "limit", false);
    case CODEC_MEMORY:
        return fail_with(L, c, "limit", true);
    case CODEC_IO:
        return api_fail(L, c->ticket.answer.code, c->file.name, c->file.path);
    default:
        return api_stopped(L, &c->file.work.op, c->file.name);
    }
}
