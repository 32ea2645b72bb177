/*
 * A request owns a deep copy of its call until the server has accepted the credentials, as it may
 * have to go out twice: after the login that it waits for, and after a 401. Credentials of a plugin
 * are renewed when a request goes out in the last part of their life (the request does not wait for
 * that) and no sooner: a board that nobody looks at after a night's sleep runs no plugin.
 */
#include "kube/access/client.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/access/client_probe.h"
#include "kube/access/exec_plugin.h"
#include "net/backoff.h"
#include "net/loop.h"
#include "net/server_clock.h"

enum { WAITING_MAX = 1024, HEADERS_MAX = 32, PROBE_MS = 10000 };

/* A login that failed is not tried again sooner, and ever later: a plugin may cost seconds and
 * megabytes, and a dozen watches ask for it. */
enum { LOGIN_PAUSE_MS = 5000 };
#define RENEW_BEFORE CLOCK_MINUTE

enum request_state { WAITING, SENT, FAILING };

struct client_request {
    struct client_request *next;
    struct client *client;
    struct http_call call; /* its texts are ours */
    struct http_request *http;
    enum request_state state;
    bool renewed;         /* a 401 was answered by new credentials already */
    bool repeat;          /* the head was a 401 that we shall answer so */
    uint64_t credentials; /* the generation that it went out with */
    int64_t sent_at;      /* wall ns */
    struct err err;       /* why it is failing */
};

struct client {
    struct http *http;
    struct kubeconfig_context *context;
    char *home; /* NULL: the context's namespace */
    struct http_target *target;
    struct exec_plugin *plugin; /* NULL: the credentials are static or in files */
    enum client_login login;
    struct err login_err;
    struct backoff logins;  /* that failed */
    int64_t login_pause;    /* monotonic: no login before */
    int64_t expires, renew; /* wall; 0: not known */
    uint64_t credentials;   /* generation: grows with every login */
    struct client_request *requests;
    size_t waiting;
    struct server_clock clock;
    struct loop_timer *timer; /* tells requests that fail without having been sent */
    struct client_probe *probe;
};

/* ---- errors in the server's words ---- */

static struct str first_line(struct str text)
{
    const char *end = text.n ? memchr(text.p, '\n', text.n) : NULL;
    if (end)
        text.n = (size_t)(end - text.p);
    return str_trim(text);
}

static const char *mend_of(int status)
{
    switch (status) {
    case 401:
        return "log in again, or mend the user's credentials in the kubeconfig";
    case 403:
        return "ask for a role that allows it, or name a namespace that you may see (-n)";
    default:
        return NULL;
    }
}

static bool status_err(struct err *err, const char *place, int status, struct str message)
{
    /* kubectl says it so. */
    if (status == 401 && str_is(message, "Unauthorized"))
        message = str_of("You must be logged in to the server (Unauthorized)");
    bool no_path = status == 404 && str_is(message, "404 page not found");
    if (no_path)
        message = str_of("the server could not find the requested resource");
    http_status_err(err, status, place, message);
    if (!err || !message.n)
        return false;
    char mend[sizeof err->mend];
    str_copy(mend, sizeof mend, mend_of(status) ? mend_of(status) : err->mend);
    if (no_path)
        str_copy(mend, sizeof mend, "is this a Kubernetes API server, and does it serve this?");
    return err_set(err, err->kind, place, mend, "%.*s", (int)message.n, message.p);
}

bool client_status_json(struct err *err, const char *place, const struct json *status)
{
    int code = (int)json_int(status, "code", 500);
    const char *message = json_string(status, "message", "");
    if (!*message)
        message = json_string(status, "reason", "");
    status_err(err, place, code, str_of(message));
    if (!err)
        return false;
    err->http = code;
    int64_t seconds = json_int(status, "details.retryAfterSeconds", 0);
    err->retry_after_ms = seconds > 0 && seconds < 86400 ? seconds * 1000 : 0;
    return false;
}

bool client_status_err(struct err *err, const char *place, int status, struct str body)
{
    struct json_doc *doc = json_doc_new();
    const struct json *object = json_parse(doc, body.p, body.n, NULL);
    int64_t retry = 0;
    if (strcmp(json_string(object, "kind", ""), "Status") == 0) {
        client_status_json(err, place, object);
        retry = err ? err->retry_after_ms : 0;
        if (status && err && err->http != status)
            status_err(err, place, status, str_of(json_string(object, "message", "")));
    } else {
        status_err(err, place, status, first_line(body));
    }
    if (err) {
        err->http = status ? status : err->http;
        err->retry_after_ms = retry;
    }
    json_doc_free(doc);
    return false;
}

