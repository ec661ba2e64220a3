// curl_once.c - libcurl is made ready once, by whoever needs it first.
// Start-up does not pay for it: curl_global_init loads tables and configuration for milliseconds.
#include "curl_once.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <uv.h>

static uv_once_t once = UV_ONCE_INIT;
static CURLcode result = CURLE_FAILED_INIT;

static void initialise(void)
{
    result = curl_global_init(CURL_GLOBAL_DEFAULT);
}

int curl_ready(void)
{
    uv_once(&once, initialise);
    return result == CURLE_OK ? 0 : UV_ENOMEM;
}

// libcurl itself does not look at these variables, only the curl program does; same order as there.
const char *curl_ca_file(const char *given)
{
    static const char *const names[] = {"CURL_CA_BUNDLE", "SSL_CERT_FILE"};
    if (given)
        return given;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return value;
    }
    return NULL;
}
