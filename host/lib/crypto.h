// crypto.h - OpenSSL's libcrypto, for hashes, opened and made ready for whoever needs it first.
#pragma once

// NULL when it is ready; else why it is not, and no other function of it may be called. Loop
// thread, before a job is handed to another one: what the library keeps for the thread that sets it
// up is only given back on that one.
const char *crypto_problem(void);
