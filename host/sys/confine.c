// confine.c - limits, landlock and a filter of its own, then the program. Single-threaded, before
// anything else of the host is there.

#include "confine.h"

#include "filter.h"
#include "landlock.h"
#include "sandbox.h"
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

// What a program needs before it can do anything: its libraries, and a few facts of the machine.
static const char *const SYSTEM[] = {
    "/usr",      "/bin",         "/sbin",     "/lib",       "/lib32",
    "/lib64",    "/libx32",      "/opt",      "/nix/store", "/etc/ld.so.cache",
    "/dev/zero", "/dev/urandom", "/dev/null", "/proc/self", "/sys/devices/system",
};

// The value of an argument `key=value`, or NULL.
static const char *value_of(const char *argument, const char *key)
{
    size_t length = strlen(key);
    return strncmp(argument, key, length) == 0 && argument[length] == '=' ? argument + length + 1
                                                                          : NULL;
}

bool confine_is_wanted(int argc, char **argv)
{
    return argc > 3 && strcmp(argv[1], CONFINE_FLAG) == 0;
}

static int limit(int what, const char *most)
{
    rlim_t number = strtoull(most, NULL, 10);
    struct rlimit both = {number, number};
    return setrlimit(what, &both) == 0 ? 0 : uv_translate_sys_error(errno);
}

// Where execvp will find it; false when nowhere.
static bool find_program(const char *name, char path[PATH_MAX])
{
    const char *from = getenv("PATH");
    if (strchr(name, '/')) {
        snprintf(path, PATH_MAX, "%s", name);
        return access(path, X_OK) == 0;
    }
    while (from && *from) {
        size_t length = strcspn(from, ":");
        snprintf(path, PATH_MAX, "%.*s/%s", (int)length, from, name);
        if (access(path, X_OK) == 0)
            return true;
        from += length + (from[length] == ':');
    }
    return false;
}

static void give_folder_of(int rules, int version, const char *program)
{
    char real[PATH_MAX];
    if (realpath(program, real) == NULL)
        return;
    char *slash = strrchr(real, '/');
    if (slash && slash != real)
        *slash = 0;
    landlock_give(rules, version, real, false);
}

static int lock_files(char **options, char **end, const char *program)
{
    int version = landlock_version(), rules = version > 0 ? landlock_open(version) : 0;
    if (version == 0 || rules < 0)
        return rules;
    for (size_t i = 0; i < sizeof SYSTEM / sizeof *SYSTEM; i++)
        landlock_give(rules, version, SYSTEM[i], false);
    landlock_give(rules, version, "/dev/null", true);
    give_folder_of(rules, version, program);
    for (char **o = options; o < end; o++) {
        const char *read = value_of(*o, "read"), *write = value_of(*o, "write");
        if (read || write)
            landlock_give(rules, version, read ? read : write, write != NULL);
    }
    return landlock_enter(rules);
}

static int lock_in(char **options, char **end, const char *program)
{
    int code = limit(RLIMIT_CORE, "0");
    for (char **o = options; code == 0 && o < end; o++) {
        const char *memory = value_of(*o, "memory"), *file = value_of(*o, "file");
        if (memory && !sandbox_is_relaxed())
            code = limit(RLIMIT_AS, memory);
        if (file)
            code = limit(RLIMIT_FSIZE, file);
    }
    // When the host dies, so does this.
    if (code == 0 && (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 ||
                      prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0))
        code = uv_translate_sys_error(errno);
    if (code == 0)
        code = lock_files(options, end, program);
    if (code == 0 && filter_is_possible())
        code = filter_install_offline();
    return code;
}

int confine_run(char **argv)
{
    char **options = argv + 2, **end = options;
    char path[PATH_MAX];
    while (*end && strcmp(*end, "--") != 0)
        end++;
    if (*end == NULL || end[1] == NULL || !find_program(end[1], path))
        return CONFINE_NO_PROGRAM;
    int code = lock_in(options, end, path);
    if (code != 0) {
        fprintf(stderr, "%s cannot be locked in: %s\n", end[1], uv_strerror(code));
        return CONFINE_UNLOCKED;
    }
    execv(path, end + 1);
    fprintf(stderr, "%s: %s\n", end[1], strerror(errno));
    return errno == ENOENT ? CONFINE_NO_PROGRAM : CONFINE_UNLOCKED;
}
