// child.c - see child.h: posix_spawn, with what glibc has beyond POSIX.

#include "child.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <uv.h>

static int set_files(posix_spawn_file_actions_t *files, const struct child_options *options)
{
    int code = 0;
    for (int fd = 0; code == 0 && fd < 3; fd++)
        if (fd < 2 || !options->errors)
            code = posix_spawn_file_actions_addopen(files, fd, "/dev/null", O_RDWR, 0);
    if (code == 0)
        code = posix_spawn_file_actions_adddup2(files, options->socket, options->number);
    if (code == 0) // libraries open files that they leave open
        code = posix_spawn_file_actions_addclosefrom_np(files, options->number + 1);
    return code;
}

static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int code = posix_spawnattr_setsigmask(attributes, &none);
    if (code == 0)
        code = posix_spawnattr_setsigdefault(attributes, &all);
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID;
    return code == 0 ? posix_spawnattr_setflags(attributes, flags) : code;
}

int child_start(const struct child_options *options, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int code = posix_spawn_file_actions_init(&files);
    if (code != 0)
        return uv_translate_sys_error(code);
    code = posix_spawnattr_init(&attributes);
    if (code != 0)
        goto out;
    code = set_files(&files, options);
    if (code == 0)
        code = set_attributes(&attributes);
    if (code == 0)
        code = posix_spawn(pid, options->file, &files, &attributes, options->args, options->env);
    posix_spawnattr_destroy(&attributes);
out:
    posix_spawn_file_actions_destroy(&files);
    return uv_translate_sys_error(code);
}

bool child_ended(pid_t pid, int64_t *status, int *signal)
{
    int found;
    if (waitpid(pid, &found, WNOHANG) != pid)
        return false;
    *status = WIFEXITED(found) ? WEXITSTATUS(found) : 0;
    *signal = WIFSIGNALED(found) ? WTERMSIG(found) : 0;
    return true;
}
