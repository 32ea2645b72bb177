#include "ui/log/logedge.h"

#include <stdio.h>

#include "base/clock.h"
#include "text/number.h"

static void wish(struct pane *p, enum intent_type type, int64_t time)
{
    intents_push(p->host->model->intents, type, NULL, time, 0);
}

/* Whether fewer than a screen's lines are shown beyond the view's end. */
static bool is_near_end(struct pane *p, struct logview *v, bool up)
{
    size_t i = up && v->top < v->cursor ? v->top : v->cursor;
    for (int n = 0; n <= p->height; n++) {
        i = logview_next(v, up ? i - 1 : i + 1, !up);
        if (i == SIZE_MAX)
            return !v->unfinished;
    }
    return false;
}

static bool can_ask(const struct model_edge *e)
{
    return e->state == MODEL_EDGE_MORE || e->state == MODEL_EDGE_FAILED ||
           e->state == MODEL_EDGE_END;
}

void logedge_moved(struct logedge *e, struct pane *p, struct logview *v, bool up)
{
    const struct model_logs *m = &p->host->model->logs;
    const struct model_edge *edge = up ? &m->older : &m->newer;
    int *pulls = up ? &e->up : &e->down;
    *pulls = 0;
    if (!can_ask(edge) || !is_near_end(p, v, up))
        return;
    logview_follow(v, false);
    wish(p, up ? INTENT_LOGS_OLDER : INTENT_LOGS_NEWER, 0);
    *pulls = LOGEDGE_PULLS;
}

bool logedge_is_apart(const struct model_logs *m)
{
    return m->newer.state != MODEL_EDGE_LIVE && m->newer.state != MODEL_EDGE_NONE;
}

bool logedge_go(struct logedge *e, struct pane *p, struct logview *v, int64_t time)
{
    const struct model_logs *m = &p->host->model->logs;
    int64_t newer = m->newer.state == MODEL_EDGE_LIVE ? p->host->now : m->newer.time;
    size_t count = lines_count(v->lines), i = lines_find_time(v->lines, time);
    if (count && lines_at(v->lines, count - 1).time >= newer) /* a clock that goes before ours */
        newer = lines_at(v->lines, count - 1).time + 1;
    bool reads = m->older.state != MODEL_EDGE_NONE;
    if (reads ? time >= m->older.time && time < newer : count && lines_at(v->lines, 0).time <= time)
        logview_move_to(v, i < count ? i : count);
    else if (!reads)
        return false;
    else {
        e->going = time;
        wish(p, INTENT_LOGS_AT, time);
    }
    logview_follow(v, false);
    return true;
}

void logedge_follow(struct logedge *e, struct pane *p, struct logview *v)
{
    const struct model_logs *m = &p->host->model->logs;
    e->up = e->down = 0;
    if (logedge_is_apart(m) && !m->to)
        wish(p, INTENT_LOGS_LIVE, 0);
    logview_move(v, KEYS_ALL);
    logview_follow(v, true);
}

/* What is looked at is kept: the feed lets the other end go. */
static void hold(struct logedge *e, struct pane *p, const struct logview *v)
{
    int64_t time = v->follow || !lines_count(v->lines) ? 0 : v->cursor_time;
    if (time == e->held)
        return;
    e->held = time;
    wish(p, INTENT_LOGS_HOLD, time);
}

static void go_on(struct logedge *e, struct pane *p, struct logview *v, bool up)
{
    const struct model_logs *m = &p->host->model->logs;
    int *pulls = up ? &e->up : &e->down;
    if (!*pulls || (up ? &m->older : &m->newer)->state != MODEL_EDGE_MORE)
        return;
    size_t next = logview_next(v, up ? v->cursor - 1 : v->cursor + 1, !up);
    if (next != SIZE_MAX || v->unfinished) {
        *pulls = 0;
        return;
    }
    --*pulls;
    wish(p, up ? INTENT_LOGS_OLDER : INTENT_LOGS_NEWER, 0);
}

