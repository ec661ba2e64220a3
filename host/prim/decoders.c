// decoders.c - host.decoders(options): what libheif, which is opened only when it is wanted, can
// read here. Asked of a worker process: the host never loads it.
#include "../codec.h"

#include <string.h>

#define TIMEOUT 10 // seconds

static int decoders_finish(lua_State *L, struct op *op)
{
    struct codec_work *c = (struct codec_work *)op;
    const char *text = c->ticket.answer.message;
    int results = codec_failed(L, c);
    if (results)
        return results;
    lua_createtable(L, 0, 3);
    lua_pushlstring(L, text, strcspn(text, " "));
    lua_setfield(L, -2, "libheif");
    lua_pushboolean(L, strstr(text, " heic") != NULL);
    lua_setfield(L, -2, "heic");
    lua_pushboolean(L, strstr(text, " avif") != NULL);
    lua_setfield(L, -2, "avif");
    return 1;
}

static int l_decoders(lua_State *L)
{
    static const char *const keys[] = {"timeout", NULL};
    api_check_options(L, 1, keys);
    struct codec_options options = {0};
    double timeout = api_opt_number(L, 1, "timeout", TIMEOUT, 0.001, 1e6);
    struct codec_work *c =
        codec_begin(L, "decoders", CODEC_ASK, "libheif", NULL, timeout, &options);
    return codec_wait(L, c, decoders_finish);
}

PRIM(decoders, l_decoders)
