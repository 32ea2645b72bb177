/*
 * List, then watch, for ever. What ends a watch, and what follows:
 *
 *   its time is over (a clean end)   watch again from the last version seen
 *   the same, but nothing came       list again: a server that was restored from a backup says
 *                                    nothing to a version of its future
 *   cut off after a while            watch at once from the last version
 *   broken sooner, 429, 5xx          backoff, then watch from the last version
 *   ERROR 410, HTTP 410              list again, at once the first time
 *   watching is not allowed          list again every POLL_MS; soon, the first time after it was
 *   silence, and no answer to a      as broken (silence.c): a server that shuts down leaves its
 *   probe                            watches open and silent for a minute
 *
 * The rows stay through all of it; a list that is done again drops what is gone at its end.
 */
#include "kube/watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/access/again.h"
#include "kube/access/client.h"
#include "kube/access/silence.h"
#include "kube/discovery.h"
#include "kube/kinds/kinds.h"
#include "kube/pages.h"
#include "kube/watch_event.h"
#include "kube/watch_path.h"
#include "kube/whole.h"
#include "net/loop.h"
#include "net/splitter.h"

enum { DENIED_MS = 60000, POLL_MS = 20000, SHORT_MS = 1000, PATIENCE_MS = 2500, ANSWER_MS = 20000 };
enum { WATCH_SHORTEST_S = 300, WATCH_SPREAD_S = 300 };
enum { ELEMENT_LONGEST = 16 << 20 };

struct watch {
    struct client *client;
    const struct kind *kind;
    const struct kinds_row *row; /* NULL: the server makes the rows */
    struct kind *bare;           /* whole objects of a kind of the server's: rows without columns */
    bool table;                  /* Tables are asked for */
    struct watch_conf conf;      /* its texts are ours */
    struct resource *into;
    char *path;
    char **keep; /* of a watch's events; NULL: everything */
    struct json_doc *doc;
    struct buf whole;               /* the object that is handed out */
    struct pages *pages;            /* while listing */
    struct client_request *request; /* while watching */
    struct splitter *splitter;
    struct again *again;
    struct silence *silence;
    struct loop_timer *unanswered; /* a watch was asked for, and nothing at all has come */
    char *version;                 /* to watch from; NULL: list first */
    int64_t started;               /* monotonic: this watch */
    bool listed;                   /* a list has been whole once */
    bool away;                     /* the server has been away once */
    bool denied;                   /* the server has refused once */
    bool watched;                  /* a watch was allowed since this was last refused */
    bool told;                     /* this watch has brought something */
    bool moved;                    /* a row changed since `changed` was called */
    bool expired;                  /* the last 410 was answered by a list already */
    struct err failed;             /* of an event: ends the watch */
    struct watch_stats stats;
};

static void start_list(struct watch *w);
static void start_watch(struct watch *w);

static void tell(struct watch *w)
{
    w->moved = false;
    if (w->conf.changed)
        w->conf.changed(w->conf.context);
}

/* ---- rows ---- */

static void tell_event(struct watch *w, enum watch_event event, const struct object *row,
                       struct str json)
{
    if (w->conf.event)
        w->conf.event(w->conf.context, event, row, json);
}

/* Takes out what was there before it became well enough. */
static void leave_out(struct watch *w, struct object *row)
{
    struct objects *t = w->into->table;
    w->moved |= objects_remove(t, str_of(row->namespace_), str_of(row->name));
    objects_discard(t, row);
}

static void put(struct watch *w, struct object *row, struct str json)
{
    struct objects *t = w->into->table;
    if (row->health < w->conf.least && !row->deleted) {
        leave_out(w, row);
        return;
    }
    const struct object *old = objects_find(t, str_of(row->namespace_), str_of(row->name));
    bool differs = !old || old->version_hash != row->version_hash;
    if (differs)
        tell_event(w, old ? WATCH_MODIFIED : WATCH_ADDED, row, json);
    uint64_t before = objects_changes(t);
    objects_put(t, row);
    w->moved |= objects_changes(t) != before;
}

static void drop(struct watch *w, struct object *row, struct str json)
{
    struct str ns = str_of(row->namespace_), name = str_of(row->name);
    if (objects_find(w->into->table, ns, name)) {
        tell_event(w, WATCH_DELETED, row, json);
        objects_remove(w->into->table, ns, name);
        w->moved = true;
    }
    objects_discard(w->into->table, row);
}

static struct str whole(struct watch *w, struct str json)
{
    return w->conf.raw ? whole_object(&w->whole, w->kind, json, false) : str_of("");
}

