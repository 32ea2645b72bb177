/*
 * Resources, what is broken and usage out of a collector's read API: what it stored last, or at the scope's moment.
 * Nothing of it is live, and the panes' titles say of when it is. The newest snapshot's time is asked
 * for each half minute, by one object; all is read again only when there is a newer one.
 */
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cmd/board/board_feed.h"
#include "cmd/board/board_snapshot.h"
#include "kube/kinds/kinds.h"
#include "net/loop.h"
#include "source/read_api/read_api.h"

enum { REFRESH_MS = 30 * 1000, RESOURCES = 4 };
#define SPAN CLOCK_HOUR
#define HOLDS (10 * CLOCK_MINUTE) /* a number counts until the next snapshot, so long at most */

struct board_server {
    struct read_api *api;
    struct model *model;
    bool usage; /* no Prometheus tells of it */
    struct resource *resources[RESOURCES];
    struct board_snapshot *rest;
    size_t next;                /* to be read: of the resources, then of what the rest is made of */
    struct read_api_call *call; /* under way */
    struct loop_timer *timer;
    int64_t moment;       /* wanted: 0 the newest */
    int64_t found, shown; /* the snapshot being read, and that is shown */
    bool again;           /* the moment changed meanwhile */
    bool settled;
};

static const char *const kinds[RESOURCES] = {"pods", "nodes", "namespaces", "events"};

static void look(void *context);

static void finish(struct board_server *s, const struct err *err)
{
    int64_t retry = clock_monotonic() + REFRESH_MS * CLOCK_MS;
    for (int i = 0; i < RESOURCES; i++) {
        s->resources[i]->loading = false;
        if (err->kind)
            upstream_failed(&s->resources[i]->upstream, err, retry);
        else
            upstream_snapshot(&s->resources[i]->upstream, s->shown);
    }
    if (err->kind)
        board_snapshot_failed(s->rest, err, retry);
    if (s->usage && err->kind)
        upstream_failed(&s->model->metrics, err, retry);
    else if (s->usage)
        upstream_snapshot(&s->model->metrics, s->shown);
    s->model->dirty = true;
    s->settled = !s->again;
    loop_timer_set(s->timer, s->again ? 0 : REFRESH_MS);
    s->again = false;
}

/* ---- usage ---- */

static void add(struct series *series, const char *key, int64_t from, int64_t to, double value)
{
    for (int64_t t = from; !isnan(value) && t < to; t += CLOCK_MINUTE)
        series_add(series, str_of(key), t, value);
}

/* Snapshots lie farther apart than the points of a series. */
static void on_point(void *context, bool pod, const char *key, int64_t time, double cpu,
                     double memory)
{
    struct board_server *s = context;
    struct series **all = s->model->series;
    int64_t end = s->moment ? s->moment : clock_now(), to = time + HOLDS;
    to = to < end ? to : end > time ? end : time + CLOCK_MINUTE;
    add(all[pod ? METRIC_POD_CPU : METRIC_NODE_CPU], key, time, to, cpu);
    add(all[pod ? METRIC_POD_MEMORY : METRIC_NODE_MEMORY], key, time, to, memory);
}

static void on_usage(void *context, const struct err *err)
{
    struct board_server *s = context;
    s->call = NULL;
    s->shown = err->kind ? s->shown : s->found;
    finish(s, err);
}

static void read_usage(struct board_server *s)
{
    struct err none = {0};
    if (!s->usage) {
        s->shown = s->found;
        finish(s, &none);
        return;
    }
    for (int i = 0; i < METRIC_COUNT; i++) {
        series_free(s->model->series[i]);
        s->model->series[i] =
            series_new(MODEL_SERIES_STEP_SECONDS * CLOCK_SECOND, MODEL_SERIES_POINTS);
    }
    s->call = read_api_usage(s->api, &(struct read_api_usage){.from = s->found - SPAN,
                                                              .to = s->found + CLOCK_SECOND,
                                                              .context = s,
                                                              .point = on_point,
                                                              .done = on_usage});
}

/* ---- resources ---- */

static void read_next(struct board_server *s);

static void on_element(void *context, const struct json *element)
{
    struct board_server *s = context;
    if (s->next >= RESOURCES) {
        board_snapshot_element(s->rest, board_snapshot_array(s->rest, s->next - RESOURCES),
                               element);
        return;
    }
    struct objects *table = s->resources[s->next]->table;
    struct object *row = kinds_make(objects_kind(table), table, element);
    if (row)
        objects_put(table, row);
}

