/*
 * The page of one object, kept up to date while it is looked at: two watches, of the object alone
 * and of the events about it, say that something changed; then it is asked for anew, whole. Where
 * watching is not allowed it is asked for now and then. What was deleted keeps its last state.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cmd/board/board_feed.h"
#include "kube/access/client.h"
#include "kube/describe/describe.h"
#include "kube/discovery.h"
#include "kube/kinds/kinds.h"
#include "kube/watch.h"
#include "net/loop.h"

enum { SOON_MS = 300, PACE_MS = 2000, POLL_MS = 15000, CALM_MS = 60000 };

struct board_page {
    struct client *client;
    struct discovery *discovery;
    struct model *model;
    const struct kind *kind; /* of the wish; NULL: not known (yet) */
    struct describe *describe;
    struct resource object, events; /* of the watches, for nothing else */
    struct watch *watch_object, *watch_events;
    struct loop_timer *again;
    int64_t asked; /* monotonic ns: the last question */
    bool finding;
    bool stale;  /* something changed while it was being asked for */
    bool missed; /* something may have changed while the server was away */
};

static void ask(struct board_page *b);

static struct model_page *page_of(struct board_page *b)
{
    return &b->model->page;
}

static void tell(struct board_page *b)
{
    page_of(b)->changes++;
    b->model->dirty = true;
}

/* ---- when to ask again ---- */

static void ask_in(struct board_page *b, int64_t ms)
{
    int64_t due = loop_timer_due(b->again), now = clock_monotonic();
    if (!due || now + ms * CLOCK_MS < due)
        loop_timer_set(b->again, ms);
}

/* Soon, but a thing that changes all the time is read no more often than anyone reads. */
static void something_changed(struct board_page *b)
{
    int64_t since = (clock_monotonic() - b->asked) / CLOCK_MS;
    if (b->describe)
        b->stale = true;
    else
        ask_in(b, since > PACE_MS ? SOON_MS : PACE_MS - since);
}

/* The rows of the first list are what was asked for already. */
static void on_event(void *context, enum watch_event event, const struct object *row,
                     struct str json)
{
    struct board_page *b = context;
    (void)event;
    (void)row;
    (void)json;
    something_changed(b);
}

static void on_object(void *context, enum watch_event event, const struct object *row,
                      struct str json)
{
    struct board_page *b = context;
    if (b->object.upstream.state != UPSTREAM_CONNECTING)
        on_event(b, event, row, json);
}

static void on_about(void *context, enum watch_event event, const struct object *row,
                     struct str json)
{
    struct board_page *b = context;
    if (b->events.upstream.state != UPSTREAM_CONNECTING)
        on_event(b, event, row, json);
}

/* The page is as fresh as the watch of its object is; what may have been missed is read again. */
static void on_followed(void *context)
{
    struct board_page *b = context;
    struct upstream *shown = &page_of(b)->upstream;
    const struct upstream *watched = &b->object.upstream;
    if (watched->state == UPSTREAM_STALE && shown->state == UPSTREAM_LIVE) {
        upstream_seen(shown, watched->data);
        upstream_failed(shown, &watched->err, watched->next_try);
        b->missed = true;
        tell(b);
    } else if (watched->state == UPSTREAM_LIVE && b->missed) {
        b->missed = false;
        ask_in(b, SOON_MS);
    }
}

static void stop_watches(struct board_page *b)
{
    watch_free(b->watch_object);
    watch_free(b->watch_events);
    b->watch_object = b->watch_events = NULL;
    objects_free(b->object.table);
    objects_free(b->events.table);
    b->object = b->events = (struct resource){0};
}

static void start_watches(struct board_page *b)
{
    const struct object_ref *o = &page_of(b)->wish.object;
    char *own = mem_printf("metadata.name=%s", o->name);
    char *about =
        mem_printf("involvedObject.kind=%s,involvedObject.name=%s", b->kind->object_kind, o->name);
    struct watch_conf object = {.field_selector = own,
                                .context = b,
                                .changed = on_followed,
                                .event = on_object},
                      events = {.field_selector = about, .context = b, .event = on_about};
    const char *ns = b->kind->namespaced ? o->namespace_ : "";
    b->watch_object = watch_new(b->client, b->kind, ns, &object, &b->object);
    b->watch_events =
        watch_new(b->client, kinds_find("events"), b->kind->namespaced ? o->namespace_ : "default",
                  &events, &b->events);
    free(own);
    free(about);
}

/* ---- asking ---- */

