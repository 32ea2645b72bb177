/* One process, one loop: a server a service, all on the same world. */
#include "sandbox/sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/loop.h"
#include "net/server.h"
#include "sandbox/faults.h"
#include "sandbox/kube/apiserver.h"
#include "sandbox/kube/shelf.h"
#include "sandbox/loki/lokid.h"
#include "sandbox/prometheus/alertd.h"
#include "sandbox/prometheus/promd.h"
#include "sandbox/reply.h"
#include "sandbox/s3/access_keys.h"
#include "sandbox/s3/s3d.h"
#include "sandbox/s3/stsd.h"
#include "sandbox/sandbox_config.h"
#include "sandbox/sandbox_seed.h"
#include "sandbox/world/dice.h"
#include "sandbox/world/founding.h"
#include "sandbox/world/history.h"
#include "sandbox/world/world.h"

enum { TICK_MS = 500, BODY_MAX = 64 << 20, CONNECTIONS = 500 };

struct service {
    struct sandbox *sandbox;
    enum sandbox_service id;
    struct server *server;
    char url[64];
};

struct sandbox {
    struct loop *loop;
    struct service services[SANDBOX_SERVICES];
    struct world *world;
    struct history *history;
    struct shelf *shelf;
    struct faults faults;
    struct apiserver *apiserver;
    struct lokid *lokid;
    struct promd *promd;
    struct alertd *alertd;
    struct access_keys *keys;
    struct s3d *s3d;
    struct stsd *stsd;
    char access_key[24], secret_key[48], web_token[48], container_token[48];
    struct loop_timer *tick;
    char *tenant;
};

const char *sandbox_url(const struct sandbox *s, enum sandbox_service service)
{
    return s->services[service].url;
}

const char *sandbox_admin_token(const struct sandbox *s)
{
    return apiserver_token(s->apiserver, APISERVER_ADMIN);
}

/* ---- requests ---- */

static void control(struct sandbox *s, struct reply *p)
{
    const char *fault = server_query(p->r, "fault"), *clear = server_query(p->r, "clear");
    struct buf out;
    struct err err;
    err_clear(&err);
    buf_init(&out, 8192);
    if (strcmp(p->path, "/faults") != 0) {
        reply_text(p, 404, "there is only /faults\n");
    } else {
        char text[300];
        bool post = strcmp(server_method(p->r), "POST") == 0, good = true;
        if (post && clear) {
            snprintf(text, sizeof text, "clear=%s", clear);
            good = faults_set(&s->faults, text, &err);
        }
        if (post && good && fault)
            good = faults_set(&s->faults, fault, &err);
        if (good)
            faults_list(&s->faults, &out);
        else
            buf_printf(&out, "%s\n", err.what);
        reply_text(p, good ? 200 : 400, buf_text(&out));
    }
    buf_free(&out);
}

static void dispatch(struct sandbox *s, enum sandbox_service service, struct reply *p)
{
    switch (service) {
    case SANDBOX_KUBE:
        apiserver_handle(s->apiserver, p);
        break;
    case SANDBOX_LOKI:
        lokid_handle(s->lokid, p);
        break;
    case SANDBOX_PROMETHEUS:
        promd_handle(s->promd, p);
        break;
    case SANDBOX_ALERTMANAGER:
        alertd_handle(s->alertd, p);
        break;
    case SANDBOX_S3:
        s3d_handle(s->s3d, p);
        break;
    case SANDBOX_STS:
        stsd_handle(s->stsd, p);
        break;
    case SANDBOX_CONTROL:
        control(s, p);
        break;
    default:
        break;
    }
}

