// files.c - reading, hashing, naming and removing files. Plain C, worker threads.

#include "files.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define BLOCK (256 * 1024)
#define DEPTH_MAX 200 // folders within folders: each costs a descriptor while it is removed

bool files_stopped(const struct files_stop *stop)
{
    return stop && stop->asked(stop->owner);
}

// Names --------------------------------------------------------------------------------------

int files_split(const char *path, struct files_place *place)
{
    const char *slash = strrchr(path, '/');
    place->name = slash ? slash + 1 : path;
    place->folder = NULL;
    if (!*place->name || strcmp(place->name, ".") == 0 || strcmp(place->name, "..") == 0)
        return UV_EISDIR;
    if (!slash)
        place->folder = strdup(".");
    else
        place->folder = strndup(path, slash == path ? 1 : (size_t)(slash - path));
    return place->folder ? 0 : UV_ENOMEM;
}

char *files_join(const char *folder, const char *name)
{
    size_t length = strlen(folder);
    const char *between = length > 0 && folder[length - 1] == '/' ? "" : "/";
    size_t size = length + strlen(name) + 2;
    char *path = malloc(size);
    if (path)
        snprintf(path, size, "%s%s%s", folder, between, name);
    return path;
}

static void to_hex(const unsigned char *bytes, size_t count, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * count] = '\0';
}

// The length of `text` cut to `room` bytes, but not within a UTF-8 character.
static size_t cut(const char *text, size_t length, size_t room)
{
    if (length <= room)
        return length;
    size_t at = room;
    while (at > 0 && room - at < 4 && ((unsigned char)text[at] & 0xc0) == 0x80)
        at--;
    return ((unsigned char)text[at] & 0xc0) == 0x80 ? room : at; // else it is no UTF-8 at all
}

void files_suffixed(const char *name, unsigned n, char out[DISK_NAME_MAX + 1])
{
    const char *dot = strrchr(name, '.');
    const char *extension = dot && dot != name && strlen(dot) <= 16 ? dot : "";
    size_t stem = strlen(name) - strlen(extension);
    char middle[32];
    snprintf(middle, sizeof middle, "-%u", n);
    if (strlen(name) + strlen(middle) > DISK_NAME_MAX) {
        unsigned char digest[EVP_MAX_MD_SIZE] = {0};
        char hash[9];
        EVP_Q_digest(NULL, "SHA256", NULL, name, strlen(name), digest, NULL);
        to_hex(digest, 4, hash);
        snprintf(middle, sizeof middle, "-%s-%u", hash, n);
        stem = cut(name, stem, DISK_NAME_MAX - strlen(middle) - strlen(extension));
    }
    snprintf(out, DISK_NAME_MAX + 1, "%.*s%s%s", (int)stem, name, middle, extension);
}

int files_temporary(char out[DISK_NAME_MAX + 1])
{
    unsigned char nonce[8];
    char hex[2 * sizeof nonce + 1];
    int code = uv_random(NULL, NULL, nonce, sizeof nonce, 0, NULL);
    if (code != 0)
        return code;
    to_hex(nonce, sizeof nonce, hex);
    snprintf(out, DISK_NAME_MAX + 1, ".affiche-%s.part", hex);
    return 0;
}

// Content ------------------------------------------------------------------------------------

// Hashes what comes from `from`, and writes it to `to` when that is open.
static int pump(int from, int to, const struct files_stop *stop, char hex[FILES_SHA256_HEX],
                uint64_t *length)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned char *block = malloc(BLOCK);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int code = UV_ENOMEM;
    *length = 0;
    if (!block || !context || !EVP_DigestInit_ex(context, EVP_sha256(), NULL))
        goto out;
    for (;;) {
        int64_t got = files_stopped(stop) ? UV_ECANCELED : disk_read(from, block, BLOCK);
        code = got < 0 ? (int)got : 0;
        if (got > 0 && to >= 0)
            code = disk_write(to, *length, block, (size_t)got);
        if (got <= 0 || code != 0)
            break;
        *length += (uint64_t)got;
        EVP_DigestUpdate(context, block, (size_t)got);
    }
    if (code == 0) {
        EVP_DigestFinal_ex(context, digest, NULL);
        to_hex(digest, 32, hex);
    }
out:
    EVP_MD_CTX_free(context);
    free(block);
    return code;
}

int files_hash_fd(int fd, const struct files_stop *stop, char hex[FILES_SHA256_HEX],
                  uint64_t *length)
{
    return pump(fd, -1, stop, hex, length);
}

int files_copy_fd(int from, int to, const struct files_stop *stop, char hex[FILES_SHA256_HEX],
                  uint64_t *length)
{
    return pump(from, to, stop, hex, length);
}

