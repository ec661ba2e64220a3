// channel.h - what the host and a worker process share: a socket for messages of fixed size that
// can carry descriptors, and memory that neither can pull away from under the other.
// Any thread. Functions returning int give 0 (or a descriptor) or a negative UV_E*.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHANNEL_DESCRIPTORS 2 // at most in one message

// Two connected ends, close-on-exec. One message arrives whole, or not at all.
int channel_open(int ends[2]);
// Does not wait: UV_EAGAIN when the other side is behind. The descriptors stay the caller's.
int channel_send(int end, const void *message, size_t length, const int *descriptors, size_t count);
// Does not wait. 1: a message of just that length, 0: none yet, UV_EOF: the other side is gone or
// does not keep to the protocol. Descriptors that come with it are not taken.
int channel_take(int end, void *message, size_t length);
// Whether there is a message, or the end of them.
bool channel_waits(int end);
// Waits. Like channel_take, but never 0; what is missing among the descriptors is -1, and what
// came is the caller's to close, also with a message of the wrong length.
int channel_receive(int end, void *message, size_t length, int descriptors[CHANNEL_DESCRIPTORS]);

// Memory as a descriptor, of fixed size: nobody can shrink or grow it. Untouched pages cost
// nothing.
int channel_memory(size_t size);
// What stands at its start, from now on for ever: the other side cannot write any more. An error
// when it keeps a way to. `*bytes` is to be given to channel_release.
int channel_seal(int memory, size_t length, const uint8_t **bytes);
void channel_release(const uint8_t *bytes, size_t length);
// Copies to any place in it. Not through a mapping: the faults of its pages take fifteen times as
// long as the copy.
int channel_copy_in(int memory, size_t offset, const void *bytes, size_t length);
