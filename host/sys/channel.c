// channel.c - messages with descriptors over a socket pair, and sealed memory, on Linux.

#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

// Room and alignment for the descriptors beside a message.
union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int) * CHANNEL_DESCRIPTORS)];
};

static int failure(void)
{
    return uv_translate_sys_error(errno);
}

int channel_open(int ends[2])
{
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0 ? 0 : failure();
}

int channel_send(int end, const void *message, size_t length, const int *descriptors, size_t count)
{
    struct iovec piece = {(void *)(uintptr_t)message, length};
    union control control = {0};
    struct msghdr header = {.msg_iov = &piece, .msg_iovlen = 1};
    if (count > 0) {
        header.msg_control = control.bytes;
        header.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        struct cmsghdr *part = CMSG_FIRSTHDR(&header);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(sizeof(int) * count);
        memcpy(CMSG_DATA(part), descriptors, sizeof(int) * count);
    }
    ssize_t sent = sendmsg(end, &header, MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 ? failure() : 0;
}

int channel_take(int end, void *message, size_t length)
{
    ssize_t got;
    do
        got = recv(end, message, length, MSG_DONTWAIT | MSG_TRUNC);
    while (got < 0 && errno == EINTR);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return 0;
    return got >= 0 && (size_t)got == length ? 1 : UV_EOF;
}

bool channel_waits(int end)
{
    struct msghdr header = {0};
    return recvmsg(end, &header, MSG_PEEK | MSG_DONTWAIT) >= 0;
}

static void take_descriptors(struct msghdr *header, int descriptors[CHANNEL_DESCRIPTORS])
{
    struct cmsghdr *part = CMSG_FIRSTHDR(header);
    if (part == NULL || part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
        return;
    size_t bytes = part->cmsg_len - CMSG_LEN(0), most = sizeof(int) * CHANNEL_DESCRIPTORS;
    memcpy(descriptors, CMSG_DATA(part), bytes < most ? bytes : most);
}

int channel_receive(int end, void *message, size_t length, int descriptors[CHANNEL_DESCRIPTORS])
{
    struct iovec piece = {message, length};
    union control control = {0};
    struct msghdr header = {.msg_iov = &piece,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes};
    ssize_t got;
    for (int i = 0; i < CHANNEL_DESCRIPTORS; i++)
        descriptors[i] = -1;
    do
        got = recvmsg(end, &header, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return UV_EOF;
    take_descriptors(&header, descriptors);
    return (size_t)got == length && !(header.msg_flags & MSG_TRUNC) ? 1 : UV_EOF;
}

int channel_memory(size_t size)
{
    int fd = memfd_create("affiche", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return failure();
    if (ftruncate(fd, (off_t)size) == 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) == 0)
        return fd;
    int code = failure();
    close(fd);
    return code;
}

int channel_seal(int memory, size_t length, const uint8_t **bytes)
{
    if (fcntl(memory, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SEAL) != 0)
        return failure(); // EBUSY: it is mapped
    // Private: older kernels take a shared one of what can be written to for a way to write.
    void *start = mmap(NULL, length, PROT_READ, MAP_PRIVATE | MAP_POPULATE, memory, 0);
    if (start == MAP_FAILED)
        return failure();
    *bytes = start;
    return 0;
}

void channel_release(const uint8_t *bytes, size_t length)
{
    munmap((void *)(uintptr_t)bytes, length);
}

int channel_copy_in(int memory, size_t offset, const void *bytes, size_t length)
{
    for (size_t done = 0; done < length;) {
        ssize_t put =
            pwrite(memory, (const char *)bytes + done, length - done, (off_t)(offset + done));
        if (put < 0 && errno != EINTR)
            return failure();
        done += put > 0 ? (size_t)put : 0;
    }
    return 0;
}
