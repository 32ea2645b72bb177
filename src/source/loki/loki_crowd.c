/*
 * A full page is a sample of the crowd. A filter is derived from it that about half of the sample
 * passes, and the crowd is asked for in two parts: what passes the filter, and what passes its
 * negation. That is complete whatever the sample looked like; a part that fills a page again is
 * split again, with a sample of its own. Filters are label matches while there are different
 * labels, then regular expressions on the code point at one position of the line. It ends, as equal
 * lines are one entry to Loki.
 */
#include "source/loki/loki_crowd.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "model/rule.h"

enum {
    CROWD_BYTES = 64 << 20,
    PARTS = 256,
    STAGES_MAX = 200 * 1024,
    VALUES = 100,
    DECODED = 8 * 1000 * 1000,
    REPEAT = 1000
};

struct loki_crowd {
    struct loki_pager *pager;
    struct loki_pager_fetch *fetch;
    int64_t time;
    bool backward, by_text; /* by_text: the order of a stream's lines is lost */
    struct loki_page *all;
    char *parts[PARTS]; /* stages of those that are still to be asked for; the last first */
    size_t part_count;
    char *asking;
    void (*done)(void *context, struct loki_page *page, const struct err *err);
    void *context;
};

void loki_crowd_cancel(struct loki_crowd *c)
{
    if (!c)
        return;
    loki_pager_cancel(c->fetch);
    loki_page_free(c->all);
    while (c->part_count)
        free(c->parts[--c->part_count]);
    free(c->asking);
    free(c);
}

/* ---- by labels ---- */

struct choice {
    const char *name;
    const char *values[VALUES]; /* those that pass the filter */
    size_t count;
    size_t worse; /* lines of the smaller part of the sample */
};

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Splits the sample's values of one label: about half of the lines to either side. */
static void weigh_label(const struct loki_page *sample, const char *name, struct choice *best)
{
    size_t n = loki_page_count(sample), upto = 0, passed = 0;
    const char **values = mem_array(n, sizeof *values);
    struct choice found = {.name = name};
    for (size_t i = 0; i < n; i++)
        values[i] = labels_value(loki_page_at(sample, i).labels, name);
    qsort(values, n, sizeof *values, compare_text);
    while (upto < n && found.count < VALUES && passed < n / 2) {
        while (upto < n && !strcmp(values[upto], values[passed]))
            upto++;
        if (upto == n)
            break; /* the last value stays on the other side */
        found.values[found.count++] = values[passed];
        passed = upto;
    }
    free(values);
    found.worse = passed < n - passed ? passed : n - passed;
    if (found.count && found.worse > best->worse)
        *best = found;
}

static bool choose_labels(const struct loki_page *sample, struct choice *best)
{
    struct map *seen = map_new();
    const struct labels *last = NULL;
    *best = (struct choice){0};
    for (size_t i = 0; i < loki_page_count(sample); i++) {
        const struct labels *l = loki_page_at(sample, i).labels;
        for (size_t k = 0; l != last && k < l->count; k++) {
            struct str name = str_of(l->list[k].name);
            if (map_get(seen, name))
                continue;
            map_put(seen, name, seen);
            weigh_label(sample, l->list[k].name, best);
        }
        last = l;
    }
    map_free(seen, NULL);
    return best->count > 0;
}

/* Equalities: of =~ with alternatives Loki 3.4 makes a search in the value, so that "pod-34|pod-4"
 * is also true of pod-44. */
static void label_filters(const struct choice *c, struct buf *yes, struct buf *no)
{
    struct buf quoted;
    buf_init(&quoted, STAGES_MAX);
    for (size_t i = 0; i < c->count; i++) {
        buf_clear(&quoted);
        rule_quote(&quoted, c->values[i]);
        buf_printf(yes, " %s %s=%s", i ? "or" : "|", c->name, buf_text(&quoted));
        buf_printf(no, " %s %s!=%s", i ? "and" : "|", c->name, buf_text(&quoted));
    }
    buf_free(&quoted);
}

/* ---- by text ---- */

struct cut {
    size_t position; /* in code points */
    uint32_t upto;   /* code points up to this one pass */
    size_t worse;
};

struct point {
    const char *p, *end; /* what is left of the line behind the position */
};

static int compare_codes(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The best cut at one position: codes[0 … count) are there, `n` lines in all. */
static void weigh_position(uint32_t *codes, size_t count, size_t n, size_t position,
                           struct cut *best)
{
    qsort(codes, count, sizeof *codes, compare_codes);
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count && codes[i] == codes[i + 1])
            continue;
        size_t passed = i + 1, worse = passed < n - passed ? passed : n - passed;
        if (worse > best->worse)
            *best = (struct cut){position, codes[i], worse};
    }
}

/* Looks at position after position until one splits the sample well, and no further than needed for
 * one that splits it. */
