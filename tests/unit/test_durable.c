// test_durable.c - moves, copies and writes where the system refuses one call or another.
// Each case runs in a child process whose kernel refuses the calls for it (seccomp), as old
// kernels, FAT and network filesystems do.

#include "durable.h"
#include "lib/crypto.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>
// cmocka needs the first ones above
#include <cmocka.h>

// From now on `call` fails with `error` in this process.
static bool refuse(int call, int error)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static int make_folder(void **state)
{
    *state = strdup("/tmp/affiche-unit-XXXXXX");
    return *state && mkdtemp(*state) ? 0 : -1;
}

static int drop_folder(void **state)
{
    int code = files_remove(*state, true, NULL);
    free(*state);
    return code;
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void check_content(const char *name, const char *text)
{
    char *data;
    size_t length;
    assert_int_equal(files_read(name, 1000, NULL, &data, &length), 0);
    assert_int_equal(length, strlen(text));
    assert_memory_equal(data, text, length);
    free(data);
}

// Exactly these names, in this order, separated by a blank.
static void check_names(const char *folder, const char *expected)
{
    struct disk_names list;
    char all[1000] = "";
    size_t used = 0;
    int fd = disk_open_folder(DISK_HERE, folder, true);
    assert_true(fd >= 0);
    assert_int_equal(disk_names(fd, &list), 0);
    for (size_t i = 0; i < list.count && used < sizeof all; i++)
        used +=
            (size_t)snprintf(all + used, sizeof all - used, "%s%s", i ? " " : "", list.names[i]);
    disk_names_free(&list);
    disk_close(fd);
    assert_string_equal(all, expected);
}

// Runs `act` in the folder, in a child; gives the code that it came to, as a positive number.
static int in_child(void **state, int (*act)(void))
{
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(chdir(*state) == 0 ? act() : 255);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(chdir(*state), 0);
    return WEXITSTATUS(status);
}

static int move(void)
{
    struct durable_job job = {.source = "a.jpg", .target = "out/b.jpg"};
    int code = durable_move(&job);
    free(job.path);
    return -code;
}

static int move_without_rename(void)
{
    return refuse(SYS_renameat2, EINVAL) ? move() : 254;
}

static int move_without_links(void)
{
    return refuse(SYS_renameat2, ENOSYS) && refuse(SYS_linkat, EPERM) ? move() : 254;
}

static int move_across(void)
{
    return refuse(SYS_renameat2, EXDEV) ? move() : 254;
}

static int move_without_sync(void)
{
    return refuse(SYS_fsync, EIO) ? move() : 254;
}

static int move_without_unlink(void)
{
    return refuse(SYS_renameat2, EINVAL) && refuse(SYS_unlinkat, EACCES) ? move() : 254;
}

static void check_fallback(void **state, int (*act)(void))
{
    assert_int_equal(chdir(*state), 0);
    for (int i = 1; i <= 3; i++) {
        char text[20];
        snprintf(text, sizeof text, "content %d", i);
        put("a.jpg", text);
        assert_int_equal(in_child(state, act), 0);
        assert_int_not_equal(access("a.jpg", F_OK), 0);
    }
    check_names("out", "b-2.jpg b-3.jpg b.jpg");
    check_content("out/b.jpg", "content 1");
    check_content("out/b-2.jpg", "content 2");
    check_content("out/b-3.jpg", "content 3");
}

static void test_with_everything(void **state)
{
    check_fallback(state, move);
}

static void test_without_renameat2(void **state)
{
    check_fallback(state, move_without_rename);
}

static void test_without_links(void **state)
{
    check_fallback(state, move_without_links);
}

// The folders are on one filesystem, yet the kernel says EXDEV, as bind mounts make it: the file
// cannot even be renamed from its temporary name, and nothing is left behind.
static void test_exdev_everywhere(void **state)
{
    assert_int_equal(chdir(*state), 0);
    put("a.jpg", "abc");
    assert_int_equal(in_child(state, move_across), EXDEV);
    check_content("a.jpg", "abc");
    check_names("out", "");
}

// A sync that fails is reported, and nothing has moved.
static void test_failed_sync(void **state)
{
    assert_int_equal(chdir(*state), 0);
    assert_int_equal(mkdir("out", 0755), 0);
    put("a.jpg", "abc");
    assert_int_equal(in_child(state, move_without_sync), EIO);
    check_content("a.jpg", "abc");
    check_names("out", "");
}

// Stopped between link and unlink, both names are there: the next call ends it with one.
static void test_between_link_and_unlink(void **state)
{
    assert_int_equal(chdir(*state), 0);
    put("a.jpg", "abc");
    assert_int_equal(in_child(state, move_without_unlink), EACCES);
    check_content("a.jpg", "abc");
    check_content("out/b.jpg", "abc");
    assert_int_equal(in_child(state, move), 0);
    check_names(".", "out");
    check_names("out", "b.jpg");
    check_content("out/b.jpg", "abc");
}

static bool always(void *owner)
{
    (void)owner;
    return true;
}

static void test_stopped_copy(void **state)
{
    assert_int_equal(chdir(*state), 0);
    put("a.jpg", "abc");
    struct files_stop stop = {always, NULL};
    struct durable_job job = {.source = "a.jpg", .target = "b.jpg", .stop = &stop};
    assert_int_equal(durable_copy(&job), UV_ECANCELED);
    assert_null(job.path);
    check_names(".", "a.jpg");
}

static int write_without_rename(void)
{
    if (!refuse(SYS_renameat2, EINVAL) || !refuse(SYS_linkat, EPERM))
        return 254;
    return -durable_write("a.jpg", "new", 3, 0644, 0);
}

static void test_write_new(void **state)
{
    assert_int_equal(in_child(state, write_without_rename), 0);
    check_content("a.jpg", "new");
    put("a.jpg", "old");
    assert_int_equal(in_child(state, write_without_rename), EEXIST);
    check_content("a.jpg", "old");
    check_names(".", "a.jpg");
}

static int open_crypto(void **state)
{
    (void)state;
    assert_null(crypto_problem());
    return 0;
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, drop_folder)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_with_everything), IN_FOLDER(test_without_renameat2),
        IN_FOLDER(test_without_links),   IN_FOLDER(test_exdev_everywhere),
        IN_FOLDER(test_failed_sync),     IN_FOLDER(test_between_link_and_unlink),
        IN_FOLDER(test_stopped_copy),    IN_FOLDER(test_write_new),
    };
    return cmocka_run_group_tests(tests, open_crypto, NULL);
}
