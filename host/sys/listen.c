// listen.c - listening sockets and what can be asked of an accepted one.

#include "sys/listen.h"
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

static unsigned port_of(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)address)->sin6_port);
    return ntohs(((const struct sockaddr_in *)address)->sin_port);
}

int sys_listen(const struct sockaddr *address, int *out_fd, unsigned *out_port)
{
    int family = address->sa_family;
    socklen_t length =
        family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    struct sockaddr_storage bound = {0};
    socklen_t bound_length = sizeof bound;
    int on = 1;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    // A restart must not wait for the connections of the last run to be forgotten.
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) || bind(fd, address, length) ||
        listen(fd, SOMAXCONN) || getsockname(fd, (struct sockaddr *)&bound, &bound_length)) {
        int code = -errno;
        close(fd);
        return code;
    }
    *out_fd = fd;
    *out_port = port_of(&bound);
    return 0;
}

void sys_peer_cut(int fd)
{
    shutdown(fd, SHUT_RDWR);
}

bool sys_peer_gone(int fd)
{
    struct pollfd entry = {.fd = fd, .events = POLLRDHUP};
    return poll(&entry, 1, 0) > 0 && (entry.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL));
}
