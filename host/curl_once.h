// curl_once.h - libcurl is made ready once, by whoever needs it first.
// Any thread: requests run on the loop thread, FTP and SFTP on the transfer threads.
#pragma once

// 0, or UV_ENOMEM when libcurl could not be set up: then no other curl function may be called.
int curl_ready(void);
// The CA bundle to trust: `given` when there is one, else what the environment names, else NULL for
// libcurl's own choice. Borrowed from `given` or the environment.
const char *curl_ca_file(const char *given);
