#include "kube/access/finder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "kube/access/client.h"
#include "kube/pages.h"
#include "net/loop.h"

enum { CANDIDATES = 16, TURNED_AWAY = 300, PROBE_MS = 10000, PATH_LONGEST = 400 };

static const char *const keep[] = {"metadata.name", "metadata.namespace", "metadata.labels",
                                   "spec.ports",    "spec.type",          NULL};

struct finder {
    struct client *client;
    struct finder_conf conf;
    char *tenant;
    struct json_doc *doc;
    struct pages *pages;
    struct client_request *probe;
    struct loop_timer *soon;
    bool everywhere;          /* the list of all namespaces is asked, or was whole */
    size_t turn;              /* of the namespaces one by one */
    char asked[64];           /* the namespace that is listed */
    char closed[TURNED_AWAY]; /* those that may not be looked at */
    struct well_known_place places[CANDIDATES]; /* by rank */
    size_t count, at;
    struct err first; /* of the best candidate that did not answer as it should */
    struct err end;
};

static void look(struct finder *f);
static void try_next(struct finder *f);

/* ---- the end ---- */

void finder_cancel(struct finder *f)
{
    if (!f)
        return;
    pages_cancel(f->pages);
    client_cancel(f->probe);
    loop_timer_free(f->soon);
    json_doc_free(f->doc);
    free(f->tenant);
    free(f);
}

static void finish(struct finder *f, const struct well_known_place *place, const struct err *err)
{
    void (*done)(void *, const struct well_known_place *, const struct err *) = f->conf.done;
    void *context = f->conf.context;
    struct well_known_place found = place ? *place : (struct well_known_place){.rank = 0};
    struct err end = *err;
    finder_cancel(f);
    done(context, place ? &found : NULL, &end);
}

static void fail_soon(void *context)
{
    struct finder *f = context;
    finish(f, NULL, &f->end);
}

static void nothing(struct finder *f)
{
    const char *name = well_known_name(f->conf.source);
    char mend[200];
    struct err err;
    snprintf(mend, sizeof mend, "set %s.service to namespace/name:port, or %s.url to its address",
             name, name);
    if (*f->closed)
        err_set(
            &err, ERR_OFF, name, mend,
            "no Service of the names that %s goes by was found; Services may not be listed in all "
            "namespaces, nor in: %s",
            name, f->closed);
    else
        err_set(&err, ERR_OFF, name, mend,
                "no Service of the names or labels that %s goes by is in %s", name,
                f->everywhere ? "the cluster" : "the usual namespaces");
    finish(f, NULL, &err);
}

/* ---- candidates ---- */

static void add(struct finder *f, const struct well_known_place *place)
{
    size_t at = f->count;
    while (at > 0 && f->places[at - 1].rank > place->rank)
        at--;
    if (at == CANDIDATES)
        return;
    f->count += f->count < CANDIDATES;
    memmove(f->places + at + 1, f->places + at, (f->count - at - 1) * sizeof *f->places);
    f->places[at] = *place;
}

/* A Loki of several tenants wants to know which one: it is found, and says so itself. */
static bool answers(const struct finder *f, int status, struct str body)
{
    return (status >= 200 && status < 300) || (f->conf.source == WELL_KNOWN_LOKI && status == 401 &&
                                               str_find(body, str_of("no org id")) >= 0);
}

static void on_probe(void *context, struct http_request *r, int status, struct str body,
                     const struct err *err)
{
    struct finder *f = context;
    const struct well_known_place *place = &f->places[f->at];
    struct err none;
    (void)r;
    f->probe = NULL;
    if (answers(f, status, body)) {
        err_clear(&none);
        finish(f, place, &none);
        return;
    }
    if (!f->first.kind) {
        char text[160];
        f->first = *err;
        snprintf(f->first.where, sizeof f->first.where, "%s %s", well_known_name(f->conf.source),
                 well_known_text(place, text, sizeof text));
    }
    f->at++;
    try_next(f);
}

static void try_next(struct finder *f)
{
    char path[PATH_LONGEST], whole[PATH_LONGEST + 64];
    if (f->at == f->count) {
        if (f->first.kind)
            finish(f, NULL, &f->first);
        else
            nothing(f);
        return;
    }
    char *tenant = f->tenant ? mem_printf("X-Scope-OrgID: %s", f->tenant) : NULL;
    const char *const headers[] = {tenant, NULL};
    snprintf(whole, sizeof whole, "%s%s", well_known_path(&f->places[f->at], path, sizeof path),
             well_known_probe(f->conf.source));
    f->probe = client_send(f->client, &(struct http_call){.path = whole,
                                                          .headers = headers,
                                                          .connect_ms = PROBE_MS,
                                                          .idle_ms = PROBE_MS,
                                                          .total_ms = PROBE_MS,
                                                          .context = f,
                                                          .done = on_probe});
    free(tenant);
}

/* ---- listing ---- */

static bool on_service(void *context, struct str json, struct err *err)
{
    struct finder *f = context;
    struct well_known_place place;
    const struct json *service = json_parse(f->doc, json.p, json.n, err);
    if (service && well_known_read(f->conf.source, service, &place))
        add(f, &place);
    return service;
}

static void note_closed(struct finder *f)
{
    size_t n = strlen(f->closed);
    snprintf(f->closed + n, sizeof f->closed - n, "%s%s", n ? ", " : "", f->asked);
}

static void on_listed(void *context, const char *version, const struct err *err)
{
    struct finder *f = context;
    (void)version;
    f->pages = NULL;
    bool denied = err->kind == ERR_DENIED && err->http == 403;
    if (err->kind && !denied) {
        finish(f, NULL, err);
    } else if (f->everywhere && !denied) {
        try_next(f);
    } else {
        if (denied && !f->everywhere)
            note_closed(f);
        f->everywhere = false;
        look(f);
    }
}

static void list(struct finder *f, const char *path)
{
    f->pages = pages_start(
        f->client,
        &(struct pages_conf){
            .path = path, .keep = keep, .context = f, .element = on_service, .done = on_listed});
}

/* The next of the usual namespaces: the context's own, then the table's. */
static void look(struct finder *f)
{
    const char *own = client_context(f->client)->namespace_, *next = NULL;
    char path[PATH_LONGEST];
    while (!next) {
        const char *usual = f->turn ? well_known_namespace(f->turn - 1) : own;
        if (!usual) {
            try_next(f);
            return;
        }
        if (!f->turn++ || strcmp(usual, own) != 0)
            next = usual;
    }
    str_copy(f->asked, sizeof f->asked, next);
    snprintf(path, sizeof path, "/api/v1/namespaces/%s/services", f->asked);
    list(f, path);
}

struct finder *finder_start(struct client *c, const struct finder_conf *conf)
{
    struct finder *f = mem_alloc(sizeof *f);
    f->client = c;
    f->conf = *conf;
    f->tenant = mem_dup(conf->tenant);
    f->doc = json_doc_new();
    f->soon = loop_timer_new(client_loop(c), fail_soon, f);
    if (!conf->service) {
        f->everywhere = true;
        list(f, "/api/v1/services");
    } else if (well_known_parse(conf->service, &f->places[0], &f->end)) {
        f->count = 1;
        try_next(f);
    } else {
        loop_timer_set(f->soon, 0);
    }
    return f;
}
