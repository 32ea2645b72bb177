/*
 * How many lines of the log pane's query there were, by level, as bars over time. A bar stands on its
 * worst level: the lowest cell is that of an error however many lines lie above it, so that none is too
 * few to be seen. The span is that of the scope (around a moment three quarters lie before it, as in
 * the charts), made longer and shorter by keys.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "text/number.h"
#include "ui/chart.h"
#include "ui/log/level_look.h"
#include "ui/moves.h"
#include "ui/pane.h"

enum {
    SCALE_WIDTH = 7,
    REFRESH_SECONDS = 5,
    AGAIN_SECONDS = 15,
    SHORTEST_MINUTES = 1,
    LONGEST_DAYS = 30,
    BARS_MOST = VOLUME_BINS + 1,
};

struct volumes {
    char *asked;
    int64_t from, to; /* to 0: live */
    int64_t asked_at; /* tick */
    int64_t span;     /* 0: the scope's */
    int64_t cursor;   /* a time in the chosen bar; 0: the newest bar */
    int64_t moment;   /* scope.at at the last sync */
    size_t bars, per_bar;
};

/* From the bottom of a bar to its top. */
static const enum level order[LEVEL_COUNT] = {LEVEL_FATAL, LEVEL_ERROR, LEVEL_WARN,   LEVEL_INFO,
                                              LEVEL_DEBUG, LEVEL_TRACE, LEVEL_UNKNOWN};

static enum theme_role role_of(enum level l)
{
    return l >= LEVEL_WARN ? level_look_role(l) : l == LEVEL_INFO ? ROLE_VOLUME : ROLE_VOLUME_OTHER;
}

static void pane_close(struct pane *p)
{
    free(((struct volumes *)p->state)->asked);
}

/* ---- what is asked ---- */

static void wish(struct pane *p, struct volumes *v, enum intent_type type)
{
    v->asked_at = p->host->tick;
    intents_push(p->host->model->intents, type, v->asked, v->from, v->to);
}

static int64_t span_of(const struct pane *p, const struct volumes *v)
{
    return v->span ? v->span : moves_span(p->host->moves);
}

/* The span that should be shown; live ones end at 0. */
static void wanted(const struct pane *p, const struct volumes *v, int64_t *from, int64_t *to)
{
    const struct scope *s = &p->host->model->scope;
    int64_t span = span_of(p, v), now = p->host->now;
    *to = scope_is_live(s) ? 0 : s->at + span / 4;
    if (*to >= now)
        *to = now;
    *from = (*to ? *to : now) - span;
}

static bool is_due(const struct pane *p, const struct volumes *v)
{
    const struct volume *m = &p->host->model->volume;
    int64_t wait = REFRESH_SECONDS * CLOCK_SECOND;
    if (m->step > wait)
        wait = m->step;
    if (m->upstream.state != UPSTREAM_LIVE)
        wait = AGAIN_SECONDS * CLOCK_SECOND;
    if (v->to || m->loading || m->costly || m->upstream.err.kind == ERR_REFUSED)
        return false;
    return p->host->tick >= v->asked_at + wait;
}

static bool pane_sync(struct pane *p)
{
    struct volumes *v = p->state;
    const struct model *m = p->host->model;
    int64_t from, to;
    if (v->moment != m->scope.at)
        v->cursor = m->scope.at ? m->scope.at - 1 : 0;
    v->moment = m->scope.at;
    if (!m->logs.query)
        return true;
    wanted(p, v, &from, &to);
    bool other = !v->asked || strcmp(v->asked, m->logs.query) != 0 || !to != !v->to ||
                 (to ? v->from != from
                     : llabs((v->from - from) - (v->asked_at - p->host->tick)) > CLOCK_SECOND);
    if (other && to && v->to && v->asked && strcmp(v->asked, m->logs.query) == 0 &&
        to == p->host->now && from - v->from == to - v->to)
        other = is_due(p, v); /* its end is now, which moves on by itself */
    if (other || is_due(p, v)) {
        char *old = v->asked;
        v->asked = mem_dup(m->logs.query);
        free(old);
        v->from = from;
        v->to = to;
        wish(p, v, INTENT_VOLUME);
    }
    pane_wake(p, REFRESH_SECONDS * CLOCK_SECOND);
    return true;
}

