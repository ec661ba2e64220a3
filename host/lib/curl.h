// curl.h - libcurl, opened and made ready by whoever needs it first.
// Any thread: requests run on the loop thread, FTP and SFTP on the transfer threads.
#pragma once

// NULL when libcurl is ready; else why it is not, and no other function of it may be called.
const char *curl_problem(void);
// The CA bundle to trust: `given` when there is one, else what the environment names, else NULL for
// libcurl's own choice. Borrowed from `given` or the environment. Needs no libcurl.
const char *curl_ca_file(const char *given);
