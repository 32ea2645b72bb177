/*
 * Pods, nodes and events are watched already; the other kinds of which something can be broken are
 * watched here, and of those only what is not well is kept, so that a cluster of any size costs what
 * is broken in it. Leases change every few seconds in the thousands: they are listed once a minute.
 * What is broken is worked out again when a table changed, and every few seconds in any case, since
 * time alone makes things broken (a pod that is still being created); never so often that it would
 * be felt.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cmd/board/board_broken_rows.h"
#include "cmd/board/board_feed.h"
#include "cmd/board/board_watch.h"
#include "cmd/board/board_widen.h"
#include "kube/access/client.h"
#include "kube/discovery.h"
#include "kube/kinds/kinds.h"
#include "kube/poll.h"
#include "net/loop.h"
#include "triage/broken.h"

enum { FIRST_MS = 200, LOOK_MS = 1000, ANYWAY_MS = 5000, LEASES_MS = 60000, ASK_MS = 10000 };
enum { COST = 30 }; /* a look takes no more than that part of the time */

static const struct {
    const char *name, *word;
    enum health least; /* a job that is done says that those before it do not matter */
} others[] = {{"deployments", "deployments", HEALTH_WARN},
              {"statefulsets", "stateful sets", HEALTH_WARN},
              {"daemonsets", "daemon sets", HEALTH_WARN},
              {"jobs", "jobs", HEALTH_OK},
              {"cronjobs", "cron jobs", HEALTH_WARN},
              {"horizontalpodautoscalers", "autoscalers", HEALTH_WARN},
              {"persistentvolumeclaims", "volume claims", HEALTH_PENDING}};
enum { OTHERS = sizeof others / sizeof *others, SHARED = 3, TABLES = SHARED + OTHERS + 1 };

struct feed {
    struct board_broken *of;
    struct resource resource;
    const struct kind *kind;
    struct board_watch *watch; /* NULL: its kind is not known (yet) */
    bool asked;                /* discovery has answered */
    int64_t again;             /* monotonic: not asked again before */
};

struct board_broken {
    struct client *client;
    struct discovery *discovery;
    struct model *model;
    char *ns;
    struct feed feeds[OTHERS];
    struct resource leases;
    struct poll *poll;
    char *leases_at;      /* the namespace of the leases; "": all */
    bool leases_narrowed; /* those of all namespaces are denied */
    struct board_widen *leases_widen;
    struct broken *broken;
    struct loop_timer *look;
    uint64_t changes;
    int64_t looked; /* monotonic ns of the end of the last look */
    int64_t took;   /* ns */
    bool settled;   /* everything had answered at the last look */
};

static void found(void *context, const struct kind *kind, const struct err *err);

/* ---- what is looked at ---- */

static size_t resources_of(const struct board_broken *b, const struct resource *out[TABLES])
{
    const struct model *m = b->model;
    size_t n = 0;
    out[n++] = &m->pods;
    out[n++] = &m->nodes;
    out[n++] = &m->events;
    for (int i = 0; i < OTHERS; i++)
        out[n++] = &b->feeds[i].resource;
    out[n++] = &b->leases;
    return n;
}

static uint64_t changes_of(const struct board_broken *b)
{
    const struct resource *all[TABLES];
    uint64_t sum = 0;
    for (size_t i = 0, n = resources_of(b, all); i < n; i++)
        sum += (all[i]->table ? objects_changes(all[i]->table) : 0) + all[i]->upstream.changes;
    return sum;
}

static bool is_settled(const struct board_broken *b)
{
    for (int i = 0; i < OTHERS; i++)
        if (!b->feeds[i].asked || (b->feeds[i].watch && !board_watch_settled(b->feeds[i].watch)))
            return false;
    const struct resource *pods = &b->model->pods;
    bool listing = pods->loading && pods->upstream.state == UPSTREAM_LIVE;
    return upstream_settled(&pods->upstream) && !listing &&
           upstream_settled(&b->model->nodes.upstream) && upstream_settled(&b->leases.upstream);
}

/* ---- what could not be looked at ---- */

