// upload_error.c - what a failed FTP or SFTP request means, as a table.
// The first row that fits counts. ANY stands for every value.

#include "upload_error.h"

#include "codec/text.h"
#include <curl/curl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ANY = -1 };

struct row {
    int code, curl_code;
    const char *word; // must stand in the reply (any case); NULL: whatever it says
    const char *kind;
    bool retryable;
    const char *text;
};

static const struct row rows[] = {
    // Our side first: these say nothing about the server.
    {ANY, CURLE_ABORTED_BY_CALLBACK, NULL, "cancelled", true, "stopped"},
    {ANY, CURLE_READ_ERROR, NULL, "io", false, "the file to send cannot be read"},
    {ANY, CURLE_OUT_OF_MEMORY, NULL, "limit", true, "memory is short"},
    {ANY, CURLE_UNSUPPORTED_PROTOCOL, NULL, "io", false,
     "this libcurl was built without that protocol"},
    {ANY, CURLE_SSL_CACERT_BADFILE, NULL, "tls", false, "the CA file cannot be read"},
    // Certificates and TLS: never a matter of trying again.
    {ANY, CURLE_PEER_FAILED_VERIFICATION, NULL, "tls", false,
     "the server's certificate or host key is not trusted"},
    {ANY, CURLE_USE_SSL_FAILED, NULL, "tls", false, "the server does not offer TLS"},
    {ANY, CURLE_SSL_CONNECT_ERROR, NULL, "tls", true, "the TLS handshake failed"},
    // What the server said.
    {530, ANY, "encr", "tls", false, "the server insists on TLS: set FTP_TLS=require"},
    {530, ANY, "tls", "tls", false, "the server insists on TLS: set FTP_TLS=require"},
    {530, ANY, "ssl", "tls", false, "the server insists on TLS: set FTP_TLS=require"},
    {550, CURLE_LOGIN_DENIED, "tls", "tls", false,
     "the server insists on TLS: set FTP_TLS=require"},
    {550, CURLE_LOGIN_DENIED, "ssl", "tls", false,
     "the server insists on TLS: set FTP_TLS=require"},
    {522, ANY, NULL, "tls", false, "the server refused the data connection's encryption"},
    {421, ANY, NULL, "remote", true, "the server is not available now or has too many connections"},
    {425, ANY, NULL, "network", true, "the server cannot open the data connection"},
    {426, ANY, NULL, "network", true, "the server aborted the transfer"},
    {450, ANY, NULL, "remote", true, "the server says that the file is busy"},
    {451, ANY, NULL, "remote", true, "the server met an error of its own"},
    {452, ANY, NULL, "limit", false, "the server's disk is full"},
    {552, ANY, NULL, "limit", false, "the quota on the server is used up"},
    {530, ANY, NULL, "auth", false, "the server refused the login"},
    {532, ANY, NULL, "auth", false, "the server refused the login"},
    {ANY, CURLE_LOGIN_DENIED, NULL, "auth", false, "the server refused the login"},
    {ANY, CURLE_REMOTE_ACCESS_DENIED, NULL, "remote", false, "the server refused the folder"},
    {550, CURLE_UPLOAD_FAILED, NULL, "remote", false, "the server refused the file"},
    {550, CURLE_FTP_WEIRD_PASV_REPLY, NULL, "remote", false, "the server refused the file"},
    {550, ANY, NULL, "remote", false, "the server refused"},
    {553, ANY, NULL, "remote", false, "the server refused the file name"},
    {500, ANY, NULL, "remote", false, "the server does not know a command"},
    {502, ANY, NULL, "remote", false, "the server does not know a command"},
    {504, ANY, NULL, "remote", false, "the server does not know a command"},
    // What the network did.
    {ANY, CURLE_COULDNT_RESOLVE_HOST, NULL, "network", true, "the host's name cannot be resolved"},
    {ANY, CURLE_COULDNT_CONNECT, NULL, "network", true, "the host cannot be reached"},
    {ANY, CURLE_OPERATION_TIMEDOUT, NULL, "timeout", true, "the server took too long"},
    {ANY, CURLE_FTP_ACCEPT_TIMEOUT, NULL, "timeout", true, "the server took too long"},
    {ANY, CURLE_SEND_ERROR, NULL, "network", true,
     "the connection broke while sending: the network, or the server's disk is full"},
    {ANY, CURLE_RECV_ERROR, "too large", "remote", false, "the server's reply has no end"},
    {ANY, CURLE_RECV_ERROR, NULL, "network", true, "the connection was lost"},
    {ANY, CURLE_GOT_NOTHING, NULL, "network", true, "the connection was lost"},
    {ANY, CURLE_PARTIAL_FILE, NULL, "network", true, "the transfer was cut short"},
    {ANY, CURLE_REMOTE_FILE_NOT_FOUND, NULL, "remote", false, "there is no such file"},
    {ANY, CURLE_REMOTE_FILE_EXISTS, NULL, "remote", false, "the name is taken"},
    {ANY, CURLE_QUOTE_ERROR, NULL, "remote", false, "the server refused a command"},
    {ANY, CURLE_UPLOAD_FAILED, NULL, "remote", true, "the server refused the file"},
    {ANY, CURLE_SSH, NULL, "remote", true, "the SSH server reported a failure"},
    {ANY, CURLE_REMOTE_DISK_FULL, NULL, "limit", false, "the server's disk is full"},
    {ANY, CURLE_WEIRD_SERVER_REPLY, NULL, "remote", true, "the server answered nonsense"},
    {ANY, ANY, NULL, "remote", true, "the transfer failed"},
};

static bool fits(const struct row *row, int curl_code, int code, const char *text)
{
    return (row->code == ANY || row->code == code) &&
           (row->curl_code == ANY || row->curl_code == curl_code) &&
           (!row->word || strcasestr(text, row->word));
}

// Servers answer in any encoding, and may send control characters, of which UTF-8 has some more.
static void tidy(char *text)
{
    for (char *end = text + strlen(text); text < end;) {
        const uint8_t *p = (const uint8_t *)text;
        size_t length = text_character(p, (size_t)(end - text));
        if (length == 0 || *p < 0x20 || *p == 0x7F || (p[0] == 0xC2 && p[1] < 0xA0)) {
            *text = '?';
            length = 1;
        }
        text += length;
    }
}

void upload_error_set(struct upload_error *error, int curl_code, int code, const char *doing,
                      const char *reply, const char *detail)
{
    const struct row *row = rows;
    while (!fits(row, curl_code, code, curl_code == CURLE_RECV_ERROR ? detail : reply))
        row++;
    error->kind = row->kind;
    error->retryable = row->retryable;
    error->code = code;
    error->name = NULL;
    // The server's own words are worth most; a positive reply is none about the failure.
    const char *why = *reply >= '4' ? reply : *detail ? detail : curl_easy_strerror(curl_code);
    snprintf(error->message, sizeof error->message, "%s: %s (%s)", doing, row->text, why);
    tidy(error->message);
}

void upload_error_own(struct upload_error *error, const char *kind, bool retryable,
                      const char *format, ...)
{
    error->kind = kind;
    error->retryable = retryable;
    error->code = 0;
    error->name = NULL;
    va_list list;
    va_start(list, format);
    vsnprintf(error->message, sizeof error->message, format, list);
    va_end(list);
}
