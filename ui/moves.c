#include "ui/moves.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ui/errors/shown_window.h"
#include "ui/query/logquery.h"

enum { QUERY_BYTES = 1 << 16, PATIENCE_MS = 2000 };

struct asked {
    char *query;
    bool live;
    int64_t from, to;
};

struct moves {
    struct model *model;
    const struct rule_labels *labels;
    struct scope_history *history;
    int64_t span;
    char *typed, *graph;
    bool passing; /* the typed one is a pane's, until the next move */
    enum question_language graph_language;
    char *pod_log;       /* a pod_log_wish in the place of a query; or NULL */
    struct asked around; /* query NULL: none */
    struct moves_line line;
    bool line_waits;
    bool browsing, unsettled;
    int64_t moved_at; /* tick of the newest move, when it is known */
    uint64_t seen;    /* of scope.changes */
    bool logs_asked, metrics_asked;
    struct asked logs, metrics;
    char window_rule[RULE_NAME_MAX + 1];
    int64_t window_from;
    int64_t days[MODEL_RULES]; /* the day asked of each rule */
    size_t rules;
};

struct moves *moves_new(struct model *m, const struct rule_labels *labels, int64_t span)
{
    struct moves *v = mem_alloc(sizeof *v);
    v->model = m;
    v->labels = labels;
    v->span = span;
    v->history = scope_history_new();
    v->seen = m->scope.changes;
    scope_history_push(v->history, &m->scope);
    return v;
}

void moves_free(struct moves *v)
{
    if (!v)
        return;
    scope_history_free(v->history);
    free(v->typed);
    free(v->graph);
    free(v->pod_log);
    free(v->around.query);
    if (v->line_waits)
        labels_drop(v->line.labels);
    free(v->logs.query);
    free(v->metrics.query);
    free(v);
}

static void moved(struct moves *v, bool changed, bool browsing)
{
    if (!changed)
        return;
    v->browsing = browsing;
    moves_pod_log(v, NULL);
    moves_around(v, NULL, 0, 0);
}

void moves_around(struct moves *v, const char *logql, int64_t from, int64_t to)
{
    char *old = v->around.query;
    v->around = (struct asked){mem_dup(logql), false, from, to};
    free(old);
    v->model->dirty = true;
}

const char *moves_around_query(const struct moves *v)
{
    return v->around.query;
}

void moves_line(struct moves *v, const struct moves_line *line)
{
    if (v->line_waits)
        labels_drop(v->line.labels);
    v->line = *line;
    v->line.labels = line->labels ? labels_hold(line->labels) : NULL;
    v->line_waits = true;
    v->model->dirty = true;
}

bool moves_take_line(struct moves *v, struct moves_line *out)
{
    bool waits = v->line_waits;
    *out = v->line;
    v->line_waits = false;
    return waits;
}

void moves_pod_log(struct moves *v, const struct pod_log_wish *w)
{
    char text[POD_LOG_WISH_TEXT];
    free(v->pod_log);
    v->pod_log = w ? mem_dup(pod_log_wish_text(w, text)) : NULL;
    v->model->dirty = true;
}

void moves_container(struct moves *v, const char *name)
{
    moved(v, scope_set_container(&v->model->scope, name), false);
}

void moves_query(struct moves *v, const char *logql)
{
    char *old = v->typed;
    v->typed = mem_dup(logql);
    v->passing = false;
    free(old);
    moves_pod_log(v, NULL);
    moves_around(v, NULL, 0, 0);
}

void moves_narrow(struct moves *v, const char *logql)
{
    moves_query(v, logql);
    v->passing = true;
}

bool moves_is_edited(const struct moves *v)
{
    return v->typed && !v->passing;
}

const char *moves_typed_query(const struct moves *v)
{
    return v->typed;
}

void moves_graph(struct moves *v, enum question_language language, const char *text)
{
    char *old = v->graph;
    v->graph = mem_dup(text);
    v->graph_language = language;
    free(old);
    v->model->dirty = true;
}

int64_t moves_span(const struct moves *v)
{
    return v->span;
}

const char *moves_graph_query(const struct moves *v, enum question_language *language)
{
    *language = v->graph_language;
    return v->graph;
}

