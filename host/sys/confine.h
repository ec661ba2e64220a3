// confine.h - starts a program that is trusted with one file to read and one folder to write.
#pragma once

#include <stdbool.h>

#define CONFINE_FLAG "--confined"
#define CONFINE_NO_PROGRAM 127 // exit status: there is no such program
#define CONFINE_UNLOCKED 126   // or it could not be locked in

// Whether these are the arguments of such a start:
//   affiche --confined [read=PATH] [write=PATH] [memory=BYTES] [file=BYTES] -- PROGRAM
//   [ARGUMENT...]
bool confine_is_wanted(int argc, char **argv);
// Becomes that program: it reads the system's own files, its folder and what is named here, writes
// below `write` alone, has no socket, and memory and files up to these sizes. Where the kernel
// lacks landlock or the filter, the rest still holds. The exit status when it could not be started.
int confine_run(char **argv);