/* ---- bars ---- */

/* How many bins a bar has, so that the bars fit the width; whole groups from the right end. */
static void group_bins(struct volumes *v, const struct volume *m, int width)
{
    v->per_bar = width > 0 ? (m->bins + (size_t)width - 1) / (size_t)width : 1;
    v->per_bar = v->per_bar ? v->per_bar : 1;
    v->bars = (m->bins + v->per_bar - 1) / v->per_bar;
}

/* The bins of a bar. */
static void bins_of(const struct volumes *v, const struct volume *m, size_t bar, size_t *begin,
                    size_t *end)
{
    size_t behind = (v->bars - 1 - bar) * v->per_bar;
    *end = m->bins - behind;
    *begin = *end > v->per_bar ? *end - v->per_bar : 0;
}

static size_t cursor_bar(const struct volumes *v, const struct volume *m)
{
    if (!v->cursor || v->cursor >= m->to || !v->bars)
        return v->bars ? v->bars - 1 : 0;
    if (v->cursor < m->from)
        return 0;
    size_t behind = m->bins - 1 - (size_t)((v->cursor - m->from) / m->step);
    return v->bars - 1 - behind / v->per_bar;
}

static void bar_times(const struct volumes *v, const struct volume *m, size_t bar, int64_t *from,
                      int64_t *to)
{
    size_t begin, end;
    bins_of(v, m, bar, &begin, &end);
    *from = m->from + (int64_t)begin * m->step;
    *to = m->from + (int64_t)end * m->step;
}

struct bar {
    double part[LEVEL_COUNT], sum;
};

static double make_bars(const struct volumes *v, const struct volume *m, struct bar *bars)
{
    double most = 0;
    for (size_t b = 0; b < v->bars; b++) {
        size_t begin, end;
        bins_of(v, m, b, &begin, &end);
        bars[b].sum = 0;
        for (int l = 0; l < LEVEL_COUNT; l++) {
            bars[b].part[l] = volume_sum(m, begin, end, l);
            bars[b].sum += bars[b].part[l];
        }
        most = bars[b].sum > most ? bars[b].sum : most;
    }
    return most;
}

/* The level of the cell [low, high) of a bar: in the lowest the worst, else what fills most of it. */
static enum level cell_level(const struct bar *b, double low, double high)
{
    enum level best = LEVEL_UNKNOWN;
    double base = 0, most = 0;
    for (int i = 0; i < LEVEL_COUNT; i++) {
        double part = b->part[order[i]];
        if (low <= 0 && part > 0)
            return order[i];
        double from = fmax(base, low), to = fmin(base + part, high);
        if (to - from > most) {
            most = to - from;
            best = order[i];
        }
        base += part;
    }
    return best;
}

static size_t bar_at(const struct volumes *v, int x, int width)
{
    return (size_t)x * v->bars / (size_t)width;
}

static void draw_bars(const struct draw_area *a, const struct volumes *v, const struct bar *bars,
                      double top, size_t cursor, bool focused)
{
    for (int x = 0; x < a->width; x++) {
        const struct bar *b = &bars[bar_at(v, x, a->width)];
        for (int y = 0; y < a->height; y++) {
            double unit = top / a->height, fill = b->sum / unit - y;
            if (!(fill > 0))
                break;
            fill = fill > 1 ? 1 : fill;
            draw_levels(a, x, a->height - 1 - y, role_of(cell_level(b, unit * y, unit * (y + 1))),
                        &fill, 1);
        }
        if (focused && bar_at(v, x, a->width) == cursor)
            for (int y = 0; y < a->height; y++)
                draw_over(a, x, y, 1, ROLE_CURSOR);
    }
}

