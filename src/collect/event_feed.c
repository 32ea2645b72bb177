/*
 * A watch brings every event that the server has, then what changes. Those that lie before `at`,
 * less a while in which the known ones are remembered one by one, were told by an earlier run. They
 * are told oldest first, as Loki takes nothing that lies an hour behind the newest line of its
 * stream. `at` moves when a push was answered, so a killed collector tells some again, which are
 * the same lines.
 */
#include "collect/event_feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "collect/cluster_event.h"
#include "collect/event_state.h"
#include "kube/kinds/kinds.h"
#include "kube/watch.h"
#include "net/backoff.h"
#include "net/http.h"
#include "net/loop.h"
#include "source/loki/loki.h"
#include "store/window_store.h"

enum {
    GATHER_MS = 1000,
    SAVE_MS = 10000,
    BODY_ROOM = 8 << 20,
    LINE_ROOM = 256 << 10,
    PUSH_MS = 30000
};
#define OLDEST (6 * CLOCK_DAY) /* Loki refuses what is older than a week */

struct waiting {
    int64_t time;
    uint64_t hash;
    char *namespace_, *type, *line;
};

struct event_feed {
    struct event_feed_conf conf;
    struct watch *watch;
    struct resource events; /* the watch's rows; nobody looks at them */
    struct event_state *state;
    struct json_doc *doc;
    struct waiting *queue;
    size_t count, cap;
    size_t flying; /* of the queue's first, under way */
    struct http_request *push;
    struct loop_timer *gather, *save;
    struct backoff backoff;
    struct event_feed_figures figures;
};

static void free_waiting(struct waiting *w)
{
    free(w->namespace_);
    free(w->type);
    free(w->line);
}

void event_feed_free(struct event_feed *f)
{
    if (!f)
        return;
    watch_free(f->watch);
    objects_free(f->events.table);
    http_cancel(f->push);
    event_state_free(f->state);
    for (size_t i = 0; i < f->count; i++)
        free_waiting(&f->queue[i]);
    free(f->queue);
    json_doc_free(f->doc);
    loop_timer_free(f->gather);
    loop_timer_free(f->save);
    free(f);
}

struct event_feed_figures event_feed_figures(const struct event_feed *f)
{
    return f->figures;
}

/* ---- telling ---- */

static void tell(void *context);

/* The first `n` have gone, one way or the other. */
static void drop_first(struct event_feed *f, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        event_state_told(f->state, f->queue[i].time, f->queue[i].hash);
        free_waiting(&f->queue[i]);
    }
    memmove(f->queue, f->queue + n, (f->count - n) * sizeof *f->queue);
    f->count -= n;
    f->flying = 0;
    if (n && !loop_timer_is_set(f->save))
        loop_timer_set(f->save, SAVE_MS);
    if (f->count)
        loop_timer_set(f->gather, GATHER_MS);
}

static void on_pushed(void *context, struct http_request *r, int status, struct str body,
                      const struct err *err)
{
    struct event_feed *f = context;
    (void)r;
    (void)status;
    (void)body;
    f->push = NULL;
    if (err->kind == ERR_NONE) {
        backoff_reset(&f->backoff);
        f->figures.told += f->flying;
        drop_first(f, f->flying);
    } else if (err->kind == ERR_REFUSED || err->kind == ERR_LIMIT) {
        /* The good ones of the batch are stored all the same. */
        log_err(LOG_WARN, "Loki refused some events", err);
        f->figures.refused += f->flying;
        drop_first(f, f->flying);
    } else {
        log_err(LOG_WARN, "events cannot be pushed", err);
        f->flying = 0;
        loop_timer_set(f->gather, backoff_next(&f->backoff, err));
    }
}

static bool same_stream(const struct waiting *a, const struct waiting *b)
{
    return strcmp(a->namespace_, b->namespace_) == 0 && strcmp(a->type, b->type) == 0;
}

static void put_stream(const struct event_feed *f, struct json_out *o, size_t first, bool *done)
{
    const struct waiting *w = &f->queue[first];
    json_out_object(o, NULL);
    json_out_object(o, "stream");
    json_out_text(o, "job", "kubeboard-events");
    json_out_text(o, "app", "kubeboard");
    json_out_text(o, "cluster", window_store_cluster(f->conf.store));
    json_out_text(o, "namespace", w->namespace_);
    json_out_text(o, "type", w->type);
    json_out_end_object(o);
    json_out_array(o, "values");
    for (size_t i = first; i < f->flying; i++) {
        char time[32];
        if (done[i] || !same_stream(w, &f->queue[i]))
            continue;
        done[i] = true;
        snprintf(time, sizeof time, "%lld", (long long)f->queue[i].time);
        json_out_array(o, NULL);
        json_out_text(o, NULL, time);
        json_out_text(o, NULL, f->queue[i].line);
        json_out_end_array(o);
    }
    json_out_end_array(o);
    json_out_end_object(o);
}

