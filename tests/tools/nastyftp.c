// nastyftp.c - an FTP server that misbehaves on purpose, one switch per fault.
// nastyftp ROOT FAULT DELAY_MS PORT: serves ROOT on loopback. One thread, one poll loop. Everybody
// may log in but "wrong". For tests only: names are taken as they come.

#include "nastyftp.h"
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

const char *root, *fault;
long delay_ms;
static struct session sessions[SESSIONS];

bool is(const char *name)
{
    return strcmp(fault, name) == 0;
}

long now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000L + t.tv_nsec / 1000000;
}

int listen_loopback(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((unsigned short)*port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1, small = 4096; // so that a stalled upload is noticed early
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) ||
        (is("stall_data") && setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small)) ||
        bind(fd, (struct sockaddr *)&address, size) || listen(fd, 16) ||
        getsockname(fd, (struct sockaddr *)&address, &size)) {
        perror("nastyftp");
        exit(1);
    }
    *port = ntohs(address.sin_port);
    return fd;
}

void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void close_session(struct session *s)
{
    close_fd(&s->control);
    close_fd(&s->listener);
    close_fd(&s->data);
    close_fd(&s->file);
}

void say(struct session *s, const char *text)
{
    char line[PATH + 64];
    int length = snprintf(line, sizeof line, "%s\r\n", text);
    if (s->control >= 0 && write(s->control, line, (size_t)length) < 0)
        close_session(s);
}

// The absolute path on disk of a name as the client wrote it.
void resolve(const struct session *s, const char *name, char *out)
{
    if (*name == '/')
        snprintf(out, PATH, "%s%s", root, name);
    else
        snprintf(out, PATH, "%s%.2000s/%.2000s", root, s->folder, name);
}

static void size(struct session *s, const char *name, bool mlst)
{
    char path[PATH], line[128];
    struct stat st;
    resolve(s, name, path);
    if (is("no_size_list") || is("blind") || is("no_size_mlst") || (!mlst && is("no_size"))) {
        say(s, "500 unknown command");
    } else if (stat(path, &st) || !S_ISREG(st.st_mode)) {
        say(s, "550 no such file");
    } else if (mlst) {
        snprintf(line, sizeof line, "250-facts\r\n type=file;size=%lld; x\r\n250 end",
                 (long long)st.st_size);
        say(s, line);
    } else {
        snprintf(line, sizeof line, "213 %lld", (long long)st.st_size);
        say(s, line);
    }
}

static void change_folder(struct session *s, const char *name)
{
    char path[PATH];
    struct stat st;
    resolve(s, name, path);
    if (stat(path, &st) || !S_ISDIR(st.st_mode)) {
        say(s, "550 no such folder");
        return;
    }
    snprintf(s->folder, sizeof s->folder, "%s", path + strlen(root));
    while (*s->folder && s->folder[strlen(s->folder) - 1] == '/')
        s->folder[strlen(s->folder) - 1] = 0;
    say(s, "250 changed");
}

static void rename_to(struct session *s, const char *name)
{
    static int drops;
    char path[PATH];
    resolve(s, name, path);
    if (is("rnto_553")) {
        say(s, "553 rename refused");
    } else if (is("drop_before_rnto") && drops++ == 0) {
        close_session(s);
    } else {
        int status = rename(s->from, path);
        if (is("drop_after_rnto"))
            close_session(s);
        else
            say(s, status ? "550 cannot rename" : "250 renamed");
    }
}

static void password(struct session *s)
{
    say(s, *s->from ? "530 Login incorrect." : "230 welcome"); // `from` holds "wrong" until then
    *s->from = 0;
}

static void user(struct session *s, const char *name)
{
    if (is("ssl_required")) {
        say(s, "550 SSL/TLS required on the control channel");
        return;
    }
    snprintf(s->from, sizeof s->from, "%s", strcmp(name, "wrong") == 0 ? name : "");
    say(s, "331 password please");
}

static void authenticate(struct session *s)
{
    say(s, is("stall_auth") ? "234 go on" : "500 unknown command");
}

static void file_command(struct session *s, const char *verb, const char *name)
{
    char path[PATH];
    resolve(s, name, path);
    if (strcmp(verb, "MKD") == 0) {
        say(s, mkdir(path, 0755) ? "550 cannot make" : "257 made");
    } else if (strcmp(verb, "DELE") == 0) {
        say(s, unlink(path) ? "550 no such file" : "250 removed");
    } else if (strcmp(verb, "RETR") == 0) {
        send_out(s, is("blind") ? NULL : fopen(path, "rb"));
    } else if (strcmp(verb, "RNFR") == 0) {
        memcpy(s->from, path, sizeof path);
        say(s, is("no_rename") ? "502 not implemented" : "350 and then?");
    } else {
        say(s, "500 unknown command");
    }
}

