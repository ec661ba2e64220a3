// child.c - see child.h: posix_spawn, with what glibc has beyond POSIX, and fork.

#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

enum { EXIT_COPY = 71 }; // status of a copy that could not get rid of what is ours

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

// What a copy has of its parent beside memory. Ends the process when that cannot be had.
static void leave_parent(int socket, int number)
{
    sigset_t none;
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    sigemptyset(&none);
    for (int signal = 1; signal < NSIG; signal++)
        (void)sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    bool done = nothing >= 0 && setsid() >= 0 && sigprocmask(SIG_SETMASK, &none, NULL) == 0;
    for (int fd = 0; done && fd < 3; fd++)
        done = dup2(nothing, fd) == fd;
    if (!done || dup2(socket, number) != number || close_range((unsigned)number + 1, ~0U, 0) != 0)
        _exit(EXIT_COPY);
    for (char **e = environ; *e; e++) // secrets are in it
        explicit_bzero(*e, strlen(*e));
    *environ = NULL;
}

int child_copy(int socket, int number, pid_t *pid)
{
    pid_t made = fork();
    if (made < 0) // -1 is no process: as a target of kill it is all of them
        return uv_translate_sys_error(errno);
    if (made == 0)
        leave_parent(socket, number);
    *pid = made;
    return 0;
}

void child_end(pid_t pid)
{
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
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
