// ftp_request.c - one request to an FTP, FTPS or SFTP server, and what became of it.
// Transfer threads only. Each request describes itself wholly on the reset easy handle.

#include "ftp_request.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct exchange {
    struct ftp_link *link;
    const struct ftp_request *request;
    int64_t offset; // in the source
    struct curl_slist *commands;
};

static int on_progress(void *data, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                       curl_off_t up)
{
    const struct exchange *x = data;
    (void)down_total, (void)down, (void)up_total, (void)up;
    return atomic_load(x->link->stop);
}

static size_t on_read(char *buffer, size_t size, size_t count, void *data)
{
    struct exchange *x = data;
    uv_buf_t buf = uv_buf_init(buffer, (unsigned)(size * count));
    uv_fs_t read;
    int got = uv_fs_read(NULL, &read, x->request->source, &buf, 1, x->offset, NULL);
    uv_fs_req_cleanup(&read);
    if (got < 0)
        return CURL_READFUNC_ABORT;
    x->offset += got;
    x->link->sent = x->offset;
    return (size_t)got;
}

// Without it libcurl would send the whole file again where it meant to go on.
static int on_seek(void *data, curl_off_t offset, int origin)
{
    struct exchange *x = data;
    if (origin != SEEK_SET)
        return CURL_SEEKFUNC_CANTSEEK;
    x->offset = offset;
    return CURL_SEEKFUNC_OK;
}

// Swallows what nobody asked for: for size queries libcurl writes Content-Length lines.
static size_t on_unwanted(char *bytes, size_t size, size_t count, void *data)
{
    (void)bytes, (void)data;
    return size * count;
}

static bool is_reply(const char *line, size_t length)
{
    return length >= 3 && line[0] >= '1' && line[0] <= '6' && line[1] >= '0' && line[1] <= '9' &&
           line[2] >= '0' && line[2] <= '9';
}

static size_t on_line(char *line, size_t size, size_t count, void *data)
{
    struct ftp_link *link = ((struct exchange *)data)->link;
    size_t length = size * count, keep = length;
    while (keep && (line[keep - 1] == '\r' || line[keep - 1] == '\n'))
        keep--;
    char text[sizeof link->reply];
    snprintf(text, sizeof text, "%.*s", (int)keep, line);
    if (is_reply(text, keep)) {
        link->heard++;
        ftp_session_hear(link->session, text);
        memcpy(link->reply, text, sizeof text);
        link->tls_offered |= strncmp(text, "234", 3) == 0;
    } else if (*text == ' ') {
        const char *told = strcasestr(text, "size=");
        if (told)
            link->told = strtoll(told + strlen("size="), NULL, 10);
    }
    return length;
}

static void set_security(CURL *easy, const struct ftp_link *link)
{
    const struct ftp_target *target = link->target;
    if (target->scheme == FTP_PLAIN)
        curl_easy_setopt(easy, CURLOPT_USE_SSL, (long)(link->way.tls ? CURLUSESSL_ALL : 0));
    curl_easy_setopt(easy, CURLOPT_FTPSSLAUTH, (long)CURLFTPAUTH_TLS);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, link->way.verified ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, link->way.verified ? 2L : 0L);
    if (target->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, target->ca_file);
    long top = link->way.tls13 ? CURL_SSLVERSION_MAX_DEFAULT : CURL_SSLVERSION_MAX_TLSv1_2;
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2 | top);
    if (target->scheme != FTP_SSH)
        return;
    long types = (target->private_key ? CURLSSH_AUTH_PUBLICKEY : 0) |
                 (target->password ? CURLSSH_AUTH_PASSWORD | CURLSSH_AUTH_KEYBOARD : 0);
    curl_easy_setopt(easy, CURLOPT_SSH_AUTH_TYPES, types);
    curl_easy_setopt(easy, CURLOPT_SSH_KNOWNHOSTS, target->known_hosts);
    if (target->private_key) {
        curl_easy_setopt(easy, CURLOPT_SSH_PRIVATE_KEYFILE, target->private_key);
        curl_easy_setopt(easy, CURLOPT_KEYPASSWD, target->password ? target->password : "");
    }
}

// Four limits, because no one of them covers every stall.
static void set_limits(CURL *easy, const struct ftp_target *target, int64_t length)
{
    double last_resort = 60 + target->response_timeout + (double)length / 1024;
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(target->connect_timeout * 1000));
    curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)(target->response_timeout + 0.5));
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1024L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)(target->stall_timeout + 0.5));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(last_resort * 1000));
}

