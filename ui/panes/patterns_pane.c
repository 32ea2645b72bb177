/* The messages that the log pane's lines are: count, level, when, template; kept alone or hidden. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "text/number.h"
#include "text/spark.h"
#include "ui/errors/template_draw.h"
#include "ui/log/level_look.h"
#include "ui/log/patterns.h"
#include "ui/pane.h"
#include "ui/table/row_pane.h"

enum { COUNT_WIDTH = 7, SHARE_WIDTH = 6, SPARK_MOST = 32, STATE_WIDTH = 7, SPARK_FROM = 50 };
enum { BY_COUNT, BY_LEVEL, SORTS };

struct state {
    struct row_pane shown;
    struct fields *fields;
    const struct patterns *patterns;
    bool working;
};

static size_t source_count(void *self)
{
    return patterns_count(((struct state *)self)->patterns);
}

static const struct patterns_row *row_at(void *self, size_t i)
{
    return patterns_at(((struct state *)self)->patterns, i);
}

static uint64_t source_id(void *self, size_t i)
{
    const char *id = row_at(self, i)->id;
    return hash_bytes(id, strlen(id));
}

static uint64_t source_stamp(void *self, size_t i)
{
    return source_id(self, i) ^ hash_mix(row_at(self, i)->count + 1);
}

static int source_compare(void *self, size_t a, size_t b)
{
    return strcmp(row_at(self, a)->id, row_at(self, b)->id);
}

/* Rows of no lines any more are those of an analysis before. */
static bool source_admits(void *self, size_t i)
{
    const struct patterns_row *r = row_at(self, i);
    return r->count || r->hidden;
}

static uint64_t source_key(void *self, size_t i, int column)
{
    const struct patterns_row *r = row_at(self, i);
    uint64_t few = UINT64_MAX - r->count;
    return column == BY_LEVEL ? (uint64_t)(LEVEL_COUNT - r->level) << 48 | few >> 16 : few;
}

static void source_text(void *self, size_t i, struct buf *out)
{
    const struct patterns_row *r = row_at(self, i);
    buf_printf(out, "%s %s %s", level_name(r->level), r->template_text, r->id);
}

static const struct order_source source = {
    .count = source_count,
    .id = source_id,
    .stamp = source_stamp,
    .compare = source_compare,
    .admits = source_admits,
    .key = source_key,
    .text = source_text,
};

static void pane_open(struct pane *p)
{
    struct state *s = p->state;
    s->patterns = p->host->patterns;
    row_pane_open(&s->shown, &source, s, BY_COUNT, SORTS);
    s->fields = fields_new();
}

static void pane_close(struct pane *p)
{
    struct state *s = p->state;
    row_pane_close(&s->shown);
    fields_free(s->fields);
}

static bool pane_sync(struct pane *p)
{
    struct state *s = p->state;
    int64_t delay, due;
    s->working = patterns_work(p->host->patterns, &p->host->model->logs, p->host->tick);
    due = patterns_due(s->patterns);
    if (s->working)
        pane_wake(p, 0);
    else if (due != INT64_MAX)
        pane_wake(p, due - p->host->tick);
    list_sync(s->shown.list, patterns_changes(s->patterns), patterns_changes(s->patterns),
              p->host->tick, true, &delay);
    return true;
}

static const struct patterns_row *cursor_row(struct state *s)
{
    size_t i = row_pane_cursor(&s->shown);
    return i == SIZE_MAX ? NULL : row_at(s, i);
}

/* ---- rows ---- */

static void draw_buckets(const struct draw_area *line, int x, int width,
                         const struct patterns_row *r, size_t used)
{
    double values[PATTERNS_BUCKETS], columns[SPARK_MOST], most = 0;
    for (size_t i = 0; i < PATTERNS_BUCKETS; i++) {
        values[i] = r->buckets[i];
        most = values[i] > most ? values[i] : most;
    }
    spark_resample(values, used, columns, width);
    for (int i = 0; i < width && most > 0; i++)
        columns[i] /= most;
    draw_levels(line, x, 0, level_look_role(r->level), columns, width);
}

