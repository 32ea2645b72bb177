/*
 * What the screen wants is named whole each time: the resources that stay are left alone, those that
 * went are let go of, new ones are looked up. A namespace that changes only starts their watches
 * anew: rows stay until the list has come. A resource that the server serves no more, or in another
 * version or with other columns (a custom resource's definition was changed), is looked up again.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/board/board_feed.h"
#include "cmd/board/board_watch.h"
#include "kube/access/client.h"
#include "kube/discovery.h"
#include "net/loop.h"

/* The names wait until the first rows have come, and are not asked for anew sooner than this. */
enum { FIRST_MS = 700 };
#define FRESH (20 * CLOCK_SECOND)
/* ... but where one that is shown is in doubt, or not there. */
#define DOUBTED (5 * CLOCK_SECOND)
#define MISSING (30 * CLOCK_SECOND)

struct slot {
    struct board_resource *of;
    struct model_browsed *into;
    struct board_watch *watch;
    bool looking; /* discovery has not answered yet */
};

struct board_resource {
    struct client *client;
    struct discovery *discovery;
    struct model *model;
    char namespace_[OBJECT_REF_NAME];
    struct slot slots[MODEL_BROWSED];
    struct loop_timer *names;
    int64_t named; /* monotonic: when the names were asked for last */
};

static const char *selector_of(const char *name)
{
    const char *blank = strchr(name, ' ');
    return blank ? blank + 1 : NULL;
}

/* Asks for the names again, so long after they were asked for last. */
static void doubt(struct board_resource *b, int64_t after)
{
    int64_t wait = b->named + after - clock_monotonic();
    if (!loop_timer_is_set(b->names))
        loop_timer_set(b->names, wait > 0 ? wait / CLOCK_MS + 1 : 0);
}

static bool is_in_doubt(const struct slot *s)
{
    const struct upstream *u = &s->into->resource.upstream;
    return s->watch && ((u->state != UPSTREAM_LIVE && u->err.http == 404) ||
                        !discovery_is_current(s->of->discovery, s->into->kind));
}

static void mark(void *context)
{
    struct board_resource *b = context;
    b->model->dirty = true;
    for (size_t i = 0; i < MODEL_BROWSED; i++)
        if (is_in_doubt(&b->slots[i]))
            doubt(b, DOUBTED);
}

static void start(struct slot *s)
{
    struct board_resource *b = s->of;
    struct watch_conf conf = {
        .context = b, .changed = mark, .label_selector = selector_of(s->into->name)};
    board_watch_free(s->watch);
    s->watch = board_watch_new(b->client, s->into->kind, b->namespace_, &conf, &s->into->resource);
}

/* The resource it was found to be, with its rows. */
static void drop_kind(struct slot *s)
{
    board_watch_free(s->watch);
    s->watch = NULL;
    objects_free(s->into->resource.table);
    s->into->resource = (struct resource){.table = NULL};
    s->into->kind = NULL;
}

static void let_go(struct slot *s)
{
    discovery_forget(s->of->discovery, s);
    drop_kind(s);
    s->into->name[0] = '\0';
    s->looking = false;
}

static void found(void *context, const struct kind *kind, const struct err *err)
{
    struct slot *s = context;
    s->looking = false;
    s->of->model->dirty = true;
    s->into->kind = kind;
    if (kind) {
        start(s);
        return;
    }
    upstream_failed(&s->into->resource.upstream, err, 0);
    if (err->kind == ERR_NOT_FOUND)
        doubt(s->of, MISSING);
}

static void find(struct slot *s)
{
    char kind[OBJECT_REF_KIND];
    str_copy(kind, sizeof kind, s->into->name);
    kind[strcspn(kind, " ")] = '\0';
    upstream_connecting(&s->into->resource.upstream);
    s->looking = true;
    discovery_find(s->of->discovery, kind, found, s);
}

static void look_up(struct slot *s, struct str name)
{
    memcpy(s->into->name, name.p, name.n);
    s->into->name[name.n] = '\0';
    find(s);
}

static struct slot *slot_of(struct board_resource *b, struct str name)
{
    for (size_t i = 0; i < MODEL_BROWSED; i++)
        if (str_is(name, b->slots[i].into->name))
            return &b->slots[i];
    return NULL;
}

static bool is_wanted(const char *wanted, const char *name)
{
    struct str rest = str_of(wanted), line;
    str_cut(&rest, '\n', &line);
    while (str_cut(&rest, '\n', &line))
        if (str_is(line, name))
            return true;
    return false;
}

static void move_to(struct board_resource *b, struct str ns)
{
    if (str_is(ns, b->namespace_) || ns.n >= sizeof b->namespace_)
        return;
    memcpy(b->namespace_, ns.p, ns.n);
    b->namespace_[ns.n] = '\0';
    for (size_t i = 0; i < MODEL_BROWSED; i++)
        if (b->slots[i].watch && b->slots[i].into->kind->namespaced)
            start(&b->slots[i]);
}

void board_resource_show(struct board_resource *b, const char *wanted)
{
    struct str rest = str_of(wanted), line, ns = {"", 0};
    str_cut(&rest, '\n', &ns);
    for (size_t i = 0; i < MODEL_BROWSED; i++)
        if (b->slots[i].into->name[0] && !is_wanted(wanted, b->slots[i].into->name))
            let_go(&b->slots[i]);
    move_to(b, ns);
    while (str_cut(&rest, '\n', &line)) {
        struct slot *unused = slot_of(b, str_of(""));
        if (line.n && line.n < MODEL_BROWSED_NAME && unused && !slot_of(b, line))
            look_up(unused, line);
    }
    b->model->dirty = true;
}

static void take_names(void *context)
{
    struct board_resource *b = context;
    struct served *served = b->model->served;
    served_clear(served);
    for (size_t i = 0; i < discovery_count(b->discovery); i++)
        if (discovery_is_listed(b->discovery, i))
            served_add(served, discovery_at(b->discovery, i));
    for (size_t i = 0; i < MODEL_BROWSED; i++) {
        struct slot *s = &b->slots[i];
        if (s->watch && !discovery_is_current(b->discovery, s->into->kind))
            drop_kind(s);
        if (!s->watch && !s->looking && s->into->name[0])
            find(s);
    }
    b->model->dirty = true;
}

static void ask_names(void *context)
{
    struct board_resource *b = context;
    b->named = clock_monotonic();
    discovery_refresh(b->discovery);
}

void board_resource_name(struct board_resource *b)
{
    if (!b->named || clock_monotonic() - b->named > FRESH)
        ask_names(b);
}

struct board_resource *board_resource_start(struct client *c, struct discovery *d, struct model *m)
{
    struct board_resource *b = mem_alloc(sizeof *b);
    *b = (struct board_resource){.client = c, .discovery = d, .model = m};
    for (size_t i = 0; i < MODEL_BROWSED; i++)
        b->slots[i] = (struct slot){.of = b, .into = &m->browsed[i]};
    b->names = loop_timer_new(client_loop(c), ask_names, b);
    loop_timer_set(b->names, FIRST_MS);
    discovery_listen(d, take_names, b);
    return b;
}

void board_resource_free(struct board_resource *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < MODEL_BROWSED; i++)
        let_go(&b->slots[i]);
    discovery_listen(b->discovery, NULL, NULL);
    loop_timer_free(b->names);
    free(b);
}

bool board_resource_settled(const struct board_resource *b)
{
    for (size_t i = 0; b && i < MODEL_BROWSED; i++) {
        const struct slot *s = &b->slots[i];
        if (s->looking || (s->watch && !board_watch_settled(s->watch)))
            return false;
    }
    return true;
}
