#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ui/log/fieldpick.h"
#include "ui/log/logaround.h"
#include "ui/log/logdraw.h"
#include "ui/log/logedge.h"
#include "ui/log/logmarks.h"
#include "ui/log/logsave.h"
#include "ui/log/logtitle.h"
#include "ui/log/patterns.h"
#include "ui/moves.h"
#include "ui/page/reader.h"
#include "ui/pane.h"

enum { TRACE_MOST = 1000, SIDE_STEP = 20, LEFT_MOST = 1 << 18, TEN_MINUTES = 6 };

#define TRACE_NEAR (5 * CLOCK_SECOND)

struct logs {
    struct logview view;
    struct logdraw how;
    struct reader reader;
    struct logaround around;
    struct logedge edge;
    struct fieldpick pick;
    struct logmarks marks;
    char *query; /* that the lines were of at the last sync */
    int64_t from, to;
    uint64_t filtered; /* filter.changes that the view knows of */
    uint64_t searched; /* search.changes of the last search */
    uint64_t patterns; /* patterns_changes that the view knows of; 0: it does not ask */
    uint64_t choices;  /* patterns_choices of the last count */
    bool upwards;      /* it began at the end that is followed, so "next" is above */
    bool reaches;      /* a match far to the right is being looked at: moving on goes back … */
    int left;          /* … to there */
};

static void pane_open(struct pane *p)
{
    struct logs *l = p->state;
    l->view.follow = l->view.fold = true;
    l->how.fields = fields_new();
    reader_init(&l->reader);
}

static void pane_close(struct pane *p)
{
    struct logs *l = p->state;
    logview_free(&l->view);
    fields_free(l->how.fields);
    reader_free(&l->reader);
    logaround_free(&l->around);
    free(l->query);
}

/* Other lines than before: from their end, unscrolled. */
static void take_query(struct pane *p, struct logs *l)
{
    const struct model_logs *m = &p->host->model->logs;
    const char *query = m->query ? m->query : "";
    if (l->query && strcmp(l->query, query) == 0 && l->to == m->to &&
        (!m->to || l->from == m->from))
        return;
    free(l->query);
    l->query = mem_dup(query);
    l->from = m->from;
    l->to = m->to;
    l->how.left = 0;
    l->reaches = false;
    l->reader.open = l->pick.open = false;
    logview_reset(&l->view);
}

static void reach_no_more(struct logs *l)
{
    if (l->reaches)
        l->how.left = l->left;
    l->reaches = false;
}

/* Sideways to the match, where it is not seen as the lines stand. */
static void reach(struct pane *p, struct logs *l)
{
    reach_no_more(l);
    l->left = l->how.left;
    logdraw_reach(&l->how, &l->view, p);
    l->reaches = l->how.left != l->left;
}

static void go_on_searching(struct pane *p, struct logs *l)
{
    switch (logview_search(&l->view)) {
    case LOGVIEW_SEARCHING:
        pane_wake(p, 0);
        return;
    case LOGVIEW_NONE:
        pane_say(p, ROLE_WARNING, "Nothing more %s in what is held%s.",
                 l->view.forward ? "below" : "above",
                 l->view.forward ? "" : ": g reads further back");
        break;
    case LOGVIEW_FOUND:
        if (l->view.wanted)
            reach(p, l);
        else
            reach_no_more(l);
        break;
    case LOGVIEW_IDLE:
        break;
    }
}

/* Lines that wait for being grouped, or that the drawing met as the first, bring another frame. */
static void wake_for_patterns(struct pane *p)
{
    int64_t due = patterns_due(p->host->patterns);
    if (patterns_is_choosing(p->host->patterns) && due != INT64_MAX)
        pane_wake(p, due - p->host->tick);
}

/* Lines that came are grouped as long as patterns are kept or hidden. */
static void take_patterns(struct pane *p, struct logs *l)
{
    struct patterns *patterns = p->host->patterns;
    bool choosing = patterns_is_choosing(patterns);
    if (choosing && patterns_work(patterns, &p->host->model->logs, p->host->tick))
        pane_wake(p, 0);
    choosing = patterns_is_choosing(patterns);
    if (l->around.on) {
        l->patterns = UINT64_MAX;
        logview_admit(&l->view, logaround_admits, &l->around);
        return;
    }
    uint64_t changes = choosing ? patterns_changes(patterns) + 1 : 0;
    if (changes != l->patterns)
        logview_admit(&l->view, choosing ? patterns_admits : NULL, patterns);
    l->patterns = changes;
    if (l->choices != patterns_choices(patterns))
        logview_recount(&l->view);
    l->choices = patterns_choices(patterns);
}

