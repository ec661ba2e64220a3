// codec_facts.c - what a worker found out, as tables for scripts. Loop thread.
#include "codec.h"

#include <string.h>

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
    set_number(L, "edit_shift", facts->edit_shift);
    set_integer(L, "moov", (lua_Integer)facts->moov);
    set_text(L, "codec", facts->codec);
    set_text(L, "audio_codec", facts->audio_codec);
    if (facts->audio_channels)
        set_integer(L, "audio_channels", facts->audio_channels);
    if (facts->audio_rate)
        set_integer(L, "audio_rate", facts->audio_rate);
    if (facts->pixel_aspect > 0)
        set_number(L, "pixel_aspect", facts->pixel_aspect);
    if (facts->fps > 0)
        set_number(L, "fps", facts->fps);
    if (facts->duration > 0)
        set_number(L, "bitrate", (double)facts->size * 8 / facts->duration);
}

// One per line.
static void set_keywords(lua_State *L, const char *keywords)
{
    if (keywords[0] == 0)
        return;
    lua_newtable(L);
    for (lua_Integer i = 1; keywords; i++) {
        const char *end = strchr(keywords, '\n');
        if (end)
            lua_pushlstring(L, keywords, (size_t)(end - keywords));
        else
            lua_pushstring(L, keywords);
        lua_rawseti(L, -2, i);
        keywords = end ? end + 1 : NULL;
    }
    lua_setfield(L, -2, "keywords");
}

static void set_meta(lua_State *L, const struct codec_facts *facts)
{
    const struct codec_words *w = &facts->words;
    lua_createtable(L, 0, 8);
    set_text(L, "title", w->title);
    set_text(L, "description", w->description);
    set_text(L, "artist", w->artist);
    set_text(L, "copyright", w->copyright);
    set_text(L, "date", w->date);
    set_keywords(L, w->keywords);
    set_boolean(L, "gps", facts->extras & CODEC_GPS);
    codec_push_extras(L, facts->extras);
    lua_setfield(L, -2, "holds");
    lua_setfield(L, -2, "meta");
}

void codec_push_extras(lua_State *L, uint32_t extras)
{
    static const char *const names[CODEC_EXTRAS] = {
        // as enum codec_extra
        "gps", "exif", "xmp", "iptc", "thumbnail", "serial", "comment", "icc", "trailer", "other"};
    lua_newtable(L);
    for (lua_Integer i = 0, n = 0; i < CODEC_EXTRAS; i++) {
        if ((extras >> i & 1) == 0)
            continue;
        lua_pushstring(L, names[i]);
        lua_rawseti(L, -2, ++n);
    }
}

void codec_push_facts(lua_State *L, const struct codec_facts *facts)
{
    lua_createtable(L, 0, 20);
    set_text(L, "format", facts->format);
    set_text(L, "kind", facts->video ? "video" : "image");
    set_integer(L, "width", facts->width);
    set_integer(L, "height", facts->height);
    set_integer(L, "orientation", facts->orientation);
    set_integer(L, "frames", (lua_Integer)facts->frames);
    set_integer(L, "size", (lua_Integer)facts->size);
    set_boolean(L, "alpha", facts->alpha);
    set_boolean(L, "icc", facts->icc);
    set_text(L, "colour", facts->colour);
    set_text(L, "profile", facts->profile);
    if (!facts->video && facts->duration > 0)
        set_number(L, "duration", facts->duration);
    if (facts->depth)
        set_integer(L, "depth", facts->depth);
    if (facts->components) {
        set_integer(L, "components", facts->components);
        set_boolean(L, "progressive", facts->progressive);
    }
    set_meta(L, facts);
    if (facts->video)
        set_video_facts(L, facts);
}
