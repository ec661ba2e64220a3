// disk.c - files and folders by descriptor, on POSIX and Linux. Worker threads only.

#include "disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

_Static_assert(DISK_HERE == AT_FDCWD, "DISK_HERE stands for AT_FDCWD");

static int failure(void)
{
    return uv_translate_sys_error(errno);
}

static int result(int answer)
{
    return answer < 0 ? failure() : answer;
}

static void fill(struct disk_facts *facts, const struct stat *s)
{
    facts->type = S_ISREG(s->st_mode)   ? DISK_FILE
                  : S_ISDIR(s->st_mode) ? DISK_FOLDER
                  : S_ISLNK(s->st_mode) ? DISK_LINK
                                        : DISK_SPECIAL;
    facts->size = (uint64_t)s->st_size;
    facts->seconds = s->st_mtim.tv_sec;
    facts->nanoseconds = (uint32_t)s->st_mtim.tv_nsec;
    facts->mode = s->st_mode & 07777;
    facts->device = s->st_dev;
    facts->inode = s->st_ino;
    facts->links = s->st_nlink;
    facts->owner = s->st_uid;
}

int disk_facts(int folder, const char *name, struct disk_facts *facts)
{
    struct stat s;
    if (fstatat(folder, name, &s, AT_SYMLINK_NOFOLLOW) != 0)
        return failure();
    fill(facts, &s);
    return 0;
}

int disk_facts_of(int fd, struct disk_facts *facts)
{
    struct stat s;
    if (fstat(fd, &s) != 0)
        return failure();
    fill(facts, &s);
    return 0;
}

double disk_mtime(const struct disk_facts *facts)
{
    return (double)facts->seconds + facts->nanoseconds / 1e9;
}

bool disk_same(const struct disk_facts *a, const struct disk_facts *b)
{
    return a->device == b->device && a->inode == b->inode;
}

bool disk_writable(const char *path)
{
    return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0;
}

int disk_open_folder(int folder, const char *name, bool follow_link)
{
    int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (follow_link ? 0 : O_NOFOLLOW);
    return result(openat(folder, name, flags));
}

static int type_error(enum disk_type type)
{
    switch (type) {
    case DISK_FILE:
        return 0;
    case DISK_FOLDER:
        return UV_EISDIR;
    case DISK_LINK:
        return UV_ELOOP;
    default:
        return UV_EFTYPE;
    }
}

int disk_open_file(int folder, const char *name, struct disk_facts *facts)
{
    // The first look keeps us from opening a device at all, which may set it off; the second one
    // holds against whoever swaps the file in between.
    int code = disk_facts(folder, name, facts);
    if (code == 0)
        code = type_error(facts->type);
    if (code != 0)
        return code;
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return failure();
    code = disk_facts_of(fd, facts);
    if (code == 0)
        code = type_error(facts->type);
    if (code == 0)
        return fd;
    close(fd);
    return code;
}

int disk_create(int folder, const char *name, unsigned mode)
{
    return result(openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
}

void disk_close(int fd)
{
    if (fd >= 0)
        close(fd);
}

int64_t disk_read(int fd, void *buffer, size_t size)
{
    ssize_t got;
    do
        got = read(fd, buffer, size);
    while (got < 0 && errno == EINTR);
    return got < 0 ? failure() : got;
}

int disk_rewind(int fd)
{
    return lseek(fd, 0, SEEK_SET) < 0 ? failure() : 0;
}

int disk_write(int fd, uint64_t at, const void *data, size_t size)
{
    const char *next = data;
    while (size > 0) {
        ssize_t put = pwrite(fd, next, size, (off_t)at);
        if (put < 0 && errno != EINTR)
            return failure();
        if (put > 0) {
            next += put;
            at += (uint64_t)put;
            size -= (size_t)put;
        }
    }
    return 0;
}

int disk_adopt(int fd, const struct disk_facts *facts)
{
    struct timespec times[2] = {
        {.tv_nsec = UTIME_OMIT},
        {.tv_sec = (time_t)facts->seconds, .tv_nsec = (long)facts->nanoseconds},
    };
    // FAT and some network filesystems have one mode for all: no reason to refuse the file.
    if (fchmod(fd, facts->mode & 0777) != 0 && errno != EPERM && errno != ENOTSUP)
        return failure();
    return result(futimens(fd, times));
}

int disk_sync(int fd)
{
    return result(fsync(fd));
}

int disk_sync_folder(int fd)
{
    // EINVAL: this filesystem has no way to sync a folder, so there is nothing to wait for.
    return fsync(fd) == 0 || errno == EINVAL ? 0 : failure();
}

void disk_forget(int fd)
{
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

int disk_rename(int from, const char *name, int to, const char *new_name)
{
    return result(renameat(from, name, to, new_name));
}

// Where nothing else is there, an empty file of ours reserves the name: nobody else can then have
// it, and the rename puts the whole file there at once.
static int claim_and_rename(int from, const char *name, int to, const char *new_name)
{
    int fd = disk_create(to, new_name, 0600);
    if (fd < 0)
        return fd;
    disk_close(fd);
    int code = disk_rename(from, name, to, new_name);
    if (code != 0)
        disk_remove(to, new_name);
    return code;
}

int disk_rename_new(int from, const char *name, int to, const char *new_name)
{
    int code = result(renameat2(from, name, to, new_name, RENAME_NOREPLACE));
    if (code != UV_EINVAL && code != UV_ENOSYS)
        return code;
    code = result(linkat(from, name, to, new_name, 0));
    if (code == 0) {
        code = disk_sync_folder(to); // the old name goes only when the new one is sure to stay
        return code == 0 ? disk_remove(from, name) : code;
    }
    if (code == UV_EPERM || code == UV_ENOTSUP || code == UV_ENOSYS || code == UV_EMLINK)
        return claim_and_rename(from, name, to, new_name);
    return code;
}

int disk_remove(int folder, const char *name)
{
    return result(unlinkat(folder, name, 0));
}

int disk_make_folder(const char *path, unsigned mode)
{
    return result(mkdir(path, mode));
}

int disk_remove_folder(int folder, const char *name)
{
    return result(unlinkat(folder, name, AT_REMOVEDIR));
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_name(struct disk_names *list, const char *name)
{
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return 0;
    if (list->count == list->room) {
        size_t room = list->room ? list->room * 2 : 64;
        char **names = realloc(list->names, room * sizeof *names);
        if (!names)
            return UV_ENOMEM;
        list->names = names;
        list->room = room;
    }
    list->names[list->count] = strdup(name);
    return list->names[list->count++] ? 0 : UV_ENOMEM;
}

int disk_names(int folder, struct disk_names *list)
{
    int fd = fcntl(folder, F_DUPFD_CLOEXEC, 0); // closedir takes its descriptor with it
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    int code = stream ? 0 : failure();
    *list = (struct disk_names){0};
    if (stream)
        rewinddir(stream);
    while (code == 0) {
        errno = 0;
        const struct dirent *entry = readdir(stream);
        if (!entry) {
            code = errno ? failure() : 0;
            break;
        }
        code = add_name(list, entry->d_name);
    }
    if (stream)
        closedir(stream);
    else
        disk_close(fd);
    if (code != 0)
        disk_names_free(list);
    else if (list->count > 1)
        qsort(list->names, list->count, sizeof *list->names, by_name);
    return code;
}

void disk_names_free(struct disk_names *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->names[i]);
    free(list->names);
    *list = (struct disk_names){0};
}