static bool pane_sync(struct pane *p)
{
    struct logs *l = p->state;
    logaround_take(&l->around, p, &l->view);
    take_query(p, l);
    if (l->around.on)
        logview_filter(&l->view, NULL, false);
    else if (l->filtered != p->filter.changes)
        logview_filter(&l->view, p->filter.regex, p->filter.invert);
    l->filtered = l->around.on ? UINT64_MAX : p->filter.changes;
    take_patterns(p, l);
    if (l->view.goal == LOGVIEW_MATCH && l->view.wanted != p->search.regex)
        l->view.goal = LOGVIEW_NOTHING; /* its expression is gone */
    if (!p->search.regex)
        reach_no_more(l);
    l->view.came = p->host->model->logs.arrived;
    l->view.apart = logedge_is_apart(&p->host->model->logs);
    logview_sync(&l->view, p->host->model->logs.lines);
    logmarks_take(&l->marks, p, &l->view, &l->edge);
    logedge_sync(&l->edge, p, &l->view);
    logmarks_sync(&l->marks, p, &l->view, l->edge.going != 0);
    logaround_sync(&l->around, p, &l->view);
    go_on_searching(p, l);
    if (logview_count(&l->view))
        pane_wake(p, 0);
    wake_for_patterns(p);
    return true;
}

static void draw_empty(struct pane *p, const struct draw_area *body)
{
    const struct model_logs *m = &p->host->model->logs;
    char text[PANE_TEXT];
    bool live =
        p->host->model->pods.upstream.state != UPSTREAM_SNAPSHOT; /* there is an API server */
    const char *why = m->loading ? "Loading lines."
                      : patterns_is_choosing(p->host->patterns)
                          ? "No line is of the patterns that are kept: Esc shows all again."
                      : m->to ? "No lines in this span. [ and ] go to other windows, L to live."
                              : "No lines yet: they show here as they come. Esc widens the scope.";
    if (m->upstream.state == UPSTREAM_OFF && live && !p->filter.regex)
        str_copy(text, sizeof text,
                 "There is no Loki: l on a pod shows its log through the API server.");
    else if (!lines_count(m->lines) && m->upstream.state == UPSTREAM_LIVE)
        str_copy(text, sizeof text, why); /* none came, whatever & keeps */
    else
        pane_empty_text(p, &m->upstream, "lines", why, text);
    draw_message(body, ROLE_DIM, text);
}

static void pane_draw(struct pane *p, const struct draw_area *body)
{
    struct logs *l = p->state;
    p->first_row = 0;
    if (l->reader.open) {
        reader_draw(&l->reader, body, p->search.regex);
        return;
    }
    if (l->pick.open) {
        fieldpick_draw(&l->pick, l->how.fields, l->how.raw, body);
        return;
    }
    if (!lines_count(l->view.lines) ||
        (logview_is_filtered(&l->view) &&
         logview_next(&l->view, l->view.cursor, true) == SIZE_MAX && !l->view.unfinished)) {
        draw_empty(p, body);
        return;
    }
    l->how.above = l->edge.above;
    l->how.below = l->edge.below;
    logdraw_draw(&l->how, &l->view, p, body);
    wake_for_patterns(p);
    if (l->view.unfinished)
        pane_wake(p, 0);
}

/* The line, with the lines of its trace. */
static void show_whole(struct logs *l)
{
    struct logview *v = &l->view;
    size_t count = lines_count(v->lines), i = v->cursor, lines = 0;
    if (!count)
        return;
    struct line line = lines_at(v->lines, i);
    struct buf *out = reader_open(&l->reader);
    reader_add_line(out, line.time, line.labels, line.text);
    for (size_t k = i + 1; k < count && lines < TRACE_MOST && line.kind == LINE_LOG; k++) {
        struct line next = lines_at(v->lines, k);
        if (next.time > line.time + TRACE_NEAR)
            break;
        if (next.kind != LINE_LOG || next.labels != line.labels)
            continue;
        if (!logview_is_joined(v, k))
            break;
        buf_addc(out, '\n');
        buf_add(out, next.text.p, next.text.n);
        lines++;
    }
}

/* Unfolds what is folded under the line, folds what it belongs to, else shows it whole. */
static void enter(struct logs *l)
{
    struct logview *v = &l->view;
    bool held = lines_count(v->lines) > 0;
    bool folds = held && (logview_folded(v, v->cursor, 1) || logview_is_joined(v, v->cursor));
    if (!folds || !logview_unfold(v, v->cursor))
        show_whole(l);
}

