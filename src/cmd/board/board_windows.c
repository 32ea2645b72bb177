/*
 * What is stored comes by one GET a rule and day, again each quarter of a minute for today. What the
 * shown windows are compared with comes behind it, by cmd/window_history.h. The window still open is
 * worked out from Loki by the collector's own code, one rule after another, and never stored.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cmd/board/board_feed.h"
#include "cmd/window_history.h"
#include "collect/extraction.h"
#include "net/loop.h"
#include "source/loki/loki.h"

enum { REFRESH_MS = 15 * 1000, OPEN_MS = 30 * 1000, SLOW_TURNS = 8 };

struct day_feed {
    struct board_windows *owner;
    void *op;
    int64_t day; /* shown */
};

struct board_windows {
    struct board_windows_conf conf;
    struct model *model;
    struct day_feed days[MODEL_RULES];
    void *rules_op, *chosen_op, *catalogue_op;
    struct window_history *history; /* NULL without a source */
    struct extraction *extraction;
    size_t open_rule; /* whose open window is being worked out */
    bool opening;     /* a turn over all rules is under way */
    bool open_told;   /* every rule had its turn once */
    bool rules_told, rules_failed;
    size_t turns; /* of the refresh */
    char chosen_rule[41];
    int64_t chosen_from;
    struct loop_timer *refresh, *open_timer;
};

static size_t rule_index(struct board_windows *b, const char *rule)
{
    struct model_windows *w = &b->model->windows;
    for (size_t i = 0; i < w->rule_count; i++)
        if (strcmp(w->rules[i], rule) == 0)
            return i;
    if (w->rule_count == MODEL_RULES)
        return SIZE_MAX;
    w->rules[w->rule_count] = mem_dup(rule);
    b->days[w->rule_count] = (struct day_feed){.owner = b};
    return w->rule_count++;
}

static void note(struct board_windows *b, const struct err *err)
{
    struct model_windows *w = &b->model->windows;
    if (err->kind)
        upstream_failed(&w->upstream, err, clock_monotonic() + REFRESH_MS * CLOCK_MS);
    else
        upstream_live(&w->upstream);
    b->model->dirty = true;
}

static void on_day(void *context, struct window_day *yours, const struct err *err)
{
    struct day_feed *feed = context;
    struct board_windows *b = feed->owner;
    size_t i = (size_t)(feed - b->days);
    feed->op = NULL;
    note(b, err);
    if (err->kind)
        return;
    window_day_free(b->model->windows.days[i]);
    b->model->windows.days[i] = yours;
    window_history_day(b->history, yours);
}

static void load_day(struct board_windows *b, size_t i, int64_t day)
{
    const struct window_source *from = &b->conf.source;
    if (!from->ops)
        return;
    from->ops->cancel(b->days[i].op);
    b->days[i].day = day;
    b->days[i].op =
        from->ops->day(from->self, b->model->windows.rules[i], day, &b->days[i], on_day);
}

void board_windows_show_day(struct board_windows *b, const char *rule, int64_t day)
{
    size_t i = rule_index(b, rule);
    if (i == SIZE_MAX)
        return;
    int64_t start = clock_align(day, CLOCK_DAY);
    struct window_day **shown = &b->model->windows.days[i];
    if (*shown && (*shown)->day != start) {
        window_day_free(*shown);
        *shown = NULL;
    }
    load_day(b, i, start);
}

static void on_rules(void *context, const char *const *rules, size_t count, const struct err *err)
{
    struct board_windows *b = context;
    b->rules_op = NULL;
    b->rules_told = true;
    b->rules_failed = err->kind != ERR_NONE;
    note(b, err);
    for (size_t i = 0; i < count; i++) {
        size_t known = b->model->windows.rule_count, at = rule_index(b, rules[i]);
        if (at == known && at != SIZE_MAX)
            load_day(b, at, clock_align(clock_now(), CLOCK_DAY));
    }
}

/* ---- what is compared ---- */

static void on_history(void *context)
{
    ((struct board_windows *)context)->model->dirty = true;
}

/* The chosen window, and when live those that are open. */
static void compare_shown(struct board_windows *b)
{
    const struct model *m = b->model;
    struct window_history_want list[MODEL_RULES + 1];
    int64_t width = b->conf.width, now = clock_align(clock_now(), width);
    size_t n = 0;
    if (!b->history)
        return;
    if (b->chosen_rule[0])
        list[n++] = (struct window_history_want){b->chosen_rule, b->chosen_from, width};
    for (size_t i = 0; scope_is_live(&m->scope) && i < m->windows.rule_count; i++) {
        const struct window *open = m->windows.open[i];
        list[n++] =
            (struct window_history_want){m->windows.rules[i], open ? open->from : now, width};
    }
    window_history_show(b->history, list, n);
}

