// durable.c - the order of syncs and renames that survives a crash at any point between them.
// Plain C, worker threads. Content is synced before it gets its name, the folder of the new name
// before the old one goes.

#include "durable.h"

#include "sys/lock.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define SUFFIX_MAX 9999

// Both ends of a copy or move, opened.
struct ends {
    struct files_place from, to;
    int from_folder, to_folder;
    int source;
    int made;                          // the temporary: open, so locked, until it has its name
    struct disk_facts facts;           // of the source as it was opened
    char temporary[DISK_NAME_MAX + 1]; // in the target folder, "" while there is none
    char hex[FILES_SHA256_HEX];        // of the content, once known
    char name[DISK_NAME_MAX + 1];      // the name it got
};

enum { PLACED, ALREADY_THERE }; // what `settle` gives beside an error

static void close_ends(struct ends *e)
{
    if (*e->temporary)
        disk_remove(e->to_folder, e->temporary);
    disk_close(e->made);
    disk_close(e->source);
    disk_close(e->from_folder);
    disk_close(e->to_folder);
    free(e->from.folder);
    free(e->to.folder);
}

static int open_source(struct durable_job *job, struct ends *e)
{
    int code = files_split(job->source, &e->from);
    if (code != 0)
        return code;
    e->from_folder = disk_open_folder(DISK_HERE, e->from.folder, true);
    if (e->from_folder < 0)
        return e->from_folder;
    e->source = disk_open_file(e->from_folder, e->from.name, &e->facts);
    return e->source < 0 ? e->source : 0;
}

static int open_target(struct durable_job *job, struct ends *e, bool make_folders)
{
    int code = files_split(job->target, &e->to);
    if (code == 0 && strlen(e->to.name) > DISK_NAME_MAX)
        code = UV_ENAMETOOLONG;
    if (code == 0 && make_folders)
        code = files_make_folders(e->to.folder, 0755);
    if (code == 0)
        code = e->to_folder = disk_open_folder(DISK_HERE, e->to.folder, true);
    job->at_target = code < 0;
    if (code >= 0)
        snprintf(e->name, sizeof e->name, "%s", e->to.name);
    return code < 0 ? code : 0;
}

// Has the source become another file, or another content, since it was opened?
static int check_unchanged(const struct ends *e)
{
    struct disk_facts now;
    int code = disk_facts(e->from_folder, e->from.name, &now);
    if (code != 0)
        return code;
    bool same = disk_same(&now, &e->facts) && now.size == e->facts.size &&
                now.seconds == e->facts.seconds && now.nanoseconds == e->facts.nanoseconds;
    return same ? 0 : FILES_CHANGED;
}

static int check_content(const struct durable_job *job, const struct ends *e)
{
    return job->sha256 && strcmp(job->sha256, e->hex) != 0 ? FILES_CHANGED : 0;
}

// Taking a name without ever replacing --------------------------------------------------------

// Is what has the name e->name in the target folder this very file? 1, 0 or an error. A file copied
// across filesystems and not yet unlinked, before a crash, shows by its content.
static int is_ours(struct durable_job *job, struct ends *e)
{
    struct disk_facts facts;
    int fd = disk_open_file(e->to_folder, e->name, &facts);
    if (fd < 0)
        return 0; // a folder, a link, not ours to read: another name, then
    int code = disk_same(&facts, &e->facts);
    if (!code && *e->temporary && facts.size == e->facts.size) {
        char hex[FILES_SHA256_HEX];
        uint64_t length;
        code = files_hash_fd(fd, job->stop, hex, &length);
        if (code == 0 && strcmp(hex, e->hex) == 0)
            code = disk_sync(fd) == 0 ? 1 : UV_EIO;
        else if (code != UV_ECANCELED)
            code = 0;
    }
    disk_close(fd);
    return code;
}

// Gives the file the target's name, or the next free one: e->name tells.
static int settle(struct durable_job *job, struct ends *e, int from, const char *name)
{
    for (unsigned n = 2; n <= SUFFIX_MAX; n++) {
        int code = disk_rename_new(from, name, e->to_folder, e->name);
        if (code != UV_EEXIST)
            return code == 0 ? PLACED : code;
        code = is_ours(job, e);
        if (code != 0)
            return code < 0 ? code : ALREADY_THERE;
        files_suffixed(e->to.name, n, e->name);
    }
    return UV_EEXIST;
}

