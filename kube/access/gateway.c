#include "kube/access/gateway.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "kube/access/client.h"
#include "kube/access/finder.h"
#include "net/http.h"

#define LOOK_AGAIN (10 * CLOCK_SECOND)
#define LOOK_LATER CLOCK_MINUTE /* where there is none, or none may be seen */

struct gateway {
    struct client *client;
    struct gateway_conf conf;
    char *service;
    struct finder *finder;
    bool found, told; /* told: looking has come to an end once */
    bool login;       /* is waited for */
    struct err why;   /* while nothing is found */
    int64_t next;     /* monotonic: not looked for before */
    char text[240];
};

static void on_found(void *context, const struct well_known_place *place, const struct err *err)
{
    struct gateway *g = context;
    char path[400], where[300];
    g->finder = NULL;
    g->told = true;
    int64_t again = g->conf.again_ms ? g->conf.again_ms * CLOCK_MS : LOOK_AGAIN;
    bool none = err->kind == ERR_OFF || err->kind == ERR_DENIED;
    g->next = clock_monotonic() + (none ? LOOK_LATER : again);
    if (place) {
        well_known_text(place, g->text, sizeof g->text);
        snprintf(where, sizeof where, "%s %s through the API server",
                 well_known_name(g->conf.source), g->text);
        http_target_lead(g->conf.target, client_target(g->client),
                         well_known_path(place, path, sizeof path), where);
        g->found = true;
    } else if (!g->found || err->kind == ERR_OFF) {
        g->found = false;
        g->text[0] = '\0';
        g->why = *err;
    }
    http_target_opened(g->conf.target);
}

static void look(struct gateway *g)
{
    if (g->finder || clock_monotonic() < g->next)
        return;
    struct finder_conf conf = {.source = g->conf.source,
                               .tenant = http_target_conn(g->conf.target)->tenant,
                               .service = g->service,
                               .context = g,
                               .done = on_found};
    g->finder = finder_start(g->client, &conf);
}

static void on_login(void *context, const struct err *err)
{
    struct gateway *g = context;
    (void)err; /* the next question to the client tells it */
    g->login = false;
    http_target_opened(g->conf.target);
}

static enum http_door_answer ask(void *context, struct err *err)
{
    struct gateway *g = context;
    switch (client_prepare(g->client, err)) {
    case CLIENT_FAILED:
        return HTTP_DOOR_CLOSED;
    case CLIENT_PENDING:
        if (!g->login)
            client_probe(g->client, on_login, g);
        g->login = true;
        return HTTP_DOOR_WAIT;
    case CLIENT_READY:
        break;
    }
    if (g->found)
        return HTTP_DOOR_OPEN;
    look(g);
    if (!g->told)
        return HTTP_DOOR_WAIT;
    *err = g->why;
    return HTTP_DOOR_CLOSED;
}

/* The API server's own words, which stand where the source's should: a Status, or that it cannot reach
 * the Service. */
static bool is_of_proxy(int status, struct str body)
{
    return str_find(body, str_of("\"kind\":\"Status\"")) >= 0 ||
           str_find(body, str_of("\"kind\": \"Status\"")) >= 0 ||
           (status >= 502 && str_starts(str_trim(body), "Error trying to reach service"));
}

static void answered(void *context, int status, struct str body, struct err *err)
{
    struct gateway *g = context;
    if (!err->kind || status < 400 || !is_of_proxy(status, body))
        return;
    struct err words;
    client_status_err(&words, err->where, status, body);
    if (err->retry_after_ms)
        words.retry_after_ms = err->retry_after_ms;
    *err = words;
    if (status == 401)
        client_refused(g->client);
    if (status != 404 && status != 502 && status != 503)
        return;
    /* It is away, whatever the status is called: its callers would take a 404 for the source's own. */
    err->kind = ERR_AWAY;
    err->http = 503;
    str_copy(err->mend, sizeof err->mend, "it is looked for again");
    look(g);
}

struct gateway *gateway_new(struct client *c, const struct gateway_conf *conf)
{
    struct gateway *g = mem_alloc(sizeof *g);
    g->client = c;
    g->conf = *conf;
    g->service = mem_dup(conf->service);
    struct http_door door = {.context = g, .ask = ask, .answered = answered};
    http_target_set_door(conf->target, &door);
    return g;
}

void gateway_free(struct gateway *g)
{
    if (!g)
        return;
    if (g->login)
        client_probe_forget(g->client, g);
    finder_cancel(g->finder);
    free(g->service);
    free(g);
}

const char *gateway_text(const struct gateway *g)
{
    return g->text;
}
