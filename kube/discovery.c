/*
 * From 1.26 on two requests give everything (aggregated discovery, asked for by Accept); before,
 * /api and /apis name groups and versions, and each of those is a request of its own, eight of them
 * at a time. A group whose own server is away (metrics) is passed over and remembered: it is named
 * only when what was asked for is not found elsewhere.
 */
#include "kube/discovery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/access/client.h"
#include "kube/discovery_read.h"
#include "kube/kinds/kinds.h"
#include "model/kind_names.h"
#include "net/loop.h"

enum { FLYING = 8, QUEUE_MAX = 2048 };

/* A resource that is not known may be new: what is older than this is asked again. */
#define FRESH (10 * CLOCK_SECOND)
/* ... where a request for them failed, or was cut off. */
#define FRESH_PART CLOCK_SECOND

#define ACCEPT                                                                                     \
    "Accept: application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"                \
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

struct asker {
    struct asker *next;
    char *name;
    void (*found)(void *context, const struct kind *kind, const struct err *err);
    void *context;
    bool settled;            /* the answer is known: told at the loop's next turn */
    const struct kind *kind; /* NULL: err */
    struct err err;
};

struct fetch {
    struct fetch *next;
    struct discovery *of;
    struct client_request *request; /* NULL: waits */
    char *path;
    int rank; /* where what it brings stands */
};

struct discovery {
    struct client *client;
    struct discovery_list known;
    struct discovery_list printed; /* resources once more, as the server prints them */
    struct fetch *fetches;
    size_t queued;
    bool loaded;
    int64_t loaded_at; /* monotonic */
    struct err failed; /* the last request that failed; ERR_NONE: all went well */
    struct asker *askers;
    struct loop_timer *timer;
    void (*heard)(void *context); /* the listener's; NULL: none */
    void *listener;
};

/* ---- asking the server ---- */

static void add_fetch(struct discovery *d, const char *path, int rank);
static void pump(struct discovery *d);
static void settle_all(struct discovery *d);

static void add_versions(void *context, const char *path, int rank)
{
    add_fetch(context, path, rank);
}

static void free_fetch(struct fetch *f)
{
    client_cancel(f->request);
    free(f->path);
    free(f);
}

static void fetched(void *context, struct http_request *r, int status, struct str body,
                    const struct err *err)
{
    struct fetch *f = context, **link;
    struct discovery *d = f->of;
    struct err broken = *err;
    (void)r;
    (void)status;
    f->request = NULL;
    if (err->kind != ERR_NONE ||
        !discovery_read(&d->known, f->path, f->rank, body, add_versions, d, &broken))
        d->failed = broken;
    for (link = &d->fetches; *link != f;)
        link = &(*link)->next;
    *link = f->next;
    free_fetch(f);
    d->queued--;
    pump(d);
    if (d->fetches)
        return;
    if (d->failed.kind == ERR_NONE)
        d->known.whole = d->known.round;
    discovery_read_sort(&d->known);
    d->loaded = d->known.count > 0;
    d->loaded_at = clock_monotonic();
    settle_all(d);
    if (d->heard)
        d->heard(d->listener);
}

static void pump(struct discovery *d)
{
    static const char *const headers[] = {ACCEPT, NULL};
    int flying = 0;
    for (struct fetch *f = d->fetches; f; f = f->next)
        flying += f->request != NULL;
    for (struct fetch *f = d->fetches; f && flying < FLYING; f = f->next) {
        if (f->request)
            continue;
        f->request = client_send(
            d->client, &(struct http_call){
                           .path = f->path, .headers = headers, .context = f, .done = fetched});
        flying++;
    }
}

static void add_fetch(struct discovery *d, const char *path, int rank)
{
    if (d->queued >= QUEUE_MAX)
        return;
    struct fetch *f = mem_alloc(sizeof *f), **link = &d->fetches;
    *f = (struct fetch){NULL, d, NULL, mem_dup(path), rank};
    while (*link)
        link = &(*link)->next;
    *link = f;
    d->queued++;
}

static void load(struct discovery *d)
{
    if (d->fetches)
        return;
    err_clear(&d->failed);
    d->known.round++;
    add_fetch(d, "/api", 0);
    add_fetch(d, "/apis", DISCOVERY_RANK_GROUP);
    pump(d);
}

void discovery_refresh(struct discovery *d)
{
    load(d);
}

void discovery_listen(struct discovery *d, void (*loaded)(void *context), void *context)
{
    d->heard = loaded;
    d->listener = context;
}

