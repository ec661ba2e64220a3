// lock.c - advisory locks by flock, and who holds them by /proc/locks.

#include "lock.h"

#include "disk.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sysmacros.h>
#include <uv.h>

int lock_open(const char *path)
{
    struct disk_facts facts;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return uv_translate_sys_error(errno);
    int code = disk_facts_of(fd, &facts);
    if (code == 0 && facts.type != DISK_FILE && facts.type != DISK_FOLDER)
        code = UV_EFTYPE;
    if (code == 0)
        return fd;
    disk_close(fd);
    return code;
}

int lock_take(int fd)
{
    int answer;
    do
        answer = flock(fd, LOCK_EX | LOCK_NB);
    while (answer != 0 && errno == EINTR);
    if (answer == 0)
        return 0;
    return errno == EWOULDBLOCK ? UV_EBUSY : uv_translate_sys_error(errno);
}

// A line reads "1: FLOCK  ADVISORY  WRITE 1234 08:02:131090 0 EOF": process, device (hex), inode.
int lock_holder(int fd)
{
    struct disk_facts facts;
    FILE *locks = disk_facts_of(fd, &facts) == 0 ? fopen("/proc/locks", "re") : NULL;
    char line[256];
    int holder = 0;
    while (locks && holder == 0 && fgets(line, sizeof line, locks)) {
        char kind[16];
        int process;
        unsigned high, low;
        unsigned long inode;
        if (sscanf(line, "%*s %15s %*s %*s %d %x:%x:%lu", kind, &process, &high, &low, &inode) != 5)
            continue;
        if (strcmp(kind, "FLOCK") == 0 && inode == facts.inode && high == major(facts.device) &&
            low == minor(facts.device) && process > 0)
            holder = process;
    }
    if (locks)
        fclose(locks);
    return holder;
}
