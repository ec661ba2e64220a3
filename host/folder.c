// folder.c - one look at a folder. Plain C, worker threads.
// What lies in the folder was put there by others: names are bytes, anything may be swapped between
// two calls, and nothing but a regular file is ever opened.

#include "folder.h"

#include "sniff.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uv.h>

static int by_seen_name(const void *a, const void *b)
{
    const struct folder_seen *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static int by_age(const void *a, const void *b)
{
    const struct folder_entry *x = a, *y = b;
    if (x->mtime != y->mtime)
        return x->mtime < y->mtime ? -1 : 1;
    return strcmp(x->name, y->name);
}

// Browsers and upload programs write under such names until the file is whole.
static bool is_partial(const char *name)
{
    static const char *const endings[] = {".part", ".crdownload", ".tmp", ".download"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot, endings[i]) == 0)
            return true;
    return false;
}

static bool is_growing(const struct folder_look *look, const struct folder_entry *entry)
{
    if (!look->seen)
        return false;
    struct folder_seen key = {.name = entry->name};
    const struct folder_seen *before =
        bsearch(&key, look->seen, look->seen_count, sizeof key, by_seen_name);
    return !before || before->size != entry->size || before->mtime != entry->mtime;
}

// 0 and a filled entry, or a negative UV_E*: UV_ENOENT when the file is gone by now.
static int examine(int folder, struct folder_entry *entry)
{
    unsigned char start[SNIFF_BYTES];
    struct disk_facts facts;
    int fd = disk_open_file(folder, entry->name, &facts);
    if (fd < 0)
        return fd;
    int64_t got = disk_read(fd, start, sizeof start);
    disk_close(fd);
    if (got < 0)
        return (int)got;
    entry->size = facts.size;
    entry->mtime = disk_mtime(&facts);
    entry->format = sniff_format(start, (size_t)got);
    return 0;
}

static enum folder_reason reason_for(int code)
{
    switch (code) {
    case UV_EISDIR:
        return FOLDER_FOLDER;
    case UV_ELOOP:
        return FOLDER_LINK;
    case UV_EFTYPE:
        return FOLDER_SPECIAL;
    default:
        return FOLDER_UNREADABLE;
    }
}

static void skip(struct folder_listing *listing, const char *name, enum folder_reason reason)
{
    listing->skipped[listing->skipped_count++] = (struct folder_skipped){name, reason};
}

static void look_at(const struct folder_look *look, int folder, const char *name,
                    struct folder_listing *listing)
{
    if (*name == '.') {
        skip(listing, name, FOLDER_HIDDEN);
        return;
    }
    if (is_partial(name)) {
        skip(listing, name, FOLDER_PARTIAL);
        return;
    }
    struct folder_entry *entry = &listing->entries[listing->entry_count];
    *entry = (struct folder_entry){.name = name};
    int code = examine(folder, entry);
    if (code == 0) {
        entry->growing = is_growing(look, entry);
        listing->entry_count++;
    } else if (code != UV_ENOENT) {
        skip(listing, name, reason_for(code));
    }
}

static int look_at_all(const struct folder_look *look, int folder, struct folder_listing *listing)
{
    size_t count = listing->names.count;
    listing->entries = calloc(count + 1, sizeof *listing->entries);
    listing->skipped = calloc(count + 1, sizeof *listing->skipped);
    if (!listing->entries || !listing->skipped)
        return UV_ENOMEM;
    for (size_t i = 0; i < count; i++) {
        if (files_stopped(look->stop))
            return UV_ECANCELED;
        look_at(look, folder, listing->names.names[i], listing);
    }
    return 0;
}

int folder_scan(const struct folder_look *look, struct folder_listing *listing)
{
    *listing = (struct folder_listing){0};
    if (look->seen_count > 1)
        qsort(look->seen, look->seen_count, sizeof *look->seen, by_seen_name);
    int folder = disk_open_folder(DISK_HERE, look->path, true);
    if (folder < 0)
        return folder;
    int code = disk_names(folder, &listing->names);
    if (code == 0)
        code = look_at_all(look, folder, listing);
    disk_close(folder);
    if (code == 0 && look->by_age)
        qsort(listing->entries, listing->entry_count, sizeof *listing->entries, by_age);
    return code;
}

void folder_free(struct folder_listing *listing)
{
    free(listing->entries);
    free(listing->skipped);
    disk_names_free(&listing->names);
    *listing = (struct folder_listing){0};
}