/* ---- copies of calls ---- */

static bool has_header(const struct http_call *call, const char *name)
{
    size_t n = strlen(name);
    for (const char *const *h = call->headers; h && *h; h++)
        if (strncasecmp(*h, name, n) == 0 && (*h)[n] == ':')
            return true;
    return false;
}

static void copy_call(struct http_call *to, const struct http_call *from)
{
    *to = *from;
    to->method = mem_dup(from->method);
    to->path = mem_dup(from->path);
    to->content_type = mem_dup(from->content_type);
    to->body =
        (struct str){from->body.n ? mem_dup_n(from->body.p, from->body.n) : NULL, from->body.n};
    char **headers = mem_array(HEADERS_MAX + 3, sizeof *headers);
    size_t n = 0;
    for (const char *const *h = from->headers; h && *h && n < HEADERS_MAX; h++)
        headers[n++] = mem_dup(*h);
    if (!has_header(from, "User-Agent"))
        headers[n++] = mem_dup("User-Agent: kubeboard/" KUBEBOARD_VERSION);
    if (!has_header(from, "Accept"))
        headers[n++] = mem_dup("Accept: application/json");
    to->headers = (const char *const *)headers;
}

static void free_const(const void *p)
{
    free((void *)(uintptr_t)p);
}

static void free_call(struct http_call *call)
{
    for (const char *const *h = call->headers; h && *h; h++)
        free_const(*h);
    free_const(call->headers);
    free_const(call->method);
    free_const(call->path);
    free_const(call->content_type);
    free_const(call->body.p);
}

/* ---- requests ---- */

static void unlink_request(struct client_request *r)
{
    struct client_request **link = &r->client->requests;
    while (*link != r)
        link = &(*link)->next;
    *link = r->next;
    r->client->waiting -= r->state != SENT;
}

static void free_request(struct client_request *r)
{
    free_call(&r->call);
    free(r);
}

static void end_request(struct client_request *r, struct http_request *http, int status,
                        struct str body, const struct err *err)
{
    unlink_request(r);
    r->call.done(r->call.context, http, status, body, err);
    free_request(r);
}

static void set_state(struct client_request *r, enum request_state state)
{
    r->client->waiting += (state != SENT) - (r->state != SENT);
    r->state = state;
}

static void fail_request(struct client_request *r, const struct err *err)
{
    r->err = *err;
    set_state(r, FAILING);
    loop_timer_set(r->client->timer, 0);
}

static bool can_renew(const struct client *c)
{
    return c->plugin || c->context->conn.token_file;
}

void client_silent_err(const struct client *c, const char *what, struct err *err)
{
    char place[sizeof err->where];
    conn_place(&client_context(c)->conn, place, sizeof place);
    err_set(err, ERR_AWAY, place, "is the server busy, or the network gone?", "%s", what);
}

int64_t client_now(const struct client *c)
{
    return server_clock_now(&c->clock);
}

int64_t client_clock_offset(const struct client *c)
{
    return server_clock_offset(&c->clock);
}

static void on_head(void *context, struct http_request *http, int status)
{
    struct client_request *r = context;
    server_clock_learn(&r->client->clock, http_date(http), r->sent_at);
    if (status < 500 && status != 429)
        client_probe_seen(r->client->probe);
    r->repeat = status == 401 && !r->renewed && can_renew(r->client);
    if (!r->repeat && r->call.head)
        r->call.head(r->call.context, http, status);
}

static bool on_chunk(void *context, struct str bytes)
{
    struct client_request *r = context;
    return r->call.chunk(r->call.context, bytes);
}

static void send_now(struct client_request *r);
static void log_in(struct client *c);

/* A 401: other requests may have renewed the credentials since this one went out. */
static void repeat_request(struct client_request *r)
{
    struct client *c = r->client;
    r->renewed = true;
    r->repeat = false;
    if (!c->plugin || r->credentials != c->credentials) {
        send_now(r);
        return;
    }
    c->login = CLIENT_PENDING;
    set_state(r, WAITING);
    log_in(c);
}

