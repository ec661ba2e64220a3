// sandbox.c - limits, landlock and the filter, in the order in which they can be had.

#include "sandbox.h"

#include "filter.h"
#include "landlock.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RELAXED true
#else
#define RELAXED false
#endif

const char *sandbox_name(void)
{
    if (RELAXED || !filter_is_possible())
        return "process";
    return landlock_version() > 0 ? "seccomp+landlock" : "seccomp";
}

bool sandbox_is_relaxed(void)
{
    return RELAXED;
}

static int limit(int what, rlim_t most)
{
    struct rlimit both = {most, most};
    return setrlimit(what, &both) == 0 ? 0 : uv_translate_sys_error(errno);
}

static int set_limits(int last)
{
    int code = limit(RLIMIT_AS, SANDBOX_MEMORY);
    if (code == 0)
        code = limit(RLIMIT_CPU, SANDBOX_PROCESSOR_SECONDS);
    if (code == 0)
        code = limit(RLIMIT_FSIZE, SANDBOX_RESULT);
    if (code == 0)
        code = limit(RLIMIT_NPROC, 0);
    if (code == 0) // what a message brings, and the ruleset while it is made
        code = limit(RLIMIT_NOFILE, (rlim_t)last + 5);
    return code;
}

static int set_process_flags(void)
{
    prctl(PR_SET_NAME, "affiche-codec", 0, 0, 0); // for who looks at a list of processes
    // A host that dies without closing anything takes its workers along.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        (!RELAXED && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0))
        return uv_translate_sys_error(errno);
    return 0;
}

static int give_no_file(int version)
{
    int rules = landlock_open(version);
    return rules < 0 ? rules : landlock_enter(rules);
}

int sandbox_enter(int last)
{
    int version = landlock_version();
    (void)close_range((unsigned)last + 1, ~0U, 0);
    int code = set_process_flags();
    if (code == 0)
        code = limit(RLIMIT_CORE, 0);
    if (code != 0 || RELAXED)
        return code;
    code = set_limits(last);
    if (code == 0 && version > 0)
        code = give_no_file(version);
    if (code == 0 && filter_is_possible())
        code = filter_install();
    return code;
}

const char *sandbox_signal_name(int number, char text[16])
{
    const char *name = sigabbrev_np(number);
    if (name)
        snprintf(text, 16, "SIG%.12s", name);
    else
        snprintf(text, 16, "signal %d", number);
    return text;
}
