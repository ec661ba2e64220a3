// redact.c - see redact.h.
//
// One pass over the text marks what must go in a mask, a second pass copies the rest. Every
// position is looked at, also inside a match, so that of two overlapping secrets no tail is left.
#include "redact.h"

#include "redact_match.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uv.h>

struct needle {
    struct needle *next;
    struct secret_form form;
    bool confined;      // only where it belongs
    unsigned back;      // base64: characters before the match that hold some of its bits
    unsigned char *own; // owned: the bytes of form.bytes
};

struct redactor {
    struct needle *needles; // owned
    bool starts[256];       // a needle may begin with this byte of text
};

// The state of one pass.
struct pass {
    const char *text;
    size_t length;
    unsigned char *mask;
    // Where the last value of each pattern ended: a start inside it has nothing new to say.
    size_t token_end, bearer_end, graph_end;
};

static void mark(struct pass *p, size_t from, size_t to)
{
    if (to > from)
        memset(p->mask + from, 1, to - from);
}

static void wipe(void *memory, size_t length)
{
    volatile unsigned char *bytes = memory;
    while (length--)
        *bytes++ = 0;
}

static void needle_free(struct needle *n)
{
    if (!n)
        return;
    if (n->own)
        wipe(n->own, n->form.length);
    free(n->own);
    free(n);
}

static struct needle *needle_new(const unsigned char *bytes, size_t length, size_t minimum)
{
    struct needle *n = calloc(1, sizeof *n);
    if (!n)
        return NULL;
    n->own = malloc(length ? length : 1);
    if (!n->own) {
        free(n);
        return NULL;
    }
    memcpy(n->own, bytes, length);
    n->form = (struct secret_form){.bytes = n->own, .length = length, .minimum = minimum};
    return n;
}

// Standard alphabet, no padding. Returns the number of characters.
static size_t base64(const unsigned char *in, size_t length, unsigned char *out)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    unsigned held = 0;
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        bits = (bits << 8 | in[i]) & 0xffff;
        for (held += 8; held >= 6; held -= 6)
            out[used++] = (unsigned char)alphabet[bits >> (held - 6) & 63];
    }
    if (held)
        out[used++] = (unsigned char)alphabet[bits << (6 - held) & 63];
    return used;
}

// The base64 of `lead` bytes and then the secret. Only characters that depend on the secret alone
// are kept when `lead_known` is false: what stands before it may be anything.
static struct needle *base64_needle(const unsigned char *lead, size_t lead_length, bool lead_known,
                                    const char *value, size_t length)
{
    size_t total = lead_length + length;
    unsigned char *joined = malloc(total + (total + 2) / 3 * 4);
    if (!joined)
        return NULL;
    unsigned char *encoded = joined + total;
    memcpy(joined, lead, lead_length);
    memcpy(joined + lead_length, value, length);
    size_t end = base64(joined, total, encoded);
    size_t skip = 0, minimum = end;
    if (!lead_known) {
        skip = (lead_length * 8 + 5) / 6;
        end = total * 8 / 6;
        minimum = (lead_length + REDACT_SHORT) * 8 / 6 - skip;
    }
    struct needle *n = needle_new(encoded + skip, end - skip, minimum);
    if (n) {
        n->form.base64 = true;
        n->back = lead_length && !lead_known;
    }
    wipe(joined, total + (total + 2) / 3 * 4);
    free(joined);
    return n;
}

static bool known(const struct redactor *r, const char *value, size_t length, bool confined)
{
    for (const struct needle *n = r->needles; n; n = n->next)
        if (!n->form.base64 && n->form.length == length && !memcmp(n->own, value, length) &&
            n->confined == confined)
            return true;
    return false;
}

static void insert(struct redactor *r, struct needle *n)
{
    n->next = r->needles;
    r->needles = n;
    // Any byte may also come as %XX, as an escape, or (a blank) as a plus sign.
    r->starts[n->own[0]] = r->starts['%'] = r->starts['\\'] = true;
    if (n->own[0] == ' ' || n->own[0] == '+')
        r->starts['+'] = r->starts['-'] = true;
    if (n->own[0] == '/')
        r->starts['_'] = true;
}

static int insert_or_fail(struct redactor *r, struct needle *n)
{
    if (!n)
        return UV_ENOMEM;
    insert(r, n);
    return 0;
}

static int add_base64_of_login(struct redactor *r, const char *value, size_t length,
                               const char *user)
{
    size_t user_length = strlen(user);
    unsigned char *lead = malloc(user_length + 1);
    if (!lead)
        return UV_ENOMEM;
    memcpy(lead, user, user_length);
    lead[user_length] = ':';
    int status = insert_or_fail(r, base64_needle(lead, user_length + 1, true, value, length));
    free(lead);
    return status;
}

