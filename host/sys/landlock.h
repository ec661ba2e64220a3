// landlock.h - files that a process may not have: the rules of the kernel's landlock.
#pragma once

#include <stdbool.h>

// Interface version of this kernel, or 0 when it has none.
int landlock_version(void);
// A set in which all rights that the version knows are handled, and none is given: a descriptor, or
// a negative UV_E*.
int landlock_open(int version);
// Reading and running what lies at or below a path; or everything that makes and changes files
// there. A path that is not there is passed over.
void landlock_give(int rules, int version, const char *path, bool write);
// Locks this process in, and closes the set. 0 or a negative UV_E*.
int landlock_enter(int rules);
