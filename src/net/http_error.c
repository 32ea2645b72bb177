/* What a failed transfer or a status means, in words and with the mend. */
#include <string.h>

#include "net/http_internal.h"

struct meaning {
    CURLcode code;
    enum err_kind kind;
    const char *what, *mend;
};

static const struct meaning meanings[] = {
    {CURLE_URL_MALFORMAT, ERR_CONFIG, "this is no URL", "write it as http://host:port"},
    {CURLE_UNSUPPORTED_PROTOCOL, ERR_CONFIG, "only http and https are spoken", "mend the URL"},
    {CURLE_COULDNT_RESOLVE_HOST, ERR_AWAY, "the host's name is not known",
     "check the URL's host, or DNS"},
    {CURLE_COULDNT_RESOLVE_PROXY, ERR_AWAY, "the proxy's name is not known", "check the proxy"},
    {CURLE_COULDNT_CONNECT, ERR_AWAY, "cannot connect", "is the server running and reachable?"},
    {CURLE_OPERATION_TIMEDOUT, ERR_AWAY, "no answer in time",
     "is the server busy, or a firewall between?"},
    {CURLE_PEER_FAILED_VERIFICATION, ERR_PROTOCOL, "the server's certificate is not trusted",
     "set tls.ca_file (or certificate-authority) to its CA, or tls.server_name"},
    {CURLE_SSL_CERTPROBLEM, ERR_CONFIG, "the client certificate or its key cannot be used",
     "check cert_file and key_file"},
    {CURLE_SSL_CACERT_BADFILE, ERR_CONFIG, "the CA file cannot be read", "check ca_file"},
    {CURLE_SSL_CONNECT_ERROR, ERR_PROTOCOL, "the TLS handshake failed",
     "does this port speak https?"},
    {CURLE_GOT_NOTHING, ERR_AWAY, "the server closed the connection without an answer", ""},
    {CURLE_PARTIAL_FILE, ERR_AWAY, "the answer was cut off", ""},
    {CURLE_RECV_ERROR, ERR_AWAY, "the connection broke while reading", ""},
    {CURLE_SEND_ERROR, ERR_AWAY, "the connection broke while writing", ""},
    {CURLE_HTTP2_STREAM, ERR_AWAY, "the answer was cut off", ""},
    {CURLE_HTTP2, ERR_AWAY, "the HTTP/2 connection broke", ""},
    {CURLE_BAD_CONTENT_ENCODING, ERR_PROTOCOL, "the answer's compression is broken", ""},
    {CURLE_WEIRD_SERVER_REPLY, ERR_PROTOCOL, "this is no HTTP server", "check the URL's port"},
    {CURLE_UNSUPPORTED_PROTOCOL, ERR_CONFIG, "only http and https are spoken", "mend the URL"},
};

/* curl has no code of its own for a proxy that answers CONNECT by anything but 200: only its words.
 */
static void refused_by_proxy(struct err *err, const char *where, const char *words)
{
    if (strstr(words, "407"))
        err_set(err, ERR_DENIED, where,
                "the proxy asks for a user and a password: mend them in its URL", "%s", words);
    else
        err_set(err, ERR_AWAY, where, "the proxy does not let it through: check the proxy", "%s",
                words);
}

void http_curl_err(struct err *err, CURLcode code, const char *where, const char *detail)
{
    err_clear(err);
    if (code == CURLE_OK)
        return;
    const char *more = detail && *detail ? detail : curl_easy_strerror(code);
    /* For curl a resolver that is silent is one more time-out. */
    if (code == CURLE_OPERATION_TIMEDOUT && strstr(more, "Resolving timed out"))
        code = CURLE_COULDNT_RESOLVE_HOST;
    const char *tunnel = strstr(more, "CONNECT tunnel failed");
    if (tunnel) {
        refused_by_proxy(err, where, tunnel);
        return;
    }
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        if (meanings[i].code == code) {
            err_set(err, meanings[i].kind, where, meanings[i].mend, "%s (%s)", meanings[i].what,
                    more);
            return;
        }
    }
    err_set(err, ERR_AWAY, where, "", "%s", more);
}

struct status_meaning {
    int first, last;
    enum err_kind kind;
    const char *mend;
};

static const struct status_meaning statuses[] = {
    {300, 399, ERR_PROTOCOL, "redirects are not followed: write the final URL"},
    {401, 401, ERR_DENIED,
     "the login is missing, wrong or expired: log in again or mend the credentials"},
    {403, 403, ERR_DENIED, "ask for the permission, or use other credentials"},
    {404, 404, ERR_NOT_FOUND, ""},
    {407, 407, ERR_DENIED, "the proxy asks for credentials"},
    {408, 408, ERR_AWAY, ""},
    {409, 409, ERR_CONFLICT, ""},
    {410, 410, ERR_GONE, ""},
    {413, 413, ERR_LIMIT, "ask for less"},
    {429, 429, ERR_AWAY, "too many requests: it is tried again later"},
    {400, 499, ERR_REFUSED, ""},
    {500, 599, ERR_AWAY, ""},
};

bool http_status_err(struct err *err, int status, const char *where, struct str message)
{
    enum err_kind kind = ERR_PROTOCOL;
    const char *mend = "";
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (status >= statuses[i].first && status <= statuses[i].last) {
            kind = statuses[i].kind;
            mend = statuses[i].mend;
            break;
        }
    }
    message = str_trim(message);
    if (message.n)
        err_set(err, kind, where, mend, "HTTP %d: %.*s", status,
                (int)(message.n > 400 ? 400 : message.n), message.p);
    else
        err_set(err, kind, where, mend, "HTTP %d", status);
    if (err)
        err->http = status;
    return false;
}