static void push(struct event_feed *f)
{
    bool done[EVENT_FEED_BATCH] = {false};
    struct buf body;
    struct json_out o = {.b = &body};
    buf_init(&body, BODY_ROOM);
    json_out_object(&o, NULL);
    json_out_array(&o, "streams");
    for (size_t i = 0; i < f->flying; i++)
        if (!done[i])
            put_stream(f, &o, i, done);
    json_out_end_array(&o);
    json_out_end_object(&o);
    f->push =
        http_send(loki_http(f->conf.loki), &(struct http_call){.target = loki_target(f->conf.loki),
                                                               .method = "POST",
                                                               .path = "/loki/api/v1/push",
                                                               .body = buf_str(&body),
                                                               .content_type = "application/json",
                                                               .total_ms = PUSH_MS,
                                                               .context = f,
                                                               .done = on_pushed});
    buf_free(&body);
}

static int by_time(const void *a, const void *b)
{
    const struct waiting *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

static size_t batch_of(const struct event_feed *f)
{
    size_t n = 0, bytes = 0;
    while (n < f->count && n < EVENT_FEED_BATCH && bytes < BODY_ROOM / 4)
        bytes += strlen(f->queue[n++].line);
    return n;
}

static void tell(void *context)
{
    struct event_feed *f = context;
    if (f->push || !f->count)
        return;
    qsort(f->queue, f->count, sizeof *f->queue, by_time);
    f->flying = batch_of(f);
    if (f->conf.loki) {
        push(f);
        return;
    }
    for (size_t i = 0; i < f->flying; i++)
        f->conf.write(f->conf.context, str_of(f->queue[i].line));
    f->figures.told += f->flying;
    drop_first(f, f->flying);
}

/* ---- taking in ---- */

static uint64_t hash_of(const struct json *event, int64_t time)
{
    int64_t count = cluster_event_count(event);
    const char *uid = json_string(event, "metadata.uid", ""),
               *name = json_string(event, "metadata.name", "");
    uint64_t h = hash_id(uid, strlen(uid) + 1, HASH_ID_SEED);
    h = hash_id(name, strlen(name) + 1, h);
    h = hash_id(&time, sizeof time, h);
    return hash_id(&count, sizeof count, h);
}

static void take(struct event_feed *f, const struct json *event)
{
    int64_t time = cluster_event_time(event);
    uint64_t hash = hash_of(event, time);
    if (!time || clock_now() - time > OLDEST || event_state_knows(f->state, time, hash))
        return;
    if (f->count == EVENT_FEED_QUEUE) {
        f->figures.dropped++;
        return;
    }
    struct buf line;
    buf_init(&line, LINE_ROOM);
    cluster_event_write(&line, event, f->conf.redactor);
    if (line.over) {
        f->figures.dropped++;
        buf_free(&line);
        return;
    }
    mem_grow(&f->queue, &f->cap, f->count + 1, sizeof *f->queue);
    f->queue[f->count++] =
        (struct waiting){time, hash, mem_dup(json_string(event, "metadata.namespace", "")),
                         mem_dup(json_string(event, "type", "")), buf_take(&line, NULL)};
    if (!f->push && !loop_timer_is_set(f->gather))
        loop_timer_set(f->gather, GATHER_MS);
}

static void on_event(void *context, enum watch_event kind, const struct object *row,
                     struct str json)
{
    struct event_feed *f = context;
    (void)row;
    const struct json *event =
        kind == WATCH_DELETED ? NULL : json_parse(f->doc, json.p, json.n, NULL);
    if (event)
        take(f, event);
}

static void save(void *context)
{
    struct event_feed *f = context;
    event_state_save(f->state);
}

/* What was told before is known: now the rest. A state that cannot be read is one that is not
 * there. */
static void on_state(void *context, const struct err *err)
{
    struct event_feed *f = context;
    if (err->kind)
        log_err(LOG_WARN, "it is not known which events were told: all that there are will be",
                err);
    f->watch =
        watch_new(f->conf.client, &kind_event.kind, "",
                  &(struct watch_conf){.raw = true, .context = f, .event = on_event}, &f->events);
}

struct event_feed *event_feed_start(const struct event_feed_conf *conf)
{
    struct event_feed *f = mem_alloc(sizeof *f);
    f->conf = *conf;
    f->doc = json_doc_new();
    f->gather = loop_timer_new(conf->loop, tell, f);
    f->save = loop_timer_new(conf->loop, save, f);
    f->state = event_state_load(conf->store, f, on_state);
    return f;
}
