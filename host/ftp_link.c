// ftp_link.c - one job's use of a session: how to talk to the server, and what its names are
// called. Transfer threads only.

#include "ftp_link.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const warn_plain =
    "the FTP server offers no TLS: password and files travel in plain text";
static const char *const warn_certificate =
    "the FTP server's certificate cannot be verified: set FTP_CA_FILE to trust it properly";
static const char *const warn_tls13 =
    "the FTP server refuses TLS 1.2: TLS 1.3 is used, with which some servers lose uploads";

static bool knows(const struct ftp_link *link)
{
    return link->session->key && strcmp(link->session->key, link->key) == 0;
}

bool ftp_link_kept(const struct ftp_link *link)
{
    const struct ftp_way *known = &link->session->way;
    return knows(link) && known->tls == link->way.tls && known->verified == link->way.verified;
}

int ftp_link_open(struct ftp_link *link, const struct ftp_target *target,
                  struct ftp_session *session, const atomic_bool *stop)
{
    memset(link, 0, sizeof *link);
    link->target = target;
    link->session = session;
    link->stop = stop;
    const char *user = target->user ? target->user : "";
    const char *ca_file = target->ca_file ? target->ca_file : "";
    size_t size = strlen(target->origin) + strlen(user) + strlen(ca_file) + 3;
    if (!(link->key = malloc(size)))
        return UV_ENOMEM;
    snprintf(link->key, size, "%s\n%s\n%s", target->origin, user, ca_file);
    bool tls = target->scheme == FTP_IMPLICIT ||
               (target->scheme == FTP_PLAIN && target->tls != FTP_TLS_OFF);
    link->way = (struct ftp_way){.tls = tls, .verified = true, .tls13 = target->tls13};
    const struct ftp_way *known = &session->way;
    // Found out before; but never less than what is asked for now.
    if (knows(link) && tls && target->tls == FTP_TLS_TRY && (known->tls || !target->tls_seen)) {
        link->way = *known;
        if (!known->tls)
            ftp_link_warn(link, warn_plain);
        else if (!known->verified)
            ftp_link_warn(link, warn_certificate);
        link->tls_offered = known->tls && target->scheme == FTP_PLAIN;
    }
    return 0;
}

void ftp_link_close(struct ftp_link *link)
{
    free(link->key);
}

void ftp_link_warn(struct ftp_link *link, const char *warning)
{
    for (unsigned i = 0; i < link->warning_count; i++)
        if (link->warnings[i] == warning)
            return;
    if (link->warning_count < FTP_WARNINGS)
        link->warnings[link->warning_count++] = warning;
}

bool ftp_link_adapt(struct ftp_link *link)
{
    const struct ftp_target *target = link->target;
    bool may_try = target->tls == FTP_TLS_TRY && target->scheme != FTP_SSH;
    if (atomic_load(link->stop))
        return false;
    if (link->result == CURLE_PEER_FAILED_VERIFICATION && may_try && link->way.verified) {
        link->way.verified = false;
        ftp_link_warn(link, warn_certificate);
        return true;
    }
    if (link->result == CURLE_SSL_CONNECT_ERROR && !link->way.tls13) {
        link->way.tls13 = true;
        ftp_link_warn(link, warn_tls13);
        return true;
    }
    // Not offered at all; a host that has ever offered it is not spoken to in plain.
    if (link->result == CURLE_USE_SSL_FAILED && may_try && link->way.tls && !link->tls_offered &&
        !target->tls_seen && target->scheme == FTP_PLAIN) {
        link->way.tls = false;
        ftp_link_warn(link, warn_plain);
        return true;
    }
    return false;
}

char *ftp_link_path(const struct ftp_link *link, const char *name)
{
    return ftp_target_path(link->target, name, link->session->entry);
}

static void append_path(char *line, const char *path, bool quoted)
{
    char *out = line + strlen(line);
    *out++ = ' ';
    if (quoted)
        *out++ = '"';
    for (; *path; path++) {
        if (quoted && (*path == '"' || *path == '\\'))
            *out++ = '\\';
        *out++ = *path;
    }
    if (quoted)
        *out++ = '"';
    *out = 0;
}

char *ftp_link_command(const struct ftp_link *link, const char *verb, const char *name,
                       const char *second)
{
    bool quoted = link->target->scheme == FTP_SSH;
    char *path = ftp_link_path(link, name);
    char *other = second ? ftp_link_path(link, second) : NULL;
    char *line = NULL;
    if (!path || (second && !other))
        goto out;
    line = malloc(strlen(verb) + 2 * strlen(path) + (other ? 2 * strlen(other) : 0) + 8);
    if (!line)
        goto out;
    memcpy(line, verb, strlen(verb) + 1);
    append_path(line, path, quoted);
    if (other)
        append_path(line, other, quoted);
out:
    free(path);
    free(other);
    return line;
}
