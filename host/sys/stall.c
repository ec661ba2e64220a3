// stall.c - by the interval timer that counts processor time; a child does not inherit it.
#include "stall.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/time.h>
#include <uv.h>

static void (*look_at)(void *);
static void *look_context;

static void on_signal(int number)
{
    (void)number;
    int saved = errno;
    if (look_at)
        look_at(look_context);
    errno = saved;
}

int stall_watch(unsigned seconds, void (*look)(void *context), void *context)
{
    struct sigaction action = {.sa_handler = look ? on_signal : SIG_IGN, .sa_flags = SA_RESTART};
    struct itimerval timer = {{0}, {0}};
    look_at = look;
    look_context = context;
    if (look)
        timer.it_value.tv_sec = timer.it_interval.tv_sec = (time_t)seconds;
    if (sigaction(SIGVTALRM, &action, NULL) != 0 || setitimer(ITIMER_VIRTUAL, &timer, NULL) != 0)
        return uv_translate_sys_error(errno);
    return 0;
}