static void on_done(void *context, struct http_request *http, int status, struct str body,
                    const struct err *err)
{
    struct client_request *r = context;
    r->http = NULL;
    if (r->repeat && status == 401) {
        repeat_request(r);
        return;
    }
    bool refused = err->kind != ERR_NONE && err->kind != ERR_CANCELLED && status >= 300;
    if (!refused) {
        end_request(r, http, status, body, err);
        return;
    }
    struct err words;
    client_status_err(&words, err->where, status, body);
    if (err->retry_after_ms)
        words.retry_after_ms = err->retry_after_ms;
    end_request(r, http, status, body, &words);
}

static void send_now(struct client_request *r)
{
    struct http_call call = r->call;
    call.target = r->client->target;
    call.context = r;
    call.head = on_head;
    call.chunk = r->call.chunk ? on_chunk : NULL;
    call.done = on_done;
    set_state(r, SENT);
    r->credentials = r->client->credentials;
    r->sent_at = clock_now();
    r->http = http_send(r->client->http, &call);
}

/* ---- login ---- */

static void log_in(struct client *c)
{
    if (c->login == CLIENT_FAILED)
        c->login = CLIENT_PENDING;
    exec_plugin_run(c->plugin);
}

static void settle_waiting(struct client *c)
{
    for (struct client_request *r = c->requests; r; r = r->next) {
        if (r->state != WAITING)
            continue;
        if (c->login == CLIENT_READY)
            send_now(r);
        else
            fail_request(r, &c->login_err);
    }
}

static void logged_in(void *context, const struct exec_plugin_credentials *credentials,
                      const struct err *err)
{
    struct client *c = context;
    if (!credentials) {
        int64_t pause = backoff_next(&c->logins, NULL);
        c->login_pause =
            clock_monotonic() + (pause > LOGIN_PAUSE_MS ? pause : LOGIN_PAUSE_MS) * CLOCK_MS;
        c->login_err = *err;
        /* An early renewal that failed leaves what is still good. */
        bool still_good = c->login == CLIENT_READY && clock_now() < c->expires;
        if (!still_good)
            c->login = CLIENT_FAILED;
        settle_waiting(c);
        return;
    }
    int64_t now = clock_now(), left = credentials->expires - now;
    backoff_reset(&c->logins);
    c->login = CLIENT_READY;
    c->credentials++;
    c->expires = credentials->expires;
    c->renew = c->expires ? c->expires - (left / 5 < RENEW_BEFORE ? left / 5 : RENEW_BEFORE) : 0;
    http_target_set_token(c->target, credentials->token);
    http_target_set_cert(c->target, credentials->cert_pem, credentials->key_pem);
    err_clear(&c->login_err);
    settle_waiting(c);
}

static void tell_failing(void *context)
{
    struct client *c = context;
    for (struct client_request *r = c->requests; r;) {
        if (r->state != FAILING) {
            r = r->next;
            continue;
        }
        struct err err = r->err;
        end_request(r, NULL, 0, str_of(""), &err);
        /* The callback may have sent and cancelled others: begin again. */
        r = c->requests;
    }
}

enum client_login client_prepare(struct client *c, struct err *err)
{
    int64_t now = clock_now();
    bool paused = clock_monotonic() < c->login_pause;
    if (c->plugin && c->login == CLIENT_READY && c->expires && now >= c->expires)
        c->login = CLIENT_PENDING;
    if (c->login == CLIENT_READY) {
        if (c->plugin && c->renew && now >= c->renew && !paused)
            log_in(c);
        return CLIENT_READY;
    }
    if (paused && !exec_plugin_running(c->plugin)) {
        if (err)
            *err = c->login_err;
        return CLIENT_FAILED;
    }
    log_in(c);
    return CLIENT_PENDING;
}

void client_lend(struct client *c, const struct exec_plugin_terminal *t)
{
    if (c->plugin)
        exec_plugin_lend(c->plugin, t);
}

bool client_log_in(struct client *c)
{
    if (!c->plugin)
        return false;
    c->login_pause = 0;
    backoff_reset(&c->logins);
    if (c->login == CLIENT_FAILED)
        c->login = CLIENT_PENDING;
    exec_plugin_run_here(c->plugin);
    return true;
}

