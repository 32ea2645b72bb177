/*
 * A right is asked for by an access review of all namespaces; where that is refused, of one. Some
 * clusters keep the reviews themselves from their users: then the request itself is tried, as the
 * board does, and as small as it can be.
 */
#include "cmd/doctor_rights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "kube/access/client.h"
#include "kube/access/review.h"

enum { NAME = 40, TEXT = 400, TRY_MS = 10000 };

struct row {
    const char *verb, *group, *resource, *subresource;
    const char *api;     /* the path of the group and version */
    const char *without; /* what the board does without it */
    bool namespaced;
};
static const struct row rows[] = {
    {"list", "", "pods", NULL, "/api/v1", "shows no pods", true},
    {"watch", "", "pods", NULL, "/api/v1", "lists the pods again every 20 s", true},
    {"get", "", "pods", "log", NULL, "shows logs from Loki only", true},
    {"list", "", "events", NULL, "/api/v1", "shows no events", true},
    {"list", "apps", "deployments", NULL, "/apis/apps/v1", "sees no rollout that is stuck", true},
    {"list", "", "nodes", NULL, "/api/v1", "shows no nodes", false},
    {"list", "", "namespaces", NULL, "/api/v1", "goes to a namespace by :ns NAME", false},
};

enum { ROWS = sizeof rows / sizeof *rows };

struct doctor_rights {
    struct doctor_rights_conf conf;
    size_t at;
    bool narrowed; /* of one namespace is asked */
    struct review *review;
    struct client_request *request; /* where reviews are not allowed */
};

static void ask(struct doctor_rights *r);

static void tell(struct doctor_rights *r, const char *text, const struct err *err)
{
    const struct row *row = &rows[r->at];
    char name[NAME];
    snprintf(name, sizeof name, "may %s %s%s%s", row->verb, row->resource,
             row->subresource ? "/" : "", row->subresource ? row->subresource : "");
    r->conf.told(r->conf.context, name, text, err);
    r->narrowed = false;
    if (++r->at < ROWS)
        ask(r);
    else
        r->conf.done(r->conf.context);
}

static void tell_allowed(struct doctor_rights *r, const char *reason)
{
    char text[TEXT];
    struct err none = {0};
    if (r->narrowed)
        snprintf(text, sizeof text, "in namespace %s, not in all%s%s", r->conf.namespace_,
                 *reason ? "; " : "", reason);
    else
        str_copy(text, sizeof text, *reason ? reason : "allowed");
    tell(r, text, &none);
}

static void tell_denied(struct doctor_rights *r, const char *reason)
{
    const struct row *row = &rows[r->at];
    struct err err;
    char mend[sizeof err.mend];
    if (row->namespaced && !r->narrowed) {
        r->narrowed = true;
        ask(r);
        return;
    }
    snprintf(mend, sizeof mend, "bind a role that allows it%s; until then the board %s",
             row->namespaced ? ", or name a namespace that you may see (-n)" : "", row->without);
    err_set(&err, ERR_DENIED, "", mend, "no%s%s%s%s",
            row->namespaced ? ", neither in all namespaces nor in " : "",
            row->namespaced ? r->conf.namespace_ : "", *reason ? ": " : "", reason);
    tell(r, "", &err);
}

/* ---- where reviews are not allowed ---- */

static void on_tried(void *context, struct http_request *request, int status, struct str body,
                     const struct err *err)
{
    struct doctor_rights *r = context;
    (void)request;
    (void)status;
    (void)body;
    r->request = NULL;
    if (err->http == 403)
        tell_denied(r, "");
    else if (err->kind)
        tell(r, "", err);
    else
        tell_allowed(r, "it was tried, since access reviews are not allowed");
}

static void try(struct doctor_rights *r, const struct err *why)
{
    const struct row *row = &rows[r->at];
    if (!row->api) {
        tell(r, "", why);
        return;
    }
    bool watch = strcmp(row->verb, "watch") == 0;
    char *path = mem_printf("%s%s%s/%s?limit=1%s", row->api, r->narrowed ? "/namespaces/" : "",
                            r->narrowed ? r->conf.namespace_ : "", row->resource,
                            watch ? "&watch=1&timeoutSeconds=1" : "");
    r->request = client_send(
        r->conf.client,
        &(struct http_call){.path = path, .total_ms = TRY_MS, .context = r, .done = on_tried});
    free(path);
}

/* ---- reviews ---- */

static void on_review(void *context, bool allowed, const char *reason, const struct err *err)
{
    struct doctor_rights *r = context;
    r->review = NULL;
    if (err->http == 403)
        try(r, err);
    else if (err->kind)
        tell(r, "", err);
    else if (allowed)
        tell_allowed(r, reason);
    else
        tell_denied(r, reason);
}

static void ask(struct doctor_rights *r)
{
    const struct row *row = &rows[r->at];
    r->review = review_ask(
        r->conf.client, &(struct review_conf){.verb = row->verb,
                                              .group = row->group,
                                              .resource = row->resource,
                                              .subresource = row->subresource,
                                              .namespace_ = r->narrowed ? r->conf.namespace_ : "",
                                              .context = r,
                                              .done = on_review});
}

struct doctor_rights *doctor_rights_start(const struct doctor_rights_conf *conf)
{
    struct doctor_rights *r = mem_alloc(sizeof *r);
    r->conf = *conf;
    ask(r);
    return r;
}

void doctor_rights_free(struct doctor_rights *r)
{
    if (!r)
        return;
    review_cancel(r->review);
    client_cancel(r->request);
    free(r);
}
