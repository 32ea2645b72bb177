#include "ui/log/logaround.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "ui/moves.h"

enum { SELECTOR_BYTES = 1 << 14, SPAN_MINUTES = 2, NARROWER = 8 };

void logaround_free(struct logaround *a)
{
    free(a->selector);
    labels_drop(a->labels);
    *a = (struct logaround){0};
}

static void matcher(struct buf *out, const char *name, const char *value)
{
    if (!name || !name[0] || !value[0])
        return;
    buf_printf(out, "%s%s=", out->n > 1 ? ", " : "", name);
    rule_quote(out, value);
}

/* By the labels that every stream of a pod has: parsers may have added others, by which streams cannot
 * be selected. Lines without any of these are selected by all that they have. */
static char *selector_of(const struct rule_labels *names, const struct labels *labels)
{
    struct buf out;
    buf_init(&out, SELECTOR_BYTES);
    buf_addc(&out, '{');
    matcher(&out, names->namespace_, labels_value(labels, names->namespace_));
    matcher(&out, names->pod, labels_value(labels, names->pod));
    matcher(&out, names->container, labels_value(labels, names->container));
    for (size_t i = 0; out.n == 1 && labels && i < labels->count; i++)
        matcher(&out, labels->list[i].name, labels->list[i].value);
    buf_addc(&out, '}');
    return buf_take(&out, NULL);
}

static bool is_alike(const struct labels *a, const struct labels *b, const char *name)
{
    return !name || strcmp(labels_value(a, name), labels_value(b, name)) == 0;
}

bool logaround_admits(void *around, const struct lines *lines, size_t i)
{
    const struct logaround *a = around;
    struct line line = lines_at(lines, i);
    return line.kind != LINE_LOG || line.labels == a->labels ||
           (is_alike(line.labels, a->labels, a->names->namespace_) &&
            is_alike(line.labels, a->labels, a->names->pod) &&
            is_alike(line.labels, a->labels, a->names->container));
}

/* Whether the query keeps all lines of the streams that it selects. */
static bool is_selector(const char *query)
{
    struct str q = str_trim(str_of(query));
    bool quoted = false;
    size_t i = 0;
    for (; i < q.n && (quoted || q.p[i] != '}'); i++) {
        if (quoted && q.p[i] == '\\')
            i++;
        else if (q.p[i] == '"')
            quoted = !quoted;
    }
    return q.n && q.p[0] == '{' && i + 1 == q.n;
}

static void ask(struct logaround *a, struct pane *p)
{
    int64_t to = a->time + a->span;
    moves_around(p->host->moves, a->selector, a->time - a->span,
                 to > p->host->now ? p->host->now : to);
}

void logaround_take(struct logaround *a, struct pane *p, struct logview *v)
{
    struct moves_line line;
    if (!moves_take_line(p->host->moves, &line))
        return;
    logaround_free(a);
    *a = (struct logaround){.on = true,
                            .asked = true,
                            .labels = line.labels,
                            .names = p->host->labels,
                            .selector = selector_of(p->host->labels, line.labels),
                            .placing = true,
                            .time = line.time,
                            .span = SPAN_MINUTES * CLOCK_MINUTE,
                            .text = line.text,
                            .back = line.back};
    logview_follow(v, false);
    ask(a, p);
}

bool logaround_start(struct logaround *a, struct pane *p, struct logview *v)
{
    if (!lines_count(v->lines))
        return false;
    struct line line = lines_at(v->lines, v->cursor);
    if (line.kind != LINE_LOG)
        return false;
    logaround_free(a);
    const char *query = p->host->model->logs.query;
    *a = (struct logaround){.on = true,
                            .asked = !is_selector(query ? query : ""),
                            .labels = labels_hold(line.labels),
                            .names = p->host->labels,
                            .selector = selector_of(p->host->labels, line.labels),
                            .placing = true,
                            .time = line.time,
                            .span = SPAN_MINUTES * CLOCK_MINUTE,
                            .text = hash_bytes(line.text.p, line.text.n)};
    logview_follow(v, false);
    if (a->asked)
        ask(a, p);
    return true;
}

void logaround_end(struct logaround *a, struct pane *p)
{
    if (a->asked)
        moves_around(p->host->moves, NULL, 0, 0);
    a->on = false;
    a->placing = !a->back;
    if (a->back && p->focused)
        pane_show(p, a->back);
    a->back = NULL;
}

static bool place(struct logaround *a, struct logview *v)
{
    size_t count = lines_count(v->lines);
    for (size_t i = lines_find_time(v->lines, a->time); i < count; i++) {
        struct line line = lines_at(v->lines, i);
        if (line.time != a->time)
            return false;
        if (line.kind == LINE_LOG && hash_bytes(line.text.p, line.text.n) == a->text) {
            logview_move_to(v, i);
            logview_follow(v, false);
            return true;
        }
    }
    return false;
}

/* Of a busy container a shorter span is asked for, until the line is among those that are loaded. */
void logaround_sync(struct logaround *a, struct pane *p, struct logview *v)
{
    const struct model_logs *m = &p->host->model->logs;
    if (a->on && a->asked && !moves_around_query(p->host->moves)) {
        a->back = NULL; /* the scope moved: here is where one wants to be */
        logaround_end(a, p);
    }
    if (!a->placing || moves_is_asking(p->host->moves))
        return;
    size_t count = lines_count(m->lines);
    if (place(a, v)) {
        a->placing = false;
        return;
    }
    if (m->loading || !count)
        return;
    bool cut = lines_at(m->lines, 0).time > a->time;
    a->placing = a->on && a->asked && cut && a->span > CLOCK_SECOND;
    if (a->placing) {
        a->span /= NARROWER;
        ask(a, p);
    } else if (a->on) { /* its text is another one there: a query may rewrite lines */
        logview_move_to(v, lines_find_time(m->lines, a->time));
        logview_follow(v, false);
    }
}
