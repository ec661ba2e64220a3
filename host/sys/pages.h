// pages.h - memory brought in before it is used.
#pragma once

#include <stddef.h>

// The pages wholly within these bytes become real now; what cannot be is left to the first use.
void pages_fetch(void *start, size_t length);
