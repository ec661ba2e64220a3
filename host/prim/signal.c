// signal.c - host.signal(): wait for SIGINT or SIGTERM.
// Loop thread only. The work is in signals.c, which owns the handles.
#include "../api.h"
#include "../signals.h"

PRIM(signal, signals_wait)