void client_refused(struct client *c)
{
    if (c->plugin && c->login == CLIENT_READY)
        c->login = CLIENT_PENDING;
}

/* Sends at once, waits for the login or fails because the last one did a moment ago. */
static void start(struct client_request *r)
{
    struct client *c = r->client;
    struct err err;
    if (c->login != CLIENT_READY && c->waiting > WAITING_MAX) {
        err_set(&err, ERR_LIMIT, "kubernetes", "", "too many requests wait for the login");
        fail_request(r, &err);
        return;
    }
    switch (client_prepare(c, &err)) {
    case CLIENT_READY:
        send_now(r);
        break;
    case CLIENT_FAILED:
        fail_request(r, &err);
        break;
    case CLIENT_PENDING:
        break;
    }
}

struct client_request *client_send(struct client *c, const struct http_call *call)
{
    struct client_request *r = mem_alloc(sizeof *r);
    r->client = c;
    r->next = c->requests;
    c->requests = r;
    r->state = WAITING;
    c->waiting++;
    copy_call(&r->call, call);
    start(r);
    return r;
}

void client_cancel(struct client_request *r)
{
    if (!r)
        return;
    http_cancel(r->http);
    unlink_request(r);
    free_request(r);
}

/* ---- the client ---- */

struct client *client_new(struct http *h, const struct kubeconfig_context *context)
{
    struct client *c = mem_alloc(sizeof *c);
    c->http = h;
    c->context = kubeconfig_context_copy(context);
    c->target = http_target_new(h, &c->context->conn);
    c->timer = loop_timer_new(http_loop(h), tell_failing, c);
    c->probe = client_probe_new(http_loop(h));
    /* A token or basic login of the file's own makes the plugin needless (client-go has it so). */
    const struct conn *conn = &c->context->conn;
    if (c->context->exec && !conn->token && !conn->token_file && !conn->user) {
        c->plugin = exec_plugin_new(http_loop(h), c->context, logged_in, c);
        c->login = CLIENT_PENDING;
    }
    return c;
}

void client_free(struct client *c)
{
    if (!c)
        return;
    while (c->requests)
        client_cancel(c->requests);
    client_probe_free(c->probe);
    exec_plugin_free(c->plugin);
    loop_timer_free(c->timer);
    http_target_free(c->target);
    kubeconfig_context_free(c->context);
    free(c->home);
    free(c);
}

struct http *client_http(const struct client *c)
{
    return c->http;
}

struct loop *client_loop(const struct client *c)
{
    return http_loop(c->http);
}

const struct kubeconfig_context *client_context(const struct client *c)
{
    return c->context;
}

const char *client_home(const struct client *c)
{
    return c->home ? c->home : c->context->namespace_;
}

void client_set_home(struct client *c, const char *ns)
{
    if (strcmp(client_home(c), ns) == 0)
        return;
    free(c->home);
    c->home = mem_dup(ns);
}

struct http_target *client_target(const struct client *c)
{
    return c->target;
}

enum client_login client_login(const struct client *c, struct err *err)
{
    if (err)
        *err = c->login_err;
    return c->login;
}

static void on_probed(void *context, struct http_request *r, int status, struct str body,
                      const struct err *err)
{
    struct client *c = context;
    struct err answer = *err;
    (void)r;
    (void)body;
    /* Not allowed and not found are answers of a server that is there. */
    if (status >= 200 && status < 500)
        err_clear(&answer);
    client_probe_told(c->probe, &answer);
}

void client_probe(struct client *c, void (*done)(void *context, const struct err *err),
                  void *context)
{
    if (client_probe_ask(c->probe, done, context))
        client_send(c, &(struct http_call){.path = "/readyz",
                                           .connect_ms = PROBE_MS,
                                           .idle_ms = PROBE_MS,
                                           .total_ms = PROBE_MS,
                                           .max_body = 64 * 1024,
                                           .context = c,
                                           .done = on_probed});
}

void client_probe_forget(struct client *c, void *context)
{
    client_probe_drop(c->probe, context);
}

void client_await(struct client *c, void (*back)(void *context), void *context)
{
    client_probe_await(c->probe, back, context);
}

void client_await_forget(struct client *c, void *context)
{
    client_probe_give_up(c->probe, context);
}