/* The columns of a kind of the server's, and the table that waits for them. */
static bool take_columns(struct watch *w, const struct json *table, struct err *err)
{
    if (!discovery_set_columns(w->kind, table, err))
        return false;
    if (!w->into->table) {
        w->into->table = objects_new(w->kind);
        objects_relist_begin(w->into->table);
    }
    return true;
}

static struct object *make(struct watch *w, const struct json *element)
{
    if (w->row || w->bare)
        return kinds_make(w->kind, w->into->table, element);
    const struct columns *columns = discovery_columns(w->kind);
    return columns ? columns_make(columns, w->into->table, element) : NULL;
}

/* ---- failing ---- */

/* A server that starts refuses everything until it has read its roles: what was allowed before, or
 * comes right after an outage, is asked for again soon; what never was, sooner the first time. */
static int64_t least_wait(const struct watch *w, bool denied)
{
    if (!denied || w->listed || w->away)
        return 0;
    return w->denied ? DENIED_MS : AGAIN_DENIED_MS;
}

static void fail(struct watch *w, const struct err *err)
{
    bool denied = err->kind == ERR_DENIED && err->http == 403;
    int64_t next = again_after(w->again, err, least_wait(w, denied), 0);
    w->away |= err->kind == ERR_AWAY;
    w->denied |= denied;
    upstream_failed(&w->into->upstream, err, next);
    tell(w);
}

static void list_again(struct watch *w)
{
    free(w->version);
    w->version = NULL;
}

/* ---- listing ---- */

static bool list_head(void *context, struct str json, struct err *err)
{
    struct watch *w = context;
    const struct json *head = json_parse(w->doc, json.p, json.n, err);
    return head && take_columns(w, head, err);
}

static bool list_element(void *context, struct str json, struct err *err)
{
    struct watch *w = context;
    const struct json *element = json_parse(w->doc, json.p, json.n, err);
    struct object *row = element ? make(w, element) : NULL;
    if (row)
        put(w, row, whole(w, json));
    return element;
}

static void list_moved(void *context)
{
    struct watch *w = context;
    if (w->moved)
        tell(w);
}

static void list_done(void *context, const char *version, const struct err *err)
{
    struct watch *w = context;
    w->pages = NULL;
    w->into->loading = false;
    if (err->kind != ERR_NONE || !w->into->table) {
        fail(w, err);
        return;
    }
    objects_relist_end(w->into->table);
    list_again(w);
    w->version = mem_dup(version);
    w->listed = true;
    again_well(w->again);
    upstream_live(&w->into->upstream);
    start_watch(w);
    tell(w);
}

static void start_list(struct watch *w)
{
    if (w->into->table)
        objects_relist_begin(w->into->table);
    w->into->loading = true;
    w->stats.lists++;
    upstream_connecting(&w->into->upstream);
    w->pages = pages_start(
        w->client, &(struct pages_conf){.path = w->path,
                                        .label_selector = w->conf.label_selector,
                                        .field_selector = w->conf.field_selector,
                                        .limit = w->conf.page,
                                        .patience_ms = PATIENCE_MS,
                                        .table = w->table,
                                        .objects = w->table && discovery_needs_objects(w->kind),
                                        .keep = !w->row       ? discovery_keep(w->kind)
                                                : w->conf.raw ? NULL
                                                              : w->row->keep,
                                        .context = w,
                                        .head = list_head,
                                        .element = list_element,
                                        .moved = list_moved,
                                        .done = list_done});
}

/* ---- watching ---- */

static void take_version(struct watch *w, const char *version)
{
    if (!*version || strcmp(w->version, version) == 0)
        return;
    free(w->version);
    w->version = mem_dup(version);
}

static bool take_error(struct watch *w, const struct json *status, struct err *err)
{
    char place[200];
    conn_place(&client_context(w->client)->conn, place, sizeof place);
    client_status_json(&w->failed, place, status);
    *err = w->failed;
    return false;
}

static bool take_rows(struct watch *w, const struct watch_event_read *e, struct str json,
                      struct err *err)
{
    if (w->table && !discovery_set_columns(w->kind, e->object, err))
        return false;
    const struct json *element = w->table ? json_first(json_member(e->object, "rows")) : e->object;
    struct str object = w->conf.raw ? whole(w, watch_event_object(json)) : str_of("");
    for (; element; element = w->table ? json_next(element) : NULL) {
        struct object *row = make(w, element);
        if (row && e->deleted)
            drop(w, row, object);
        else if (row)
            put(w, row, object);
    }
    return true;
}

static bool watch_element(void *context, struct str json, struct err *err)
{
    struct watch *w = context;
    struct watch_event_read e;
    const struct json *event = json_parse(w->doc, json.p, json.n, err);
    if (!event)
        return false;
    watch_event_read(&e, event);
    if (e.error)
        return take_error(w, e.object, err);
    w->told = true;
    w->stats.events++;
    /* A bookmark's object is empty but for its version (a Table's has one row of empty cells). */
    if (!e.bookmark && !take_rows(w, &e, json, err))
        return false;
    take_version(w, e.version);
    return true;
}

