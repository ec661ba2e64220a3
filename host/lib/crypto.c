// crypto.c - OpenSSL's libcrypto, for hashes, opened and made ready by whoever needs it first.
// Its tables are so large that loading it takes longer than a picture's hash.
#include "crypto.h"

#include "library.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <uv.h>

// The parameters have names of ours.
// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name)
#define LIST(F)                                                                                    \
    F(int, OPENSSL_init_crypto, (uint64_t options, const OPENSSL_INIT_SETTINGS *settings),         \
      (options, settings))                                                                         \
    F(const EVP_MD *, EVP_sha256, (void), ())                                                      \
    F(EVP_MD_CTX *, EVP_MD_CTX_new, (void), ())                                                    \
    F(void, EVP_MD_CTX_free, (EVP_MD_CTX * context), (context))                                    \
    F(int, EVP_DigestInit_ex, (EVP_MD_CTX * context, const EVP_MD *type, ENGINE *engine),          \
      (context, type, engine))                                                                     \
    F(int, EVP_DigestUpdate, (EVP_MD_CTX * context, const void *data, size_t length),              \
      (context, data, length))                                                                     \
    F(int, EVP_DigestFinal_ex, (EVP_MD_CTX * context, unsigned char *digest, unsigned *length),    \
      (context, digest, length))                                                                   \
    F(int, EVP_Q_digest,                                                                           \
      (OSSL_LIB_CTX * library, const char *name, const char *properties, const void *data,         \
       size_t data_length, unsigned char *digest, size_t *length),                                 \
      (library, name, properties, data, data_length, digest, length))                              \
    F(unsigned char *, EVP_Q_mac,                                                                  \
      (OSSL_LIB_CTX * library, const char *name, const char *properties, const char *algorithm,    \
       const OSSL_PARAM *parameters, const void *key, size_t key_length,                           \
       const unsigned char *data, size_t data_length, unsigned char *mac, size_t room,             \
       size_t *length),                                                                            \
      (library, name, properties, algorithm, parameters, key, key_length, data, data_length, mac,  \
       room, length))

LIST(LIBRARY_POINTER)

static const struct library_entry entries[] = {LIST(LIBRARY_ENTRY)};

LIST(LIBRARY_FUNCTION)

// NOLINTEND(readability-inconsistent-declaration-parameter-name)

static uv_once_t once = UV_ONCE_INIT;
static const char *problem;
static char room[LIBRARY_TEXT];

static void initialise(void)
{
    problem = library_open("libcrypto.so.3", entries, sizeof entries / sizeof *entries, room);
    if (!problem)
        OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL);
}

const char *crypto_problem(void)
{
    uv_once(&once, initialise);
    return problem;
}
