#include "base/mem.h"
#include "cmd/board_feed.h"
#include "kube/client.h"
#include "kube/kinds.h"
#include "kube/watch.h"
#include "net/loop.h"

#include <stdlib.h>

enum { FEEDS = 4 };

struct board_kube {
    struct client *client;
    struct model *model;
    struct resource *resources[FEEDS];
    struct watch *watches[FEEDS];
    bool narrowed[FEEDS]; /* to the context's namespace */
    bool all;             /* the user asked for no namespace */
    struct loop_timer *narrow;
};

static const char *const kinds[FEEDS] = {"pods", "nodes", "namespaces", "events"};

static bool may_narrow(const struct board_kube *k, int i)
{
    return k->all && !k->narrowed[i] && k->resources[i]->upstream.state == UPSTREAM_DENIED &&
           kinds_find(kinds[i])->namespaced;
}

static void mark(void *context)
{
    struct board_kube *k = context;
    k->model->dirty = true;
    for (int i = 0; i < FEEDS; i++)
        if (may_narrow(k, i))
            loop_timer_set(k->narrow, 0);
}

static void start(struct board_kube *k, int i, const char *ns)
{
    struct watch_conf conf = {.context = k, .changed = mark};
    const struct kind *kind = kinds_find(kinds[i]);
    k->watches[i] = watch_new(k->client, kind, kind->namespaced ? ns : "", &conf, k->resources[i]);
}

/* Who may not see all namespaces may see the context's own: nobody has to name it. */
static void narrow(void *context)
{
    struct board_kube *k = context;
    for (int i = 0; i < FEEDS; i++) {
        if (!may_narrow(k, i))
            continue;
        k->narrowed[i] = true;
        watch_free(k->watches[i]);
        start(k, i, client_context(k->client)->namespace_);
    }
}

struct board_kube *board_kube_start(struct client *c, struct model *m, const char *ns)
{
    struct board_kube *k = mem_alloc(sizeof *k);
    struct resource *into[FEEDS] = {&m->pods, &m->nodes, &m->namespaces, &m->events};
    k->client = c;
    k->model = m;
    k->all = !*ns;
    k->narrow = loop_timer_new(client_loop(c), narrow, k);
    for (int i = 0; i < FEEDS; i++) {
        k->resources[i] = into[i];
        start(k, i, ns);
    }
    return k;
}

void board_kube_free(struct board_kube *k)
{
    if (!k)
        return;
    for (int i = 0; i < FEEDS; i++)
        watch_free(k->watches[i]);
    loop_timer_free(k->narrow);
    free(k);
}

bool board_kube_settled(const struct board_kube *k)
{
    for (int i = 0; k && i < FEEDS; i++) {
        const struct resource *r = k->resources[i];
        if (!upstream_settled(&r->upstream) || (r->loading && r->upstream.state == UPSTREAM_LIVE) ||
            may_narrow(k, i))
            return false;
    }
    return true;
}
