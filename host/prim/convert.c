// convert.c - host.convert(source, target, options): a baseline JPEG of any picture.
// Decoded by a worker process, which is killed when the call is stopped. The target appears whole
// or not at all.
#include "../codec.h"

#include <string.h>

#define TIMEOUT 60 // seconds

static const char *const KEEP[] = {"artist", "copyright", "icc"}; // as enum codec_keep

static void push_kept(lua_State *L, unsigned kept)
{
    lua_Integer count = 0;
    lua_newtable(L);
    for (unsigned bit = 0; bit < 3; bit++) {
        if ((kept >> bit & 1) == 0)
            continue;
        lua_pushstring(L, KEEP[bit]);
        lua_rawseti(L, -2, ++count);
    }
}

static int convert_finish(lua_State *L, struct op *op)
{
    struct codec_work *c = (struct codec_work *)op;
    const struct codec_answer *a = &c->ticket.answer;
    int results = codec_failed(L, c);
    if (results)
        return results;
    lua_createtable(L, 0, 10);
    lua_pushstring(L, c->file.target);
    lua_setfield(L, -2, "path");
    lua_pushinteger(L, a->width);
    lua_setfield(L, -2, "width");
    lua_pushinteger(L, a->height);
    lua_setfield(L, -2, "height");
    lua_pushinteger(L, (lua_Integer)a->jpeg_length);
    lua_setfield(L, -2, "size");
    lua_pushboolean(L, a->quality == 0 && !a->turned);
    lua_setfield(L, -2, "passthrough");
    lua_pushboolean(L, a->turned);
    lua_setfield(L, -2, "turned");
    if (a->quality) {
        lua_pushinteger(L, a->quality);
        lua_setfield(L, -2, "quality");
    }
    codec_push_extras(L, a->removed);
    lua_setfield(L, -2, "removed");
    push_kept(L, a->kept);
    lua_setfield(L, -2, "kept");
    codec_push_facts(L, &a->facts);
    lua_setfield(L, -2, "source");
    return 1;
}

// "#rrggbb", or what the room beside the picture is made of: then white is under what is clear.
static void read_background(lua_State *L, const char *text, struct codec_options *o)
{
    static const char *const words[] = {[CODEC_BLUR] = "blur", [CODEC_EDGE] = "edge"};
    for (int i = CODEC_BLUR; i <= CODEC_EDGE; i++)
        if (strcmp(text, words[i]) == 0) {
            o->backdrop = (enum codec_backdrop)i;
            text = "#ffffff";
        }
    if (!codec_read_colour(text, o->background))
        luaL_error(L, "option 'background': a colour such as \"#ffffff\", \"blur\" or "
                      "\"edge\" expected");
}

// A list of words, each a bit.
static unsigned read_keep(lua_State *L, int arg)
{
    unsigned keep = 0;
    if (lua_isnoneornil(L, arg) || lua_getfield(L, arg, "keep") == LUA_TNIL)
        return 0;
    if (!lua_istable(L, -1))
        luaL_error(L, "option 'keep': table expected, got %s", luaL_typename(L, -1));
    for (lua_Integer i = 1; lua_rawgeti(L, -1, i) != LUA_TNIL; i++) {
        const char *word = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
        unsigned bit = 0;
        while (bit < 3 && strcmp(word, KEEP[bit]) != 0)
            bit++;
        if (bit == 3)
            luaL_error(L, "option 'keep': \"artist\", \"copyright\" or \"icc\" expected");
        keep |= 1U << bit;
        lua_pop(L, 1);
    }
    lua_pop(L, 2);
    return keep;
}

static void read_options(lua_State *L, int arg, struct codec_options *o)
{
    static const char *const fits[] = {"pad", "crop", "none", "story", NULL}; // as enum codec_fit
    o->quality = (int)api_opt_integer(L, arg, "quality", 90, 1, 100);
    int fit = api_opt_choice(L, arg, "fit", fits, CODEC_PAD);
    o->fit = fit > CODEC_NONE ? CODEC_PAD : (enum codec_fit)fit;
    o->focus_x = api_opt_number(L, arg, "focus_x", 0.5, 0, 1);
    o->focus_y = api_opt_number(L, arg, "focus_y", 0.5, 0, 1);
    o->min_width = (int)api_opt_integer(L, arg, "min_width", 0, 0, CODEC_MAX_SIDE);
    o->max_width = (int)api_opt_integer(L, arg, "max_width", 0, 0, CODEC_MAX_SIDE);
    o->min_ratio = api_opt_number(L, arg, "min_ratio", 0, 0, 1000);
    o->max_ratio = api_opt_number(L, arg, "max_ratio", 0, 0, 1000);
    if (fit > CODEC_NONE) // a story fills the screen of a phone
        o->min_ratio = o->max_ratio = 9 / 16.0;
    o->max_bytes = (size_t)api_opt_integer(L, arg, "max_bytes", 0, 0, CODEC_MAX_FILE);
    o->max_pixels =
        (uint64_t)api_opt_integer(L, arg, "max_pixels", CODEC_MAX_PIXELS, 1, CODEC_PIXELS_CEILING);
    o->keep = read_keep(L, arg);
    o->passthrough = api_opt_boolean(L, arg, "passthrough", false);
    read_background(L, api_opt_string(L, arg, "background", "#ffffff"), o);
    if (o->max_width && o->min_width > o->max_width)
        luaL_error(L, "option 'min_width': not more than max_width expected");
    if (o->max_ratio > 0 && o->min_ratio > o->max_ratio)
        luaL_error(L, "option 'min_ratio': not more than max_ratio expected");
}

static int l_convert(lua_State *L)
{
    static const char *const keys[] = {"quality",   "fit",        "background",  "min_width",
                                       "max_width", "min_ratio",  "max_ratio",   "max_bytes",
                                       "timeout",   "max_pixels", "passthrough", "focus_x",
                                       "focus_y",   "durable",    "keep",        NULL};
    const char *source = api_check_path(L, 1);
    const char *target = api_check_path(L, 2);
    struct codec_options options = {0};
    api_check_options(L, 3, keys);
    lua_settop(L, 3);
    read_options(L, 3, &options);
    double timeout = api_opt_number(L, 3, "timeout", TIMEOUT, 0.001, 1e6);
    bool durable = api_opt_boolean(L, 3, "durable", true);
    struct codec_work *c =
        codec_begin(L, "convert", CODEC_CONVERT, source, target, timeout, &options);
    c->unsynced = !durable;
    return codec_wait(L, c, convert_finish);
}

PRIM(convert, l_convert)
