// pending.c - weak placeholders until log.c, http.c and transfer.c are merged; goes with them.
#include "http.h"
#include "log.h"
#include "transfer.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((weak)) void log_write(struct host *host, enum log_level level, const char *format,
                                     ...)
{
    (void)host;
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%d ", (int)level);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}
__attribute__((weak)) char *log_redact(struct host *host, const char *text, size_t length,
                                       size_t *out)
{
    (void)host;
    char *copy = malloc(length + 1);
    if (!copy)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = 0;
    if (out)
        *out = length;
    return copy;
}
__attribute__((weak)) void log_free(struct log *log)
{
    (void)log;
}
__attribute__((weak)) void http_pool_free(struct http_pool *pool)
{
    (void)pool;
}
__attribute__((weak)) void transfer_pool_free(struct transfer_pool *pool)
{
    (void)pool;
}
