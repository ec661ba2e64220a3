// landlock.c - the system calls of landlock, which the C library does not wrap.

#include "landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <uv.h>

// Not all its rights are in the headers of a stable distribution; the numbers are the same on every
// processor.
enum { LANDLOCK_CREATE = 444, LANDLOCK_ADD, LANDLOCK_RESTRICT };
enum { LANDLOCK_VERSION_FLAG = 1, LANDLOCK_PATH_BENEATH = 1 };
enum { EXECUTE = 1 << 0, WRITE_FILE = 1 << 1, READ_FILE = 1 << 2, READ_FOLDER = 1 << 3 };
enum { TRUNCATE = 1 << 14 };

struct landlock_attributes {
    uint64_t files, network, scope;
};

struct landlock_path {
    uint64_t rights;
    int32_t folder;
} __attribute__((packed));

int landlock_version(void)
{
    long version = syscall(LANDLOCK_CREATE, NULL, (size_t)0, LANDLOCK_VERSION_FLAG);
    return version > 0 ? (int)version : 0;
}

static uint64_t file_rights(int version)
{
    uint64_t rights = (1u << 13) - 1;
    if (version >= 2)
        rights |= 1u << 13; // link and rename elsewhere
    if (version >= 3)
        rights |= TRUNCATE;
    if (version >= 5)
        rights |= 1u << 15; // ioctl on devices
    return rights;
}

int landlock_open(int version)
{
    struct landlock_attributes all = {.files = file_rights(version)};
    size_t size = sizeof all.files;
    if (version >= 4) {
        all.network = 3; // bind and connect
        size += sizeof all.network;
    }
    if (version >= 6) {
        all.scope = 3; // abstract sockets, signals
        size += sizeof all.scope;
    }
    long rules = syscall(LANDLOCK_CREATE, &all, size, 0);
    return rules < 0 ? uv_translate_sys_error(errno) : (int)rules;
}

void landlock_give(int rules, int version, const char *path, bool write)
{
    struct stat facts;
    struct landlock_path rule = {.folder = open(path, O_PATH | O_CLOEXEC)};
    if (rule.folder < 0)
        return;
    rule.rights =
        write ? file_rights(version) & ~(uint64_t)EXECUTE : EXECUTE | READ_FILE | READ_FOLDER;
    if (fstat(rule.folder, &facts) == 0 && !S_ISDIR(facts.st_mode))
        rule.rights &= EXECUTE | READ_FILE | WRITE_FILE | TRUNCATE;
    (void)syscall(LANDLOCK_ADD, rules, LANDLOCK_PATH_BENEATH, &rule, 0);
    close(rule.folder);
}

int landlock_enter(int rules)
{
    int code =
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(LANDLOCK_RESTRICT, rules, 0) == 0
            ? 0
            : uv_translate_sys_error(errno);
    close(rules);
    return code;
}
