// filter.h - the system calls that a decoder may make.
#pragma once

#include <stdbool.h>

// Whether this kernel filters, and the filter knows this kind of processor.
bool filter_is_possible(void);
// From now on this process may read and write what is open, receive, map memory and end; anything
// else kills it (SIGSYS). For good. PR_SET_NO_NEW_PRIVS must be set. 0 or a negative UV_E*.
int filter_install(void);
// The same for a program of others: only sockets and other processes are out of its reach.
int filter_install_offline(void);