/* The subject changes: what a pane narrowed the lines to spoke of another one. */
static void turn(struct moves *v, bool changed, bool browsing)
{
    if (changed && v->passing)
        moves_query(v, NULL);
    moved(v, changed, browsing);
}

void moves_namespace(struct moves *v, const char *name)
{
    turn(v, scope_set_namespace(&v->model->scope, name), false);
}

void moves_node(struct moves *v, const char *name)
{
    turn(v, scope_set_node(&v->model->scope, name), false);
}

void moves_workload(struct moves *v, const char *ns, const char *workload)
{
    turn(v, scope_set_workload(&v->model->scope, ns, workload), false);
}

void moves_subject(struct moves *v, const struct scope *from)
{
    turn(v, scope_set_subject(&v->model->scope, from), false);
}

void moves_pod(struct moves *v, const char *ns, const char *name, bool browsing)
{
    turn(v, scope_set_pod(&v->model->scope, ns, name), browsing);
}

void moves_group(struct moves *v, const char *id)
{
    turn(v, scope_set_group(&v->model->scope, id), false);
}

void moves_window(struct moves *v, const char *rule, int64_t from, int64_t to)
{
    bool changed = scope_set_group(&v->model->scope, "");
    changed |= scope_set_window(&v->model->scope, rule, from, to);
    moved(v, changed, false);
}

static void go_to(struct moves *v, int64_t at, int64_t span)
{
    struct scope *s = &v->model->scope;
    bool changed = scope_set_group(s, "");
    changed |= scope_set_window(s, "", s->from, s->to);
    changed |= scope_set_time(s, at, span);
    moved(v, changed, false);
}

void moves_time(struct moves *v, int64_t at)
{
    go_to(v, at, v->span);
}

void moves_span_to(struct moves *v, int64_t from, int64_t at)
{
    go_to(v, at, at - from);
}

void moves_live(struct moves *v)
{
    if (!scope_is_live(&v->model->scope) || v->model->scope.rule[0])
        go_to(v, 0, v->span);
}

static void step_by(struct moves *v, int64_t span, int64_t now)
{
    struct scope *s = &v->model->scope;
    const struct model_windows *w = &v->model->windows;
    int64_t width = shown_window_width(v->model), open = clock_align(now, width), from;
    if (scope_is_live(s))
        from = open;
    else if (s->rule[0])
        from = s->from;
    else /* the window that the moment lies in counts as where we are */
        from = clock_align(s->at, width);
    from += span;
    if (from >= open) {
        moves_live(v);
    } else if (s->rule[0] || w->rule_count) {
        char rule[RULE_NAME_MAX + 1];
        str_copy(rule, sizeof rule, s->rule[0] ? s->rule : w->rules[0]);
        moves_window(v, rule, from, from + width);
    } else {
        moves_time(v, from + width);
    }
}

void moves_step(struct moves *v, int direction, int64_t now)
{
    step_by(v, direction * shown_window_width(v->model), now);
}

void moves_day(struct moves *v, int direction, int64_t now)
{
    step_by(v, direction * CLOCK_DAY, now);
}

bool moves_out(struct moves *v)
{
    const struct scope *s = &v->model->scope;
    if (v->around.query)
        moves_around(v, NULL, 0, 0);
    else if (v->pod_log)
        moves_pod_log(v, NULL);
    else if (v->typed)
        moves_query(v, NULL);
    else if (s->group[0])
        moves_group(v, "");
    else if (!scope_is_live(s))
        moves_live(v);
    else if (s->pod[0])
        moves_pod(v, "", "", false);
    else if (s->workload[0])
        moves_workload(v, "", "");
    else if (s->node[0])
        moves_node(v, "");
    else
        return false;
    return true;
}

static bool travelled(struct moves *v, bool any)
{
    turn(v, any, false);
    return any;
}

bool moves_undo(struct moves *v)
{
    return travelled(v, scope_history_undo(v->history, &v->model->scope));
}

bool moves_redo(struct moves *v)
{
    return travelled(v, scope_history_redo(v->history, &v->model->scope));
}

/* Whether the new wish differs from the last; a live one only by its query: its start moves on by
 * itself. */
