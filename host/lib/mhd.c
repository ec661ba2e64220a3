// mhd.c - libmicrohttpd, opened by the first server. Loop thread only.
// It brings GnuTLS and what that needs, and most commands serve nothing.
#include "mhd.h"

#include "library.h"
#include <microhttpd.h>
#include <stdarg.h>
#include <stdint.h>
#include <uv.h>

// The parameters have names of ours.
// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name)
#define LIST(F)                                                                                    \
    F(struct MHD_Daemon *, MHD_start_daemon_va,                                                    \
      (unsigned flags, uint16_t port, MHD_AcceptPolicyCallback accept, void *accept_data,          \
       MHD_AccessHandlerCallback access, void *access_data, va_list options),                      \
      (flags, port, accept, accept_data, access, access_data, options))                            \
    F(void, MHD_stop_daemon, (struct MHD_Daemon * daemon), (daemon))                               \
    F(enum MHD_Result, MHD_run, (struct MHD_Daemon * daemon), (daemon))                            \
    F(enum MHD_Result, MHD_get_timeout,                                                            \
      (struct MHD_Daemon * daemon, MHD_UNSIGNED_LONG_LONG * delay), (daemon, delay))               \
    F(enum MHD_Result, MHD_queue_response,                                                         \
      (struct MHD_Connection * connection, unsigned status, struct MHD_Response *response),        \
      (connection, status, response))                                                              \
    F(void, MHD_suspend_connection, (struct MHD_Connection * connection), (connection))            \
    F(void, MHD_resume_connection, (struct MHD_Connection * connection), (connection))             \
    F(int, MHD_get_connection_values,                                                              \
      (struct MHD_Connection * connection, enum MHD_ValueKind kind, MHD_KeyValueIterator each,     \
       void *data),                                                                                \
      (connection, kind, each, data))                                                              \
    F(struct MHD_Response *, MHD_create_response_from_buffer,                                      \
      (size_t size, void *buffer, enum MHD_ResponseMemoryMode mode), (size, buffer, mode))         \
    F(struct MHD_Response *, MHD_create_response_from_fd_at_offset64,                              \
      (uint64_t size, int fd, uint64_t offset), (size, fd, offset))                                \
    F(struct MHD_Response *, MHD_create_response_from_callback,                                    \
      (uint64_t size, size_t block, MHD_ContentReaderCallback read, void *data,                    \
       MHD_ContentReaderFreeCallback release),                                                     \
      (size, block, read, data, release))                                                          \
    F(void, MHD_destroy_response, (struct MHD_Response * response), (response))                    \
    F(enum MHD_Result, MHD_add_response_header,                                                    \
      (struct MHD_Response * response, const char *name, const char *value),                       \
      (response, name, value))

LIST(LIBRARY_POINTER)
static __typeof__(MHD_get_connection_info) *real_MHD_get_connection_info;
static __typeof__(MHD_get_daemon_info) *real_MHD_get_daemon_info;

static const struct library_entry entries[] = {
    LIST(LIBRARY_ENTRY){"MHD_get_connection_info", (void **)&real_MHD_get_connection_info},
    {"MHD_get_daemon_info", (void **)&real_MHD_get_daemon_info},
};

LIST(LIBRARY_FUNCTION)

struct MHD_Daemon *MHD_start_daemon(unsigned flags, uint16_t port, MHD_AcceptPolicyCallback accept,
                                    void *accept_data, MHD_AccessHandlerCallback access,
                                    void *access_data, ...)
{
    va_list options;
    va_start(options, access_data);
    struct MHD_Daemon *daemon =
        MHD_start_daemon_va(flags, port, accept, accept_data, access, access_data, options);
    va_end(options);
    return daemon;
}

// What these two are asked here takes no further arguments.
const union MHD_ConnectionInfo *MHD_get_connection_info(struct MHD_Connection *connection,
                                                        enum MHD_ConnectionInfoType type, ...)
{
    return real_MHD_get_connection_info(connection, type);
}

const union MHD_DaemonInfo *MHD_get_daemon_info(struct MHD_Daemon *daemon,
                                                enum MHD_DaemonInfoType type, ...)
{
    return real_MHD_get_daemon_info(daemon, type);
}

// NOLINTEND(readability-inconsistent-declaration-parameter-name)

static uv_once_t once = UV_ONCE_INIT;
static const char *problem;
static char room[LIBRARY_TEXT];

static void initialise(void)
{
    problem = library_open("libmicrohttpd.so.12", entries, sizeof entries / sizeof *entries, room);
}

const char *microhttpd_problem(void)
{
    uv_once(&once, initialise);
    return problem;
}
