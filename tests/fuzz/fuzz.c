// fuzz.c - the door of libFuzzer to one of the entries; tools/fuzz.sh says which.
#include "entries.h"

#ifndef FUZZ_ENTRY
#define FUZZ_ENTRY fuzz_probe
#endif

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    FUZZ_ENTRY(bytes, length);
    return 0;
}