static bool choose_cut(const struct loki_page *sample, struct cut *best)
{
    size_t n = loki_page_count(sample), left = n;
    struct point *points = mem_array(n, sizeof *points);
    uint32_t *codes = mem_array(n, sizeof *codes);
    *best = (struct cut){0};
    for (size_t i = 0; i < n; i++) {
        struct str text = loki_page_at(sample, i).text;
        points[i] = (struct point){text.p, text.p + text.n};
    }
    for (size_t position = 0;
         left && (!best->worse || (best->worse < n / 3 && position < DECODED / n)); position++) {
        left = 0;
        for (size_t i = 0; i < n; i++) {
            if (points[i].p == points[i].end)
                continue;
            points[i].p +=
                utf8_decode(points[i].p, (size_t)(points[i].end - points[i].p), &codes[left]);
            left++;
        }
        weigh_position(codes, left, n, position, best);
    }
    free(points);
    free(codes);
    return best->worse > 0;
}

static void text_filters(const struct cut *c, struct buf *yes, struct buf *no)
{
    struct buf pattern, quoted;
    buf_init(&pattern, STAGES_MAX);
    buf_init(&quoted, STAGES_MAX);
    buf_adds(&pattern, "^(?s:");
    size_t left = c->position;
    for (; left > REPEAT; left -= REPEAT) /* RE2 repeats at most 1,000 times */
        buf_printf(&pattern, ".{%d}", REPEAT);
    if (left)
        buf_printf(&pattern, ".{%zu}", left);
    buf_printf(&pattern, "[\\x{0}-\\x{%x}])", c->upto);
    rule_quote(&quoted, buf_text(&pattern));
    buf_printf(yes, " |~ %s", buf_text(&quoted));
    buf_printf(no, " !~ %s", buf_text(&quoted));
    buf_free(&pattern);
    buf_free(&quoted);
}

/* ---- the parts ---- */

static void end(struct loki_crowd *c, const struct err *err)
{
    void (*done)(void *, struct loki_page *, const struct err *) = c->done;
    void *owner = c->context;
    struct loki_page *page = NULL;
    if (!err->kind) {
        page = c->all;
        c->all = NULL;
        loki_page_sort(page, c->backward, c->by_text);
    }
    loki_crowd_cancel(c);
    done(owner, page, err);
}

static bool push(struct loki_crowd *c, const char *stages, const struct buf *filter)
{
    if (c->part_count == PARTS || filter->over || strlen(stages) + filter->n > STAGES_MAX)
        return false;
    c->parts[c->part_count++] = mem_printf("%s%s", stages, buf_text(filter));
    return true;
}

/* Replaces the part that the sample is of by its two halves. False when they cannot be told apart.
 */
static bool split(struct loki_crowd *c, const char *stages, const struct loki_page *sample)
{
    struct choice labels;
    struct cut cut;
    struct buf yes, no;
    bool good = true;
    buf_init(&yes, STAGES_MAX);
    buf_init(&no, STAGES_MAX);
    bool by_labels = choose_labels(sample, &labels);
    bool lopsided = !by_labels || labels.worse < loki_page_count(sample) / 10;
    if (lopsided && choose_cut(sample, &cut) && (!by_labels || cut.worse > labels.worse)) {
        text_filters(&cut, &yes, &no);
        c->by_text = true;
    } else if (by_labels) {
        label_filters(&labels, &yes, &no);
    } else {
        good = false;
    }
    good = good && push(c, stages, &yes) && push(c, stages, &no);
    buf_free(&yes);
    buf_free(&no);
    return good;
}

static void ask(struct loki_crowd *c);

static void on_part(void *context, struct loki_page *page, bool full, const struct err *err)
{
    struct loki_crowd *c = context;
    struct err own = *err;
    c->fetch = NULL;
    /* Lines that cannot be told apart are as good as one: Loki tells invalid bytes apart that it
     * shows alike. */
    if (!own.kind && (!full || !split(c, c->asking, page))) {
        if (full && loki_page_count(page) == 1)
            err_set(&own, ERR_LIMIT, "", "raise Loki's grpc_server_max_send_msg_size",
                    "several lines share a nanosecond, and a page holds only one of them");
        else
            loki_page_append(c->all, page, &own);
    }
    loki_page_free(page);
    if (own.kind || !c->part_count)
        end(c, &own);
    else
        ask(c);
}

static void ask(struct loki_crowd *c)
{
    free(c->asking);
    c->asking = c->parts[--c->part_count];
    c->fetch = loki_pager_fetch(c->pager, c->asking, c->time, c->time + 1, 0, on_part, c);
}

struct loki_crowd *loki_crowd_start(
    struct loki_pager *pager, int64_t time, bool backward, bool shuffled, struct loki_page *sample,
    void (*done)(void *context, struct loki_page *page, const struct err *err), void *context)
{
    struct loki_crowd *c = mem_alloc(sizeof *c);
    *c = (struct loki_crowd){.pager = pager,
                             .time = time,
                             .backward = backward,
                             .by_text = shuffled,
                             .all = loki_page_new(CROWD_BYTES, false),
                             .done = done,
                             .context = context};
    if (!split(c, "", sample))
        c->parts[c->part_count++] = mem_dup("");
    loki_page_free(sample);
    ask(c);
    return c;
}