static void on_list(void *context, int64_t found, const char *cluster, const struct err *err)
{
    struct board_server *s = context;
    (void)found;
    (void)cluster;
    s->call = NULL;
    if (err->kind) {
        finish(s, err);
        return;
    }
    if (s->next < RESOURCES)
        objects_relist_end(s->resources[s->next]->table);
    s->next++;
    s->model->dirty = true;
    read_next(s);
}

static void read_next(struct board_server *s)
{
    const char *kind =
        s->next < RESOURCES ? kinds[s->next] : board_snapshot_array(s->rest, s->next - RESOURCES);
    if (!kind) {
        board_snapshot_end(s->rest, s->found);
        read_usage(s);
        return;
    }
    if (s->next < RESOURCES) {
        objects_relist_begin(s->resources[s->next]->table);
        s->resources[s->next]->loading = true;
    } else if (s->next == RESOURCES) {
        board_snapshot_begin(s->rest);
    }
    s->call = read_api_list(
        s->api,
        &(struct read_api_list){
            .kind = kind, .at = s->found, .context = s, .element = on_element, .done = on_list});
}

/* Of a moment without a snapshot nothing is shown, rather than another moment. */
static void show_none(struct board_server *s)
{
    struct err err;
    err_set(&err, ERR_NOT_FOUND, read_api_place(s->api), "",
            s->moment ? "no snapshot is as old as that" : "no snapshot is stored yet");
    for (int i = 0; i < RESOURCES; i++) {
        objects_relist_begin(s->resources[i]->table);
        objects_relist_end(s->resources[i]->table);
        s->resources[i]->upstream.data = 0;
    }
    s->shown = 0;
    board_snapshot_empty(s->rest);
    finish(s, &err);
}

static void on_any(void *context, const struct json *element)
{
    (void)context;
    (void)element;
}

static void on_found(void *context, int64_t found, const char *cluster, const struct err *err)
{
    struct board_server *s = context;
    struct scope *scope = &s->model->scope;
    s->call = NULL;
    if (!err->kind && *cluster)
        str_copy(scope->cluster, sizeof scope->cluster, cluster);
    if (err->kind == ERR_NOT_FOUND)
        show_none(s);
    else if (err->kind || found == s->shown)
        finish(s, err);
    if (err->kind || found == s->shown)
        return;
    s->found = found;
    s->next = 0;
    read_next(s);
}

static void look(void *context)
{
    struct board_server *s = context;
    s->call = read_api_list(s->api, &(struct read_api_list){.kind = "namespaces",
                                                            .at = s->moment,
                                                            .most = 1,
                                                            .context = s,
                                                            .element = on_any,
                                                            .done = on_found});
}

/* ---- from outside ---- */

struct board_server *board_server_start(struct read_api *api, struct loop *l, struct model *m,
                                        bool usage)
{
    struct board_server *s = mem_alloc(sizeof *s);
    struct resource *into[RESOURCES] = {&m->pods, &m->nodes, &m->namespaces, &m->events};
    s->api = api;
    s->model = m;
    s->usage = usage;
    s->timer = loop_timer_new(l, look, s);
    for (int i = 0; i < RESOURCES; i++) {
        s->resources[i] = into[i];
        into[i]->table = into[i]->table ? into[i]->table : objects_new(kinds_find(kinds[i]));
        upstream_connecting(&into[i]->upstream);
    }
    s->rest = board_snapshot_new(m, kinds, RESOURCES);
    if (usage)
        upstream_connecting(&m->metrics);
    loop_timer_set(s->timer, 0);
    return s;
}

void board_server_free(struct board_server *s)
{
    if (!s)
        return;
    read_api_cancel(s->call);
    loop_timer_free(s->timer);
    board_snapshot_free(s->rest);
    free(s);
}

void board_server_show(struct board_server *s, int64_t at)
{
    if (!s || at == s->moment)
        return;
    s->moment = at;
    s->settled = false;
    s->again = s->call != NULL;
    if (!s->call)
        loop_timer_set(s->timer, 0);
}

void board_server_browse(struct board_server *s, const char *wanted)
{
    board_snapshot_browse(s->rest, wanted);
}

bool board_server_settled(const struct board_server *s)
{
    return !s || s->settled;
}
