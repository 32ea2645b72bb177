#include "cmd/board/board_usage.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cmd/board/board_widen.h"
#include "kube/access/client.h"
#include "kube/usage.h"
#include "model/model.h"
#include "net/backoff.h"
#include "net/loop.h"

/* metrics-server measures each quarter of a minute: two polls see each minute of the grid. One that is
 * not installed may come. */
enum { POLL_MS = 30000, ABSENT_MS = 120000, KEY = 600 };

struct board_usage {
    struct client *client;
    struct model *model;
    struct usage *nodes, *pods;
    bool narrowed; /* pods of the home namespace alone */
    struct board_widen *widen;
    struct loop_timer *poll;
    struct backoff backoff;
    struct err err; /* of this poll */
    struct series *kept[METRIC_COUNT];
    void (*told)(void *context, const struct err *err);
    void *context;
};

static void add(struct board_usage *u, enum metric m, const char *key, int64_t time, double value)
{
    series_add(u->kept[m], str_of(key), time, value);
    if (scope_is_live(&u->model->scope))
        series_add(u->model->series[m], str_of(key), time, value);
}

static double capacity(const struct objects *nodes, const struct object *node, const char *title)
{
    int column = objects_column(objects_kind(nodes), title);
    return column < 0 ? 0 : (double)node->cells[column].number;
}

/* A node's numbers are shares of the whole node, as Prometheus's are. */
static void on_node(void *context, const struct usage_one *one)
{
    struct board_usage *u = context;
    const struct objects *nodes = u->model->nodes.table;
    const struct object *node = nodes ? objects_find(nodes, str_of(""), str_of(one->name)) : NULL;
    double cores = node ? capacity(nodes, node, "CPU CAPACITY") / 1e3 : 0;
    double bytes = node ? capacity(nodes, node, "MEMORY CAPACITY") : 0;
    int64_t time = one->time ? one->time : clock_now();
    if (cores > 0)
        add(u, METRIC_NODE_CPU, one->name, time, (double)one->cpu / 1e9 / cores);
    if (bytes > 0)
        add(u, METRIC_NODE_MEMORY, one->name, time, (double)one->memory / bytes);
}

static void on_pod(void *context, const struct usage_one *one)
{
    struct board_usage *u = context;
    char key[KEY];
    int64_t time = one->time ? one->time : clock_now();
    snprintf(key, sizeof key, "%s/%s", one->namespace_, one->name);
    add(u, METRIC_POD_CPU, key, time, (double)one->cpu / 1e9);
    add(u, METRIC_POD_MEMORY, key, time, (double)one->memory);
}

static void finish(struct board_usage *u, const struct err *err)
{
    if (err->kind && !u->err.kind)
        u->err = *err;
    if (u->nodes || u->pods)
        return;
    int64_t wait = POLL_MS;
    if (u->err.kind == ERR_NOT_FOUND || u->err.kind == ERR_DENIED)
        wait = ABSENT_MS;
    else if (u->err.kind)
        wait = backoff_next(&u->backoff, &u->err);
    else
        backoff_reset(&u->backoff);
    loop_timer_set(u->poll, wait);
    u->model->dirty = true;
    u->told(u->context, &u->err);
}

static void on_nodes(void *context, size_t count, const struct err *err)
{
    struct board_usage *u = context;
    struct err none = *err;
    (void)count;
    u->nodes = NULL;
    /* Who may not see nodes may see pods. */
    if (none.kind == ERR_DENIED)
        err_clear(&none);
    finish(u, &none);
}

static void ask_pods(struct board_usage *u);

static void on_pods(void *context, size_t count, const struct err *err)
{
    struct board_usage *u = context;
    (void)count;
    u->pods = NULL;
    if (err->kind == ERR_DENIED && !u->narrowed) {
        u->narrowed = true;
        board_widen_begin(u->widen);
        ask_pods(u);
        return;
    }
    finish(u, err);
}

static void ask_pods(struct board_usage *u)
{
    struct usage_conf conf = {.namespace_ = u->narrowed ? client_home(u->client) : "",
                              .context = u,
                              .one = on_pod,
                              .done = on_pods};
    u->pods = usage_ask(u->client, &conf);
}

static void poll_now(void *context)
{
    struct board_usage *u = context;
    struct usage_conf nodes = {
        .nodes = true, .namespace_ = "", .context = u, .one = on_node, .done = on_nodes};
    err_clear(&u->err);
    u->nodes = usage_ask(u->client, &nodes);
    ask_pods(u);
}

static void widened(void *context)
{
    struct board_usage *u = context;
    u->narrowed = false;
    if (loop_timer_is_set(u->poll))
        loop_timer_set(u->poll, 0);
}

void board_usage_refill(struct board_usage *u)
{
    for (int m = 0; m < METRIC_COUNT; m++)
        series_merge(u->model->series[m], u->kept[m]);
}

struct board_usage *board_usage_start(struct client *c, struct model *m,
                                      void (*told)(void *context, const struct err *err),
                                      void *context)
{
    struct board_usage *u = mem_alloc(sizeof *u);
    u->client = c;
    u->model = m;
    u->told = told;
    u->context = context;
    for (int i = 0; i < METRIC_COUNT; i++)
        u->kept[i] = series_new(MODEL_SERIES_STEP_SECONDS * CLOCK_SECOND, MODEL_SERIES_POINTS);
    u->poll = loop_timer_new(client_loop(c), poll_now, u);
    u->widen = board_widen_new(c, usage_kind(false), widened, u);
    loop_timer_set(u->poll, 0);
    return u;
}

void board_usage_free(struct board_usage *u)
{
    if (!u)
        return;
    usage_cancel(u->nodes);
    usage_cancel(u->pods);
    loop_timer_free(u->poll);
    board_widen_free(u->widen);
    for (int m = 0; m < METRIC_COUNT; m++)
        series_free(u->kept[m]);
    free(u);
}