/* What a server says that is in trouble, in the words of its protocol. */
static void trouble(struct reply *p, enum sandbox_service service, int status)
{
    static const char *const retry[] = {"Retry-After: 1", NULL};
    const char *name = status == 429   ? "TooManyRequests"
                       : status == 503 ? "ServiceUnavailable"
                                       : "InternalError";
    const char *what = status == 429 ? "too many requests, please try again later"
                       : status == 503
                           ? "the server is currently unable to handle the request"
                           : "an error on the server has prevented the request from succeeding";
    char text[500], type[60] = "text/plain; charset=utf-8";
    snprintf(text, sizeof text, "%s\n", what);
    if (service == SANDBOX_KUBE) {
        snprintf(type, sizeof type, "application/json");
        snprintf(text, sizeof text,
                 "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":"
                 "\"Failure\",\"message\":\"%s\",\"reason\":\"%s\","
                 "\"code\":%d}\n",
                 what, name, status);
    } else if (service == SANDBOX_PROMETHEUS) {
        snprintf(type, sizeof type, "application/json");
        snprintf(text, sizeof text, "{\"status\":\"error\",\"errorType\":\"%s\",\"error\":\"%s\"}",
                 status == 503 ? "unavailable" : "internal", what);
    } else if (service == SANDBOX_S3 || service == SANDBOX_STS) {
        snprintf(type, sizeof type, "application/xml");
        snprintf(text, sizeof text,
                 "<?xml version=\"1.0\" "
                 "encoding=\"UTF-8\"?>\n<Error><Code>%s</Code><Message>%s</"
                 "Message><RequestId>SANDBOX</RequestId>"
                 "</Error>",
                 status == 500 ? "InternalError" : "SlowDown",
                 status == 500 ? what : "Please reduce your request rate.");
    }
    reply_body(p, status, type, service == SANDBOX_KUBE && status == 429 ? retry : NULL,
               str_of(text));
}

static void serve(struct reply *p, void *context)
{
    struct service *service = context;
    struct sandbox *s = service->sandbox;
    if (faults_take(&s->faults, FAULTS_TOO_MANY, service->id))
        trouble(p, service->id, 429);
    else if (faults_take(&s->faults, FAULTS_BROKEN, service->id))
        trouble(p, service->id, 500);
    else if (faults_take(&s->faults, FAULTS_BUSY, service->id))
        trouble(p, service->id, 503);
    else
        dispatch(s, service->id, p);
}

static void handle(void *context, struct server_request *r)
{
    struct service *service = context;
    struct sandbox *s = service->sandbox;
    struct reply *p = reply_new(r, s->loop, &s->faults, service->id);
    bool upload = strcmp(server_method(r), "GET") != 0 && strcmp(server_method(r), "HEAD") != 0;
    if (upload && faults_take(&s->faults, FAULTS_CUT_UPLOAD, service->id))
        server_drop(r);
    else if (faults_on(&s->faults, FAULTS_SLOW, service->id))
        reply_later(p, faults_value(&s->faults, FAULTS_SLOW) / CLOCK_MS, serve, service);
    else
        serve(p, service);
}

/* The API server's service proxy: to the pretend Loki, Prometheus and Alertmanager themselves. Real
 * ones drop the query of what is upgraded (kubernetes issue 77142), so that a tail comes to Loki
 * without one. */
static bool proxy(void *context, struct reply *p, const char *ns, const char *service,
                  const char *path)
{
    struct sandbox *s = context;
    static const struct {
        const char *name;
        enum sandbox_service service;
    } known[] = {{"loki", SANDBOX_LOKI},
                 {"prometheus", SANDBOX_PROMETHEUS},
                 {"alertmanager", SANDBOX_ALERTMANAGER}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(ns, "monitoring") != 0 || strcmp(service, known[i].name) != 0)
            continue;
        reply_set_path(p, path);
        if (server_header(p->r, "Upgrade") && known[i].service == SANDBOX_LOKI)
            reply_text(p, 400, "parse error : syntax error: unexpected $end");
        else
            dispatch(s, known[i].service, p);
        return true;
    }
    return false;
}

/* ---- life ---- */

static void tick(void *context)
{
    struct sandbox *s = context;
    apiserver_tick(s->apiserver, clock_now());
    loop_timer_set(s->tick, TICK_MS);
}

static bool start_servers(struct sandbox *s, const struct sandbox_conf *conf, struct err *err)
{
    const char *host = conf->host ? conf->host : "127.0.0.1";
    for (int i = 0; i < SANDBOX_SERVICES; i++) {
        struct service *service = &s->services[i];
        char address[128];
        service->sandbox = s;
        service->id = (enum sandbox_service)i;
        snprintf(address, sizeof address, "%s:%d", host,
                 conf->first_port ? conf->first_port + i : 0);
        struct server_conf server = {.listen = address,
                                     .max_body = BODY_MAX,
                                     .max_connections = CONNECTIONS,
                                     .context = service,
                                     .handle = handle};
        service->server = server_new(s->loop, &server, err);
        if (!service->server)
            return false;
        bool any = strcmp(host, "0.0.0.0") == 0;
        snprintf(service->url, sizeof service->url, "http://%s:%d", any ? "127.0.0.1" : host,
                 server_port(service->server));
    }
    return true;
}