static void set_verb(CURL *easy, struct exchange *x)
{
    const struct ftp_request *request = x->request;
    switch (request->verb) {
    case FTP_LOOK:
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        break;
    case FTP_STORE:
        curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->length);
        // -1: libcurl asks how much is there, and appends.
        curl_easy_setopt(easy, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)(request->resume ? -1 : 0));
        break;
    case FTP_FETCH:
    case FTP_LIST:
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, request->sink);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, request->sink_data);
        break;
    }
}

static void set_up(CURL *easy, struct exchange *x, const char *url, bool fresh)
{
    struct ftp_link *link = x->link;
    const struct ftp_target *target = link->target;
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "ftp,ftps,sftp");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "ftp,ftps,sftp");
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); // an HTTP proxy would change the commands' meaning
    curl_easy_setopt(easy, CURLOPT_USERNAME, target->user ? target->user : "anonymous");
    if (target->password)
        curl_easy_setopt(easy, CURLOPT_PASSWORD, target->password);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_FTP_CREATE_MISSING_DIRS,
                     (long)(x->request->make_folders ? CURLFTP_CREATE_DIR_RETRY : 0));
    curl_easy_setopt(easy, CURLOPT_QUOTE, x->commands);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, link->detail);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, x);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, x);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, x);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_unwanted);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_line);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, x);
    set_security(easy, link);
    set_limits(easy, target, x->request->verb == FTP_LOOK ? 0 : x->request->length);
    set_verb(easy, x);
}

static void note_outcome(struct ftp_link *link, CURL *easy)
{
    long code = 0;
    curl_off_t size = -1;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
    link->code = (int)code;
    link->size = size;
    // The login has succeeded when a folder or a file was what went wrong.
    if (link->result == CURLE_OK || link->result == CURLE_REMOTE_FILE_NOT_FOUND ||
        link->result == CURLE_REMOTE_ACCESS_DENIED) {
        link->settled = true;
        ftp_session_learn(link->session, link->key, link->way);
    }
}

static void run_once(struct ftp_link *link, const struct ftp_request *request, bool fresh)
{
    struct exchange x = {.link = link, .request = request};
    link->code = 0;
    link->size = link->told = -1;
    link->sent = 0;
    link->heard = 0;
    link->reply[0] = link->detail[0] = 0;
    link->result = CURLE_OUT_OF_MEMORY;
    char *url = ftp_target_url(link->target, request->name);
    CURL *easy = url ? ftp_session_easy(link->session) : NULL;
    if (!easy)
        goto out;
    for (const char *const *command = request->commands; *command; command++) {
        struct curl_slist *longer = curl_slist_append(x.commands, *command);
        if (!longer)
            goto out;
        x.commands = longer;
    }
    set_up(easy, &x, url, fresh);
    link->result =
        atomic_load(link->stop) ? CURLE_ABORTED_BY_CALLBACK : ftp_session_perform(link->session);
    // A cut socket looks like a broken network.
    if (link->result != CURLE_OK && atomic_load(link->stop))
        link->result = CURLE_ABORTED_BY_CALLBACK;
    note_outcome(link, easy);
out:
    curl_slist_free_all(x.commands);
    free(url);
}

// The server had dropped the kept connection: it answered nothing at all, or said goodbye.
static bool was_dead(const struct ftp_link *link)
{
    bool lost = link->result == CURLE_SEND_ERROR || link->result == CURLE_RECV_ERROR ||
                link->result == CURLE_GOT_NOTHING || link->result == CURLE_SSH;
    return link->sent == 0 &&
           ((lost && link->heard == 0) || (link->code == 421 && link->heard == 1));
}

CURLcode ftp_request(struct ftp_link *link, const struct ftp_request *request)
{
    bool kept = ftp_link_kept(link);
    // A server that does not tell the login folder: no way back to it, relative paths only mean the
    // right thing right after the login.
    const char *folder = link->target->folder;
    bool lost =
        !link->session->entry && link->target->scheme != FTP_SSH && *folder && *folder != '/';
    bool fresh = request->fresh || !kept || lost;
    run_once(link, request, fresh);
    if (link->result != CURLE_OK && !fresh && was_dead(link))
        run_once(link, request, true);
    return link->result;
}