/* To the n-th ten minutes of the hour that the cursor is in: in what is held, else it is read; where
 * it cannot be, by moving the scope there. */
static void go_ten_minutes(struct pane *p, struct logs *l, int n)
{
    size_t count = lines_count(l->view.lines);
    int64_t time = count ? lines_at(l->view.lines, l->view.cursor).time : p->host->now;
    int64_t ten = 10 * CLOCK_MINUTE, from = clock_align(time, CLOCK_HOUR) + (n - 1) * ten;
    if (from >= p->host->now)
        pane_say(p, ROLE_MESSAGE, "Those ten minutes have not come yet.");
    else if (!logedge_go(&l->edge, p, &l->view, from))
        moves_time(p->host->moves, from + ten);
}

static void follow(struct pane *p, struct logs *l)
{
    if (!l->view.follow) {
        logedge_follow(&l->edge, p, &l->view);
    } else {
        logview_follow(&l->view, false);
        pane_say(p, ROLE_MESSAGE, "Paused: new lines wait below. F follows again.");
    }
}

static bool change_look(struct logs *l, enum keys_action a)
{
    if (a == ACTION_WRAP)
        l->how.wrap = !l->how.wrap;
    else if (a == ACTION_TIMES)
        l->how.times = (l->how.times + 1) % LOGDRAW_TIMES;
    else if (a == ACTION_FIELDS)
        fieldpick_open(&l->pick, l->how.fields, &l->view);
    else if (a == ACTION_LEFT)
        l->how.left = l->how.left > SIDE_STEP ? l->how.left - SIDE_STEP : 0;
    else if (a == ACTION_RIGHT)
        l->how.left += l->how.left < LEFT_MOST ? SIDE_STEP : 0;
    else
        return false;
    l->reaches &= a != ACTION_LEFT && a != ACTION_RIGHT;
    return true;
}

static void start_around(struct pane *p, struct logs *l)
{
    if (!logaround_start(&l->around, p, &l->view))
        pane_say(p, ROLE_MESSAGE, "No log line is under the cursor.");
}

/* Esc: from the lines around one, then from kept patterns. */
static bool back(struct pane *p, struct logs *l)
{
    if (l->view.goal) {
        l->view.goal = LOGVIEW_NOTHING;
        return true;
    }
    if (l->around.on) {
        logaround_end(&l->around, p);
        return true;
    }
    bool choosing = patterns_is_choosing(p->host->patterns);
    patterns_show_all(p->host->patterns);
    return choosing;
}

static bool action(struct pane *p, enum keys_action a)
{
    struct logs *l = p->state;
    int64_t rows = keys_rows(a, p->height);
    if (l->reader.open && reader_action(&l->reader, a))
        return true;
    if (l->pick.open && fieldpick_action(&l->pick, l->how.fields, &l->how.raw, a, p->height))
        return true;
    if (a == ACTION_BACK)
        return back(p, l);
    if (a == ACTION_PATTERNS) {
        if (!patterns_is_choosing(p->host->patterns))
            patterns_restart(p->host->patterns); /* of what is held now */
        return false;
    }
    if (rows) {
        l->around.placing = false;
        reach_no_more(l);
        bool jump = rows >= KEYS_ALL && logedge_is_apart(&p->host->model->logs) &&
                    l->view.cursor + 1 >= lines_count(l->view.lines);
        logview_move(&l->view, rows);
        if (jump)
            logedge_follow(&l->edge, p, &l->view);
        else
            logedge_moved(&l->edge, p, &l->view, rows < 0);
    } else if (a == ACTION_AROUND && !l->around.on)
        start_around(p, l);
    else if (a == ACTION_ENTER)
        enter(l);
    else if (a == ACTION_FOLLOW)
        follow(p, l);
    else if (a == ACTION_ERROR_NEXT || a == ACTION_ERROR_PREVIOUS)
        logview_find(&l->view, LOGVIEW_ERROR, NULL, a == ACTION_ERROR_NEXT);
    else if (logmarks_action(&l->marks, p, &l->view, &l->edge, a))
        return true;
    else if (a >= ACTION_TEN_1 && a <= ACTION_TEN_6)
        go_ten_minutes(p, l, (int)(a - ACTION_TEN_1) + 1);
    else if (!change_look(l, a))
        return false;
    else if (a == ACTION_WRAP)
        pane_say(p, ROLE_MESSAGE, l->how.wrap ? "Long lines are wrapped." : "Long lines are cut.");
    return true;
}

