// sandbox.h - takes from a process what it does not need: descriptors, memory, files, sockets,
// programs, and at last the system calls themselves.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define SANDBOX_MEMORY (768u << 20)   // bytes of address space, the program itself included
#define SANDBOX_RESULT (256u << 20)   // bytes in the memory for an answer: no file grows beyond it
#define SANDBOX_PROCESSOR_SECONDS 900 // of a whole worker's life

// What holds a worker on this system: "seccomp+landlock", "seccomp", or "process": it can then be
// killed and its crash is its own, but nothing keeps it from files and sockets.
const char *sandbox_name(void);
// A sanitizer needs address space and system calls without end: such a build keeps the process, the
// rest is left out.
bool sandbox_is_relaxed(void);
// Locks this process in for good, with descriptors 0 to `last` left. Single-threaded, before
// anything untrusted is read. 0 or a negative UV_E*: then it must end.
int sandbox_enter(int last);
// "SIGSEGV"; never NULL.
const char *sandbox_signal_name(int number, char text[16]);
