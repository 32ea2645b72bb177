#include "ui/errors/window_rows.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "ui/errors/shown_window.h"

static uint64_t row_id(const struct window_rows_row *r)
{
    return hash_mix((uint64_t)r->entry.from) ^ hash_mix(r->rule + 1);
}

static uint64_t row_stamp(const struct window_rows_row *r)
{
    uint64_t stamp = row_id(r) ^ hash_mix(r->lines * 8 + r->kind * 2 + r->is_told);
    return stamp ^ hash_mix(r->entry.groups * 2 + r->entry.complete) * 3 ^ hash_mix(r->entry.lines);
}

void window_rows_free(struct window_rows *w)
{
    free(w->list);
    *w = (struct window_rows){0};
}

static void add_row(struct window_rows *w, enum window_rows_kind kind, size_t rule,
                    const struct window_entry *e)
{
    mem_grow(&w->list, &w->cap, w->count + 1, sizeof *w->list);
    struct window_rows_row *row = &w->list[w->count];
    *row = (struct window_rows_row){.kind = kind, .rule = rule, .entry = *e};
    row->is_told = window_entry_lines(e, w->namespace_, &row->lines);
    w->hash = hash_mix(w->hash ^ row_stamp(&w->list[w->count++]));
    w->most = row->lines > w->most ? row->lines : w->most;
}

static bool is_listed(const struct window_rows *w, size_t rule, int64_t from)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->list[i].rule == rule && w->list[i].entry.from == from)
            return true;
    return false;
}

/* Rows for the windows from *expected to `end`, which nothing tells of. */
static void add_absent(struct window_rows *w, size_t rule, int64_t *expected, int64_t end,
                       int64_t width, int64_t now)
{
    for (; *expected < end && w->count < (size_t)MODEL_RULES * WINDOW_ROWS_A_DAY;
         *expected += width) {
        struct window_entry none = {.from = *expected, .to = *expected + width};
        if (!is_listed(w, rule, *expected))
            add_row(w, now - none.to < width ? WINDOW_ROWS_DUE : WINDOW_ROWS_MISSING, rule, &none);
    }
}

/* The windows of a rule from its first of the day on: before that it may not have existed. */
static void add_day(struct window_rows *w, size_t rule, const struct window_day *d, int64_t width,
                    int64_t now)
{
    int64_t open = clock_align(now, width), end = d->day + CLOCK_DAY;
    if (!d->count)
        return;
    int64_t expected = d->list[0].from;
    for (size_t i = 0; i < d->count; i++) {
        add_absent(w, rule, &expected, d->list[i].from, width, now);
        add_row(w, WINDOW_ROWS_STORED, rule, &d->list[i]);
        expected = d->list[i].to;
    }
    add_absent(w, rule, &expected, end < open ? end : open, width, now);
}

/* An open window counts until the index has it: its row comes first. */
static void add_open(struct window_rows *w, size_t rule, const struct window *open,
                     const struct window_day *d)
{
    struct window_entry e;
    if (!open || open->from < w->day || open->from >= w->day + CLOCK_DAY)
        return;
    for (size_t i = 0; d && i < d->count; i++)
        if (d->list[i].from == open->from)
            return;
    window_entry_of(open, &e);
    add_row(w, WINDOW_ROWS_OPEN, rule, &e);
}

static int64_t day_of(const struct scope *s, int64_t now)
{
    return clock_align(scope_is_live(s) ? now : s->rule[0] ? s->from : s->at - 1, CLOCK_DAY);
}

void window_rows_build(struct window_rows *w, const struct model *model, int64_t now)
{
    const struct model_windows *m = &model->windows;
    int64_t width = shown_window_width(model);
    w->count = 0;
    w->hash = w->most = 0;
    w->day = day_of(&model->scope, now);
    w->namespace_ = model->scope.namespace_;
    w->rules = m->rules;
    for (size_t i = 0; i < m->rule_count; i++) {
        const struct window_day *day = m->days[i] && m->days[i]->day == w->day ? m->days[i] : NULL;
        add_open(w, i, m->open[i], day);
        if (day)
            add_day(w, i, day, width, now);
    }
}

static const struct window_rows_row *row_at(void *self, size_t i)
{
    return &((struct window_rows *)self)->list[i];
}

static size_t source_count(void *self)
{
    return ((struct window_rows *)self)->count;
}

static uint64_t source_id(void *self, size_t i)
{
    return row_id(row_at(self, i));
}

static uint64_t source_stamp(void *self, size_t i)
{
    return row_stamp(row_at(self, i));
}

static int source_compare(void *self, size_t a, size_t b)
{
    const struct window_rows_row *x = row_at(self, a), *y = row_at(self, b);
    if (x->entry.from != y->entry.from)
        return x->entry.from > y->entry.from ? -1 : 1;
    return (x->rule > y->rule) - (x->rule < y->rule);
}

static uint64_t source_key(void *self, size_t i, int column)
{
    const struct window_rows_row *r = row_at(self, i);
    return column == WINDOW_ROWS_BY_RULE ? r->rule : UINT64_MAX - r->lines;
}

static void source_text(void *self, size_t i, struct buf *out)
{
    const struct window_rows *w = self;
    const struct window_rows_row *r = row_at(self, i);
    char time[CLOCK_TEXT];
    clock_format(r->entry.from, false, "%H:%M", time, sizeof time);
    buf_printf(out, "%s %s %s", time, r->entry.top, w->rules[r->rule]);
    for (size_t n = 0; n < r->entry.namespace_count; n++)
        buf_printf(out, " %s", r->entry.namespaces[n].name);
}

const struct order_source window_rows_source = {
    .count = source_count,
    .id = source_id,
    .stamp = source_stamp,
    .compare = source_compare,
    .key = source_key,
    .text = source_text,
};
