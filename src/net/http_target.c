/* A target is a conn made ready: its files are read when they change, so that projected tokens and
 * rotated certificates are taken up without a restart. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/http_internal.h"

enum { UNHEARD_MS = 30000 };

struct secret_file {
    char *text;
    struct timespec changed;
    int64_t read_at; /* monotonic; projected volumes may keep a time stamp, so a minute is the
                        longest trust */
};

struct http_target {
    struct http *http;
    struct conn conn;
    int references;
    struct http_target *base; /* whose server it is behind; NULL: its own */
    char *prefix, *place;     /* behind base's URL */
    struct http_door door;    /* ask NULL: none */
    unsigned generation;      /* of its connections: those of an earlier one are not used */
    int64_t left;             /* monotonic, when that one began; 0: the first */
    bool met;
    char *token; /* set from outside */
    char *cert_pem, *key_pem;
    struct secret_file token_file, password_file;
};

struct http_target *http_target_new(struct http *h, const struct conn *c)
{
    struct http_target *t = mem_alloc(sizeof *t);
    t->http = h;
    t->references = 1;
    conn_copy(&t->conn, c);
    t->met = strncasecmp(t->conn.url, "https:", 6) != 0;
    return t;
}

void http_lists_free(struct http_lists *lists)
{
    curl_slist_free_all(lists->headers);
    curl_slist_free_all(lists->connect_to);
    *lists = (struct http_lists){0};
}

void http_target_hold(struct http_target *t)
{
    t->references++;
}

void http_target_drop(struct http_target *t)
{
    if (!t || --t->references)
        return;
    http_target_drop(t->base);
    free(t->prefix);
    free(t->place);
    conn_free_inner(&t->conn);
    mem_free_secret(t->token);
    mem_free_secret(t->key_pem);
    free(t->cert_pem);
    mem_free_secret(t->token_file.text);
    mem_free_secret(t->password_file.text);
    free(t);
}

void http_target_free(struct http_target *t)
{
    http_target_drop(t);
}

const struct conn *http_target_conn(const struct http_target *t)
{
    return &t->conn;
}

void http_target_lead(struct http_target *t, struct http_target *base, const char *prefix,
                      const char *place)
{
    http_target_hold(base);
    http_target_drop(t->base);
    t->base = base;
    free(t->prefix);
    free(t->place);
    t->prefix = mem_dup(prefix);
    t->place = mem_dup(place);
}

char *http_target_place(const struct http_target *t, char *out, size_t size)
{
    if (!t->place)
        return conn_place(&t->conn, out, size);
    str_copy(out, size, t->place);
    return out;
}

void http_target_set_door(struct http_target *t, const struct http_door *door)
{
    t->door = door ? *door : (struct http_door){0};
}

struct http *http_target_user(const struct http_target *t)
{
    return t->http;
}

enum http_door_answer http_target_ask(struct http_target *t, struct err *err)
{
    return t->door.ask ? t->door.ask(t->door.context, err) : HTTP_DOOR_OPEN;
}

bool http_target_is_met(const struct http_target *t)
{
    return t->met;
}

void http_target_meet(struct http_target *t)
{
    t->met = true;
}

void http_target_answered(struct http_target *t, int status, struct str body, struct err *err)
{
    if (t->door.answered)
        t->door.answered(t->door.context, status, body, err);
}

void http_target_set_token(struct http_target *t, const char *token)
{
    mem_free_secret(t->token);
    t->token = mem_dup(token);
}

void http_target_set_cert(struct http_target *t, const char *cert_pem, const char *key_pem)
{
    free(t->cert_pem);
    mem_free_secret(t->key_pem);
    t->cert_pem = mem_dup(cert_pem);
    t->key_pem = mem_dup(key_pem);
}

static const char *current(struct secret_file *s, const char *path, struct err *err)
{
    struct stat st;
    int64_t now = clock_monotonic();
    bool same = stat(path, &st) == 0 && s->text &&
                memcmp(&st.st_mtim, &s->changed, sizeof s->changed) == 0 &&
                now - s->read_at < CLOCK_MINUTE;
    if (same)
        return s->text;
    char *text = file_read_secret(path, err);
    if (!text)
        return NULL;
    mem_free_secret(s->text);
    *s = (struct secret_file){text, st.st_mtim, now};
    return text;
}

