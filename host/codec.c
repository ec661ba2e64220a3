// codec.c - the host's side of the codecs: opens the source, runs the job off the loop, writes the
// result, tells what it came to.
//
// codec_execute runs on a worker thread and sees the plain C data of its operation alone; the rest
// is the loop thread's.
#include "codec.h"

#include "durable.h"
#include "sys/disk.h"
#include <stdlib.h>
#include <string.h>

static bool is_stopped(void *context)
{
    return work_stopped(context);
}

static void write_result(struct codec_work *c)
{
    c->at_target = true;
    c->file.status =
        durable_write(c->file.target, c->answer.jpeg, c->answer.jpeg_length, 0644, true);
    codec_answer_free(&c->answer);
}

static void codec_execute(struct work *w)
{
    struct codec_work *c = (struct codec_work *)w;
    struct disk_facts facts;
    int fd = disk_open_file(DISK_HERE, c->file.path, &facts);
    c->file.status = fd < 0 ? fd : 0;
    if (fd < 0)
        return;
    c->job.fd = fd;
    c->job.size = facts.size;
    codec_run(&c->job, &c->answer);
    disk_close(fd);
    if (c->answer.status == CODEC_OK && work_stopped(w))
        c->answer.status = CODEC_STOPPED;
    if (c->answer.status == CODEC_OK && c->file.target)
        write_result(c);
}

static void codec_release(struct op *op)
{
    codec_answer_free(&((struct codec_work *)op)->answer);
    file_release(op);
}

struct codec_work *codec_begin(lua_State *L, const char *name, enum codec_kind kind,
                               const char *source, const char *target, double timeout,
                               const struct codec_options *options)
{
    struct codec_work *c = file_begin(L, name, sizeof *c, timeout, source, target, codec_release);
    c->job.kind = kind;
    c->job.options = *options;
    c->job.stopped = is_stopped;
    c->job.context = &c->file.work;
    return c;
}

int codec_wait(lua_State *L, struct codec_work *c, op_finish_fn finish)
{
    return file_wait(L, &c->file, codec_execute, finish);
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
    api_error(L, kind, retryable, c->file.name, "%s: %s", base_name(path), c->answer.message);
    lua_pushstring(L, path);
    lua_setfield(L, -2, "path");
    return 2;
}

int codec_failed(lua_State *L, struct codec_work *c)
{
    if (c->file.status)
        return file_fail(L, &c->file, c->at_target ? c->file.target : c->file.path);
    switch (c->answer.status) {
    case CODEC_OK:
        return 0;
    case CODEC_FORMAT:
        return fail_with(L, c, "format", false);
    case CODEC_LIMIT:
        return fail_with(L, c, "limit", false);
    case CODEC_MEMORY:
        return fail_with(L, c, "limit", true);
    case CODEC_IO:
        return api_fail(L, c->answer.code, c->file.name, c->file.path);
    default:
        return api_stopped(L, &c->file.work.op, c->file.name);
    }
}

static void set_integer(lua_State *L, const char *key, lua_Integer value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, key);
}

static void set_boolean(lua_State *L, const char *key, bool value)
{
    lua_pushboolean(L, value);
    lua_setfield(L, -2, key);
}

static void set_number(lua_State *L, const char *key, double value)
{
    lua_pushnumber(L, value);
    lua_setfield(L, -2, key);
}

// Empty texts are left out.
static void set_text(lua_State *L, const char *key, const char *value)
{
    if (value[0] == 0)
        return;
    lua_pushstring(L, value);
    lua_setfield(L, -2, key);
}

static void set_video_facts(lua_State *L, const struct codec_facts *facts)
{
    set_number(L, "duration", facts->duration);
    set_integer(L, "rotation", facts->rotation);
    set_boolean(L, "faststart", facts->faststart);
    set_boolean(L, "edit_list", facts->edit_list);
    set_text(L, "codec", facts->codec);
    set_text(L, "audio_codec", facts->audio_codec);
    if (facts->fps > 0)
        set_number(L, "fps", facts->fps);
}

void codec_push_facts(lua_State *L, const struct codec_facts *facts)
{
    lua_createtable(L, 0, 16);
    set_text(L, "format", facts->format);
    set_text(L, "kind", facts->video ? "video" : "image");
    set_integer(L, "width", facts->width);
    set_integer(L, "height", facts->height);
    set_integer(L, "orientation", facts->orientation);
    set_integer(L, "frames", (lua_Integer)facts->frames);
    set_integer(L, "size", (lua_Integer)facts->size);
    set_boolean(L, "alpha", facts->alpha);
    set_boolean(L, "icc", facts->icc);
    if (facts->components) {
        set_integer(L, "components", facts->components);
        set_boolean(L, "progressive", facts->progressive);
    }
    if (facts->video)
        set_video_facts(L, facts);
}
