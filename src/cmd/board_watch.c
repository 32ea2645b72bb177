#include "cmd/board_watch.h"

#include <stdlib.h>

#include "base/mem.h"
#include "kube/client.h"
#include "net/loop.h"

struct board_watch {
    struct client *client;
    const struct kind *kind;
    struct watch_conf conf, own; /* the user's, and ours around it */
    struct resource *into;
    struct watch *watch;
    struct loop_timer *narrow;
    bool all, narrowed;
};

static bool may_narrow(const struct board_watch *w)
{
    return w->all && !w->narrowed && w->kind->namespaced &&
           w->into->upstream.state == UPSTREAM_DENIED;
}

static void changed(void *context)
{
    struct board_watch *w = context;
    if (may_narrow(w))
        loop_timer_set(w->narrow, 0);
    if (w->conf.changed)
        w->conf.changed(w->conf.context);
}

static void event(void *context, enum watch_event e, const struct object *row, struct str json)
{
    struct board_watch *w = context;
    w->conf.event(w->conf.context, e, row, json);
}

static void narrow(void *context)
{
    struct board_watch *w = context;
    w->narrowed = true;
    watch_free(w->watch);
    w->watch =
        watch_new(w->client, w->kind, client_context(w->client)->namespace_, &w->own, w->into);
}

struct board_watch *board_watch_new(struct client *c, const struct kind *kind, const char *ns,
                                    const struct watch_conf *conf, struct resource *into)
{
    struct board_watch *w = mem_alloc(sizeof *w);
    *w = (struct board_watch){
        .client = c, .kind = kind, .conf = *conf, .own = *conf, .into = into, .all = !*ns};
    w->own.context = w;
    w->own.changed = changed;
    w->own.event = conf->event ? event : NULL;
    w->narrow = loop_timer_new(client_loop(c), narrow, w);
    w->watch = watch_new(c, kind, kind->namespaced ? ns : "", &w->own, into);
    return w;
}

void board_watch_free(struct board_watch *w)
{
    if (!w)
        return;
    watch_free(w->watch);
    loop_timer_free(w->narrow);
    free(w);
}

bool board_watch_settled(const struct board_watch *w)
{
    const struct resource *r = w->into;
    return upstream_settled(&r->upstream) && !may_narrow(w) &&
           !(r->loading && r->upstream.state == UPSTREAM_LIVE);
}

const char *board_watch_narrowed(const struct board_watch *w)
{
    return w->narrowed ? client_context(w->client)->namespace_ : NULL;
}