// Copying ------------------------------------------------------------------------------------

static int create_temporary(struct ends *e, unsigned mode)
{
    int code = files_temporary(e->temporary);
    int fd = code == 0 ? disk_create(e->to_folder, e->temporary, mode) : code;
    if (fd < 0)
        *e->temporary = '\0';
    else
        lock_take(fd); // tells a sweep that its maker lives; without locks here it must do without
    return e->made = fd;
}

// What was written is read again from the disk: the source is going to be unlinked on its word.
static int verify(struct durable_job *job, const struct ends *e, int fd)
{
    char hex[FILES_SHA256_HEX];
    uint64_t length;
    disk_forget(fd);
    int code = disk_rewind(fd);
    if (code == 0)
        code = files_hash_fd(fd, job->stop, hex, &length);
    if (code == 0 && strcmp(hex, e->hex) != 0)
        code = UV_EIO;
    return code;
}

// The source under a temporary name in the target folder: whole, compared and synced.
static int copy_to_temporary(struct durable_job *job, struct ends *e)
{
    int fd = create_temporary(e, 0600);
    job->at_target = fd < 0;
    if (fd < 0)
        return fd;
    uint64_t length = 0;
    int code = disk_rewind(e->source);
    if (code == 0)
        code = files_copy_fd(e->source, fd, job->stop, e->hex, &length);
    job->at_target = code == UV_ENOSPC || code == UV_EFBIG;
    if (code == 0)
        code = check_unchanged(e);
    if (code == 0 && length != e->facts.size)
        code = FILES_CHANGED;
    if (code == 0)
        code = check_content(job, e);
    if (code == 0) {
        code = disk_adopt(fd, &e->facts);
        if (code == 0)
            code = disk_sync(fd);
        if (code == 0)
            code = verify(job, e, fd);
        job->at_target = code != 0;
    }
    return code;
}

static int give_path(struct durable_job *job, const struct ends *e)
{
    int folder = (int)(e->to.name - job->target); // as the caller wrote it
    size_t size = (size_t)folder + strlen(e->name) + 1;
    job->path = malloc(size);
    if (!job->path)
        return UV_ENOMEM;
    snprintf(job->path, size, "%.*s%s", folder, job->target, e->name);
    return 0;
}

static int copy_into_place(struct durable_job *job, struct ends *e)
{
    struct disk_facts taken;
    // The early look saves a copy; the rename is what decides.
    if (!job->replace && disk_facts(e->to_folder, e->to.name, &taken) == 0)
        return UV_EEXIST;
    int code = copy_to_temporary(job, e);
    if (code != 0)
        return code;
    job->at_target = true;
    if (job->replace)
        code = disk_rename(e->to_folder, e->temporary, e->to_folder, e->to.name);
    else
        code = disk_rename_new(e->to_folder, e->temporary, e->to_folder, e->to.name);
    if (code != 0)
        return code;
    *e->temporary = '\0';
    return disk_sync_folder(e->to_folder);
}

int durable_copy(struct durable_job *job)
{
    struct ends e = {.from_folder = -1, .to_folder = -1, .source = -1, .made = -1};
    int code = open_source(job, &e);
    if (code == 0)
        code = open_target(job, &e, false);
    if (code == 0)
        code = copy_into_place(job, &e);
    if (code == UV_EEXIST)
        job->at_target = true;
    if (code == 0)
        code = give_path(job, &e);
    close_ends(&e);
    return code;
}

// Moving -------------------------------------------------------------------------------------

static bool same_folder(const struct ends *e)
{
    struct disk_facts from, to;
    return disk_facts_of(e->from_folder, &from) == 0 && disk_facts_of(e->to_folder, &to) == 0 &&
           disk_same(&from, &to);
}

// The target is safe, its folder too: now the source may go.
static int drop_source(struct ends *e)
{
    int code = check_unchanged(e);
    if (code == 0)
        code = disk_remove(e->from_folder, e->from.name);
    if (code == 0)
        code = disk_sync_folder(e->from_folder);
    return code;
}

