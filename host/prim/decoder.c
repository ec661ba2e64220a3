// decoder.c - host.decoder(): a medium will be looked at soon.
// Loop thread only. Does not wait: the process that decodes starts beside us.
#include "../api.h"
#include "../codec_pool.h"

static int l_decoder(lua_State *L)
{
    codec_pool_prepare(host_of(L));
    return 0;
}

PRIM(decoder, l_decoder)
