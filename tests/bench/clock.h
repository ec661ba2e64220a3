// clock.h - milliseconds, and the least of several.
#pragma once

#include <time.h>

static inline double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static inline void keep_least(double *least, double value)
{
    if (*least == 0 || value < *least)
        *least = value;
}
