// frames.c - host.frames(source, target, options): an animation as a film of its frames, which
// other programs can read. Decoded by a worker process, which is killed when the call is stopped.
// The target appears whole or not at all.
#include "../codec.h"

#define TIMEOUT 300 // seconds
#define MAX_PIXELS 32000000
#define MAX_DURATION 3600 // seconds that a film can be asked to last

static void set_integer(lua_State *L, const char *key, lua_Integer value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, key);
}

static int frames_finish(lua_State *L, struct op *op)
{
    struct codec_work *c = (struct codec_work *)op;
    const struct codec_answer *a = &c->ticket.answer;
    int results = codec_failed(L, c);
    if (results)
        return results;
    lua_createtable(L, 0, 7);
    lua_pushstring(L, c->file.target);
    lua_setfield(L, -2, "path");
    set_integer(L, "width", a->width);
    set_integer(L, "height", a->height);
    set_integer(L, "size", (lua_Integer)a->jpeg_length);
    set_integer(L, "frames", (lua_Integer)a->facts.frames);
    lua_pushnumber(L, a->duration);
    lua_setfield(L, -2, "duration");
    codec_push_facts(L, &a->facts);
    lua_setfield(L, -2, "source");
    return 1;
}

static int l_frames(lua_State *L)
{
    static const char *const keys[] = {"quality",    "background", "min_duration",
                                       "max_pixels", "durable",    "timeout",
                                       "width",      "height",     NULL};
    const char *source = api_check_path(L, 1);
    const char *target = api_check_path(L, 2);
    struct codec_options options = {0};
    api_check_options(L, 3, keys);
    lua_settop(L, 3);
    options.quality = (int)api_opt_integer(L, 3, "quality", 95, 1, 100);
    options.width = (int)api_opt_integer(L, 3, "width", 0, 1, CODEC_MAX_SIDE);
    options.height = (int)api_opt_integer(L, 3, "height", 0, 1, CODEC_MAX_SIDE);
    if ((options.width == 0) != (options.height == 0))
        luaL_error(L, "options 'width' and 'height': both expected, or none");
    options.min_duration = api_opt_number(L, 3, "min_duration", 0, 0, MAX_DURATION);
    options.max_pixels =
        (uint64_t)api_opt_integer(L, 3, "max_pixels", MAX_PIXELS, 1, CODEC_PIXELS_CEILING);
    if (!codec_read_colour(api_opt_string(L, 3, "background", "#ffffff"), options.background))
        luaL_error(L, "option 'background': a colour such as \"#ffffff\" expected");
    bool durable = api_opt_boolean(L, 3, "durable", true);
    double timeout = api_opt_number(L, 3, "timeout", TIMEOUT, 0.001, 1e6);
    struct codec_work *c =
        codec_begin(L, "frames", CODEC_FRAMES, source, target, timeout, &options);
    c->unsynced = !durable;
    return codec_wait(L, c, frames_finish);
}

PRIM(frames, l_frames)
