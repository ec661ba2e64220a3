// graph_class.h - what the codes of a Graph API error mean to a script. Any thread.
#pragma once

#include <stdbool.h>

// "auth", "limit" or "remote". `subcode` is 0 when there is none.
const char *graph_kind(long long code, long long subcode);
// Whether the same call may succeed later, as far as code and status tell. Not whether it is safe
// to send it again: after a publish that is for the script to find out.
bool graph_retryable(long long code, long status, bool is_transient);