static void draw_row(const struct pane *p, const struct draw_area *line, size_t row, bool cursor)
{
    const struct state *s = p->state;
    const struct patterns_row *r = row_at(p->state, row), *kept = patterns_kept(s->patterns);
    char text[NUMBER_TEXT];
    int64_t from, to;
    uint64_t all = patterns_lines(s->patterns);
    int x = 1, spark = line->width / 5;
    draw_texts(line, x, 0, COUNT_WIDTH, DRAW_RIGHT, ROLE_TEXT,
               number_count((double)r->count, text));
    x += COUNT_WIDTH;
    draw_texts(line, x, 0, SHARE_WIDTH, DRAW_RIGHT, ROLE_DIM,
               number_percent(all ? (double)r->count / (double)all : 0, text));
    x += SHARE_WIDTH + 1;
    draw_texts(line, x, 0, 1, DRAW_HARD, level_look_role(r->level), level_look_letter(r->level));
    x += 2;
    if (line->width >= SPARK_FROM) {
        spark = spark < SPARK_MOST ? spark : SPARK_MOST;
        draw_buckets(line, x, spark, r, patterns_span(s->patterns, &from, &to));
        x += spark + 1;
    }
    if (patterns_is_choosing(s->patterns)) {
        draw_texts(line, x, 0, STATE_WIDTH, DRAW_LEFT, ROLE_CHOSEN,
                   r->hidden   ? "hidden"
                   : r == kept ? "kept"
                               : "");
        x += STATE_WIDTH;
    }
    template_draw(s->fields, line, x, line->width - x, r->template_text);
    pane_mark_row(p, line, cursor, r == kept, line->width);
}

static void pane_draw(struct pane *p, const struct draw_area *body)
{
    struct state *s = p->state;
    p->first_row = 0;
    if (!list_count(s->shown.list)) {
        pane_draw_empty(p, body, &p->host->model->logs.upstream, "patterns",
                        s->working ? "Grouping the lines of the log pane."
                                   : "The log pane holds no lines.");
        return;
    }
    row_pane_draw(&s->shown, p, body, 0, draw_row);
}

static bool action(struct pane *p, enum keys_action a)
{
    struct state *s = p->state;
    const struct patterns_row *r = cursor_row(s);
    if (a == ACTION_ENTER && r) {
        patterns_keep(p->host->patterns, r->id);
        if (patterns_kept(s->patterns))
            pane_show(p, "logs");
    } else if (a == ACTION_HIDE && r) {
        patterns_hide(p->host->patterns, r->id);
    } else {
        return row_pane_action(&s->shown, a);
    }
    return true;
}

static bool copy(struct pane *p, struct buf *out)
{
    const struct patterns_row *r = cursor_row(p->state);
    return r && buf_adds(out, r->template_text);
}

static void counts(struct pane *p, char out[PANE_TEXT])
{
    const struct state *s = p->state;
    row_pane_counts(&s->shown, list_total(s->shown.list), out);
}

static void note(struct pane *p, char out[PANE_TEXT])
{
    const struct state *s = p->state;
    char from[CLOCK_TEXT], to[CLOCK_TEXT];
    int64_t start, end;
    patterns_span(s->patterns, &start, &end);
    clock_format(start, false, "%T", from, sizeof from);
    clock_format(end, false, "%T", to, sizeof to);
    snprintf(out, PANE_TEXT, "%sof %" PRIu64 " lines, %s to %s%s", s->working ? "grouping  " : "",
             patterns_lines(s->patterns), from, to, s->shown.sort == BY_LEVEL ? "  by level" : "");
    if (!patterns_lines(s->patterns))
        out[0] = '\0';
}

static void status(struct pane *p, char out[PANE_TEXT])
{
    struct state *s = p->state;
    const struct patterns_row *r = cursor_row(s);
    out[0] = '\0';
    if (r)
        snprintf(out, PANE_TEXT, "Enter keeps only its lines  %s  %s", r->id, level_name(r->level));
}

static const struct upstream *upstream(struct pane *p)
{
    return &p->host->model->logs.upstream;
}

const struct pane_ops patterns_pane = {
    .name = "patterns",
    .title = "Patterns",
    .about = "What the log pane's lines say. Enter keeps only those lines, ! hides them.",
    .flags =
        PANE_ROWS | PANE_ENTER | PANE_SORT | PANE_SEARCH | PANE_FILTER | PANE_HIDE | PANE_OVERLAY,
    .summon = ACTION_PATTERNS,
    .private_size = sizeof(struct state),
    .open = pane_open,
    .close = pane_close,
    .sync = pane_sync,
    .draw = pane_draw,
    .list = row_pane_list,
    .copy = copy,
    .action = action,
    .counts = counts,
    .note = note,
    .upstream = upstream,
    .status = status,
};
