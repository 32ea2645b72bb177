#include "ui/log/logtitle.h"

#include <inttypes.h>
#include <stdio.h>

#include "text/number.h"
#include "ui/log/patterns.h"
#include "ui/moves.h"

/* Exact as long as it is short. */
static char *count_text(size_t n, char *out)
{
    if (n >= 10000000)
        return number_count((double)n, out);
    snprintf(out, NUMBER_TEXT, "%zu", n);
    return out;
}

void logtitle_counts(struct pane *p, const struct logview *v, char out[PANE_TEXT])
{
    char shown[NUMBER_TEXT], all[NUMBER_TEXT];
    count_text(lines_logs(p->host->model->logs.lines), all);
    if (logview_is_filtered(v))
        snprintf(out, PANE_TEXT, "%s/%s", count_text(v->shown, shown), all);
    else
        snprintf(out, PANE_TEXT, "%s", all);
}

static size_t add(char *out, size_t n, const char *text)
{
    if (n >= PANE_TEXT)
        return n;
    return n + (size_t)snprintf(out + n, PANE_TEXT - n, "%s%s", n ? "  " : "", text);
}

/* "following  12/s  lag 0.4s": only while it is true that lines come. */
static size_t add_pace(const struct logview *v, const struct model_logs *m, char *out, size_t n)
{
    char text[PANE_TEXT], number[NUMBER_TEXT];
    uint64_t fresh = logview_new_lines(v);
    if (!v->follow && fresh) {
        snprintf(text, sizeof text, "paused, %" PRIu64 " new", fresh);
        n = add(out, n, text);
    } else if (!v->follow || m->upstream.state == UPSTREAM_LIVE) {
        n = add(out, n, v->follow ? "following" : "paused");
    }
    if (m->upstream.state != UPSTREAM_LIVE)
        return n;
    n = add(out, n, number_rate(m->per_second, number));
    if (m->lag < 0)
        return n;
    snprintf(text, sizeof text, "lag %s", number_seconds((double)m->lag / 1e9, number));
    return add(out, n, text);
}

static size_t add_patterns(struct pane *p, char *out, size_t n)
{
    const struct patterns_row *kept = patterns_kept(p->host->patterns);
    size_t hidden = patterns_hidden(p->host->patterns);
    char text[PANE_TEXT];
    if (kept) {
        snprintf(text, sizeof text, "only \"%.60s\"", kept->template_text);
        n = add(out, n, text);
    }
    if (hidden) {
        snprintf(text, sizeof text, "%zu pattern%s hidden", hidden, hidden == 1 ? "" : "s");
        n = add(out, n, text);
    }
    return n;
}

/* An expression that passed its limits may have passed lines by. */
static size_t add_costly(const struct pane *p, char *out, size_t n)
{
    if (p->filter.regex && regex_gave_up(p->filter.regex))
        n = add(out, n, "& is too costly for some lines");
    if (p->search.regex && regex_gave_up(p->search.regex))
        n = add(out, n, "/ is too costly for some lines");
    return n;
}

/* What matters most first: it is cut at its end. */
void logtitle_note(struct pane *p, const struct logview *v, bool around, char out[PANE_TEXT])
{
    const struct model_logs *m = &p->host->model->logs;
    char text[PANE_TEXT], number[NUMBER_TEXT];
    size_t n = 0;
    out[0] = '\0';
    if (m->upstream.state != UPSTREAM_OFF && moves_is_asking(p->host->moves))
        n = add(out, n, "asking");
    bool loading =
        m->loading || m->older.state == MODEL_EDGE_LOADING || m->newer.state == MODEL_EDGE_LOADING;
    if (v->goal) {
        snprintf(text, sizeof text, "searching %d%%, Esc stops", logview_progress(v));
        n = add(out, n, text);
    } else if (loading) {
        n = add(out, n, "loading");
    }
    n = add_costly(p, out, n);
    if (!m->to && m->query)
        n = add_pace(v, m, out, n);
    if (moves_is_edited(p->host->moves))
        n = add(out, n, "edited");
    if (m->lane[0])
        n = add(out, n, m->lane);
    if (m->way[0])
        n = add(out, n, m->way);
    if (lines_dropped(m->lines)) {
        snprintf(text, sizeof text, "%s let go", count_text(lines_dropped(m->lines), number));
        n = add(out, n, text);
    }
    n = around ? add(out, n, "around the line: Esc returns") : add_patterns(p, out, n);
    if (m->query)
        add(out, n, m->query);
}