int redactor_add(struct redactor *r, const char *value, size_t length, const char *user, bool shown)
{
    static const unsigned char filler[3];
    bool confined = shown || length < REDACT_SHORT;
    if (!length)
        return 0;
    if (!known(r, value, length, confined)) {
        for (size_t lead = 0; !confined && lead < 3; lead++)
            if (insert_or_fail(r, base64_needle(filler, lead, false, value, length)))
                return UV_ENOMEM;
        struct needle *n =
            needle_new((const unsigned char *)value, length, confined ? length : REDACT_SHORT);
        if (!n)
            return UV_ENOMEM;
        n->confined = confined;
        insert(r, n);
    }
    // A long secret is found inside the base64 of a login already.
    return confined && user ? add_base64_of_login(r, value, length, user) : 0;
}

// `PASS ` stands right before `at`.
static bool after_pass(const struct pass *p, size_t at)
{
    return at >= 5 && strncasecmp(p->text + at - 5, "PASS ", 5) == 0;
}

static void mark_needles(struct pass *p, const struct redactor *r, size_t at)
{
    for (const struct needle *n = r->needles; n; n = n->next) {
        if (n->confined && !after_pass(p, at))
            continue;
        size_t used = secret_match(&n->form, p->text + at, p->length - at);
        if (used)
            mark(p, at - (at ? n->back : 0), at + used);
    }
}

// The user part of a URL, from `at` (after the slashes): a password goes whatever it is, a user
// only when it is a secret.
static void mark_userinfo(struct pass *p, const struct redactor *r, size_t at)
{
    size_t end = at, last_at = 0, colon = 0;
    for (; end < p->length && in_authority(p->text[end]); end++) {
        if (p->text[end] == '@')
            last_at = end;
        else if (p->text[end] == ':' && !colon)
            colon = end;
    }
    if (last_at && colon && colon < last_at)
        mark(p, colon + 1, last_at);
    // A password with a slash in it, or a secret in the place of the user.
    size_t from = colon ? colon + 1 : at;
    for (const struct needle *n = r->needles; n; n = n->next) {
        size_t used = secret_match(&n->form, p->text + from, p->length - from);
        if (used && from + used < p->length && p->text[from + used] == '@')
            mark(p, from, from + used);
    }
}

static void mark_value(struct pass *p, size_t from, size_t least, bool (*in)(char c), size_t *end)
{
    if (from < *end)
        return;
    size_t to = from;
    while (to < p->length && in(p->text[to]))
        to++;
    if (to - from >= least) {
        mark(p, from, to);
        *end = to;
    }
}

// EAA… and IGAA…: whole from 8 characters on; in the middle of a word only when it is long.
static void mark_graph_token(struct pass *p, size_t at)
{
    const char *text = p->text + at;
    size_t left = p->length - at;
    bool token = (left > 3 && !memcmp(text, "EAA", 3)) || (left > 4 && !memcmp(text, "IGAA", 4));
    if (token)
        mark_value(p, at, at && in_token(p->text[at - 1]) ? 20 : 8, in_token, &p->graph_end);
}

static void mark_patterns(struct pass *p, const struct redactor *r, size_t at)
{
    const char *text = p->text + at;
    size_t left = p->length - at, skip;
    switch (*text) {
    case '/':
        if (left > 2 && text[1] == '/')
            mark_userinfo(p, r, at + 2);
        break;
    case '\\':
        if (left > 4 && !memcmp(text, "\\/\\/", 4))
            mark_userinfo(p, r, at + 4);
        break;
    case 'E':
    case 'I':
        mark_graph_token(p, at);
        break;
    case 'A':
    case 'a':
        if ((skip = access_token_key(text, left)))
            mark_value(p, at + skip, 1, in_value, &p->token_end);
        break;
    case 'B':
    case 'b':
        if (left > 7 && strncasecmp(text, "Bearer ", 7) == 0)
            mark_value(p, at + 7, 1, in_value, &p->bearer_end);
        break;
    default:
        break;
    }
}

static char *copy_unmarked(const struct pass *p, size_t *out_length)
{
    size_t size = 1;
    for (size_t i = 0; i < p->length; i++)
        if (!p->mask[i])
            size++;
        else if (i == 0 || !p->mask[i - 1])
            size += sizeof REDACTED - 1;
    char *out = malloc(size), *to = out;
    for (size_t i = 0; out && i < p->length; i++) {
        if (!p->mask[i]) {
            *to++ = p->text[i];
        } else if (i == 0 || !p->mask[i - 1]) {
            memcpy(to, REDACTED, sizeof REDACTED - 1);
            to += sizeof REDACTED - 1;
        }
    }
    if (out) {
        *to = 0;
        if (out_length)
            *out_length = size - 1;
    }
    return out;
}

char *redactor_apply(const struct redactor *r, const char *text, size_t length, size_t *out_length)
{
    struct pass p = {.text = text, .length = length, .mask = calloc(length + 1, 1)};
    if (!p.mask)
        return NULL;
    for (size_t i = 0; i < length; i++) {
        if (r->starts[(unsigned char)text[i]])
            mark_needles(&p, r, i);
        mark_patterns(&p, r, i);
    }
    char *out = copy_unmarked(&p, out_length);
    free(p.mask);
    return out;
}

struct redactor *redactor_new(void)
{
    return calloc(1, sizeof(struct redactor));
}

void redactor_free(struct redactor *r)
{
    while (r && r->needles) {
        struct needle *n = r->needles;
        r->needles = n->next;
        needle_free(n);
    }
    free(r);
}
