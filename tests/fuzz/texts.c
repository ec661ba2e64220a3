// texts.c - readers in C of what clients and servers write.
#include "entries.h"

#include "codec/text.h"
#include "ftp_presence.h"
#include "lib/curl.h"
#include "redact.h"
#include "target.h"
#include "upload_error.h"
#include <stdlib.h>
#include <string.h>

// As a C string. Returns new.
static char *as_text(const uint8_t *bytes, size_t length)
{
    char *text = malloc(length + 1);
    fuzz_claim(text != NULL);
    memcpy(text, bytes, length);
    text[length] = 0;
    return text;
}

static void read_target(char *text)
{
    struct target target;
    if (!target_parse(text, &target))
        return;
    size_t length = strlen(target.path);
    fuzz_claim(target.path[0] == '/' && strstr(target.path, "/../") == NULL);
    fuzz_claim(length < 3 || strcmp(target.path + length - 3, "/..") != 0);
    for (char *rest = target.query, *name, *value; target_pair(&rest, &name, &value);)
        fuzz_claim(name != NULL && value != NULL);
}

static void read_range(const char *text, uint64_t size)
{
    uint64_t first = 0, length = 0;
    if (range_parse(text, size, &first, &length) == RANGE_PART)
        fuzz_claim(length > 0 && first < size && length <= size - first);
}

// The target of a request or its range, as the first byte says.
void fuzz_request(const uint8_t *bytes, size_t length)
{
    uint64_t size = 0;
    if (length < 2)
        return;
    char *text = as_text(bytes + 2, length - 2);
    size = bytes[1] < 64 ? bytes[1] : (uint64_t)1 << (bytes[1] % 64);
    if (bytes[0] % 2)
        read_range(text, size);
    else
        read_target(text);
    free(text);
}

// The first bytes are a secret: how long, and what. It is not in the rest afterwards.
void fuzz_redact(const uint8_t *bytes, size_t length)
{
    size_t size = length ? bytes[0] % 48u + REDACT_SHORT : 0, left;
    if (length < 1 + size)
        return;
    const char *secret = (const char *)bytes + 1;
    struct redactor *redactor = redactor_new();
    fuzz_claim(redactor && redactor_add(redactor, secret, size, NULL, false) == 0);
    char *clean = redactor_apply(redactor, secret + size, length - 1 - size, &left);
    fuzz_claim(clean != NULL && clean[left] == 0);
    // What is put in its place could complete another one.
    if (memchr(secret, '*', size) == NULL)
        fuzz_claim(memmem(clean, left, secret, size) == NULL);
    free(clean);
    redactor_free(redactor);
}

// A name, as long as the first byte says, and a line of a listing.
void fuzz_listing(const uint8_t *bytes, size_t length)
{
    size_t size = length ? bytes[0] % 32u + 1 : 0;
    if (length < 1 + size)
        return;
    char *name = as_text(bytes + 1, size), *line = as_text(bytes + 1 + size, length - 1 - size);
    if (ftp_presence_listed(line, name) >= 0) {
        size_t end = strlen(line), tail = strlen(name);
        fuzz_claim(end > tail && strcmp(line + end - tail, name) == 0);
    }
    free(name);
    free(line);
}

// What libcurl and a server say of a failed upload: two codes, then the reply, a NUL, and libcurl's
// words. The message is text that can be shown.
void fuzz_reply(const uint8_t *bytes, size_t length)
{
    struct upload_error error;
    if (length < 3)
        return;
    char *reply = as_text(bytes + 3, length - 3), *detail = reply + strlen(reply);
    detail += detail < reply + length - 3;
    fuzz_claim(curl_problem() == NULL); // it is opened with the first use
    upload_error_set(&error, bytes[0] % 100, bytes[1] * 3 + bytes[2] % 3, "sending", reply, detail);
    fuzz_claim(error.kind != NULL && memchr(error.message, 0, sizeof error.message));
    const uint8_t *at = (const uint8_t *)error.message, *end = at + strlen(error.message);
    for (size_t step = 1; at < end; at += step) {
        step = text_character(at, (size_t)(end - at));
        fuzz_claim(step > 0 && *at >= 0x20 && *at != 0x7F && (*at != 0xC2 || at[1] >= 0xA0));
    }
    free(reply);
}