static void next_open(struct board_windows *b);

static void on_catalogue(void *context, struct catalogue *yours, bool rebuilt,
                         const struct err *err)
{
    struct board_windows *b = context;
    struct model_windows *w = &b->model->windows;
    (void)rebuilt;
    b->catalogue_op = NULL;
    if (!err->kind) {
        catalogue_free(w->catalogue);
        w->catalogue = yours;
        b->model->dirty = true;
    }
    if (b->opening)
        next_open(b);
}

/* Not while a window is being grouped by the one that is there. */
static void load_catalogue(struct board_windows *b)
{
    const struct window_source *from = &b->conf.source;
    if (!b->catalogue_op && !b->extraction)
        b->catalogue_op = from->ops->catalogue(from->self, b, on_catalogue);
}

/* ---- days and windows ---- */

/* Rules come with their first window. */
static void list_rules(struct board_windows *b)
{
    const struct window_source *from = &b->conf.source;
    if (!b->rules_op)
        b->rules_op = from->ops->rules(from->self, b, on_rules);
}

static void on_chosen(void *context, struct window *yours, const struct err *err)
{
    struct board_windows *b = context;
    struct model_windows *w = &b->model->windows;
    b->chosen_op = NULL;
    b->model->dirty = true;
    if (err->kind) {
        upstream_failed(&w->chosen_upstream, err, clock_monotonic() + REFRESH_MS * CLOCK_MS);
        return;
    }
    window_free(w->chosen);
    w->chosen = yours;
    upstream_live(&w->chosen_upstream);
}

static void load_chosen(struct board_windows *b)
{
    const struct window_source *from = &b->conf.source;
    upstream_connecting(&b->model->windows.chosen_upstream);
    b->chosen_op = from->ops->window(from->self, b->chosen_rule, b->chosen_from, b, on_chosen);
}

/* A window that could not be had is asked for again: the store may be back. */
static void ask_again(struct board_windows *b)
{
    const struct upstream *u = &b->model->windows.chosen_upstream;
    if (b->chosen_rule[0] && !b->chosen_op && u->state != UPSTREAM_LIVE && u->err.kind)
        load_chosen(b);
}

/* Of the days shown only today's changes; a new day begins by itself. */
static void refresh(void *context)
{
    struct board_windows *b = context;
    bool slow = b->turns++ % SLOW_TURNS == 0;
    if (slow && !b->opening)
        load_catalogue(b);
    if (slow || b->rules_failed)
        list_rules(b);
    ask_again(b);
    compare_shown(b);
    int64_t today = clock_align(clock_now(), CLOCK_DAY);
    for (size_t i = 0; i < b->model->windows.rule_count; i++)
        if (!b->days[i].op && b->days[i].day >= today - CLOCK_DAY)
            load_day(b, i, b->model->scope.at ? b->days[i].day : today);
    loop_timer_set(b->refresh, REFRESH_MS);
}

static struct window *copy_window(const struct window *w)
{
    struct buf json;
    struct err err;
    buf_init(&json, 64 << 20);
    window_to_json(w, &json);
    struct window *copy = json.over ? NULL : window_from_json(json.p, json.n, "open window", &err);
    buf_free(&json);
    if (copy)
        copy->open = true;
    return copy;
}

static const struct window *open_window(const struct board_windows *b, const char *rule,
                                        int64_t from)
{
    const struct model_windows *w = &b->model->windows;
    for (size_t i = 0; i < w->rule_count; i++)
        if (w->open[i] && w->open[i]->from == from && strcmp(w->rules[i], rule) == 0)
            return w->open[i];
    return NULL;
}

static void show_open(struct board_windows *b, const struct window *open)
{
    struct model_windows *w = &b->model->windows;
    struct window *copy = copy_window(open);
    if (!copy)
        return;
    window_free(w->chosen);
    w->chosen = copy;
    upstream_live(&w->chosen_upstream);
    b->model->dirty = true;
}

void board_windows_show(struct board_windows *b, const char *rule, int64_t from)
{
    struct model_windows *w = &b->model->windows;
    const struct window_source *source = &b->conf.source;
    if (source->ops)
        source->ops->cancel(b->chosen_op);
    b->chosen_op = NULL;
    snprintf(b->chosen_rule, sizeof b->chosen_rule, "%s", rule);
    b->chosen_from = from;
    compare_shown(b);
    const struct window *open = open_window(b, rule, from);
    if (open) {
        show_open(b, open);
        return;
    }
    if (!source->ops)
        return;
    if (w->chosen && (w->chosen->from != from || strcmp(w->chosen->rule, rule) != 0)) {
        window_free(w->chosen);
        w->chosen = NULL;
    }
    memset(&w->chosen_upstream, 0, sizeof w->chosen_upstream);
    load_chosen(b);
    b->model->dirty = true;
}

