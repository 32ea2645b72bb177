/*
 * Every answer comes from the store, so it does not matter which replica is asked, or whether it
 * writes. /readyz asks the store now and then; /healthz says what the collector says of itself.
 */
#include "collect/service.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "collect/metrics.h"
#include "collect/service_call.h"
#include "collect/service_cluster.h"
#include "collect/service_groups.h"
#include "collect/service_infra.h"
#include "collect/service_logging.h"
#include "net/loop.h"
#include "net/server.h"
#include "store/store.h"
#include "store/window_store.h"

enum { BODY_MAX = 4096, READY_MS = 15000, WHY = 300, METRICS_ROOM = 1 << 20 };
#define TOKEN_LOOK (5 * CLOCK_SECOND)

struct service {
    struct service_conf conf;
    struct server *server;
    struct service_call *calls;
    size_t running;
    /* How many may still ask; fills with time. */
    double tokens;
    int64_t filled; /* monotonic */
    /* The bearer token. */
    char *secret;
    struct timespec secret_changed;
    int64_t secret_looked; /* monotonic */
    /* Readiness. */
    struct loop_timer *look;
    struct store_op *op;
    char health[WHY], ready[WHY]; /* "" well */
};

/* ---- open paths ---- */

static void say(struct server_request *r, int status, const char *text)
{
    char line[WHY + 2];
    size_t n = str_copy(line, WHY, text);
    n = n < WHY ? n : WHY - 1;
    line[n] = '\n';
    server_reply(r, status, "text/plain; charset=utf-8", NULL, (struct str){line, n + 1});
}

static void answer_health(struct service *s, struct server_request *r)
{
    say(r, *s->health ? 503 : 200, *s->health ? s->health : "ok");
}

static void answer_ready(struct service *s, struct server_request *r)
{
    say(r, *s->ready ? 503 : 200, *s->ready ? s->ready : "ok");
}

static void answer_metrics(struct service *s, struct server_request *r)
{
    struct buf out;
    buf_init(&out, METRICS_ROOM);
    metrics_write(s->conf.metrics, s->conf.store, &out);
    server_reply(r, 200, "text/plain; version=0.0.4; charset=utf-8", NULL, buf_str(&out));
    buf_free(&out);
}

void service_health(struct service *s, const char *why)
{
    str_copy(s->health, sizeof s->health, why ? why : "");
}

static void on_looked(void *context, const struct store_entry *entry, const struct err *err)
{
    struct service *s = context;
    (void)entry;
    s->op = NULL;
    bool there = err->kind == ERR_NONE || err->kind == ERR_NOT_FOUND;
    str_copy(s->ready, sizeof s->ready, there ? "" : "the store: ");
    if (!there)
        str_copy(s->ready + strlen(s->ready), sizeof s->ready - strlen(s->ready), err->what);
    /* Readers are served as long as it reads; for who writes it is up when it takes that too. */
    bool stuck = metrics_leads(s->conf.metrics) && window_store_write_failed(s->conf.store);
    metrics_source(s->conf.metrics, METRICS_STORE, there && !stuck);
    loop_timer_set(s->look, READY_MS);
}

static void look(void *context)
{
    struct service *s = context;
    char key[WINDOW_KEY_SIZE];
    window_key_groups(key, window_store_cluster(s->conf.store));
    s->op = store_head(window_store_processed(s->conf.store), key, s, on_looked);
}

/* ---- who may ask ---- */

static bool read_token(struct service *s, struct err *err)
{
    struct stat st;
    if (!s->conf.token_file)
        return true;
    if (stat(s->conf.token_file, &st) != 0)
        return err_errno(err, s->conf.token_file, "", "cannot look at the token file");
    char *secret = file_read_secret(s->conf.token_file, err);
    if (!secret)
        return false;
    if (!*secret) {
        free(secret);
        return err_set(err, ERR_CONFIG, s->conf.token_file, "write a token into it", "it is empty");
    }
    mem_free_secret(s->secret);
    s->secret = secret;
    s->secret_changed = st.st_mtim;
    return true;
}

/* A rotated token counts within seconds; one that cannot be read leaves the old one. */
static void look_at_token(struct service *s)
{
    struct stat st;
    struct err err;
    int64_t now = clock_monotonic();
    if (!s->conf.token_file || now - s->secret_looked < TOKEN_LOOK)
        return;
    s->secret_looked = now;
    if (stat(s->conf.token_file, &st) != 0 || (st.st_mtim.tv_sec == s->secret_changed.tv_sec &&
                                               st.st_mtim.tv_nsec == s->secret_changed.tv_nsec))
        return;
    if (!read_token(s, &err))
        log_err(LOG_WARN, "the read API's token", &err);
}

