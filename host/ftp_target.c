// ftp_target.c - the one place where names of files and folders become URLs and command paths.
// Any thread. Everything is decoded once, checked, and encoded anew, so what goes out is ours.

#include "ftp_target.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const schemes[] = {"ftp://", "ftps://", "sftp://"};
static const char *const no_memory = "memory is short";

bool ftp_target_clean(const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c == 0x7f)
            return false;
    }
    return true;
}

bool ftp_target_is_name(const char *name)
{
    return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
           ftp_target_clean(name);
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Decodes %XX in place. False for a malformed one, for a NUL byte, and for '?' and '#', which end
// the path of a URL and so were meant to be encoded.
static bool decode(char *text)
{
    char *out = text;
    for (; *text; text++) {
        if (*text == '?' || *text == '#')
            return false;
        if (*text != '%') {
            *out++ = *text;
            continue;
        }
        int high = hex(text[1]), low = high < 0 ? -1 : hex(text[2]);
        if (low < 0 || high * 16 + low == 0)
            return false;
        *out++ = (char)(high * 16 + low);
        text += 2;
    }
    *out = 0;
    return true;
}

static bool climbs(const char *path)
{
    for (const char *at = path; at; at = strchr(at, '/')) {
        at += *at == '/';
        size_t length = strcspn(at, "/");
        if ((length == 1 && at[0] == '.') || (length == 2 && at[0] == '.' && at[1] == '.'))
            return true;
    }
    return false;
}

// Splits the decoded path. "/name" lies in the folder "/", "name" in "".
static const char *split(struct ftp_target *target, char *path)
{
    char *slash = strrchr(path, '/');
    target->name = strdup(slash ? slash + 1 : path);
    if (slash)
        slash[slash == path] = 0; // the root keeps its slash
    target->folder = strdup(slash ? path : "");
    if (!target->name || !target->folder)
        return no_memory;
    size_t length = strlen(target->folder);
    while (length > 1 && target->folder[length - 1] == '/')
        target->folder[--length] = 0;
    return ftp_target_is_name(target->name) ? NULL : "a file name must stand at its end";
}

static const char *parse_path(struct ftp_target *target, const char *text)
{
    char *path = strdup(text);
    const char *why = no_memory;
    if (!path)
        goto out;
    why = "its path is not percent-encoded properly";
    if (!decode(path))
        goto out;
    why = "its path holds a control character";
    if (!ftp_target_clean(path))
        goto out;
    why = "its path holds \".\" or \"..\"";
    if (climbs(path))
        goto out;
    why = split(target, path);
out:
    free(path);
    return why;
}

const char *ftp_target_parse(struct ftp_target *target, const char *url)
{
    size_t scheme = 0, count = sizeof schemes / sizeof *schemes;
    while (scheme < count && strncasecmp(url, schemes[scheme], strlen(schemes[scheme])) != 0)
        scheme++;
    if (scheme == count)
        return "it must begin with ftp://, ftps:// or sftp://";
    target->scheme = (enum ftp_scheme)scheme;
    const char *host = url + strlen(schemes[scheme]);
    size_t length = strcspn(host, "/?#");
    if (length == 0 || host[length] != '/')
        return "a host and a path are expected";
    if (memchr(host, '@', length))
        return "user and password must not stand in it";
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)host[i]) && !strchr(".-_:[]%", host[i]))
            return "its host holds a strange character";
    size_t size = strlen(schemes[scheme]) + length + 1;
    if (!(target->origin = malloc(size)))
        return no_memory;
    snprintf(target->origin, size, "%s%.*s", schemes[scheme], (int)length, host);
    return parse_path(target, host + length + 1);
}

static char *put_escaped(char *out, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (isalnum(c) || strchr("-._~/", c)) {
            *out++ = (char)c;
        } else {
            *out++ = '%';
            *out++ = digits[c >> 4];
            *out++ = digits[c & 15];
        }
    }
    *out = 0;
    return out;
}

char *ftp_target_url(const struct ftp_target *target, const char *name)
{
    if (!name)
        name = "";
    size_t size =
        strlen(target->origin) + 3 * (strlen(target->folder) + strlen(name)) + sizeof "//%2F";
    char *url = malloc(size);
    if (!url)
        return NULL;
    char *out = url + snprintf(url, size, "%s/", target->origin);
    const char *folder = target->folder;
    if (*folder == '/' && target->scheme != FTP_SSH) {
        out += snprintf(out, sizeof "%2F", "%%2F");
        folder++;
    }
    out = put_escaped(out, folder);
    if (*folder)
        *out++ = '/';
    put_escaped(out, name);
    return url;
}

// What stands before the folder: the login folder of FTP, the root of SFTP. SFTP's "~/" is left
// out, since relative paths begin there.
static const char *base(const struct ftp_target *target, const char *entry, const char **folder)
{
    *folder = target->folder;
    if (target->scheme != FTP_SSH)
        return **folder == '/' || !entry ? "" : entry;
    if (strcmp(*folder, "~") == 0)
        *folder = "";
    else if (strncmp(*folder, "~/", 2) == 0)
        *folder += 2;
    else
        return "/";
    return "";
}

char *ftp_target_path(const struct ftp_target *target, const char *name, const char *entry)
{
    const char *folder;
    const char *start = base(target, entry, &folder);
    size_t size = strlen(start) + strlen(folder) + strlen(name) + 3;
    char *path = malloc(size);
    if (!path)
        return NULL;
    size_t length = 0;
    const char *parts[] = {start, folder, name};
    for (size_t i = 0; i < 3; i++) {
        if (!*parts[i])
            continue;
        if (length && path[length - 1] != '/')
            path[length++] = '/';
        const char *part = parts[i] + (length && *parts[i] == '/');
        length += (size_t)snprintf(path + length, size - length, "%s", part);
    }
    return path;
}

static void wipe(char *secret)
{
    for (volatile char *at = secret; at && *at; at++)
        *at = 0;
    free(secret);
}

void ftp_target_free(struct ftp_target *target)
{
    free(target->origin);
    free(target->folder);
    free(target->name);
    free(target->user);
    wipe(target->password);
    free(target->ca_file);
    free(target->known_hosts);
    free(target->private_key);
}
