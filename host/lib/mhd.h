// mhd.h - libmicrohttpd, opened by the first server. Loop thread only.
#pragma once

// NULL when it is ready; else why it is not, and no function of it may be called.
const char *microhttpd_problem(void);
