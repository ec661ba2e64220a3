// db_batch.h - one batch of requests on one connection. Worker threads only.
#pragma once

#include "db_connection.h"

// Runs the list and fills the results or errors of each; when it returns, what has no error is
// durable. `seconds` bounds each request.
void db_batch_run(struct db_connection *c, struct db_request *first, double seconds);
