/*
 * /infra?from=&to=
 * {"cluster","times":["…Z"],"items":[{"kind":"node","name","cpu":[…],"memory":[…]},
 *                   {"kind":"pod","namespace","name","cpu":[…],"memory":[…]}],"continue"}
 *
 * A number a time of `times`, null where the snapshot has none (units as in snapshot.h); nodes
 * first, each kind by name. The last hour when no span is given; ?kind=nodes or pods, ?namespace=.
 */
#include "collect/service_infra.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "collect/service_call.h"
#include "collect/service_unpack.h"
#include "net/splitter.h"
#include "store/store.h"
#include "store/window_store.h"

enum { TIMES_MAX = 1008, POINTS_MAX = 2000000, SNAPSHOT_MAX = 256 << 20 };

struct item {
    char *key; /* "NS/NAME", of a node "/NAME" */
    float *cpu, *memory;
};

struct infra {
    struct service_call *call;
    struct service_unpack *unpack;
    struct splitter *nodes, *pods;
    struct json_doc *doc;
    int64_t *times;
    size_t time_count, at;
    struct map *by_key;
    struct item *items;
    size_t count, cap;
    char *namespace_;
    bool want_nodes, want_pods;
};

static void free_infra(void *own)
{
    struct infra *f = own;
    service_unpack_free(f->unpack);
    splitter_free(f->nodes);
    splitter_free(f->pods);
    json_doc_free(f->doc);
    map_free(f->by_key, NULL);
    for (size_t i = 0; i < f->count; i++) {
        free(f->items[i].key);
        free(f->items[i].cpu);
        free(f->items[i].memory);
    }
    free(f->items);
    free(f->times);
    free(f->namespace_);
    free(f);
}

/* ---- the answer ---- */

static int by_key(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    bool node_x = *x->key == '/', node_y = *y->key == '/';
    if (node_x != node_y)
        return node_x ? -1 : 1;
    return strcmp(x->key, y->key);
}

static void put_numbers(struct json_out *o, const char *name, const float *list, size_t count)
{
    json_out_array(o, name);
    for (size_t i = 0; i < count; i++)
        json_out_number(o, NULL, isfinite(list[i]) ? round((double)list[i] * 1e4) / 1e4 : NAN);
    json_out_end_array(o);
}

static void put_item(const struct infra *f, struct json_out *o, const struct item *item)
{
    const char *slash = strchr(item->key, '/');
    json_out_object(o, NULL);
    json_out_text(o, "kind", slash == item->key ? "node" : "pod");
    if (slash != item->key)
        json_out_string(o, "namespace", (struct str){item->key, (size_t)(slash - item->key)});
    json_out_text(o, "name", slash + 1);
    put_numbers(o, "cpu", item->cpu, f->time_count);
    put_numbers(o, "memory", item->memory, f->time_count);
    json_out_end_object(o);
}

/* The newest values, tab by tab. */
static void put_text(const struct infra *f, struct buf *out, const struct item *item)
{
    size_t last = f->time_count ? f->time_count - 1 : 0;
    buf_printf(out, "%s\t%g\t%.0f\n", *item->key == '/' ? item->key + 1 : item->key,
               (double)item->cpu[last], (double)item->memory[last]);
}

static void finish(struct infra *f)
{
    struct service_call *c = f->call;
    struct buf body;
    struct json_out o = {.b = &body};
    char text[CLOCK_TEXT];
    if (f->count)
        qsort(f->items, f->count, sizeof *f->items, by_key);
    size_t from = c->offset < f->count ? c->offset : f->count, left = f->count - from;
    size_t to = from + (left < c->limit ? left : c->limit);
    buf_init(&body, SERVICE_CALL_BODY);
    if (!c->text) {
        json_out_object(&o, NULL);
        json_out_text(&o, "cluster", window_store_cluster(c->store));
        json_out_array(&o, "times");
        for (size_t i = 0; i < f->time_count; i++)
            json_out_text(&o, NULL, clock_rfc3339(f->times[i], false, text));
        json_out_end_array(&o);
        json_out_array(&o, "items");
    }
    for (size_t i = from; i < to; i++)
        c->text ? put_text(f, &body, &f->items[i]) : put_item(f, &o, &f->items[i]);
    if (!c->text) {
        json_out_end_array(&o);
        snprintf(text, sizeof text, "%zu", to);
        if (to < f->count)
            json_out_text(&o, "continue", text);
        json_out_end_object(&o);
    }
    service_call_reply(c, &body);
}

/* ---- one snapshot ---- */

static void next_snapshot(struct infra *f);

static float *no_numbers(size_t count)
{
    float *list = mem_array(count + 1, sizeof *list);
    for (size_t i = 0; i < count; i++)
        list[i] = NAN;
    return list;
}

