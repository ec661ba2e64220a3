// ftp_presence.c - is a file there, and how long is it? Asked in every way a server may know.
// Transfer threads only. libcurl reports success without a size when a server does not know SIZE,
// whether the file is there or not, so that outcome leads on to the next question.

#include "ftp_presence.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static enum ftp_presence by_mlst(struct ftp_link *link, const char *name, int64_t *size)
{
    char *command = ftp_link_command(link, "MLST", name, NULL);
    if (!command)
        return FTP_FAILED;
    ftp_request(link, &(struct ftp_request){.verb = FTP_LOOK, .commands = {command}});
    free(command);
    if (link->result == CURLE_OK && link->told >= 0) {
        *size = link->told;
        return FTP_PRESENT;
    }
    if (link->result == CURLE_QUOTE_ERROR)
        return link->code == 550 ? FTP_ABSENT : FTP_UNKNOWN;
    return link->result == CURLE_OK ? FTP_UNKNOWN : FTP_FAILED;
}

struct listing {
    const char *name;
    int64_t size; // -1 until found
    bool lines;   // there was one
    size_t length;
    char line[1024]; // an overlong line is none of ours: names have 120 bytes
};

int64_t ftp_presence_listed(const char *line, const char *name)
{
    size_t length = strlen(line), tail = strlen(name);
    if (length <= tail + 1 || line[length - tail - 1] != ' ' ||
        strcmp(line + length - tail, name) != 0)
        return -1;
    // ls: rights, links, owner, group, size, …; DOS: date, time, size, name.
    int field = *line == '-' ? 5 : isdigit((unsigned char)*line) ? 3 : 0;
    const char *at = line;
    for (int i = 1; i < field; i++) {
        at += strcspn(at, " ");
        at += strspn(at, " ");
    }
    char *end;
    long long size = field ? strtoll(at, &end, 10) : -1;
    return size >= 0 && field && end > at && *end == ' ' && end < line + length - tail ? size : -1;
}

static size_t on_listing(char *bytes, size_t size, size_t count, void *data)
{
    struct listing *listing = data;
    for (size_t i = 0; i < size * count; i++) {
        if (bytes[i] != '\n') {
            if (listing->length < sizeof listing->line - 1 && bytes[i] != '\r')
                listing->line[listing->length++] = bytes[i];
            continue;
        }
        listing->line[listing->length] = 0;
        listing->lines |= listing->length > 0;
        listing->length = 0;
        int64_t found = ftp_presence_listed(listing->line, listing->name);
        if (found >= 0)
            listing->size = found;
    }
    return size * count;
}

static enum ftp_presence by_listing(struct ftp_link *link, const char *name, int64_t *size)
{
    struct listing listing = {.name = name, .size = -1};
    ftp_request(link,
                &(struct ftp_request){.verb = FTP_LIST, .sink = on_listing, .sink_data = &listing});
    *size = listing.size;
    if (listing.size >= 0)
        return FTP_PRESENT;
    // Many servers do not list hidden files, and an empty listing may be a refusal.
    return link->result == CURLE_OK && listing.lines && *name != '.' ? FTP_ABSENT : FTP_UNKNOWN;
}

struct comparison {
    uv_file source;
    int64_t offset;
    bool differs;
};

static size_t on_content(char *bytes, size_t size, size_t count, void *data)
{
    struct comparison *c = data;
    size_t total = size * count;
    char own[16384];
    for (size_t done = 0; done < total && !c->differs;) {
        size_t step = total - done < sizeof own ? total - done : sizeof own;
        uv_buf_t buf = uv_buf_init(own, (unsigned)step);
        uv_fs_t read;
        int got = uv_fs_read(NULL, &read, c->source, &buf, 1, c->offset, NULL);
        uv_fs_req_cleanup(&read);
        c->differs = got <= 0 || memcmp(own, bytes + done, (size_t)got) != 0;
        if (got > 0) {
            c->offset += got;
            done += (size_t)got;
        }
    }
    return total;
}

static enum ftp_presence by_content(struct ftp_link *link, const char *name, uv_file source,
                                    int64_t *size)
{
    struct comparison c = {.source = source};
    ftp_request(link, &(struct ftp_request){
                          .verb = FTP_FETCH, .name = name, .sink = on_content, .sink_data = &c});
    if (link->result == CURLE_OK) {
        *size = c.differs ? -1 : c.offset;
        return FTP_PRESENT;
    }
    if (link->result == CURLE_REMOTE_FILE_NOT_FOUND)
        return FTP_UNREADABLE;
    return link->code >= 500 ? FTP_UNKNOWN : FTP_FAILED;
}

enum ftp_presence ftp_presence_ask(struct ftp_link *link, const char *name, bool fresh,
                                   uv_file source, bool make_folders, int64_t *size)
{
    *size = -1;
    ftp_request(link,
                &(struct ftp_request){
                    .verb = FTP_LOOK, .name = name, .fresh = fresh, .make_folders = make_folders});
    if (link->result == CURLE_REMOTE_FILE_NOT_FOUND)
        return FTP_ABSENT;
    if (link->result != CURLE_OK)
        return FTP_FAILED;
    *size = link->size;
    if (link->size >= 0)
        return FTP_PRESENT;
    // SFTP opened the file, so it is there; libcurl takes an empty one for one of unknown size.
    bool ssh = link->target->scheme == FTP_SSH;
    enum ftp_presence presence = ssh ? FTP_UNKNOWN : by_mlst(link, name, size);
    if (presence == FTP_UNKNOWN && !ssh)
        presence = by_listing(link, name, size);
    if (presence == FTP_UNKNOWN && source >= 0)
        presence = by_content(link, name, source, size);
    return presence;
}