/* The server is there, and what we show is as of now. */
static void on_answered(void *context)
{
    struct watch *w = context;
    bool news = w->into->upstream.state != UPSTREAM_LIVE;
    upstream_live(&w->into->upstream);
    if (news)
        tell(w);
}

static void heard(struct watch *w)
{
    on_answered(w);
    silence_heard(w->silence);
}

static void watch_head(void *context, struct http_request *r, int status)
{
    struct watch *w = context;
    (void)r;
    loop_timer_stop(w->unanswered);
    if (status < 200 || status >= 300)
        return;
    w->watched = true;
    w->into->upstream.each_s = 0;
    heard(w);
}

static bool watch_chunk(void *context, struct str bytes)
{
    struct watch *w = context;
    struct err err;
    heard(w);
    bool good = splitter_feed(w->splitter, bytes, &err);
    if (!good && w->failed.kind == ERR_NONE)
        w->failed = err;
    if (w->moved)
        tell(w);
    return good;
}

static void stop_watch(struct watch *w)
{
    client_cancel(w->request);
    w->request = NULL;
    loop_timer_stop(w->unanswered);
    silence_over(w->silence);
    splitter_free(w->splitter);
    w->splitter = NULL;
}

static bool has_lasted(const struct watch *w)
{
    return clock_monotonic() - w->started >= SHORT_MS * CLOCK_MS;
}

/* A clean end. One that comes at once, with nothing, is no working watch. */
static void ended_well(struct watch *w)
{
    if (!w->told && !has_lasted(w)) {
        again_after(w->again, NULL, 0, 0);
        return;
    }
    again_well(w->again);
    w->expired = false;
    if (!w->told) {
        list_again(w);
        start_list(w);
    } else {
        start_watch(w);
    }
}

static void ended_badly(struct watch *w, const struct err *err)
{
    bool cannot_watch = err->http == 403 || err->http == 404 || err->http == 405;
    if (err->kind == ERR_GONE) {
        bool at_once = !w->expired || w->told;
        w->stats.expired++;
        w->expired = true;
        list_again(w);
        if (at_once)
            start_list(w);
        else
            again_after(w->again, err, 0, 0);
        return;
    }
    if (cannot_watch) {
        list_again(w);
        if (w->watched) {
            again_after(w->again, err, 0, 0);
        } else {
            again_in(w->again, POLL_MS);
            w->into->upstream.each_s = POLL_MS / 1000;
            tell(w);
        }
        w->watched = false;
        return;
    }
    /* Whatever else a server has against this version (a 500 for one that is no number): list. */
    bool refused = err->http >= 400 && err->http != 401 && err->http != 429 && err->http < 502;
    if (refused || err->kind == ERR_PROTOCOL || err->kind == ERR_LIMIT)
        list_again(w);
    fail(w, err);
}

/* A proxy may cut streams by the clock: what worked is begun again at once, and stale meanwhile. */
static void go_on(struct watch *w, const struct err *err)
{
    upstream_failed(&w->into->upstream, err, again_in(w->again, 0));
    tell(w);
}

static void watch_done(void *context, struct http_request *r, int status, struct str body,
                       const struct err *err)
{
    struct watch *w = context;
    struct err why = w->failed.kind != ERR_NONE ? w->failed : *err;
    bool cut = status == 200 && err->kind == ERR_AWAY;
    (void)r;
    /* A stream that breaks was whole when the loop last waited: as old as that is what we show. */
    if (cut)
        upstream_seen(&w->into->upstream, loop_waited(client_loop(w->client)));
    (void)body;
    w->request = NULL;
    stop_watch(w);
    if (why.kind == ERR_NONE)
        ended_well(w);
    else if (cut && has_lasted(w))
        go_on(w, &why);
    else
        ended_badly(w, &why);
}

/* By chance, so that watches that began together do not end together. */
static int watch_seconds(const struct watch *w)
{
    uint64_t noise = hash_mix((uint64_t)clock_monotonic() ^ (uint64_t)(uintptr_t)w);
    return w->conf.watch_s ? w->conf.watch_s : WATCH_SHORTEST_S + (int)(noise % WATCH_SPREAD_S);
}