static struct item *item_of(struct infra *f, const char *key)
{
    uintptr_t index = (uintptr_t)map_get(f->by_key, str_of(key));
    if (index)
        return &f->items[index - 1];
    if ((f->count + 1) * f->time_count > POINTS_MAX)
        return NULL;
    mem_grow(&f->items, &f->cap, f->count + 1, sizeof *f->items);
    f->items[f->count] =
        (struct item){mem_dup(key), no_numbers(f->time_count), no_numbers(f->time_count)};
    map_put(f->by_key, str_of(key), (void *)(uintptr_t)(f->count + 1));
    return &f->items[f->count++];
}

static bool take(struct infra *f, struct str json, struct err *err)
{
    char key[600];
    const struct json *j = json_parse(f->doc, json.p, json.n, err);
    if (!j)
        return false;
    const char *ns = json_string(j, "namespace", "");
    if (f->namespace_ && *ns && strcmp(ns, f->namespace_) != 0)
        return true;
    snprintf(key, sizeof key, "%s/%s", ns, json_string(j, "name", ""));
    struct item *item = item_of(f, key);
    if (!item)
        return err_set(err, ERR_USAGE, "infra", "",
                       "too much: ask for a shorter span or a namespace");
    item->cpu[f->at] = (float)json_number(j, "cpu", NAN);
    item->memory[f->at] = (float)json_number(j, "memory", NAN);
    return true;
}

static bool on_used(void *context, struct str json, struct err *err)
{
    return take(context, json, err);
}

static bool on_piece(void *context, struct str plain, struct err *err)
{
    struct infra *f = context;
    return (!f->nodes || splitter_feed(f->nodes, plain, err)) &&
           (!f->pods || splitter_feed(f->pods, plain, err));
}

static void on_unpacked(void *context, const struct err *err)
{
    struct infra *f = context;
    f->unpack = NULL;
    if (err->kind) {
        service_call_fail(f->call, err);
        return;
    }
    f->at++;
    next_snapshot(f);
}

static struct splitter *splitter_of(struct infra *f, const char *array)
{
    return splitter_new(&(struct splitter_conf){
        .array = array, .max_rest = SNAPSHOT_MAX, .context = f, .element = on_used});
}

static void on_bytes(void *context, struct str bytes, const struct err *err)
{
    struct infra *f = context;
    f->call->io = NULL;
    /* One that retention has just taken is a gap. */
    if (err->kind == ERR_NOT_FOUND) {
        f->at++;
        next_snapshot(f);
        return;
    }
    if (err->kind) {
        service_call_fail(f->call, err);
        return;
    }
    splitter_free(f->nodes);
    splitter_free(f->pods);
    f->nodes = f->want_nodes ? splitter_of(f, "usage.nodes") : NULL;
    f->pods = f->want_pods ? splitter_of(f, "usage.pods") : NULL;
    f->unpack = service_unpack_start(f->call->loop, bytes, f, on_piece, on_unpacked);
}

static void next_snapshot(struct infra *f)
{
    char key[WINDOW_KEY_SIZE];
    struct service_call *c = f->call;
    if (f->at == f->time_count) {
        finish(f);
        return;
    }
    window_key_snapshot(key, window_store_cluster(c->store), f->times[f->at]);
    c->io = store_get(window_store_processed(c->store), key, SNAPSHOT_MAX, f, on_bytes);
}

static void on_times(void *context, const int64_t *times, size_t count, const struct err *err)
{
    struct infra *f = context;
    f->call->op = NULL;
    if (err->kind) {
        service_call_fail(f->call, err);
        return;
    }
    if (count > TIMES_MAX) {
        service_call_status(f->call, 400,
                            "the span holds too many snapshots: ask for a shorter one");
        return;
    }
    f->times = mem_array(count + 1, sizeof *f->times);
    for (size_t i = 0; i < count; i++)
        f->times[i] = times[i];
    f->time_count = count;
    next_snapshot(f);
}

void service_infra_answer(struct service_call *c)
{
    const char *kind = service_call_query(c, "kind");
    int64_t from, to;
    if (!service_call_time(c, "to", clock_now(), &to) ||
        !service_call_time(c, "from", to - CLOCK_HOUR, &from))
        return;
    if (from >= to || (kind && strcmp(kind, "nodes") != 0 && strcmp(kind, "pods") != 0)) {
        service_call_status(c, 400, from >= to ? "the span is empty" : "kind is nodes or pods");
        return;
    }
    struct infra *f = mem_alloc(sizeof *f);
    f->call = c;
    f->namespace_ = mem_dup(service_call_query(c, "namespace"));
    f->want_nodes = !kind || strcmp(kind, "nodes") == 0;
    f->want_pods = !kind || strcmp(kind, "pods") == 0;
    f->doc = json_doc_new();
    f->by_key = map_new();
    c->own = f;
    c->free_own = free_infra;
    c->op = window_store_list_snapshots(c->store, from, to, f, on_times);
}
