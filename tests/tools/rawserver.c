// rawserver.c - a server on loopback that misbehaves as told, for the specs of the HTTP client.
//
// rawserver PORTFILE ACTION[:FILE] …   one action per connection, the last one for all that follow:
//   close:FILE  read a request, send the file as it is, close
//   reset:FILE  the same, but end with RST
//   hold:FILE   send the file, then keep the connection open until the client goes
//   again:FILE  send the file, read another request on the connection, close without an answer
//   flood:FILE  send the file over and over until the client goes
//   greet:FILE  send the file before anything is read, close
//   silent      neither read nor send, until the client goes
// PORTFILE appears with the port in it once connections are accepted; PORTFILE.log gets every
// request as it came, after a line "== connection N". Each connection has a process of its own; all
// end by themselves after a minute.
#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 64 * 1024 };

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void announce(int listener, const char *path)
{
    struct sockaddr_in address = {0};
    socklen_t size = sizeof address;
    if (getsockname(listener, (struct sockaddr *)&address, &size))
        fail("getsockname");
    char temporary[4096];
    snprintf(temporary, sizeof temporary, "%s.part", path);
    FILE *file = fopen(temporary, "w");
    if (!file)
        fail(temporary);
    fprintf(file, "%d", ntohs(address.sin_port));
    if (fclose(file) || rename(temporary, path))
        fail(path);
}

static int open_listener(void)
{
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) ||
        listen(listener, 16))
        fail("listen");
    return listener;
}

// Reads a head and the body that its Content-Length announces, and notes both.
static void read_request(int client, FILE *log)
{
    static char text[MOST + 1];
    size_t length = 0, wanted = MOST;
    while (length < wanted) {
        ssize_t got = recv(client, text + length, wanted - length, 0);
        if (got <= 0)
            break;
        length += (size_t)got;
        text[length] = '\0';
        char *end = strstr(text, "\r\n\r\n");
        if (!end || wanted < MOST)
            continue;
        char *field = strcasestr(text, "\r\ncontent-length:");
        size_t body = field && field < end ? strtoul(field + 17, NULL, 10) : 0;
        wanted = (size_t)(end + 4 - text) + body;
        wanted = wanted < MOST ? wanted : MOST;
    }
    fwrite(text, 1, length, log);
    fflush(log);
}

static void send_file(int client, const char *path, bool forever)
{
    static char text[MOST];
    FILE *file = fopen(path, "r");
    if (!file)
        fail(path);
    for (;;) {
        size_t length = fread(text, 1, sizeof text, file);
        if (length == 0 && !forever)
            break;
        if (length == 0)
            rewind(file);
        else if (send(client, text, length, MSG_NOSIGNAL) < 0)
            break;
    }
    fclose(file);
}

static void wait_for_end(int client)
{
    char rest[4096];
    while (recv(client, rest, sizeof rest, 0) > 0)
        ;
}

static void serve(int client, const char *action, FILE *log)
{
    const char *file = strchr(action, ':');
    size_t length = file ? (size_t)(file++ - action) : strlen(action);
    bool greet = strncmp(action, "greet", length) == 0;
    if (greet) {
        send_file(client, file, false);
        shutdown(client, SHUT_WR); // closing with unread bytes would take back what was sent
        wait_for_end(client);
    } else if (strncmp(action, "silent", length) != 0) {
        read_request(client, log);
        send_file(client, file, strncmp(action, "flood", length) == 0);
    }
    if (strncmp(action, "hold", length) == 0 || strncmp(action, "silent", length) == 0)
        wait_for_end(client);
    if (strncmp(action, "again", length) == 0)
        read_request(client, log);
    if (strncmp(action, "reset", length) == 0) {
        struct linger now = {.l_onoff = 1};
        setsockopt(client, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    close(client);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: rawserver PORTFILE ACTION[:FILE] ...\n");
        return 2;
    }
    alarm(60);
    signal(SIGCHLD, SIG_IGN);
    char path[4096];
    snprintf(path, sizeof path, "%s.log", argv[1]);
    FILE *log = fopen(path, "a");
    if (!log)
        fail(path);
    int listener = open_listener();
    announce(listener, argv[1]);
    for (int number = 1;; number++) {
        int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (client < 0)
            fail("accept");
        fprintf(log, "== connection %d\n", number);
        fflush(log);
        if (fork() == 0) {
            alarm(60);
            serve(client, argv[number + 1 < argc ? number + 1 : argc - 1], log);
            return 0;
        }
        close(client);
    }
}