static void start_watch(struct watch *w)
{
    static const char *const table[] = {COLUMNS_ACCEPT, NULL};
    int seconds = watch_seconds(w);
    bool objects = w->table && discovery_needs_objects(w->kind);
    char *path = watch_path(w->path, &w->conf, w->version, objects, seconds);
    w->told = false;
    w->started = clock_monotonic();
    w->stats.watches++;
    err_clear(&w->failed);
    w->splitter = splitter_new(&(struct splitter_conf){.keep = (const char *const *)w->keep,
                                                       .max_element = ELEMENT_LONGEST,
                                                       .context = w,
                                                       .element = watch_element});
    w->request = client_send(w->client, &(struct http_call){.path = path,
                                                            .headers = w->table ? table : NULL,
                                                            .idle_ms = -1,
                                                            .total_ms = (seconds + 30) * 1000,
                                                            .identity = true,
                                                            .context = w,
                                                            .head = watch_head,
                                                            .chunk = watch_chunk,
                                                            .done = watch_done});
    loop_timer_set(w->unanswered, w->conf.answer_ms);
    free(path);
}

/* ---- silence ---- */

static void on_doubted(void *context, const struct err *err)
{
    struct watch *w = context;
    upstream_failed(&w->into->upstream, err, 0);
    tell(w);
}

static void on_lost(void *context, const struct err *err)
{
    struct watch *w = context;
    stop_watch(w);
    fail(w, err);
}

/* A server's ready answer says nothing of a watch that it has not begun. */
static void on_unanswered(void *context)
{
    struct watch *w = context;
    struct err err;
    if (client_login(w->client, NULL) == CLIENT_PENDING) { /* it has not gone out */
        loop_timer_set(w->unanswered, w->conf.answer_ms);
        return;
    }
    client_silent_err(w->client, "the watch is not answered", &err);
    on_lost(w, &err);
}

static void again_fired(void *context)
{
    struct watch *w = context;
    w->into->upstream.next_try = 0;
    if (w->version)
        start_watch(w);
    else
        start_list(w);
}

/* ---- the watch ---- */

/* A table whose columns are not known yet is made when they come. */
static void make_table(struct watch *w)
{
    if (w->into->table)
        return;
    if (w->row || (w->table && discovery_columns(w->kind))) {
        w->into->table = objects_new(w->kind);
    } else if (!w->table) {
        w->bare = mem_alloc(sizeof *w->bare);
        *w->bare = *w->kind;
        w->bare->columns = NULL;
        w->bare->column_count = 0;
        w->into->table = objects_new(w->bare);
    }
}

struct watch *watch_new(struct client *c, const struct kind *kind, const char *ns,
                        const struct watch_conf *conf, struct resource *into)
{
    struct watch *w = mem_alloc(sizeof *w);
    *w = (struct watch){.client = c,
                        .kind = kind,
                        .row = kinds_row_of(kind),
                        .conf = *conf,
                        .into = into,
                        .path = kinds_path(kind, ns, NULL),
                        .doc = json_doc_new()};
    buf_init(&w->whole, ELEMENT_LONGEST + 4096);
    w->conf.answer_ms = conf->answer_ms ? conf->answer_ms : ANSWER_MS;
    w->conf.label_selector = mem_dup(conf->label_selector);
    w->conf.field_selector = mem_dup(conf->field_selector);
    w->table = !w->row && !conf->raw;
    w->again = again_new(c, again_fired, w);
    w->unanswered = loop_timer_new(client_loop(c), on_unanswered, w);
    w->silence = silence_new(c, &(struct silence_conf){.ms = conf->silent_ms,
                                                       .context = w,
                                                       .answered = on_answered,
                                                       .doubted = on_doubted,
                                                       .lost = on_lost});
    if (kinds_is_secret(kind)) {
        struct err err;
        err_set(&err, ERR_DENIED, "secrets", "", "kubeboard never reads secrets");
        upstream_failed(&into->upstream, &err, 0);
        return w;
    }
    if (!conf->raw)
        w->keep = watch_event_keep(w->table ? discovery_keep(w->kind) : w->row->keep, w->table);
    make_table(w);
    start_list(w);
    return w;
}

void watch_free(struct watch *w)
{
    if (!w)
        return;
    pages_cancel(w->pages);
    stop_watch(w);
    w->into->loading = false;
    if (w->bare) {
        objects_free(w->into->table);
        w->into->table = NULL;
    }
    free(w->bare);
    again_free(w->again);
    silence_free(w->silence);
    loop_timer_free(w->unanswered);
    watch_event_free_keep(w->keep);
    json_doc_free(w->doc);
    buf_free(&w->whole);
    free((char *)(uintptr_t)w->conf.label_selector);
    free((char *)(uintptr_t)w->conf.field_selector);
    free(w->version);
    free(w->path);
    free(w);
}

void watch_retry(struct watch *w)
{
    again_now(w->again);
}

struct watch_stats watch_stats(const struct watch *w)
{
    struct watch_stats stats = w->stats;
    stats.probes = silence_asked(w->silence);
    return stats;
}
