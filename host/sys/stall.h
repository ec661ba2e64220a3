// stall.h - a look from outside at a program that computes on and on.
#pragma once

// Calls `look` again and again, each time when the process has used so many seconds of processor
// time more: never while it waits. It is called in a signal handler, in the middle of whatever the
// process does, so it may read and call what is safe there, nothing else. Once per process; `look`
// NULL ends it. 0 or a negative UV_E*.
int stall_watch(unsigned seconds, void (*look)(void *context), void *context);