/* ---- resolving ---- */

static void settle(struct discovery *d, struct asker *a, const struct kind *kind)
{
    a->settled = true;
    a->kind = kind;
    loop_timer_set(d->timer, 0);
}

static void settle_secret(struct discovery *d, struct asker *a)
{
    err_set(&a->err, ERR_USAGE, a->name, "use kubectl where you must",
            "kubeboard never reads secrets");
    settle(d, a, NULL);
}

static void settle_missing(struct discovery *d, struct asker *a)
{
    if (!d->loaded && d->failed.kind != ERR_NONE)
        a->err = d->failed;
    else if (d->failed.kind != ERR_NONE)
        err_set(&a->err, ERR_NOT_FOUND, a->name, "see kubectl api-resources",
                "the server doesn't have a resource type \"%s\" (one of its groups did not answer: "
                "%.200s)",
                a->name, d->failed.what);
    else
        err_set(&a->err, ERR_NOT_FOUND, a->name, "see kubectl api-resources",
                "the server doesn't have a resource type \"%s\"", a->name);
    settle(d, a, NULL);
}

/* The version of a kind of ours that the server has; NULL: none that is known. `only`: that one. */
static const struct kind *served(const struct discovery *d, const struct kind *kind, bool only)
{
    for (const struct kinds_row *r = kinds_row_of(kind); r; r = only ? NULL : r->older)
        if (discovery_read_has(&d->known, r->kind.api, r->kind.name))
            return &r->kind;
    return NULL;
}

/* "cronjobs.v1.batch" */
static bool names_version(const char *name, const struct kind *kind)
{
    struct str rest = str_of(name), plain, second, version = kind_names_version(kind);
    return str_cut(&rest, '.', &plain) && str_cut(&rest, '.', &second) && str_eq(second, version);
}

/* What the server calls it may be one of ours after all. */
static const struct kind *match(const struct discovery *d, const char *name)
{
    const struct kind *kind = discovery_read_match(&d->known, name);
    const struct kind *own = kind ? kinds_of(kind->api, kind->name) : NULL;
    return own ? own : kind;
}

static bool is_fresh(const struct discovery *d)
{
    int64_t lasts = d->failed.kind == ERR_NONE ? FRESH : FRESH_PART;
    return d->loaded && clock_monotonic() - d->loaded_at <= lasts;
}

/* Settles the asker from what is known; asks the server when that is nothing, or old. */
static void try_settle(struct discovery *d, struct asker *a, bool may_load)
{
    const struct kind *own = kinds_find(a->name), *kind = own;
    if (kind_names_secret(a->name)) {
        settle_secret(d, a);
        return;
    }
    bool exact = own && names_version(a->name, own);
    bool versions = own && kinds_row_of(own)->older;
    if (!own)
        kind = match(d, a->name);
    else if (versions)
        kind = served(d, own, exact);
    if (kind) {
        settle(d, a, kind);
    } else if (may_load && !is_fresh(d)) {
        load(d);
    } else if (versions && !(exact && d->loaded)) {
        /* Nothing is known of it: the newest, and the server's own words when it is asked for. */
        settle(d, a, own);
    } else {
        settle_missing(d, a);
    }
}

static void settle_all(struct discovery *d)
{
    for (struct asker *a = d->askers; a; a = a->next)
        if (!a->settled)
            try_settle(d, a, false);
}

static void tell(void *context)
{
    struct discovery *d = context;
    for (struct asker **link = &d->askers; *link;) {
        struct asker *a = *link;
        if (!a->settled) {
            link = &a->next;
            continue;
        }
        *link = a->next;
        if (a->kind)
            err_clear(&a->err);
        a->found(a->context, a->kind, &a->err);
        free(a->name);
        free(a);
        /* The callback may have asked or forgotten: begin again. */
        link = &d->askers;
    }
}

void discovery_find(struct discovery *d, const char *name,
                    void (*found)(void *context, const struct kind *kind, const struct err *err),
                    void *context)
{
    struct asker *a = mem_alloc(sizeof *a);
    *a = (struct asker){
        .next = d->askers, .name = mem_dup(name), .found = found, .context = context};
    d->askers = a;
    try_settle(d, a, true);
}

void discovery_forget(struct discovery *d, void *context)
{
    for (struct asker **link = &d->askers; *link;) {
        struct asker *a = *link;
        if (a->context != context) {
            link = &a->next;
            continue;
        }
        *link = a->next;
        free(a->name);
        free(a);
    }
}

