// child.h - processes of our own. A program is started without a copy of ourselves: no page tables
// are duplicated, nothing is copied when it is written to afterwards. What libuv does instead costs
// a short command more than all the rest of its start.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct child_options {
    const char *file;   // its path
    char *const *args;  // the first is its name
    char *const *env;   // all that it gets
    int socket, number; // this descriptor of ours is that number there
    bool errors;        // it writes to our stderr; else all three are /dev/null
};

// Starts it in a session of its own, signals as by default, with no descriptor but those named.
// 0 or a negative UV_E*. Any thread.
int child_start(const struct child_options *options, pid_t *pid);
// A copy of this process, which must have one thread and be small: *pid is 0 in it. It too is in a
// session of its own, with signals as by default, no descriptor but `socket`, which is `number`
// there, /dev/null for 0 to 2, and an environment whose bytes are gone. 0 or a negative UV_E*.
int child_copy(int socket, int number, pid_t *pid);
// Ends it and waits until it is reaped.
void child_end(pid_t pid);
// True once it is dead and reaped: its status, or the signal that ended it. Never waits; to be
// asked when SIGCHLD has come.
bool child_ended(pid_t pid, int64_t *status, int *signal);