static void draw_empty(struct pane *p, const struct draw_area *body)
{
    const struct volume *m = &p->host->model->volume;
    char words[PANE_TEXT], bytes[NUMBER_TEXT], streams[NUMBER_TEXT], budget[NUMBER_TEXT];
    if (m->costly) {
        snprintf(
            words, sizeof words,
            "Counting reads about %sB of %s streams, more than loki.budget (%sB). Enter counts "
            "all the same; a shorter span (+) or a narrower scope costs less.",
            number_count((double)m->bytes, bytes), number_count((double)m->streams, streams),
            number_count((double)m->budget, budget));
        draw_message(body, ROLE_DIM, words);
        return;
    }
    pane_draw_empty(p, body, &m->upstream, "counts",
                    m->loading || !m->query ? "Counting lines." : "No line in this span.");
}

static void pane_draw(struct pane *p, const struct draw_area *body)
{
    struct volumes *v = p->state;
    const struct model *model = p->host->model;
    const struct volume *m = &model->volume;
    struct bar bars[BARS_MOST];
    char number[NUMBER_TEXT];
    int axis = body->height >= 3;
    struct draw_area plot =
        draw_sub(body, SCALE_WIDTH, 0, body->width - SCALE_WIDTH - 1, body->height - axis);
    group_bins(v, m, plot.width);
    double most = m->known && v->bars ? make_bars(v, m, bars) : 0;
    if (!(most > 0)) {
        draw_empty(p, body);
        return;
    }
    double top = chart_round(most);
    draw_texts(body, 0, 0, SCALE_WIDTH - 1, DRAW_RIGHT, ROLE_AXIS, number_count(top, number));
    draw_bars(&plot, v, bars, top, cursor_bar(v, m), p->focused);
    struct draw_area line = draw_sub(body, SCALE_WIDTH, plot.height, plot.width, axis);
    if (axis)
        chart_axis(&line, m->from, m->to, model->scope.at);
}

/* ---- keys ---- */

static void move_cursor(struct volumes *v, const struct volume *m, int step)
{
    size_t bar = cursor_bar(v, m);
    int64_t from, to;
    if (!v->bars || (step < 0 ? bar == 0 : bar + 1 >= v->bars))
        return;
    bar_times(v, m, step < 0 ? bar - 1 : bar + 1, &from, &to);
    v->cursor = to - 1;
}

static void go_there(struct pane *p, struct volumes *v)
{
    const struct volume *m = &p->host->model->volume;
    int64_t from, to;
    if (m->costly) {
        wish(p, v, INTENT_VOLUME_WHATEVER);
        return;
    }
    if (!m->known || !v->bars)
        return;
    bar_times(v, m, cursor_bar(v, m), &from, &to);
    if (to >= p->host->now && scope_is_live(&p->host->model->scope))
        pane_say(p, ROLE_MESSAGE, "The newest lines are shown already.");
    else if (to >= p->host->now)
        moves_live(p->host->moves);
    else
        moves_time(p->host->moves, to);
}

static void zoom(struct pane *p, struct volumes *v, bool in)
{
    int64_t span = in ? span_of(p, v) / 2 : span_of(p, v) * 2;
    if (span >= SHORTEST_MINUTES * CLOCK_MINUTE && span <= LONGEST_DAYS * CLOCK_DAY)
        v->span = span;
    else
        pane_say(p, ROLE_MESSAGE, in ? "A minute is the shortest." : "30 days are the longest.");
}

static bool action(struct pane *p, enum keys_action a)
{
    struct volumes *v = p->state;
    const struct volume *m = &p->host->model->volume;
    if (a == ACTION_LEFT || a == ACTION_RIGHT)
        move_cursor(v, m, a == ACTION_LEFT ? -1 : 1);
    else if (a == ACTION_ENTER)
        go_there(p, v);
    else if (a == ACTION_ZOOM_IN || a == ACTION_ZOOM_OUT)
        zoom(p, v, a == ACTION_ZOOM_IN);
    else
        return false;
    return true;
}