int files_hash(const char *path, const struct files_stop *stop, char hex[FILES_SHA256_HEX],
               uint64_t *length)
{
    struct disk_facts facts;
    int fd = disk_open_file(DISK_HERE, path, &facts);
    if (fd < 0)
        return fd;
    int code = files_hash_fd(fd, stop, hex, length);
    disk_close(fd);
    return code;
}

// Reads on into *data, which has room for `room` bytes and grows.
static int read_all(int fd, size_t room, size_t max, const struct files_stop *stop, char **data,
                    size_t *length)
{
    for (;;) {
        if (*length == room) {
            room = room > max / 2 ? max + 1 : room * 2;
            char *grown = realloc(*data, room);
            if (!grown)
                return UV_ENOMEM;
            *data = grown;
        }
        int64_t got =
            files_stopped(stop) ? UV_ECANCELED : disk_read(fd, *data + *length, room - *length);
        if (got <= 0)
            return (int)got;
        *length += (size_t)got;
        if (*length > max)
            return FILES_TOO_LARGE;
    }
}

int files_read(const char *path, size_t max, const struct files_stop *stop, char **data,
               size_t *length)
{
    struct disk_facts facts;
    *data = NULL;
    *length = 0;
    int fd = disk_open_file(DISK_HERE, path, &facts);
    if (fd < 0)
        return fd;
    int code = FILES_TOO_LARGE;
    if (facts.size <= max) {
        // A hint alone: the file may grow, and files of /proc say 0.
        size_t room = (size_t)facts.size + 1;
        *data = malloc(room);
        code = *data ? read_all(fd, room, max, stop, data, length) : UV_ENOMEM;
    }
    disk_close(fd);
    if (code != 0) {
        free(*data);
        *data = NULL;
    }
    return code;
}

// Folders ------------------------------------------------------------------------------------

static int sync_parent(const char *path)
{
    struct files_place place;
    int fd = -1;
    int code = files_split(path, &place);
    if (code == 0)
        code = fd = disk_open_folder(DISK_HERE, place.folder, true);
    if (code >= 0)
        code = disk_sync_folder(fd);
    disk_close(fd);
    free(place.folder);
    return code;
}

static int make_one(const char *path, unsigned mode)
{
    int code = disk_make_folder(path, mode);
    if (code == 0)
        return sync_parent(path);
    if (code != UV_EEXIST)
        return code;
    int fd = disk_open_folder(DISK_HERE, path, true); // follows a link to a folder
    disk_close(fd);
    return fd == UV_EACCES ? 0 : fd < 0 ? fd : 0;
}

int files_make_folders(const char *path, unsigned mode)
{
    int there = disk_open_folder(DISK_HERE, path, true);
    disk_close(there);
    if (there >= 0)
        return 0;
    char *part = strdup(path);
    if (!part)
        return UV_ENOMEM;
    size_t length = strlen(part);
    while (length > 1 && part[length - 1] == '/')
        part[--length] = '\0';
    int code = 0;
    // A parent that may not be looked into is no reason to fail: the last step tells.
    for (char *at = strchr(part + 1, '/'); at; at = strchr(at + 1, '/')) {
        if (at[-1] == '/')
            continue;
        *at = '\0';
        code = make_one(part, mode | 0300);
        *at = '/';
        if (code != 0)
            break;
    }
    if (code == 0)
        code = make_one(part, mode);
    free(part);
    return code;
}

static int remove_at(int folder, const char *name, unsigned depth, const struct files_stop *stop);

static int empty(int folder, const char *name, unsigned depth, const struct files_stop *stop)
{
    struct disk_names list;
    int fd = disk_open_folder(folder, name, false);
    if (fd < 0)
        return fd;
    int code = disk_names(fd, &list);
    if (code == 0) {
        for (size_t i = 0; i < list.count && code == 0; i++)
            code = remove_at(fd, list.names[i], depth, stop);
        disk_names_free(&list);
    }
    disk_close(fd);
    return code;
}

// `depth` folders may still be entered.
static int remove_at(int folder, const char *name, unsigned depth, const struct files_stop *stop)
{
    struct disk_facts facts;
    if (files_stopped(stop))
        return UV_ECANCELED;
    int code = disk_facts(folder, name, &facts);
    if (code == 0 && facts.type != DISK_FOLDER)
        code = disk_remove(folder, name);
    else if (code == 0) {
        code = disk_remove_folder(folder, name);
        bool full = code == UV_ENOTEMPTY || code == UV_EEXIST;
        if (full && depth > 0)
            code = empty(folder, name, depth - 1, stop);
        if (full && code == 0)
            code = disk_remove_folder(folder, name);
    }
    return code == UV_ENOENT ? 0 : code;
}

int files_remove(const char *path, bool recursive, const struct files_stop *stop)
{
    return remove_at(DISK_HERE, path, recursive ? DEPTH_MAX : 0, stop);
}
