// transfer.h - the threads on which FTP, FTPS and SFTP block inside libcurl.
#pragma once

#include "host.h"

// Stops and joins the threads. Accepts NULL.
void transfer_pool_free(struct transfer_pool *pool);