static void obey(struct session *s, char *line)
{
    char *name = line + strcspn(line, " ");
    if (*name)
        *name++ = 0;
    const char *verb = line;
    if (is("mute_ssh") || (strcmp(verb, "QUIT") == 0 && is("mute_quit")))
        return;
    if (strcmp(verb, "USER") == 0)
        user(s, name);
    else if (strcmp(verb, "PASS") == 0)
        password(s);
    else if (strcmp(verb, "AUTH") == 0)
        authenticate(s);
    else if (strcmp(verb, "PWD") == 0)
        say(s, is("no_pwd") ? "500 unknown command" : "257 \"/\" is the folder");
    else if (strcmp(verb, "TYPE") == 0)
        say(s, "200 fine");
    else if (strcmp(verb, "CWD") == 0)
        change_folder(s, name);
    else if (strcmp(verb, "EPSV") == 0 && !is("no_epsv"))
        passive(s, true);
    else if (strcmp(verb, "PASV") == 0)
        passive(s, false);
    else if (strcmp(verb, "SIZE") == 0 || strcmp(verb, "MLST") == 0)
        size(s, name, *verb == 'M');
    else if (strcmp(verb, "STOR") == 0)
        store(s, name, false);
    else if (strcmp(verb, "APPE") == 0)
        store(s, name, true);
    else if (strcmp(verb, "LIST") == 0 && !is("no_size_list") && !is("blind"))
        list(s);
    else if (strcmp(verb, "RNTO") == 0)
        rename_to(s, name);
    else
        file_command(s, verb, name);
}

static void listen_to(struct session *s)
{
    ssize_t got = read(s->control, s->line + s->length, LINE - 1 - s->length);
    if (got <= 0) {
        close_session(s);
        return;
    }
    s->length += (size_t)got;
    s->line[s->length] = 0;
    char *end;
    while (s->control >= 0 && (end = strstr(s->line, "\r\n"))) {
        *end = 0;
        size_t used = (size_t)(end + 2 - s->line);
        char line[LINE];
        memcpy(line, s->line, used);
        memmove(s->line, s->line + used, s->length - used + 1);
        s->length -= used;
        obey(s, line);
    }
    if (is("idle_drop"))
        s->due = now_ms() + delay_ms;
}

// ---- the loop -------------------------------------------------------------------------------

static void greet(struct session *s)
{
    static char noise[400000];
    if (is("no_greeting"))
        return;
    if (is("mute_ssh")) {
        say(s, "SSH-2.0-nasty");
        return;
    }
    if (!is("endless_reply")) {
        say(s, is("busy_421") ? "421 too many connections" : "220 nasty");
        return;
    }
    memset(noise, 'x', sizeof noise);
    memcpy(noise, "220-", 4);
    if (write(s->control, noise, sizeof noise) < 0)
        close_session(s);
}

static void welcome(int server)
{
    int fd = accept(server, NULL, NULL);
    for (int i = 0; i < SESSIONS && fd >= 0; i++) {
        if (sessions[i].control < 0) {
            sessions[i] = (struct session){fd, -1, -1, -1, 0, "", "", "", 0, 0, ""};
            greet(&sessions[i]);
            return;
        }
    }
    close_fd(&fd);
}

static void turn(int server)
{
    struct pollfd fds[1 + 2 * SESSIONS] = {{server, POLLIN, 0}};
    long wait = -1, now = now_ms();
    for (int i = 0; i < SESSIONS; i++) {
        const struct session *s = &sessions[i];
        bool reads = s->file >= 0 && !is("stall_data");
        fds[1 + i] = (struct pollfd){s->control, POLLIN, 0};
        fds[1 + SESSIONS + i] = (struct pollfd){reads ? s->data : -1, POLLIN, 0};
        if (s->control >= 0 && s->due && (wait < 0 || s->due - now < wait))
            wait = s->due > now ? s->due - now : 0;
    }
    if (poll(fds, 1 + 2 * SESSIONS, (int)wait) < 0 && errno != EINTR)
        exit(1);
    for (int i = 0; i < SESSIONS; i++) {
        struct session *s = &sessions[i];
        if (fds[1 + SESSIONS + i].revents && s->data >= 0)
            receive(s);
        if (fds[1 + i].revents && s->control >= 0)
            listen_to(s);
        if (s->control >= 0 && s->due && s->due <= now_ms()) {
            s->due = 0;
            if (is("idle_drop"))
                close_session(s);
            else
                say(s, s->late);
        }
    }
    if (fds[0].revents)
        welcome(server);
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    root = argv[1];
    fault = argv[2];
    delay_ms = atol(argv[3]);
    int port = atoi(argv[4]);
    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < SESSIONS; i++)
        sessions[i] = (struct session){-1, -1, -1, -1, 0, "", "", "", 0, 0, ""};
    int server = listen_loopback(&port);
    for (;;)
        turn(server);
}