static void take_pages(struct board_page *b, const struct describe_pages *pages)
{
    struct model_page *m = page_of(b);
    struct pages_seen_entry *e = pages_seen_keep(&m->seen, &m->wish.object);
    bool managed = m->wish.view == PAGE_WISH_MANAGED;
    if (!e->uid[0])
        str_copy(e->uid, sizeof e->uid, m->wish.object.uid);
    e->replaced = (e->replaced && !e->gone) || (e->uid[0] && strcmp(e->uid, pages->uid) != 0);
    str_copy(e->uid, sizeof e->uid, pages->uid);
    str_copy(e->kind, sizeof e->kind, b->kind->object_kind);
    e->loaded = clock_now();
    e->gone = 0;
    pages_seen_put(&m->seen, e, PAGE_WISH_DESCRIBE, pages->page);
    pages_seen_put(&m->seen, e, managed ? PAGE_WISH_MANAGED : PAGE_WISH_YAML, pages->yaml);
    pages_seen_put(&m->seen, e, managed ? PAGE_WISH_YAML : PAGE_WISH_MANAGED, NULL);
    pages_seen_put(&m->seen, e, PAGE_WISH_EVENTS, pages->events);
    upstream_live(&m->upstream);
}

static void take_error(struct board_page *b, const struct err *err)
{
    struct model_page *m = page_of(b);
    struct pages_seen_entry *e = pages_seen_find(&m->seen, &m->wish.object);
    if (err->kind == ERR_NOT_FOUND && e && e->loaded) {
        if (!e->gone)
            e->gone = clock_now();
        upstream_live(&m->upstream);
        return;
    }
    upstream_failed(&m->upstream, err, loop_timer_due(b->again));
}

static void on_done(void *context, const struct describe_pages *pages, const struct err *err)
{
    struct board_page *b = context;
    bool watched = b->object.upstream.state == UPSTREAM_LIVE;
    b->describe = NULL;
    ask_in(b, watched && pages ? CALM_MS : POLL_MS);
    if (pages)
        take_pages(b, pages);
    else
        take_error(b, err);
    if (pages && !b->watch_object)
        start_watches(b);
    if (b->stale)
        something_changed(b);
    b->stale = false;
    tell(b);
}

static void ask(struct board_page *b)
{
    const struct model_page *m = page_of(b);
    loop_timer_stop(b->again);
    describe_cancel(b->describe);
    b->asked = clock_monotonic();
    b->stale = false;
    b->describe = describe_start(
        b->client, &(struct describe_conf){.kind = b->kind,
                                           .namespace_ = m->wish.object.namespace_,
                                           .name = m->wish.object.name,
                                           .managed = m->wish.view == PAGE_WISH_MANAGED,
                                           .context = b,
                                           .done = on_done});
}

static void found(void *context, const struct kind *kind, const struct err *err)
{
    struct board_page *b = context;
    b->finding = false;
    b->kind = kind;
    if (kind) {
        ask(b);
        return;
    }
    upstream_failed(&page_of(b)->upstream, err, 0);
    if (err->kind == ERR_AWAY)
        ask_in(b, POLL_MS);
    tell(b);
}

static void find(struct board_page *b)
{
    b->finding = true;
    discovery_find(b->discovery, page_of(b)->wish.object.kind, found, b);
}

static void fired(void *context)
{
    struct board_page *b = context;
    if (b->kind)
        ask(b);
    else if (!b->finding)
        find(b);
}

/* ---- the feed ---- */

struct board_page *board_page_new(struct client *c, struct discovery *d, struct model *m)
{
    struct board_page *b = mem_alloc(sizeof *b);
    b->client = c;
    b->discovery = d;
    b->model = m;
    b->again = loop_timer_new(client_loop(c), fired, b);
    return b;
}

static void stop(struct board_page *b)
{
    discovery_forget(b->discovery, b);
    describe_cancel(b->describe);
    b->describe = NULL;
    stop_watches(b);
    loop_timer_stop(b->again);
    b->finding = b->stale = b->missed = false;
    b->kind = NULL;
}

void board_page_free(struct board_page *b)
{
    if (!b)
        return;
    stop(b);
    loop_timer_free(b->again);
    free(b);
}

static void show_another(struct board_page *b, const struct page_wish *wish)
{
    struct model_page *m = page_of(b);
    stop(b);
    m->wish = *wish;
    m->upstream = (struct upstream){.changes = m->upstream.changes + 1};
    upstream_connecting(&m->upstream);
    find(b);
}

void board_page_show(struct board_page *b, const char *text)
{
    struct model_page *m = page_of(b);
    struct page_wish wish;
    if (!text || !page_wish_read(text, &wish)) {
        stop(b);
        m->wish = (struct page_wish){0};
    } else if (!object_ref_same(&wish.object, &m->wish.object)) {
        show_another(b, &wish);
    } else {
        const struct pages_seen_entry *e = pages_seen_find(&m->seen, &wish.object);
        m->wish = wish;
        /* The pages of one answer show all views but one. */
        if (b->kind && (!e || !e->pages[wish.view]) && !(e && e->gone))
            ask(b);
    }
    tell(b);
}

bool board_page_settled(const struct board_page *b)
{
    return !b || (!b->finding && !b->describe);
}
