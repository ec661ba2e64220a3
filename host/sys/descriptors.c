// descriptors.c - what a child program must not inherit.

#include "descriptors.h"

#include <unistd.h>

void descriptors_keep(void)
{
    (void)close_range(3, ~0U, CLOSE_RANGE_CLOEXEC); // Linux 5.11
}
