// listen.h - listening sockets and what can be asked of an accepted one: neither ISO C nor libuv.
// Any thread; nothing here waits.
#pragma once

#include <stdbool.h>
#include <sys/socket.h>

// A listening, non-blocking TCP socket. Returns 0, the new descriptor (owned by the caller) and the
// port that it got, or -errno.
int sys_listen(const struct sockaddr *address, int *out_fd, unsigned *out_port);
// Ends both directions: whoever polls the socket sees its end. The descriptor stays open.
void sys_peer_cut(int fd);
// Whether the other side has closed the connection, or it broke.
bool sys_peer_gone(int fd);