/* That all is stale, the title says in one word. */
static void add_unseen(struct model *model, const char *word, const struct resource *r)
{
    struct model_broken *m = &model->broken;
    size_t n = strlen(m->unseen);
    bool stale = r->upstream.state == UPSTREAM_STALE;
    const char *why = r->upstream.state == UPSTREAM_DENIED                    ? "denied"
                      : r->upstream.state == UPSTREAM_FAILED                  ? "failed"
                      : stale && model->pods.upstream.state != UPSTREAM_STALE ? "stale"
                                                                              : NULL;
    if (why)
        snprintf(m->unseen + n, sizeof m->unseen - n, "%s%s %s", n ? ", " : "", word, why);
}

static bool note_unseen(struct board_broken *b)
{
    struct model_broken *m = &b->model->broken;
    char before[sizeof m->unseen];
    const char *narrowed = NULL;
    memcpy(before, m->unseen, sizeof before);
    m->unseen[0] = '\0';
    add_unseen(b->model, "nodes", &b->model->nodes);
    for (int i = 0; i < OTHERS; i++) {
        add_unseen(b->model, others[i].word, &b->feeds[i].resource);
        if (b->feeds[i].watch && board_watch_narrowed(b->feeds[i].watch))
            narrowed = board_watch_narrowed(b->feeds[i].watch);
    }
    add_unseen(b->model, "leases", &b->leases);
    size_t n = strlen(m->unseen);
    if (narrowed)
        snprintf(m->unseen + n, sizeof m->unseen - n, "%sother namespaces than %s", n ? ", " : "",
                 narrowed);
    else if (b->leases_narrowed && b->leases.upstream.state == UPSTREAM_LIVE)
        snprintf(m->unseen + n, sizeof m->unseen - n, "%sleases outside %s", n ? ", " : "",
                 b->leases_at);
    return strcmp(before, m->unseen) != 0;
}

/* ---- looking ---- */

/* Something never was seen and may be yet: what it has then is no news. */
static bool is_waited_for(const struct resource *const *all, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (all[i]->upstream.state == UPSTREAM_FAILED)
            return true;
    return false;
}

static void look(struct board_broken *b)
{
    const struct resource *all[TABLES];
    const struct objects *tables[TABLES];
    struct model_broken *m = &b->model->broken;
    int64_t from = clock_monotonic(), now = client_now(b->client);
    size_t n = resources_of(b, all);
    bool settled = is_settled(b);
    for (size_t i = 0; i < n; i++)
        tables[i] = all[i]->table;
    bool moved = board_broken_rows_make(b->broken, m->rows, tables, n, now,
                                        settled && !is_waited_for(all, n));
    moved |= note_unseen(b) || m->looking != !settled ||
             m->upstream.changes != b->model->pods.upstream.changes;
    m->looking = !settled;
    m->upstream = b->model->pods.upstream;
    b->model->dirty |= moved;
    b->settled = settled;
    b->looked = clock_monotonic();
    b->took = b->looked - from;
}

/* Looked up while the server was away, a kind counts as of its newest version, which an older server
 * has not got; one that starts may have refused to be looked up in. */
static void ask_again(struct board_broken *b)
{
    int64_t now = clock_monotonic();
    for (int i = 0; i < OTHERS; i++) {
        struct feed *f = &b->feeds[i];
        const struct upstream *u = &f->resource.upstream;
        bool wrong = u->state == UPSTREAM_FAILED && u->err.http == 404;
        bool unknown = f->asked && !f->watch && u->err.kind;
        if ((!wrong && !unknown) || now < f->again)
            continue;
        f->again = now + ASK_MS * CLOCK_MS;
        discovery_find(b->discovery, others[i].name, found, f);
    }
}

static void fired(void *context)
{
    struct board_broken *b = context;
    ask_again(b);
    uint64_t changes = changes_of(b);
    int64_t since = (clock_monotonic() - b->looked) / CLOCK_MS;
    if (changes != b->changes || since >= ANYWAY_MS || b->settled != is_settled(b)) {
        b->changes = changes;
        look(b);
    }
    int64_t rest = b->took * COST / CLOCK_MS, every = b->settled ? LOOK_MS : FIRST_MS;
    loop_timer_set(b->look, rest > every ? rest : every);
}

/* ---- the other kinds ---- */

