#include "cmd/logs_around.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "collect/around.h"

struct held {
    struct line line;
    char *text;
    const struct labels *stream; /* held: the labels that its order goes by */
    size_t arrival;
    bool placed; /* a match: where it lies among the lines about it is known */
};

struct logs_around {
    struct logs_around_conf conf;
    struct around *around;
    struct held *list;
    size_t count, cap, matches;
    size_t arrived;
    size_t bytes;
    bool full;
    struct err err;
};

struct logs_around *logs_around_new(const struct logs_around_conf *conf)
{
    struct logs_around *a = mem_alloc(sizeof *a);
    a->conf = *conf;
    return a;
}

void logs_around_free(struct logs_around *a)
{
    if (!a)
        return;
    around_free(a->around);
    for (size_t i = 0; i < a->count; i++) {
        labels_drop(a->list[i].line.labels);
        labels_drop(a->list[i].stream);
        free(a->list[i].text);
    }
    free(a->list);
    free(a);
}

static void hold(struct logs_around *a, const struct line *line)
{
    a->full |= a->bytes + line->text.n + sizeof(struct held) > LOGS_AROUND_BYTES;
    if (a->full)
        return;
    mem_grow(&a->list, &a->cap, a->count + 1, sizeof *a->list);
    struct held *h = &a->list[a->count];
    *h = (struct held){.line = *line, .arrival = a->arrived++};
    h->text = mem_dup_n(line->text.p, line->text.n);
    h->line.text.p = h->text;
    labels_hold(line->labels);
    h->stream = labels_hold(line->labels);
    a->bytes += line->text.n + sizeof *h;
    a->count++;
}

void logs_around_add(struct logs_around *a, const struct line *match)
{
    hold(a, match);
}

static int compare(const void *x, const void *y)
{
    const struct held *a = x, *b = y;
    if (a->line.time != b->line.time)
        return a->line.time < b->line.time ? -1 : 1;
    if (a->stream != b->stream)
        return labels_compare(a->stream, b->stream);
    return (a->arrival > b->arrival) - (a->arrival < b->arrival);
}

static void finish(struct logs_around *a)
{
    if (a->count)
        qsort(a->list, a->count, sizeof *a->list, compare);
    for (size_t i = 0; i < a->count; i++)
        a->conf.line(a->conf.context, &a->list[a->conf.backward ? a->count - 1 - i : i].line);
    if (a->full && !a->err.kind)
        err_set(&a->err, ERR_LIMIT, "--around", "choose a narrower span, query or --limit",
                "more than %d MB of lines: the rest is left out", LOGS_AROUND_BYTES >> 20);
    a->conf.done(a->conf.context, &a->err);
}

static void on_line(void *context, const struct line *line, bool jumped)
{
    (void)jumped;
    hold(context, line);
}

/* The first match of that time, by bisection: they are in order of time. */
static size_t first_match(const struct logs_around *a, int64_t time)
{
    size_t low = 0, high = a->matches;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (a->list[middle].line.time < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Whether all that the stream's selector asks for is among the labels of a match. */
static bool is_of_stream(const struct labels *labels, const struct labels *stream)
{
    for (uint32_t i = 0; i < stream->count; i++)
        if (strcmp(labels_value(labels, stream->list[i].name), stream->list[i].value) != 0)
            return false;
    return true;
}

static void on_met(void *context, const struct line *line)
{
    struct logs_around *a = context;
    for (size_t i = first_match(a, line->time);
         i < a->matches && a->list[i].line.time == line->time; i++) {
        struct held *h = &a->list[i];
        if (h->placed || !str_eq(h->line.text, line->text) ||
            !is_of_stream(h->line.labels, line->labels))
            continue;
        labels_drop(h->stream);
        h->stream = labels_hold(line->labels);
        h->arrival = a->arrived++;
        h->placed = true;
        return;
    }
}

static void on_done(void *context, bool cut, const struct err *err)
{
    struct logs_around *a = context;
    if (err->kind && !a->err.kind)
        a->err = *err;
    else if (cut && !a->err.kind)
        err_set(&a->err, ERR_LIMIT, "--around", "choose a narrower span, query or --limit",
                "not all of %zu matches could be given their lines", a->matches);
    finish(a);
}

/* Backward they came as the exact reverse. */
static void turn_matches(struct logs_around *a)
{
    for (size_t i = 0, j = a->count; i + 1 < j; i++) {
        struct held swap = a->list[i];
        a->list[i] = a->list[--j];
        a->list[j] = swap;
    }
    for (size_t i = 0; i < a->count; i++)
        a->list[i].arrival = i;
}

/* Matches are told in order of time, in which those of a stream must come. */
void logs_around_start(struct logs_around *a, const struct err *err)
{
    const struct logs_around_conf *c = &a->conf;
    int64_t margin = LOGS_AROUND_MINUTES * CLOCK_MINUTE;
    a->err = *err;
    a->matches = a->count;
    if (c->backward)
        turn_matches(a);
    a->around = around_new(&(struct around_conf){.loki = c->loki,
                                                 .from = c->from - margin,
                                                 .to = c->to + margin,
                                                 .lines = c->lines,
                                                 .context = a,
                                                 .line = on_line,
                                                 .met = on_met,
                                                 .done = on_done});
    for (size_t i = 0; i < a->count; i++)
        around_note(a->around, &a->list[i].line);
    if (a->full || !around_start(a->around))
        finish(a);
}
