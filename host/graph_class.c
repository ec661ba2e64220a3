// graph_class.c - what the codes of a Graph API error mean to a script. Any thread.
// Only the coarse class: which reaction fits which code is policy, and policy is Lua.
#include "graph_class.h"

#include <stddef.h>

struct range {
    long long first, last;
};

static bool within(const struct range *ranges, size_t count, long long code)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

const char *graph_kind(long long code, long long subcode)
{
    static const struct range auth[] = {{3, 3},     {10, 10},   {102, 102},
                                        {190, 190}, {200, 299}, {2500, 2500}};
    static const struct range limit[] = {{4, 4},     {17, 17},   {32, 32},      {341, 341},
                                         {368, 368}, {613, 613}, {80000, 80014}};
    if (within(auth, sizeof auth / sizeof *auth, code))
        return "auth";
    if (within(limit, sizeof limit / sizeof *limit, code))
        return "limit";
    return code == 9 && subcode == 2207042 ? "limit" : "remote";
}

bool graph_retryable(long long code, long status, bool is_transient)
{
    bool server = code == 1 || code == 2 || code == -1 || code == -2;
    return is_transient || server || status >= 500;
}
