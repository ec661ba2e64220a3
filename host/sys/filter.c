// filter.c - the system calls that a decoder may make, as a seccomp program written by hand.

#include "filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <uv.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define ARCHITECTURE                                                                               \
    0 // numbers of system calls differ by processor: filter none that was not tried
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define END(action) BPF_STMT(BPF_RET | BPF_K, action)
#define KILL END(SECCOMP_RET_KILL_PROCESS)
// Ends with the action when the loaded word is `value`, else goes on behind it.
#define ON(value, action) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1), END(action)
#define ALLOW(name) ON(__NR_##name, SECCOMP_RET_ALLOW)
#define DENY(name) ON(__NR_##name, SECCOMP_RET_ERRNO | EPERM)

#if defined(__x86_64__) // the same calls have second numbers here, from this one on
#define OTHER_NUMBERS BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1), KILL,
#else
#define OTHER_NUMBERS
#endif

// Little endian: the lower half of an argument comes first, and the flags of mmap are in it.
#define MAP_HINTS (MAP_POPULATE | MAP_NORESERVE | MAP_STACK)

static const struct sock_filter PROGRAM[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    KILL,
    LOAD(nr),
    ALLOW(read),
    ALLOW(write),
    ALLOW(recvmsg),
    ALLOW(pread64),
    ALLOW(pwrite64),
    ALLOW(close),
    ALLOW(fstat),
    ALLOW(munmap),
    ALLOW(mremap),
    ALLOW(madvise),
    ALLOW(brk),
    ALLOW(futex),
    ALLOW(rt_sigreturn),
    ALLOW(clock_gettime),
    ALLOW(exit),
    ALLOW(exit_group),
    // dav1d asks for how many cores it may start threads: without an answer, for one.
    DENY(sched_getaffinity),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_mmap, 1, 0),
    KILL,
    // Memory of its own that holds no program.
    LOAD(args[2]),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
    KILL,
    LOAD(args[3]),
    BPF_STMT(BPF_ALU | BPF_AND | BPF_K, ~(unsigned)MAP_HINTS),
    ON(MAP_PRIVATE | MAP_ANONYMOUS, SECCOMP_RET_ALLOW),
    KILL,
};

// For a whole program that has no business with others: no socket, by whatever way, no look into
// other processes. It sees an error, as where these are not there.
static const struct sock_filter OFFLINE[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    KILL,
    LOAD(nr),
    DENY(socket),
    DENY(socketpair),
    DENY(io_uring_setup),
    DENY(ptrace),
    DENY(process_vm_readv),
    DENY(process_vm_writev),
    DENY(kill),
    DENY(bpf),
    DENY(keyctl),
    DENY(mount),
    DENY(unshare),
    DENY(setns),
    OTHER_NUMBERS END(SECCOMP_RET_ALLOW),
};

bool filter_is_possible(void)
{
    // A kernel that filters gets as far as reading the program, which is not there.
    return ARCHITECTURE != 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) != 0 &&
           errno == EFAULT;
}

static int install(const struct sock_filter *filter, size_t length)
{
    struct sock_fprog program = {(unsigned short)length, (struct sock_filter *)(uintptr_t)filter};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0)
        return uv_translate_sys_error(errno);
    return 0;
}

int filter_install(void)
{
    return install(PROGRAM, sizeof PROGRAM / sizeof *PROGRAM);
}

int filter_install_offline(void)
{
    return install(OFFLINE, sizeof OFFLINE / sizeof *OFFLINE);
}