static void make_keys(struct sandbox *s)
{
    struct dice d = dice_of(s->world->seed, 31, 1);
    char seed[20];
    snprintf(s->access_key, sizeof s->access_key, "AKIASANDBOX");
    dice_hex(&d, s->access_key + 11, 9);
    dice_hex(&d, s->secret_key, 40);
    s->keys = access_keys_new(dice_hex(&d, seed, 16));
    access_keys_add(s->keys, s->access_key, s->secret_key);
    dice_hex(&d, s->web_token, 40);
    dice_hex(&d, s->container_token, 40);
    s->s3d = s3d_new(s->keys, &s->faults);
    s->stsd = stsd_new(s->keys, &s->faults, s->web_token, s->container_token);
}

struct sandbox *sandbox_new(struct loop *l, const struct sandbox_conf *conf, struct err *err)
{
    struct sandbox *s = mem_alloc(sizeof *s);
    int64_t now = clock_now(), start = conf->start ? conf->start : now;
    s->loop = l;
    s->tenant = mem_dup(conf->tenant);
    s->world = founding_world(conf->seed, start, conf->nodes, conf->pods);
    s->history = history_new(s->world);
    s->shelf = shelf_new(s->world, now);
    sandbox_seed_objects(s->shelf);
    struct apiserver_conf api = {.world = s->world,
                                 .shelf = s->shelf,
                                 .history = s->history,
                                 .faults = &s->faults,
                                 .loop = l,
                                 .anonymous_admin = conf->anonymous_admin,
                                 .proxy = proxy,
                                 .context = s};
    s->apiserver = apiserver_new(&api);
    s->lokid = lokid_new(l, s->history, &s->faults, s->tenant);
    s->promd = promd_new(s->world, &s->faults);
    s->alertd = alertd_new(s->world, &s->faults);
    make_keys(s);
    for (const char *const *fault = conf->faults; fault && *fault; fault++)
        if (!faults_set(&s->faults, *fault, err)) {
            sandbox_free(s);
            return NULL;
        }
    if (!start_servers(s, conf, err)) {
        sandbox_free(s);
        return NULL;
    }
    s->tick = loop_timer_new(l, tick, s);
    loop_timer_set(s->tick, TICK_MS);
    return s;
}

void sandbox_free(struct sandbox *s)
{
    if (!s)
        return;
    loop_timer_free(s->tick);
    if (s->lokid)
        lokid_tail_free_all(s->lokid); /* their sockets belong to the servers */
    for (int i = 0; i < SANDBOX_SERVICES; i++)
        server_free(s->services[i].server);
    apiserver_free(s->apiserver);
    lokid_free(s->lokid);
    promd_free(s->promd);
    alertd_free(s->alertd);
    s3d_free(s->s3d);
    stsd_free(s->stsd);
    access_keys_free(s->keys);
    shelf_free(s->shelf);
    history_free(s->history);
    world_free(s->world);
    free(s->tenant);
    free(s);
}

const char *sandbox_secret_key(const struct sandbox *s)
{
    return s->secret_key;
}

bool sandbox_write_config(struct sandbox *s, const char *dir, enum sandbox_store store,
                          struct err *err)
{
    struct sandbox_config c = {.admin_token = apiserver_token(s->apiserver, APISERVER_ADMIN),
                               .restricted_token =
                                   apiserver_token(s->apiserver, APISERVER_RESTRICTED),
                               .expired_token = apiserver_token(s->apiserver, APISERVER_EXPIRED),
                               .access_key = s->access_key,
                               .secret_key = s->secret_key,
                               .role = STSD_ROLE,
                               .web_token = s->web_token,
                               .container_token = s->container_token,
                               .region = S3D_REGION,
                               .tenant = s->tenant};
    for (int i = 0; i < SANDBOX_SERVICES; i++)
        c.urls[i] = s->services[i].url;
    return sandbox_config_write(&c, dir, store, err);
}

bool sandbox_fault(struct sandbox *s, const char *fault, struct err *err)
{
    return faults_set(&s->faults, fault, err);
}

bool sandbox_fault_row(int i, const char **name, const char **argument, const char **help)
{
    return faults_row(i, name, argument, help);
}
