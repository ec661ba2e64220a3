// cut.h - the two socket calls that neither ISO C nor libuv offers on a plain descriptor.
// Not named after socket.h: -Ihost would put it in front of the system's <sys/socket.h>.
#pragma once

// Ends both directions: whoever blocks on the socket, in any thread, wakes up with an end of file.
void sys_socket_cut(int fd);
// 0 or -1, as close(2).
int sys_socket_close(int fd);