static void answer(struct pane *p, const char *text)
{
    struct logs *l = p->state;
    logmarks_answer(&l->marks, p, text);
}

static bool work(struct pane *p)
{
    struct logs *l = p->state;
    if (!l->view.goal && !logview_is_filtered(&l->view))
        return false;
    logview_sync(&l->view, p->host->model->logs.lines);
    bool searching = l->view.goal != LOGVIEW_NOTHING;
    go_on_searching(p, l);
    if (searching && !l->view.goal)
        p->host->model->dirty = true;
    bool counting = logview_count(&l->view);
    return l->view.goal || counting;
}

static bool copy(struct pane *p, struct buf *out)
{
    struct logs *l = p->state;
    if (!lines_count(l->view.lines))
        return false;
    struct line line = lines_at(l->view.lines, l->view.cursor);
    return buf_add(out, line.text.p, line.text.n);
}

/* The pod that wrote the line, as far as it is known. */
static bool object(struct pane *p, struct object_ref *out)
{
    const struct logs *l = p->state;
    const struct rule_labels *names = p->host->labels;
    const struct objects *pods = p->host->model->pods.table;
    const struct model_logs *m = &p->host->model->logs;
    struct pod_log_wish w;
    if (m->from_pod && m->query && pod_log_wish_read(m->query, &w))
        return object_ref_set(out, "pods", w.namespace_, w.pod, "");
    if (!lines_count(l->view.lines))
        return false;
    const struct labels *labels = lines_at(l->view.lines, l->view.cursor).labels;
    const char *pod = labels_value(labels, names->pod),
               *ns = labels_value(labels, names->namespace_);
    const struct object *row = pods ? objects_find(pods, str_of(ns), str_of(pod)) : NULL;
    if (row)
        return object_ref_of(out, objects_kind(pods), row);
    return pod[0] && object_ref_set(out, "pods", ns, pod, "");
}

static bool save(struct pane *p, struct pane_save *s, struct buf *out)
{
    struct logs *l = p->state;
    return logsave_next(&l->view, p->host->labels, s, out);
}

static bool search(struct pane *p, bool forward)
{
    struct logs *l = p->state;
    if (l->reader.open)
        return reader_search(&l->reader, p->search.regex, forward);
    if (l->searched != p->search.changes)
        l->upwards = l->view.follow;
    l->searched = p->search.changes;
    logview_find(&l->view, LOGVIEW_MATCH, p->search.regex, forward != l->upwards);
    return true;
}

/* What is open over the lines is not filtered, and of the fields nothing is searched. */
static unsigned flags_now(const struct pane *p)
{
    const struct logs *l = p->state;
    unsigned off = l->reader.open ? PANE_FILTER : l->pick.open ? PANE_FILTER | PANE_SEARCH : 0;
    return p->ops->flags & ~off;
}

static void counts(struct pane *p, char out[PANE_TEXT])
{
    const struct logs *l = p->state;
    logtitle_counts(p, &l->view, out);
}

static void note(struct pane *p, char out[PANE_TEXT])
{
    const struct logs *l = p->state;
    logtitle_note(p, &l->view, l->around.on, out);
}

static void status(struct pane *p, char out[PANE_TEXT])
{
    struct logs *l = p->state;
    str_copy(out, PANE_TEXT, l->reader.open ? "The whole line: Esc goes back to the others." : "");
    if (!out[0])
        logmarks_status(p, &l->view, out);
}

static const struct upstream *upstream(struct pane *p)
{
    return &p->host->model->logs.upstream;
}

const struct pane_ops logs_pane = {
    .name = "logs",
    .title = "Logs",
    .about = "Log lines of the scope, as they come or around the moment. Enter shows one whole.",
    .flags = PANE_ROWS | PANE_ENTER | PANE_SEARCH | PANE_FILTER | PANE_SIDEWAYS | PANE_STREAM,
    .flags_now = flags_now,
    .summon = ACTION_LOGS,
    .private_size = sizeof(struct logs),
    .open = pane_open,
    .close = pane_close,
    .sync = pane_sync,
    .draw = pane_draw,
    .action = action,
    .search = search,
    .copy = copy,
    .save = save,
    .answer = answer,
    .work = work,
    .object = object,
    .counts = counts,
    .note = note,
    .upstream = upstream,
    .status = status,
};
