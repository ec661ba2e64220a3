// disk.h - files and folders by descriptor: the calls that neither ISO C nor libuv has.
// They block: worker threads only. Functions returning int give 0 (or a descriptor) or a negative
// UV_E*. Every descriptor is close-on-exec. `folder` is an open folder that a name is looked up in,
// or DISK_HERE, and then `name` may be any path.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISK_HERE (-100)
#define DISK_NAME_MAX 255 // bytes in one name

enum disk_type { DISK_FILE, DISK_FOLDER, DISK_LINK, DISK_SPECIAL };

struct disk_facts {
    enum disk_type type;
    uint64_t size;
    int64_t seconds; // of the last change of the content, since 1970
    uint32_t nanoseconds;
    unsigned mode; // permission bits alone
    uint64_t device, inode, links;
    unsigned owner;
};

// Does not follow a final link.
int disk_facts(int folder, const char *name, struct disk_facts *facts);
int disk_facts_of(int fd, struct disk_facts *facts);
double disk_mtime(const struct disk_facts *facts);
bool disk_same(const struct disk_facts *a, const struct disk_facts *b);
// May this process write there? A final link is followed.
bool disk_writable(const char *path);

int disk_open_folder(int folder, const char *name, bool follow_link);
// A regular file, for reading. Neither follows a final link (UV_ELOOP), nor waits for the other end
// of a FIFO, nor opens a device (UV_EFTYPE). Fills *facts.
int disk_open_file(int folder, const char *name, struct disk_facts *facts);
// For reading, writing; UV_EEXIST when the name is taken.
int disk_create(int folder, const char *name, unsigned mode);
// Accepts what is not open.
void disk_close(int fd);

// The number of bytes read, 0 at the end.
int64_t disk_read(int fd, void *buffer, size_t size);
int disk_rewind(int fd);
// All of it, from that byte of the file on.
int disk_write(int fd, uint64_t at, const void *data, size_t size);
// Gives the file the time and the permissions in *facts.
int disk_adopt(int fd, const struct disk_facts *facts);
// To the platter. After a failure nothing may be believed, not even a later success.
int disk_sync(int fd);
int disk_sync_folder(int fd);
// What was synced is dropped from memory, so that reading it again asks the disk.
void disk_forget(int fd);

// Replaces what has the name.
int disk_rename(int from, const char *name, int to, const char *new_name);
// UV_EEXIST when the new name is taken, on any filesystem; UV_EXDEV when that is another one.
int disk_rename_new(int from, const char *name, int to, const char *new_name);
int disk_remove(int folder, const char *name);
int disk_make_folder(const char *path, unsigned mode);
int disk_remove_folder(int folder, const char *name);

// Names in an open folder without "." and "..", sorted bytewise.
struct disk_names {
    char **names; // owned, as is each name
    size_t count, room;
};
int disk_names(int folder, struct disk_names *list);
void disk_names_free(struct disk_names *list);