static void on_open(void *context, struct window *w, struct spool *raw, const struct err *err)
{
    struct board_windows *b = context;
    struct model_windows *all = &b->model->windows;
    size_t i = rule_index(b, b->conf.rules[b->open_rule].name);
    (void)raw;
    b->extraction = NULL;
    if (w && i != SIZE_MAX) {
        window_free(all->open[i]);
        all->open[i] = w;
        if (w->from == b->chosen_from && strcmp(w->rule, b->chosen_rule) == 0)
            show_open(b, w);
    } else {
        window_free(w);
    }
    if (err->kind)
        upstream_failed(&all->open_upstream, err, clock_monotonic() + OPEN_MS * CLOCK_MS);
    else
        upstream_live(&all->open_upstream);
    b->model->dirty = true;
    b->open_rule++;
    next_open(b);
}

static void next_open(struct board_windows *b)
{
    if (b->open_rule == b->conf.rule_count) {
        b->open_told = true;
        b->opening = false;
        b->open_rule = 0;
        compare_shown(b);
        loop_timer_set(b->open_timer, OPEN_MS);
        return;
    }
    int64_t from = clock_align(loki_now(b->conf.loki), b->conf.width);
    struct extraction_conf conf = {.loki = b->conf.loki,
                                   .cluster = b->conf.cluster,
                                   .rule = &b->conf.rules[b->open_rule],
                                   .labels = b->conf.labels,
                                   .from = from,
                                   .to = from + b->conf.width,
                                   .known = b->model->windows.catalogue,
                                   .open = true,
                                   .context = b,
                                   .done = on_open};
    b->extraction = extraction_start(&conf);
}

/* Ids must be the stored ones, so the catalogue comes first, each time: the collector adds to it.
 */
static void start_open(void *context)
{
    struct board_windows *b = context;
    b->opening = true;
    if (b->conf.source.ops)
        load_catalogue(b);
    else
        next_open(b);
}

struct board_windows *board_windows_start(const struct board_windows_conf *conf, struct model *m)
{
    struct board_windows *b = mem_alloc(sizeof *b);
    b->conf = *conf;
    b->model = m;
    m->windows.width = conf->width;
    b->refresh = loop_timer_new(conf->loop, refresh, b);
    b->open_timer = loop_timer_new(conf->loop, start_open, b);
    for (size_t i = 0; i < conf->rule_count; i++)
        rule_index(b, conf->rules[i].name);
    if (conf->source.ops) {
        b->history = window_history_new(&(struct window_history_conf){.loop = conf->loop,
                                                                      .source = conf->source,
                                                                      .pasts = m->windows.pasts,
                                                                      .context = b,
                                                                      .changed = on_history});
        upstream_connecting(&m->windows.upstream);
        for (size_t i = 0; i < m->windows.rule_count; i++)
            load_day(b, i, clock_align(clock_now(), CLOCK_DAY));
        list_rules(b);
        loop_timer_set(b->refresh, REFRESH_MS);
    }
    if (conf->loki && conf->rule_count) {
        upstream_connecting(&m->windows.open_upstream);
        loop_timer_set(b->open_timer, 0);
    } else if (conf->source.ops) {
        load_catalogue(b);
    }
    return b;
}

static void stop_asking(struct board_windows *b)
{
    const struct window_source_ops *ops = b->conf.source.ops;
    for (size_t i = 0; ops && i < MODEL_RULES; i++)
        ops->cancel(b->days[i].op);
    if (!ops)
        return;
    ops->cancel(b->rules_op);
    ops->cancel(b->chosen_op);
    ops->cancel(b->catalogue_op);
}

void board_windows_free(struct board_windows *b)
{
    if (!b)
        return;
    stop_asking(b);
    window_history_free(b->history);
    extraction_free(b->extraction);
    loop_timer_free(b->refresh);
    loop_timer_free(b->open_timer);
    free(b);
}

bool board_windows_settled(const struct board_windows *b)
{
    if (!b)
        return true;
    for (size_t i = 0; i < MODEL_RULES; i++)
        if (b->days[i].op)
            return false;
    bool open = b->open_told || !b->conf.loki || !b->conf.rule_count;
    return open && !b->chosen_op &&
           (!b->conf.source.ops ||
            (b->rules_told && !b->catalogue_op && window_history_settled(b->history)));
}
