#include "base/mem.h"
#include "cmd/board/board_feed.h"
#include "cmd/board/board_watch.h"
#include "kube/kinds/kinds.h"

#include <stdlib.h>

enum { FEEDS = 4 };

struct board_kube {
    struct model *model;
    struct board_watch *watches[FEEDS];
};

static const char *const kinds[FEEDS] = {"pods", "nodes", "namespaces", "events"};

static void mark(void *context)
{
    struct board_kube *k = context;
    k->model->dirty = true;
}

struct board_kube *board_kube_start(struct client *c, struct model *m, const char *ns)
{
    struct board_kube *k = mem_alloc(sizeof *k);
    struct watch_conf conf = {.context = k, .changed = mark};
    struct resource *into[FEEDS] = {&m->pods, &m->nodes, &m->namespaces, &m->events};
    k->model = m;
    for (int i = 0; i < FEEDS; i++)
        k->watches[i] = board_watch_new(c, kinds_find(kinds[i]), ns, &conf, into[i]);
    return k;
}

void board_kube_scope(struct board_kube *k, const char *ns)
{
    for (int i = 0; i < FEEDS; i++)
        board_watch_scope(k->watches[i], ns);
}

void board_kube_free(struct board_kube *k)
{
    if (!k)
        return;
    for (int i = 0; i < FEEDS; i++)
        board_watch_free(k->watches[i]);
    free(k);
}

bool board_kube_settled(const struct board_kube *k)
{
    for (int i = 0; k && i < FEEDS; i++)
        if (!board_watch_settled(k->watches[i]))
            return false;
    return true;
}