// Within one filesystem. UV_EXDEV says that it is not one after all.
static int move_here(struct durable_job *job, struct ends *e)
{
    int code = 0;
    uint64_t length;
    if (job->sha256)
        code = files_hash_fd(e->source, job->stop, e->hex, &length);
    if (code == 0)
        code = check_content(job, e);
    if (code == 0)
        code = disk_sync(e->source);
    if (code == 0)
        code = check_unchanged(e);
    if (code != 0)
        return code;
    int outcome = settle(job, e, e->from_folder, e->from.name);
    if (outcome < 0)
        return outcome;
    job->at_target = true;
    code = disk_sync_folder(e->to_folder);
    if (code != 0)
        return code;
    job->at_target = false;
    if (outcome == PLACED)
        return same_folder(e) ? 0 : disk_sync_folder(e->from_folder);
    // The same file has that name already: it is moved onto itself, or a second link of it was
    // made before a crash. The last name of a file is never removed.
    bool itself = same_folder(e) && strcmp(e->from.name, e->name) == 0;
    return itself || e->facts.links < 2 ? 0 : drop_source(e);
}

static int move_across(struct durable_job *job, struct ends *e)
{
    int code = copy_to_temporary(job, e);
    if (code != 0)
        return code;
    job->at_target = true;
    int outcome = settle(job, e, e->to_folder, e->temporary);
    if (outcome < 0)
        return outcome;
    if (outcome == ALREADY_THERE)
        disk_remove(e->to_folder, e->temporary);
    *e->temporary = '\0';
    code = disk_sync_folder(e->to_folder);
    if (code != 0)
        return code;
    job->at_target = false;
    return drop_source(e);
}

// The source is gone: was it moved before a crash? Its content under one of the names tells.
static int find_arrived(struct durable_job *job, struct ends *e)
{
    for (unsigned n = 2; n <= SUFFIX_MAX; n++) {
        struct disk_facts facts;
        uint64_t length;
        int fd = disk_open_file(e->to_folder, e->name, &facts);
        if (fd == UV_ENOENT)
            return UV_ENOENT;
        int code = fd < 0 ? 0 : files_hash_fd(fd, job->stop, e->hex, &length);
        bool found = fd >= 0 && code == 0 && check_content(job, e) == 0;
        if (found)
            code = disk_sync(fd);
        disk_close(fd);
        if (found || code != 0)
            return code == 0 ? disk_sync_folder(e->to_folder) : code;
        files_suffixed(e->to.name, n, e->name);
    }
    return UV_ENOENT;
}

static int move_opened(struct durable_job *job, struct ends *e)
{
    struct disk_facts folder;
    int code = disk_facts_of(e->to_folder, &folder);
    if (code != 0)
        return code;
    code = folder.device == e->facts.device ? move_here(job, e) : UV_EXDEV;
    return code == UV_EXDEV ? move_across(job, e) : code;
}

int durable_move(struct durable_job *job)
{
    struct ends e = {.from_folder = -1, .to_folder = -1, .source = -1, .made = -1};
    int found = open_source(job, &e);
    bool gone = found == UV_ENOENT && job->sha256;
    int code = gone ? 0 : found;
    if (code == 0)
        code = open_target(job, &e, !gone);
    if (code == 0)
        code = gone ? find_arrived(job, &e) : move_opened(job, &e);
    else if (gone)
        job->at_target = false; // neither is there: it is the source that is missed
    if (code == 0)
        code = give_path(job, &e);
    close_ends(&e);
    return code;
}

// Writing ------------------------------------------------------------------------------------

static int write_into_place(struct ends *e, const void *data, size_t length, unsigned mode,
                            unsigned how)
{
    bool synced = !(how & DURABLE_UNSYNCED);
    int fd = create_temporary(e, mode);
    if (fd < 0)
        return fd;
    int code = disk_write(fd, 0, data, length);
    if (code == 0 && synced)
        code = disk_sync(fd);
    if (code == 0 && how & DURABLE_REPLACE)
        code = disk_rename(e->to_folder, e->temporary, e->to_folder, e->to.name);
    else if (code == 0)
        code = disk_rename_new(e->to_folder, e->temporary, e->to_folder, e->to.name);
    if (code != 0)
        return code;
    *e->temporary = '\0';
    return synced ? disk_sync_folder(e->to_folder) : 0;
}

int durable_write(const char *path, const void *data, size_t length, unsigned mode, unsigned how)
{
    struct ends e = {.from_folder = -1, .to_folder = -1, .source = -1, .made = -1};
    struct durable_job job = {.target = path};
    int code = open_target(&job, &e, false);
    if (code == 0)
        code = write_into_place(&e, data, length, mode, how);
    close_ends(&e);
    return code;
}