static void click(struct pane *p, int x, int y)
{
    struct volumes *v = p->state;
    const struct volume *m = &p->host->model->volume;
    int width = p->width - SCALE_WIDTH - 1;
    int64_t from, to;
    (void)y;
    if (!m->known || !v->bars || x < SCALE_WIDTH || x >= SCALE_WIDTH + width)
        return;
    bar_times(v, m, bar_at(v, x - SCALE_WIDTH, width), &from, &to);
    v->cursor = to - 1;
    go_there(p, v);
}

/* ---- words ---- */

/* "error 12  warn 3": the levels that there are, the worst first. */
static size_t level_words(const struct volume *m, size_t begin, size_t end, char *out, size_t n)
{
    char number[NUMBER_TEXT];
    for (int i = 0; i < LEVEL_COUNT && n < PANE_TEXT; i++) {
        double sum = volume_sum(m, begin, end, (int)order[i]);
        const char *name = m->how == VOLUME_BY_WORDS && order[i] == LEVEL_UNKNOWN
                               ? "others"
                               : level_name(order[i]);
        if (sum > 0)
            n += (size_t)snprintf(out + n, PANE_TEXT - n, "%s%s %s", n ? "  " : "", name,
                                  number_count(sum, number));
    }
    return n;
}

static void counts(struct pane *p, char out[PANE_TEXT])
{
    const struct volume *m = &p->host->model->volume;
    char number[NUMBER_TEXT];
    if (m->known)
        snprintf(out, PANE_TEXT, "%s",
                 number_count(volume_sum(m, 0, m->bins, LEVEL_COUNT), number));
}

static void note(struct pane *p, char out[PANE_TEXT])
{
    const struct volumes *v = p->state;
    const struct volume *m = &p->host->model->volume;
    char each[CLOCK_TEXT], span[CLOCK_TEXT];
    out[0] = '\0';
    if (!m->query || !m->known)
        return;
    size_t n = level_words(m, 0, m->bins, out, 0);
    clock_age((int64_t)(v->per_bar ? v->per_bar : 1) * m->step, each);
    clock_age(m->to - m->from, span);
    if (n < PANE_TEXT)
        snprintf(out + n, PANE_TEXT - n, "%s%s  a bar %s of %s", n ? "" : "no lines",
                 m->how == VOLUME_BY_WORDS ? "  by words in the lines" : "", each, span);
}

static void status(struct pane *p, char out[PANE_TEXT])
{
    const struct volumes *v = p->state;
    const struct volume *m = &p->host->model->volume;
    char from_text[CLOCK_TEXT], to_text[CLOCK_TEXT];
    int64_t from, to;
    size_t begin, end;
    out[0] = '\0';
    if (!m->known || !v->bars)
        return;
    size_t bar = cursor_bar(v, m);
    bar_times(v, m, bar, &from, &to);
    bins_of(v, m, bar, &begin, &end);
    clock_format(from, false, "%H:%M:%S", from_text, sizeof from_text);
    clock_format(to, false, "%H:%M:%S", to_text, sizeof to_text);
    size_t n = (size_t)snprintf(out, PANE_TEXT, "%s-%s", from_text, to_text);
    if (level_words(m, begin, end, out, n) == n)
        snprintf(out + n, PANE_TEXT - n, "  no line");
}

static bool copy(struct pane *p, struct buf *out)
{
    char text[PANE_TEXT];
    status(p, text);
    return text[0] && buf_adds(out, text);
}

static const struct upstream *upstream(struct pane *p)
{
    return &p->host->model->volume.upstream;
}

const struct pane_ops volume_pane = {
    .name = "volume",
    .title = "Volume",
    .about = "How many lines the log pane's query has over time, by level. Enter goes there.",
    .flags = PANE_ENTER | PANE_SIDEWAYS | PANE_SPAN,
    .summon = ACTION_VOLUME,
    .private_size = sizeof(struct volumes),
    .close = pane_close,
    .sync = pane_sync,
    .draw = pane_draw,
    .action = action,
    .click = click,
    .copy = copy,
    .counts = counts,
    .note = note,
    .upstream = upstream,
    .status = status,
};