static void hurry(void *context)
{
    struct board_broken *b = context;
    if (!b->settled && is_settled(b))
        loop_timer_set(b->look, 0);
}

/* A kind that the server has not got is nothing to look at. */
static void found(void *context, const struct kind *kind, const struct err *err)
{
    struct feed *f = context;
    struct board_broken *b = f->of;
    f->asked = true;
    if (kind && f->watch && kind == f->kind)
        return;
    if (kind) {
        board_watch_free(f->watch);
        objects_free(f->resource.table);
        f->resource = (struct resource){.upstream = {.changes = f->resource.upstream.changes + 1}};
        f->kind = kind;
        upstream_connecting(&f->resource.upstream);
        struct watch_conf conf = {
            .least = others[f - b->feeds].least, .context = b, .changed = hurry};
        f->watch = board_watch_new(b->client, kind, b->ns, &conf, &f->resource);
    } else if (err->kind != ERR_NOT_FOUND) {
        upstream_failed(&f->resource.upstream, err, 0);
    }
}

static void poll_leases(struct board_broken *b, const char *ns)
{
    struct poll_conf conf = {.kind = kinds_find("leases"),
                             .namespace_ = ns,
                             .every_ms = LEASES_MS,
                             .context = b,
                             .changed = hurry};
    char *at = mem_dup(ns);
    poll_free(b->poll);
    free(b->leases_at);
    b->leases_at = at;
    b->poll = poll_new(b->client, &conf, &b->leases);
}

/* As board_watch_scope, which is for what is watched. */
static void scope_leases(struct board_broken *b, const char *ns)
{
    const struct upstream *u = &b->leases.upstream;
    bool denied = u->state == UPSTREAM_DENIED && u->err.http == 403;
    if (!*b->leases_at && !denied)
        return;
    if (!*b->leases_at) {
        b->leases_narrowed = true;
        board_widen_begin(b->leases_widen);
    }
    if (!*ns && b->leases_narrowed)
        ns = *b->leases_at ? b->leases_at : client_home(b->client);
    if (strcmp(ns, b->leases_at) != 0)
        poll_leases(b, ns);
}

static void leases_widened(void *context)
{
    struct board_broken *b = context;
    b->leases_narrowed = false;
    poll_leases(b, "");
}

struct board_broken *board_broken_start(struct client *c, struct discovery *d, struct model *m,
                                        const char *ns)
{
    struct board_broken *b = mem_alloc(sizeof *b);
    b->client = c;
    b->discovery = d;
    b->model = m;
    b->ns = mem_dup(ns);
    b->broken = broken_new();
    b->look = loop_timer_new(client_loop(c), fired, b);
    b->leases_widen = board_widen_new(c, kinds_find("leases"), leases_widened, b);
    poll_leases(b, ns);
    for (int i = 0; i < OTHERS; i++) {
        b->feeds[i].of = b;
        discovery_find(d, others[i].name, found, &b->feeds[i]);
    }
    m->broken.looking = true;
    upstream_connecting(&m->broken.upstream);
    loop_timer_set(b->look, FIRST_MS);
    return b;
}

void board_broken_scope(struct board_broken *b, const char *ns)
{
    bool moved = false;
    for (int i = 0; i < OTHERS; i++)
        if (b->feeds[i].watch)
            moved |= board_watch_scope(b->feeds[i].watch, ns);
    scope_leases(b, ns);
    if (moved) {
        broken_rows_forget(b->model->broken.rows);
        b->settled = false;
        loop_timer_set(b->look, FIRST_MS);
    }
}

void board_broken_free(struct board_broken *b)
{
    if (!b)
        return;
    for (int i = 0; i < OTHERS; i++) {
        discovery_forget(b->discovery, &b->feeds[i]);
        board_watch_free(b->feeds[i].watch);
        objects_free(b->feeds[i].resource.table);
    }
    poll_free(b->poll);
    board_widen_free(b->leases_widen);
    objects_free(b->leases.table);
    loop_timer_free(b->look);
    broken_free(b->broken);
    free(b->leases_at);
    free(b->ns);
    free(b);
}

bool board_broken_settled(const struct board_broken *b)
{
    return !b || b->settled;
}
