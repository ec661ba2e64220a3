// digest.c - host.digest(text, key): SHA-256 or HMAC-SHA-256 of a text.
// Loop thread only. Does not wait.
#include "../api.h"

#include "../lib/crypto.h"
#include <openssl/evp.h>

static int l_digest(lua_State *L)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    size_t length, key_length = 0, size = 0;
    const char *text = luaL_checklstring(L, 1, &length);
    const char *key = luaL_optlstring(L, 2, NULL, &key_length);
    bool done;
    const char *problem = crypto_problem();
    if (problem)
        return luaL_error(L, "digest: %s", problem);
    if (key)
        done = EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key, key_length,
                         (const unsigned char *)text, length, digest, sizeof digest, &size) != NULL;
    else
        done = EVP_Q_digest(NULL, "SHA256", NULL, text, length, digest, &size);
    if (!done)
        return luaL_error(L, "digest: the cryptographic library refused");
    luaL_Buffer hex;
    luaL_buffinit(L, &hex);
    for (size_t i = 0; i < size; i++) {
        luaL_addchar(&hex, "0123456789abcdef"[digest[i] >> 4]);
        luaL_addchar(&hex, "0123456789abcdef"[digest[i] & 15]);
    }
    luaL_pushresult(&hex);
    return 1;
}

PRIM(digest, l_digest)