static void add_header(struct curl_slist **headers, const char *name, const char *value)
{
    char *line = mem_printf("%s: %s", name, value);
    *headers = curl_slist_append(*headers, line);
    mem_free_secret(line);
}

/* A secret with a line break would end its header early. */
static bool one_line(const char *secret, const char *place, struct err *err)
{
    if (!strpbrk(secret, "\r\n"))
        return true;
    return err_set(err, ERR_CONFIG, place, "write it as one line", "the secret has a line break");
}

/* The password of a basic login, from the configuration or its file; "" when there is none. NULL on
 * error. */
static const char *password_of(struct http_target *t, struct err *err)
{
    const struct conn *c = &t->conn;
    if (c->password || !c->password_file)
        return c->password ? c->password : "";
    return current(&t->password_file, c->password_file, err);
}

static bool apply_auth(struct http_target *t, CURL *easy, struct curl_slist **headers,
                       struct err *err)
{
    const struct conn *c = &t->conn;
    const char *token = t->token ? t->token : c->token;
    if (!token && c->token_file) {
        token = current(&t->token_file, c->token_file, err);
        if (!token)
            return false;
    }
    if (token && *token) {
        if (!one_line(token, c->token_file ? c->token_file : c->name, err))
            return false;
        char *bearer = mem_printf("Bearer %s", token);
        add_header(headers, "Authorization", bearer);
        mem_free_secret(bearer);
        return true;
    }
    if (!c->user)
        return true;
    const char *password = password_of(t, err);
    if (!password)
        return false;
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
    curl_easy_setopt(easy, CURLOPT_USERNAME, c->user);
    curl_easy_setopt(easy, CURLOPT_PASSWORD, password);
    return true;
}

static void set_blob(CURL *easy, CURLoption option, const char *pem)
{
    struct curl_blob blob = {(void *)(uintptr_t)pem, strlen(pem), CURL_BLOB_COPY};
    curl_easy_setopt(easy, option, &blob);
}

/*
 * libcurl puts a request onto an HTTP/2 connection that stands, even when nothing comes over it any
 * more, and cannot be told to leave one. But it never shares a connection between requests whose TLS
 * options differ, and these two mean something to Schannel only. Of connections that nobody uses
 * (those of HTTP/1.1) it leaves the ones that are older than it is told.
 */
enum { GENERATIONS = 4 };
static const long generations[GENERATIONS] = {0, CURLSSLOPT_NO_REVOKE,
                                              CURLSSLOPT_REVOKE_BEST_EFFORT,
                                              CURLSSLOPT_NO_REVOKE | CURLSSLOPT_REVOKE_BEST_EFFORT};

void http_target_leave(struct http_target *t)
{
    struct http_target *server = t->base ? t->base : t;
    server->generation++;
    server->left = clock_monotonic();
}

static void apply_generation(const struct http_target *t, CURL *easy)
{
    int64_t age = (clock_monotonic() - t->left) / CLOCK_SECOND;
    curl_easy_setopt(easy, CURLOPT_SSL_OPTIONS, generations[t->generation % GENERATIONS]);
    if (t->left)
        curl_easy_setopt(easy, CURLOPT_MAXLIFETIME_CONN, (long)(age > 0 ? age : 1));
}

