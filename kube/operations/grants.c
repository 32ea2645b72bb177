/*
 * A review is asked for by verb, resource, namespace and name, so that a role for one object counts
 * for that object. Answers are kept in a small ring; a role that changes is seen a minute later,
 * and the server has the last word anyway. So what may not be asked counts as allowed.
 */
#include "kube/operations/grants.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "kube/access/client.h"
#include "kube/access/review.h"
#include "net/loop.h"

enum { KEPT = 256, ASKED_MOST = OPERATION_COUNT * OPERATION_TABLE_MAYS };
#define FRESH CLOCK_MINUTE

struct answer {
    char *key;
    bool allowed;
    int64_t at; /* monotonic */
};

struct question {
    struct grants *of;
    struct review *review;
    char *key;
    unsigned operations; /* those that depend on it */
};

struct grants {
    struct client *client;
    struct answer kept[KEPT];
    size_t next;
    struct question asked[ASKED_MOST];
    size_t asked_count, waiting;
    unsigned may;
    struct err err;
    struct loop_timer *tell;
    void (*told)(void *context, unsigned may, const struct err *err);
    void *context;
};

static void tell(void *context)
{
    struct grants *g = context;
    void (*told)(void *, unsigned, const struct err *) = g->told;
    g->told = NULL;
    if (told)
        told(g->context, g->may, &g->err);
}

struct grants *grants_new(struct client *c)
{
    struct grants *g = mem_alloc(sizeof *g);
    g->client = c;
    g->tell = loop_timer_new(client_loop(c), tell, g);
    return g;
}

void grants_forget(struct grants *g)
{
    for (size_t i = 0; i < g->asked_count; i++) {
        review_cancel(g->asked[i].review);
        free(g->asked[i].key);
    }
    g->asked_count = g->waiting = 0;
    g->told = NULL;
    loop_timer_stop(g->tell);
}

void grants_free(struct grants *g)
{
    if (!g)
        return;
    grants_forget(g);
    for (size_t i = 0; i < KEPT; i++)
        free(g->kept[i].key);
    loop_timer_free(g->tell);
    free(g);
}

static const struct answer *remembered(const struct grants *g, const char *key)
{
    int64_t now = clock_monotonic();
    for (size_t i = 0; i < KEPT; i++)
        if (g->kept[i].key && now - g->kept[i].at < FRESH && strcmp(g->kept[i].key, key) == 0)
            return &g->kept[i];
    return NULL;
}

static void remember(struct grants *g, const char *key, bool allowed)
{
    struct answer *a = &g->kept[g->next++ % KEPT];
    free(a->key);
    *a = (struct answer){mem_dup(key), allowed, clock_monotonic()};
}

static void on_review(void *context, bool allowed, const char *reason, const struct err *err)
{
    struct question *q = context;
    struct grants *g = q->of;
    (void)reason;
    q->review = NULL;
    bool not_known = err->http == 403;
    if (!err->kind)
        remember(g, q->key, allowed);
    else if (not_known)
        err_set(&g->err, ERR_DENIED, err->where, "",
                "Access reviews are not allowed here: what you may do is not known, and the server "
                "has the last word.");
    else if (!g->err.kind)
        g->err = *err;
    if (!not_known && (err->kind || !allowed))
        g->may &= ~q->operations;
    if (!--g->waiting)
        tell(g);
}

static void ask_one(struct grants *g, const struct review_conf *conf, unsigned operation)
{
    char *key = mem_printf("%s %s %s/%s %s/%s", conf->verb, conf->group, conf->resource,
                           conf->subresource ? conf->subresource : "", conf->namespace_,
                           conf->name ? conf->name : "");
    const struct answer *known = remembered(g, key);
    if (known) {
        g->may &= known->allowed ? ~0u : ~operation;
        free(key);
        return;
    }
    for (size_t i = 0; i < g->asked_count; i++) {
        if (strcmp(g->asked[i].key, key) != 0)
            continue;
        g->asked[i].operations |= operation;
        free(key);
        return;
    }
    struct question *q = &g->asked[g->asked_count++];
    *q = (struct question){.of = g, .key = key, .operations = operation};
    struct review_conf asked = *conf;
    asked.context = q;
    asked.done = on_review;
    g->waiting++;
    q->review = review_ask(g->client, &asked);
}

void grants_ask(struct grants *g, const struct operation_target *t,
                void (*told)(void *context, unsigned may, const struct err *err), void *context)
{
    char group[200];
    operation_table_group(t->kind, group, sizeof group);
    grants_forget(g);
    g->told = told;
    g->context = context;
    g->may = 0;
    err_clear(&g->err);
    for (int id = 0; id < OPERATION_COUNT; id++)
        if (operation_table_fits((enum operation_table_id)id, t->kind))
            g->may |= 1u << id;
    for (int id = 0; id < OPERATION_COUNT; id++) {
        const struct operation_table_may *may = operation_table[id].may;
        for (int i = 0; i < OPERATION_TABLE_MAYS && may[i].verb && g->may & 1u << id; i++) {
            bool own = !may[i].resource || strcmp(may[i].resource, t->kind->name) == 0;
            bool inside = may[i].where == OPERATION_TABLE_INSIDE && t->kind->namespaced;
            ask_one(
                g,
                &(struct review_conf){.verb = may[i].verb,
                                      .group = may[i].resource ? may[i].group : group,
                                      .resource = may[i].resource ? may[i].resource : t->kind->name,
                                      .subresource = may[i].sub,
                                      .namespace_ = inside ? t->namespace_ : "",
                                      .name = own ? t->name : NULL},
                1u << id);
        }
    }
    if (!g->waiting)
        loop_timer_set(g->tell, 0);
}
