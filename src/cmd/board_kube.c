#include "base/mem.h"
#include "cmd/board_feed.h"
#include "kube/client.h"
#include "kube/kinds.h"
#include "kube/watch.h"

#include <stdlib.h>

enum { FEEDS = 4 };

struct board_kube {
    struct model *model;
    struct resource *resources[FEEDS];
    struct watch *watches[FEEDS];
};

static void mark(void *context)
{
    struct board_kube *k = context;
    k->model->dirty = true;
}

struct board_kube *board_kube_start(struct client *c, struct model *m, const char *ns)
{
    struct board_kube *k = mem_alloc(sizeof *k);
    k->model = m;
    const struct {
        const char *kind;
        struct resource *into;
    } feeds[FEEDS] = {{"pods", &m->pods},
                      {"nodes", &m->nodes},
                      {"namespaces", &m->namespaces},
                      {"events", &m->events}};
    struct watch_conf conf = {.context = k, .changed = mark};
    for (int i = 0; i < FEEDS; i++) {
        const struct kind *kind = kinds_find(feeds[i].kind);
        k->resources[i] = feeds[i].into;
        k->watches[i] = watch_new(c, kind, kind->namespaced ? ns : "", &conf, feeds[i].into);
    }
    return k;
}

void board_kube_free(struct board_kube *k)
{
    if (!k)
        return;
    for (int i = 0; i < FEEDS; i++)
        watch_free(k->watches[i]);
    free(k);
}

bool board_kube_settled(const struct board_kube *k)
{
    for (int i = 0; k && i < FEEDS; i++) {
        const struct resource *r = k->resources[i];
        if (!upstream_settled(&r->upstream) || (r->loading && r->upstream.state == UPSTREAM_LIVE))
            return false;
    }
    return true;
}