static bool is_of(const struct discovery_resource *r, const char *category)
{
    struct str rest = str_of(r->categories), word;
    while (str_cut(&rest, ' ', &word))
        if (word.n && str_is(word, category))
            return true;
    return false;
}

/* They stand in the order of their ranks: a version behind another is not the preferred one. */
static bool has_sibling(const struct kind *const *kinds, size_t count, const struct kind *kind)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(kinds[i]->name, kind->name) == 0 &&
            str_eq(kind_names_group(kinds[i]), kind_names_group(kind)))
            return true;
    return false;
}

size_t discovery_category(const struct discovery *d, const char *category,
                          const struct kind **kinds, size_t most)
{
    size_t count = 0;
    for (size_t i = 0; i < d->known.count && count < most; i++) {
        const struct discovery_resource *r = d->known.list[i];
        if (discovery_is_listed(d, i) && is_of(r, category) && !has_sibling(kinds, count, &r->kind))
            kinds[count++] = &r->kind;
    }
    return count;
}

size_t discovery_count(const struct discovery *d)
{
    return d->known.count;
}

const struct kind *discovery_at(const struct discovery *d, size_t i)
{
    return &d->known.list[i]->kind;
}

/* A group that did not answer keeps what it had. */
bool discovery_is_listed(const struct discovery *d, size_t i)
{
    const struct discovery_resource *r = d->known.list[i];
    return r->listed && !discovery_read_is_gone(&d->known, r);
}

struct discovery *discovery_new(struct client *c)
{
    struct discovery *d = mem_alloc(sizeof *d);
    d->client = c;
    d->timer = loop_timer_new(client_loop(c), tell, d);
    return d;
}

void discovery_free(struct discovery *d)
{
    if (!d)
        return;
    while (d->fetches) {
        struct fetch *f = d->fetches;
        d->fetches = f->next;
        free_fetch(f);
    }
    while (d->askers)
        discovery_forget(d, d->askers->context);
    loop_timer_free(d->timer);
    discovery_read_free(&d->known);
    discovery_read_free(&d->printed);
    free(d);
}

/* ---- columns ---- */

static struct discovery_resource *resource_of(const struct kind *kind)
{
    return kinds_row_of(kind) ? NULL : (struct discovery_resource *)(uintptr_t)kind;
}

bool discovery_is_current(const struct discovery *d, const struct kind *kind)
{
    const struct discovery_resource *r = resource_of(kind);
    if (r)
        return !discovery_read_is_gone(&d->known, r);
    return !d->known.whole || discovery_read_has(&d->known, kind->api, kind->name);
}

const struct kind *discovery_printed(struct discovery *d, const struct kind *kind, bool wide)
{
    return &discovery_read_printed(&d->printed, kind, wide)->kind;
}

const char *const *discovery_keep(const struct kind *kind)
{
    const struct discovery_resource *r = resource_of(kind);
    if (r && r->keep)
        return (const char *const *)r->keep;
    return r && r->use != COLUMNS_PANE ? columns_keep_printed : columns_keep;
}

bool discovery_needs_objects(const struct kind *kind)
{
    const struct discovery_resource *r = resource_of(kind);
    return r && r->own;
}

bool discovery_is_blank(const struct kind *kind, size_t column)
{
    const struct discovery_resource *r = resource_of(kind);
    if (!r || !r->own || column < r->columns.served)
        return kinds_is_blank(kind, column);
    return kinds_is_blank(&r->own->kind, r->columns.cell[column]);
}

const struct columns *discovery_columns(const struct kind *kind)
{
    struct discovery_resource *r = resource_of(kind);
    return r && r->has_columns ? &r->columns : NULL;
}

bool discovery_set_columns(const struct kind *kind, const struct json *table, struct err *err)
{
    const struct json *definitions = json_member(table, "columnDefinitions");
    struct discovery_resource *r = resource_of(kind);
    if (!r || (r->has_columns && !json_first(definitions)))
        return true;
    if (r->has_columns) {
        r->outdated = !columns_are(&r->columns, definitions, r->use);
        return !r->outdated ||
               err_set(err, ERR_PROTOCOL, kind->name, "", "its columns have changed");
    }
    columns_read(&r->columns, definitions, r->use, r->own);
    r->kind.columns = r->columns.list;
    r->kind.column_count = r->columns.count;
    r->has_columns = true;
    return true;
}