static bool take(struct asked *last, bool *asked, const char *query, int64_t from, int64_t to)
{
    bool live = to == 0;
    bool same = *asked && live == last->live && strcmp(last->query ? last->query : "", query) == 0;
    if (same && (live || (from == last->from && to == last->to)))
        return false;
    free(last->query);
    *last = (struct asked){mem_dup(query), live, from, to};
    *asked = true;
    return true;
}

/* The lines of a window are asked by the window's own query: for that it may come first, for a while.
 * Returns whether it is waited for. */
static bool ask_logs(struct moves *v, int64_t now, int64_t tick)
{
    const struct scope *s = &v->model->scope;
    if (v->pod_log) {
        if (take(&v->logs, &v->logs_asked, v->pod_log, 0, 0))
            intents_push(v->model->intents, INTENT_POD_LOGS, v->pod_log, 0, 0);
        return false;
    }
    struct buf query;
    buf_init(&query, QUERY_BYTES);
    bool known = true, wait = tick < v->moved_at + PATIENCE_MS * CLOCK_MS;
    if (v->around.query)
        buf_adds(&query, v->around.query);
    else if (v->typed)
        buf_adds(&query, v->typed);
    else
        known = logquery_build(v->model, v->labels, wait, &query);
    int64_t from = scope_is_live(s) ? now - v->span : s->from, to = s->at;
    if (v->around.query) {
        from = v->around.from;
        to = v->around.to;
    }
    if (known && take(&v->logs, &v->logs_asked, buf_text(&query), from, to))
        intents_push(v->model->intents, INTENT_LOGS, buf_text(&query), from, to);
    buf_free(&query);
    return !known;
}

/* Around a moment three quarters of the span lie before it and, as far as time has come, one behind. */
static void ask_metrics(struct moves *v, int64_t now)
{
    const struct scope *s = &v->model->scope;
    int64_t to = scope_is_live(s) ? 0 : s->at + v->span / 4;
    if (to > now)
        to = now;
    int64_t from = (to ? to : now) - v->span;
    if (to && v->metrics_asked && !v->metrics.live && s->at == v->metrics.to)
        return;
    if (take(&v->metrics, &v->metrics_asked, "", from, s->at))
        intents_push(v->model->intents, INTENT_METRICS, NULL, from, to);
}

static void ask_windows(struct moves *v, int64_t now)
{
    const struct scope *s = &v->model->scope;
    const struct model_windows *w = &v->model->windows;
    int64_t moment = scope_is_live(s) ? now : s->rule[0] ? s->from : s->at - 1;
    int64_t day = clock_align(moment, CLOCK_DAY);
    for (size_t i = 0; i < w->rule_count; i++) {
        if (i < v->rules && v->days[i] == day)
            continue;
        v->days[i] = day;
        intents_push(v->model->intents, INTENT_WINDOW_DAY, w->rules[i], day, day + CLOCK_DAY);
    }
    v->rules = w->rule_count;
    const char *rule;
    int64_t from;
    if (!shown_window_of(v->model, &rule, &from)) {
        v->window_rule[0] = '\0';
        return;
    }
    if (strcmp(v->window_rule, rule) == 0 && v->window_from == from)
        return;
    str_copy(v->window_rule, sizeof v->window_rule, rule);
    v->window_from = from;
    intents_push(v->model->intents, INTENT_WINDOW, rule, from, from + shown_window_width(v->model));
}

int64_t moves_due(struct moves *v, int64_t now, int64_t tick)
{
    uint64_t changes = v->model->scope.changes;
    if (changes != v->seen) {
        v->seen = changes;
        v->moved_at = tick;
        v->unsettled = true;
    }
    int64_t rest = v->moved_at + MOVES_DEBOUNCE_MS * CLOCK_MS;
    if (v->unsettled && v->browsing && tick < rest)
        return rest;
    if (v->unsettled)
        scope_history_push(v->history, &v->model->scope);
    v->unsettled = v->browsing = false;
    ask_windows(v, now);
    ask_metrics(v, now);
    return ask_logs(v, now, tick) ? v->moved_at + PATIENCE_MS * CLOCK_MS : INT64_MAX;
}

bool moves_is_asking(const struct moves *v)
{
    const char *shown = v->model->logs.query;
    if (v->unsettled || v->seen != v->model->scope.changes)
        return true;
    return v->logs_asked && strcmp(shown ? shown : "", v->logs.query) != 0;
}
