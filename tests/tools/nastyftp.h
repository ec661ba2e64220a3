// nastyftp.h - what the parts of the misbehaving FTP server share.
#pragma once

#include <stdbool.h>
#include <stdio.h>

enum { SESSIONS = 16, LINE = 2048, PATH = 4096 };

struct session {
    int control, listener, data; // -1 when closed; control -1: a free place
    int file;                    // being received
    long received;
    char folder[PATH]; // absolute, without a slash at its end
    char from[PATH];   // RNFR
    char line[LINE];
    size_t length;
    long due; // when `late` goes out, 0: nothing waits
    char late[64];
};

extern const char *root, *fault;
extern long delay_ms;

bool is(const char *name); // the fault is this one
long now_ms(void);
int listen_loopback(int *port); // *port: 0 for a free one, which it then holds
void close_fd(int *fd);
void close_session(struct session *s);
void say(struct session *s, const char *text);
// The absolute path on disk of a name as the client wrote it; `out` has PATH bytes.
void resolve(const struct session *s, const char *name, char *out);

// The data connection: nastyftp_data.c.
void passive(struct session *s, bool extended);
void receive(struct session *s);
void store(struct session *s, const char *name, bool append);
void send_out(struct session *s, FILE *from); // takes `from`, which may be NULL
void list(struct session *s);