static void apply_tls(const struct http_target *t, CURL *easy)
{
    const struct conn *c = &t->conn;
    if (c->ca_pem)
        set_blob(easy, CURLOPT_CAINFO_BLOB, c->ca_pem);
    else if (c->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, c->ca_file);
    const char *cert = t->cert_pem ? t->cert_pem : c->cert_pem;
    const char *key = t->cert_pem ? t->key_pem : c->key_pem;
    if (cert)
        set_blob(easy, CURLOPT_SSLCERT_BLOB, cert);
    else if (c->cert_file)
        curl_easy_setopt(easy, CURLOPT_SSLCERT, c->cert_file);
    if (key)
        set_blob(easy, CURLOPT_SSLKEY_BLOB, key);
    else if (c->key_file)
        curl_easy_setopt(easy, CURLOPT_SSLKEY, c->key_file);
    if (c->insecure) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

/*
 * A certificate name other than the host's: libcurl verifies and sends (SNI) the URL's host, so the
 * URL gets the name that the certificate carries, CONNECT_TO the address to dial, and Host what the
 * server is called.
 */
static char *rename_host(const char *url, const char *server_name, CURL *easy,
                         struct http_lists *lists)
{
    const char *scheme_end = strstr(url, "://");
    if (!server_name || !scheme_end || strncmp(url, "https", 5) != 0)
        return mem_dup(url);
    const char *host = scheme_end + 3;
    size_t authority = strcspn(host, "/?#");
    const char *colon = memrchr(host, ':', authority);
    if (colon && memchr(colon, ']', authority - (size_t)(colon - host)))
        colon = NULL;
    size_t name = colon ? (size_t)(colon - host) : authority;
    char *to = mem_printf("::%.*s:%.*s", (int)name, host, colon ? (int)(authority - name - 1) : 0,
                          colon ? colon + 1 : "");
    lists->connect_to = curl_slist_append(lists->connect_to, to);
    curl_easy_setopt(easy, CURLOPT_CONNECT_TO, lists->connect_to);
    free(to);
    char *own = mem_dup_n(host, authority);
    add_header(&lists->headers, "Host", own);
    free(own);
    return mem_printf("https://%s%s", server_name, host + name);
}

/* Bytes that nobody acknowledges end a connection: a router that forgot it tells nobody, and what is
 * multiplexed on it would wait until the kernel gives up, a quarter of an hour later. */
static int on_socket(void *context, curl_socket_t fd, curlsocktype purpose)
{
    int ms = UNHEARD_MS;
    (void)context;
    (void)purpose;
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
    return CURL_SOCKOPT_OK;
}

static void apply_common(CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, 30L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, 10L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "kubeboard/" KUBEBOARD_VERSION);
}

static bool is_loopback(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strncmp(host, "[::1]", 5) == 0 ||
           (strncmp(host, "localhost", 9) == 0 && strchr(":/", host[9]));
}

/* libcurl leaves HTTP_PROXY alone, since a CGI program gets it from its client. kubectl and the
 * SDKs take it, but for what is on this machine: so do we. NO_PROXY stays libcurl's. */
static void apply_proxy(const struct conn *c, const char *url, CURL *easy)
{
    const char *upper = getenv("HTTP_PROXY");
    if (c->proxy)
        curl_easy_setopt(easy, CURLOPT_PROXY, c->proxy);
    else if (upper && *upper && !getenv("http_proxy") && !getenv("REQUEST_METHOD") &&
             strncmp(url, "http://", 7) == 0 && !is_loopback(url + 7))
        curl_easy_setopt(easy, CURLOPT_PROXY, upper);
}

static void apply_headers(const struct conn *c, struct http_lists *lists)
{
    if (c->tenant)
        add_header(&lists->headers, "X-Scope-OrgID", c->tenant);
    for (char **h = c->headers; h && *h; h++)
        lists->headers = curl_slist_append(lists->headers, *h);
}

bool http_target_apply(struct http_target *t, CURL *easy, const char *path, bool with_auth,
                       struct http_lists *lists, struct err *err)
{
    struct http_target *server = t->base ? t->base : t;
    const struct conn *c = &server->conn;
    bool whole = strncmp(path, "http://", 7) == 0 || strncmp(path, "https://", 8) == 0;
    char *url = whole
                    ? mem_dup(path)
                    : mem_printf("%s%s%s", c->url ? c->url : "", t->prefix ? t->prefix : "", path);
    apply_common(easy);
    char *renamed = rename_host(url, c->server_name, easy, lists);
    curl_easy_setopt(easy, CURLOPT_URL, renamed);
    free(renamed);
    apply_proxy(c, url, easy);
    free(url);
    apply_tls(server, easy);
    apply_generation(server, easy);
    apply_headers(c, lists);
    if (server != t)
        apply_headers(&t->conn, lists);
    return !with_auth || apply_auth(server, easy, &lists->headers, err);
}

bool http_target_basic(struct http_target *t, struct buf *out, struct err *err)
{
    if (t->base)
        return http_target_basic(t->base, out, err);
    const struct conn *c = &t->conn;
    if (!c->user || t->token || c->token || c->token_file)
        return true;
    const char *password = password_of(t, err);
    if (!password)
        return false;
    char *pair = mem_printf("%s:%s", c->user, password);
    buf_adds(out, "Authorization: Basic ");
    base64_encode(out, str_of(pair));
    buf_adds(out, "\r\n");
    mem_free_secret(pair);
    return true;
}
