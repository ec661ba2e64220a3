// probe.c - host.probe(path, options): what a medium is, from its content alone.
// Decoded by a worker process, which is killed when the call is stopped.
#include "../codec.h"

#define TIMEOUT 30 // seconds

static int probe_finish(lua_State *L, struct op *op)
{
    struct codec_work *c = (struct codec_work *)op;
    int results = codec_failed(L, c);
    if (results)
        return results;
    codec_push_facts(L, &c->ticket.answer.facts);
    return 1;
}

static int l_probe(lua_State *L)
{
    static const char *const keys[] = {"timeout", "max_pixels", NULL};
    const char *path = api_check_path(L, 1);
    api_check_options(L, 2, keys);
    struct codec_options options = {0};
    options.max_pixels =
        (uint64_t)api_opt_integer(L, 2, "max_pixels", CODEC_MAX_PIXELS, 1, CODEC_PIXELS_CEILING);
    double timeout = api_opt_number(L, 2, "timeout", TIMEOUT, 0.001, 1e6);
    struct codec_work *c = codec_begin(L, "probe", CODEC_PROBE, path, NULL, timeout, &options);
    return codec_wait(L, c, probe_finish);
}

PRIM(probe, l_probe)
