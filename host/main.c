// main.c - the program: open the host, run modules/main.lua, close.
#include "host.h"

int main(int argc, char **argv)
{
    struct host *host = host_open();
    if (!host)
        return 2;
    int status = host_run(host, argc, argv);
    host_close(host);
    return status;
}
