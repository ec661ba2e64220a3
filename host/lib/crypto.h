// crypto.h - OpenSSL's libcrypto, for hashes, opened and made ready by whoever needs it first.
// Any thread, but the loop's must be the first: what the library keeps for the thread that sets it
// up is only given back on that one.
#pragma once

// NULL when it is ready; else why it is not, and no other function of it may be called.
const char *crypto_problem(void);
