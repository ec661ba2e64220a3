// cut.c - the two socket calls that neither ISO C nor libuv offers on a plain descriptor.
// Any thread.

#include "sys/cut.h"
#include <sys/socket.h>
#include <unistd.h>

void sys_socket_cut(int fd)
{
    shutdown(fd, SHUT_RDWR);
}

int sys_socket_close(int fd)
{
    return close(fd);
}