static void arrive(struct logedge *e, const struct model_logs *m, struct logview *v)
{
    bool loading = m->older.state == MODEL_EDGE_LOADING || m->newer.state == MODEL_EDGE_LOADING;
    if (!e->going || m->at != e->going || loading)
        return;
    if (lines_count(v->lines)) {
        logview_move_to(v, lines_find_time(v->lines, e->going));
        logview_follow(v, false);
        logview_set_top(v, v->cursor);
    }
    e->going = 0;
}

/* ---- the rows ---- */

static const char *time_text(int64_t time, int64_t now, char out[CLOCK_TEXT])
{
    bool far = !clock_same_day(time, now, false);
    return clock_format(time, false, far ? "%d %b %H:%M:%S" : "%H:%M:%S", out, CLOCK_TEXT);
}

static void let_go_text(uint64_t n, const char *which, char *out, size_t size)
{
    char number[NUMBER_TEXT];
    out[0] = '\0';
    if (!n)
        return;
    if (n < 100000)
        snprintf(number, sizeof number, "%u", (unsigned)n);
    else
        number_count((double)n, number);
    snprintf(out, size, "%s %s line%s not held any more", number, which, n == 1 ? " is" : "s are");
}

static void older_text(const struct model_edge *e, int64_t now, char out[PANE_TEXT])
{
    char time[CLOCK_TEXT], gone[120];
    time_text(e->state == MODEL_EDGE_END ? e->searched : e->time, now, time);
    let_go_text(e->let_go, "older", gone, sizeof gone);
    if (e->state == MODEL_EDGE_MORE && gone[0])
        snprintf(out, PANE_TEXT, "%s: PgUp brings them back", gone);
    else if (e->state == MODEL_EDGE_MORE)
        snprintf(out, PANE_TEXT, "before %s: PgUp reads on", time);
    else if (e->state == MODEL_EDGE_LOADING)
        snprintf(out, PANE_TEXT, "loading older lines, before %s", time);
    else if (e->state == MODEL_EDGE_FAILED)
        snprintf(out, PANE_TEXT, "older lines could not be read: %.300s: PgUp tries again",
                 e->err.what);
    else if (e->state == MODEL_EDGE_END)
        snprintf(out, PANE_TEXT, "nothing back to %s: PgUp looks further back", time);
    else
        snprintf(out, PANE_TEXT, "%s", gone);
}

static void newer_text(const struct model_logs *m, int64_t now, char out[PANE_TEXT])
{
    const struct model_edge *e = &m->newer;
    char time[CLOCK_TEXT], gone[120];
    time_text(e->time, now, time);
    let_go_text(e->let_go, "newer", gone, sizeof gone);
    out[0] = '\0';
    if (e->state == MODEL_EDGE_MORE && gone[0])
        snprintf(out, PANE_TEXT, "%s: PgDn reads on, F goes to the newest", gone);
    else if (e->state == MODEL_EDGE_MORE)
        snprintf(out, PANE_TEXT, "behind %s: PgDn reads on", time);
    else if (e->state == MODEL_EDGE_LOADING)
        snprintf(out, PANE_TEXT, "loading newer lines, from %s", time);
    else if (e->state == MODEL_EDGE_FAILED)
        snprintf(out, PANE_TEXT, "newer lines could not be read: %.300s: PgDn tries again",
                 e->err.what);
    else if (e->state == MODEL_EDGE_END)
        snprintf(out, PANE_TEXT, "up to %s: L goes back to live", time);
}

void logedge_sync(struct logedge *e, struct pane *p, struct logview *v)
{
    const struct model_logs *m = &p->host->model->logs;
    arrive(e, m, v);
    go_on(e, p, v, true);
    go_on(e, p, v, false);
    hold(e, p, v);
    older_text(&m->older, p->host->now, e->above);
    newer_text(m, p->host->now, e->below);
}