/* Takes as long for any guess of the right length. */
static bool same(const char *a, const char *b)
{
    size_t n = strlen(a);
    unsigned char differs = 0;
    if (strlen(b) != n)
        return false;
    for (size_t i = 0; i < n; i++)
        differs |= (unsigned char)(a[i] ^ b[i]);
    return differs == 0;
}

static bool may_ask(struct service *s, const struct server_request *r)
{
    look_at_token(s);
    if (!s->secret)
        return true;
    const char *header = server_header(r, "Authorization");
    return header && strncasecmp(header, "Bearer ", 7) == 0 && same(header + 7, s->secret);
}

static bool in_time(struct service *s)
{
    int64_t now = clock_monotonic();
    s->tokens += (double)(now - s->filled) / CLOCK_SECOND * SERVICE_PER_SECOND;
    s->filled = now;
    if (s->tokens > SERVICE_BURST)
        s->tokens = SERVICE_BURST;
    if (s->tokens < 1)
        return false;
    s->tokens -= 1;
    return true;
}

/* ---- the paths ---- */

struct route {
    const char *name;
    void (*open)(struct service *s, struct server_request *r);
    void (*read)(struct service_call *c);
};

static const struct route routes[] = {
    {"/healthz", answer_health, NULL},          {"/readyz", answer_ready, NULL},
    {"/metrics", answer_metrics, NULL},         {"/cluster-info", NULL, service_cluster_answer},
    {"/logging", NULL, service_logging_answer}, {"/infra", NULL, service_infra_answer},
    {"/groups", NULL, service_groups_answer},
};

static const struct route *route_of(const char *path, const char **rest)
{
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        size_t n = strlen(routes[i].name);
        bool deeper = routes[i].read == service_logging_answer;
        if (strncmp(path, routes[i].name, n) != 0)
            continue;
        if (!path[n] || (path[n] == '/' && (deeper || !path[n + 1]))) {
            *rest = path + n;
            return &routes[i];
        }
    }
    return NULL;
}

static void read_api(struct service *s, struct server_request *r, const struct route *route,
                     const char *rest)
{
    static const char *const ask[] = {"WWW-Authenticate: Bearer", NULL};
    if (!may_ask(s, r)) {
        server_reply(r, 401, "text/plain; charset=utf-8", ask,
                     str_of("a bearer token is needed\n"));
        return;
    }
    bool full = s->running >= SERVICE_RUNNING, quick = !in_time(s);
    struct service_call *c =
        service_call_new(&s->calls, &s->running, s->conf.loop, r, s->conf.store, rest);
    if (full || quick)
        service_call_status(c, full ? 503 : 429,
                            full ? "too many questions at a time" : "too many questions");
    else
        route->read(c);
}

static void handle(void *context, struct server_request *r)
{
    struct service *s = context;
    static const char *const allow[] = {"Allow: GET, HEAD", NULL};
    const char *method = server_method(r), *rest = "";
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        server_reply(r, 405, "text/plain; charset=utf-8", allow, str_of("only GET\n"));
        return;
    }
    char *path = mem_dup(server_path(r));
    for (char *p = path; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    const struct route *route = route_of(path, &rest);
    if (!route)
        say(r, 404, "see /cluster-info, /logging, /groups, /infra, /metrics, /healthz, /readyz");
    else if (route->open)
        route->open(s, r);
    else
        read_api(s, r, route, rest);
    free(path);
}

struct service *service_new(const struct service_conf *conf, struct err *err)
{
    struct service *s = mem_alloc(sizeof *s);
    s->conf = *conf;
    s->tokens = SERVICE_BURST;
    s->filled = s->secret_looked = clock_monotonic();
    str_copy(s->ready, sizeof s->ready, "the store was not asked yet");
    struct server_conf server = {.listen = conf->listen,
                                 .max_body = BODY_MAX,
                                 .max_connections = SERVICE_CONNECTIONS,
                                 .context = s,
                                 .handle = handle};
    if (!read_token(s, err) || !(s->server = server_new(conf->loop, &server, err))) {
        service_free(s);
        return NULL;
    }
    s->look = loop_timer_new(conf->loop, look, s);
    loop_timer_set(s->look, 0);
    return s;
}

void service_free(struct service *s)
{
    if (!s)
        return;
    server_free(s->server);
    store_cancel(s->op);
    loop_timer_free(s->look);
    mem_free_secret(s->secret);
    free(s);
}

int service_port(const struct service *s)
{
    return server_port(s->server);
}
