// nastyftp_data.c - the data connection of the misbehaving FTP server: uploads and how they break.

#include "nastyftp.h"
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int stores; // STOR commands so far, of all sessions

// A reset instead of an orderly end.
static void reset_fd(int *fd)
{
    struct linger hard = {.l_onoff = 1};
    setsockopt(*fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close_fd(fd);
}

static bool open_data(struct session *s)
{
    s->data = s->listener >= 0 ? accept(s->listener, NULL, NULL) : -1;
    close_fd(&s->listener);
    if (s->data < 0)
        say(s, "425 no data connection");
    return s->data >= 0;
}

void passive(struct session *s, bool extended)
{
    int port = 0;
    char line[96];
    if (is("pasv_550")) {
        say(s, "550 permission denied");
        return;
    }
    close_fd(&s->listener);
    s->listener = listen_loopback(&port);
    if (extended)
        snprintf(line, sizeof line, "229 Entering (|||%d|)", port);
    else // an address that nobody can reach, as behind NAT
        snprintf(line, sizeof line, "227 Entering (10,255,255,1,%d,%d)", port >> 8, port & 255);
    say(s, line);
}

static void end_of_upload(struct session *s)
{
    close_fd(&s->data);
    close_fd(&s->file);
    if (is("cut_226")) {
        close_session(s);
    } else if (is("late_226")) {
        snprintf(s->late, sizeof s->late, "226 stored at last");
        s->due = now_ms() + delay_ms;
    } else {
        say(s, is("quota_552")   ? "552 quota exceeded"
               : is("full_452")  ? "452 no space left on device"
               : is("abort_426") ? "426 transfer aborted"
               : is("local_451") ? "451 local error in processing"
                                 : "226 stored");
    }
}

// After the first bytes, what goes wrong. True when the upload is over.
static bool break_upload(struct session *s)
{
    if (s->received < 1000)
        return false;
    // Now and then far into a large file, so that there is something to go on from.
    if (is("cut_once") || is("cut_no_appe")) {
        if (stores > 1 || s->received < 5000000)
            return false;
        reset_fd(&s->data);
        reset_fd(&s->control);
        close_fd(&s->file);
        return true;
    }
    if (is("reset_data")) {
        reset_fd(&s->data);
        reset_fd(&s->control);
    } else if (is("early_226")) {
        close_fd(&s->data);
        say(s, "226 stored");
    } else {
        return false;
    }
    close_fd(&s->file);
    return true;
}

void receive(struct session *s)
{
    static char bytes[65536];
    ssize_t got = read(s->data, bytes, sizeof bytes);
    if (got <= 0) {
        end_of_upload(s);
        return;
    }
    size_t keep = (size_t)got;
    if (is("short_226")) // reads all, keeps little, and calls it done
        keep = s->received >= 1000 ? 0 : keep < 1000 ? keep : 1000;
    if (write(s->file, bytes, keep) < 0)
        perror("nastyftp: write");
    s->received += got;
    break_upload(s);
}

void store(struct session *s, const char *name, bool append)
{
    static const char *const refusals[][2] = {{"stor_550", "550 permission denied"},
                                              {"stor_553", "553 file name not allowed"},
                                              {"stor_450", "450 file busy"},
                                              {"stor_552", "552 quota exceeded"}};
    char path[PATH];
    stores++;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        if (is(refusals[i][0])) {
            say(s, refusals[i][1]);
            return;
        }
    }
    if (append && is("cut_no_appe")) {
        say(s, "451 resume is not allowed");
        return;
    }
    if (is("second_421") && stores == 2) {
        say(s, "421 service not available");
        close_session(s);
        return;
    }
    if (is("no_150") || !open_data(s))
        return;
    resolve(s, name, path);
    s->received = 0;
    s->file = open(path, O_WRONLY | O_CREAT | (append ? O_APPEND : O_TRUNC), 0644);
    say(s, s->file < 0 ? "550 cannot write" : "150 go on");
    if (s->file < 0)
        close_fd(&s->data);
}

void send_out(struct session *s, FILE *from)
{
    char bytes[8192];
    size_t got;
    if (!from || !open_data(s)) {
        say(s, "550 not available");
    } else {
        say(s, "150 here it comes");
        while ((got = fread(bytes, 1, sizeof bytes, from)) > 0)
            if (write(s->data, bytes, got) < 0)
                break;
        close_fd(&s->data);
        say(s, "226 sent");
    }
    if (from)
        fclose(from);
}

void list(struct session *s)
{
    char path[PATH];
    struct stat st;
    resolve(s, "", path);
    DIR *folder = opendir(path);
    if (!open_data(s))
        return;
    say(s, "150 listing");
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        if (fstatat(dirfd(folder), entry->d_name, &st, 0) == 0 && S_ISREG(st.st_mode))
            dprintf(s->data, "-rw-r--r--   1 0   0  %9lld Jan  1 00:00 %s\r\n",
                    (long long)st.st_size, entry->d_name);
    }
    if (folder)
        closedir(folder);
    close_fd(&s->data);
    say(s, "226 listed");
}
