// lock.h - advisory locks between processes, on an open file or folder.
// A lock belongs to the open descriptor: it goes when that is closed or the process ends. Blocks
// for a moment: worker threads.
#pragma once

// An open descriptor for the file or folder; neither waits for a FIFO nor makes anything.
int lock_open(const char *path);
// 0, UV_EBUSY when another descriptor has it, or a negative UV_E*. Never waits.
int lock_take(int fd);
// The process that holds the lock, 0 when it cannot be known.
int lock_holder(int fd);
