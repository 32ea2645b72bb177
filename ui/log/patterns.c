/*
 * Lines are grouped in batches, each with a grouper of its own that knows the patterns of those
 * before as its catalogue, so a message keeps its id from batch to batch. A batch ends when it holds
 * BATCH_MESSAGES different ones or BATCH_LINES, which bounds what its end costs, or with the lines. Lines that came
 * later make further batches; those put between others far above are found by going over all again.
 * What a line is, is kept by its id in pages.
 */
#include "ui/log/patterns.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "model/catalogue.h"
#include "triage/grouping/grouper.h"
#include "ui/slice.h"

enum {
    SLICE_MS = 8,
    BATCH_MESSAGES = 300,
    BATCH_LINES = 50000,
    BATCH_LEAST_MS = 250, /* between the ends of two batches of lines that come */
    PAGE_SHIFT = 12,
    PAGE = 1 << PAGE_SHIFT,
    SPARE_PAGES = 64,
};
/* What a page says of a line: not known, in the batch, no log line, else its row + 1. */
#define UNKNOWN 0u
#define ALWAYS UINT32_MAX
#define WAITS (UINT32_MAX - 1)

struct member { /* of a batch */
    uint64_t line;
    int64_t time;
    uint32_t number;
};

struct patterns {
    struct catalogue *known;
    struct map *index; /* id to row + 1 */
    struct patterns_row *rows;
    size_t count, cap;
    uint32_t **pages;
    size_t page_cap, page_count, page_low; /* page_low: none is held below it */
    struct grouper *batch;
    struct member *members;
    size_t member_count, member_cap;
    int64_t batch_ended; /* tick */
    char *query;
    int64_t query_to;
    size_t at;     /* index of the next line to look at */
    uint64_t seen; /* lines_changes of the last look */
    size_t held;   /* lines_count of it */
    uint64_t last; /* the id of the line before it */
    bool missing;  /* a line was asked for that a whole pass had not met */
    uint64_t lines, changes, choices;
    int64_t from, width; /* of the buckets */
    int64_t newest;      /* time of a line */
    char kept[17];
    size_t hidden;
};

struct patterns *patterns_new(void)
{
    struct patterns *p = mem_alloc(sizeof *p);
    p->index = map_new();
    p->known = catalogue_new("");
    return p;
}

static void drop_batch(struct patterns *p)
{
    grouper_free(p->batch);
    p->batch = NULL;
    p->member_count = 0;
}

static void drop_pages(struct patterns *p, size_t below)
{
    for (; p->page_low < below && p->page_low < p->page_cap; p->page_low++) {
        p->page_count -= p->pages[p->page_low] != NULL;
        free(p->pages[p->page_low]);
        p->pages[p->page_low] = NULL;
    }
}

void patterns_restart(struct patterns *p)
{
    drop_batch(p);
    drop_pages(p, p->page_cap);
    p->page_low = 0;
    for (size_t i = 0; i < p->count; i++) {
        p->rows[i].count = 0;
        memset(p->rows[i].buckets, 0, sizeof p->rows[i].buckets);
    }
    p->at = p->held = 0;
    p->seen = p->lines = 0;
    p->from = p->width = p->newest = 0;
    p->missing = false;
    p->batch_ended = 0;
    p->changes++;
}

static void forget(struct patterns *p)
{
    for (size_t i = 0; i < p->count; i++)
        free(p->rows[i].template_text);
    p->count = p->hidden = 0;
    p->kept[0] = '\0';
    map_free(p->index, NULL);
    p->index = map_new();
    catalogue_free(p->known);
    p->known = catalogue_new("");
    patterns_restart(p);
}

void patterns_free(struct patterns *p)
{
    if (!p)
        return;
    forget(p);
    map_free(p->index, NULL);
    catalogue_free(p->known);
    free(p->rows);
    free(p->pages);
    free(p->members);
    free(p->query);
    free(p);
}

/* ---- what a line is ---- */

static uint32_t mark_of(const struct patterns *p, uint64_t line)
{
    size_t page = (size_t)(line >> PAGE_SHIFT);
    return page < p->page_cap && p->pages[page] ? p->pages[page][line % PAGE] : UNKNOWN;
}

static void set_mark(struct patterns *p, uint64_t line, uint32_t mark)
{
    size_t page = (size_t)(line >> PAGE_SHIFT), before = p->page_cap;
    mem_grow(&p->pages, &p->page_cap, page + 1, sizeof *p->pages);
    if (p->page_cap > before)
        memset(p->pages + before, 0, (p->page_cap - before) * sizeof *p->pages);
    if (!p->pages[page]) {
        p->pages[page] = mem_array(PAGE, sizeof **p->pages);
        p->page_count++;
        p->page_low = page < p->page_low ? page : p->page_low;
    }
    p->pages[page][line % PAGE] = mark;
}

/* Lines fall out, the oldest ids first: their pages follow when they are many. */
static void drop_old_pages(struct patterns *p, size_t lines)
{
    size_t wanted = 4 * (lines / PAGE) + SPARE_PAGES, below = p->page_low;
    if (p->page_count <= 2 * wanted)
        return;
    for (size_t held = p->page_count; held > wanted && below < p->page_cap; below++)
        held -= p->pages[below] != NULL;
    drop_pages(p, below);
}

/* ---- rows ---- */

static size_t row_of(struct patterns *p, const char *id, const char *text, enum level level)
{
    uintptr_t found = (uintptr_t)map_get(p->index, str_of(id));
    if (found)
        return found - 1;
    if (p->count >= PATTERNS_MOST && strcmp(id, PATTERNS_OTHERS) != 0)
        return row_of(p, PATTERNS_OTHERS, "(more patterns than are told apart)", LEVEL_UNKNOWN);
    mem_grow(&p->rows, &p->cap, p->count + 1, sizeof *p->rows);
    struct patterns_row *r = &p->rows[p->count];
    *r = (struct patterns_row){.template_text = mem_dup(text), .level = level};
    str_copy(r->id, sizeof r->id, id);
    map_put(p->index, str_of(r->id), (void *)(uintptr_t)(p->count + 1));
    if (strcmp(id, PATTERNS_OTHERS) != 0)
        catalogue_merge_group(p->known, id, text, 1, 1);
    return p->count++;
}

/* Pairs of buckets become one until the time lies within. */
static void widen(struct patterns *p, int64_t time)
{
    while (time - p->from >= p->width * PATTERNS_BUCKETS) {
        for (size_t i = 0; i < p->count; i++) {
            uint32_t *b = p->rows[i].buckets;
            for (size_t k = 0; k < PATTERNS_BUCKETS / 2; k++)
                b[k] = b[2 * k] + b[2 * k + 1];
            memset(b + PATTERNS_BUCKETS / 2, 0, PATTERNS_BUCKETS / 2 * sizeof *b);
        }
        p->width *= 2;
    }
}

static void count_line(struct patterns *p, struct patterns_row *r, int64_t time)
{
    widen(p, time);
    p->newest = time > p->newest ? time : p->newest;
    r->buckets[time > p->from ? (time - p->from) / p->width : 0]++;
    r->count++;
    p->lines++;
}

static void end_batch(struct patterns *p, int64_t tick)
{
    grouper_finish(p->batch);
    size_t groups = grouper_count(p->batch);
    size_t *rows = mem_array(groups + 1, sizeof *rows);
    for (size_t i = 0; i < groups; i++)
        rows[i] = row_of(p, grouper_id(p->batch, i), grouper_template(p->batch, i),
                         grouper_level(p->batch, i));
    for (size_t i = 0; i < p->member_count; i++) {
        const struct member *m = &p->members[i];
        size_t row = rows[grouper_final(p->batch, m->number)];
        set_mark(p, m->line, (uint32_t)row + 1);
        count_line(p, &p->rows[row], m->time);
    }
    free(rows);
    drop_batch(p);
    p->batch_ended = tick;
    p->changes++;
}

/* ---- going over the lines ---- */

static void add_line(struct patterns *p, uint64_t id, const struct line *line)
{
    if (line->kind != LINE_LOG) {
        set_mark(p, id, ALWAYS);
        return;
    }
    if (!p->batch)
        p->batch = grouper_new(p->known);
    uint64_t stream = line->labels ? line->labels->hash : 0;
    mem_grow(&p->members, &p->member_cap, p->member_count + 1, sizeof *p->members);
    p->members[p->member_count++] =
        (struct member){id, line->time, grouper_add(p->batch, stream, line->text)};
    set_mark(p, id, WAITS);
}

static void take_query(struct patterns *p, const struct model_logs *logs)
{
    const char *query = logs->query ? logs->query : "";
    if (p->query && strcmp(p->query, query) == 0 && p->query_to == logs->to)
        return;
    free(p->query);
    p->query = mem_dup(query);
    p->query_to = logs->to;
    forget(p);
}

/* The span of the buckets begins with the lines. */
static void begin_span(struct patterns *p, const struct lines *lines)
{
    size_t count = lines_count(lines);
    if (p->width || !count)
        return;
    p->from = lines_at(lines, 0).time;
    int64_t span = lines_at(lines, count - 1).time - p->from;
    p->width = span / PATTERNS_BUCKETS + 1;
}

/* Lines came, fell out or were put between others: the place is held by the line before it. When it is
 * gone, or lines were missed by the pass before, all are gone over again. */
static void take_changes(struct patterns *p, const struct lines *lines)
{
    size_t count = lines_count(lines);
    if (p->seen == lines_changes(lines) && !p->missing)
        return;
    bool there = p->at && p->at <= count && lines_id(lines, p->at - 1) == p->last;
    if (p->missing || !p->at) {
        p->at = 0;
    } else if (!there) {
        size_t i = lines_find_id(lines, p->last);
        p->at = i == SIZE_MAX ? 0 : i + 1;
    }
    p->missing = false;
    p->seen = lines_changes(lines);
    p->held = count;
    drop_old_pages(p, count);
}

static bool is_full(const struct patterns *p)
{
    return p->batch &&
           (p->member_count >= BATCH_LINES || grouper_provisional(p->batch) >= BATCH_MESSAGES);
}

bool patterns_work(struct patterns *p, const struct model_logs *logs, int64_t tick)
{
    const struct lines *lines = logs->lines;
    struct slice slice;
    take_query(p, logs);
    if (is_full(p)) {
        end_batch(p, tick);
        return true;
    }
    begin_span(p, lines);
    take_changes(p, lines);
    slice_begin(&slice, SLICE_MS * CLOCK_MS);
    size_t count = lines_count(lines);
    for (; p->at < count; p->at++) {
        if (slice_is_over(&slice))
            return true;
        uint64_t id = p->last = lines_id(lines, p->at);
        if (mark_of(p, id) != UNKNOWN)
            continue;
        struct line line = lines_at(lines, p->at);
        add_line(p, id, &line);
        if (is_full(p)) { /* its end has a call of its own */
            p->at++;
            return true;
        }
    }
    if (p->batch && tick >= p->batch_ended + BATCH_LEAST_MS * CLOCK_MS)
        end_batch(p, tick);
    return false;
}

int64_t patterns_due(const struct patterns *p)
{
    if (p->missing)
        return 0;
    return p->batch ? p->batch_ended + BATCH_LEAST_MS * CLOCK_MS : INT64_MAX;
}

/* ---- what was found, and the choice ---- */

size_t patterns_count(const struct patterns *p)
{
    return p->count;
}

const struct patterns_row *patterns_at(const struct patterns *p, size_t i)
{
    return &p->rows[i];
}

uint64_t patterns_lines(const struct patterns *p)
{
    return p->lines;
}

uint64_t patterns_changes(const struct patterns *p)
{
    return p->changes;
}

size_t patterns_span(const struct patterns *p, int64_t *from, int64_t *to)
{
    *from = p->from;
    *to = p->newest;
    return p->width && p->newest > p->from ? (size_t)((p->newest - p->from) / p->width) + 1 : 1;
}

void patterns_keep(struct patterns *p, const char *id)
{
    bool same = !id || strcmp(p->kept, id) == 0;
    str_copy(p->kept, sizeof p->kept, same ? "" : id);
    p->changes++;
    p->choices++;
}

void patterns_hide(struct patterns *p, const char *id)
{
    uintptr_t found = (uintptr_t)map_get(p->index, str_of(id));
    if (!found)
        return;
    struct patterns_row *r = &p->rows[found - 1];
    r->hidden = !r->hidden;
    p->hidden = r->hidden ? p->hidden + 1 : p->hidden - 1;
    p->changes++;
    p->choices++;
}

void patterns_show_all(struct patterns *p)
{
    for (size_t i = 0; i < p->count; i++)
        p->rows[i].hidden = false;
    p->hidden = 0;
    p->kept[0] = '\0';
    p->changes++;
    p->choices++;
}

uint64_t patterns_choices(const struct patterns *p)
{
    return p->choices;
}

bool patterns_is_choosing(const struct patterns *p)
{
    return p->kept[0] || p->hidden;
}

const struct patterns_row *patterns_kept(const struct patterns *p)
{
    uintptr_t found = (uintptr_t)map_get(p->index, str_of(p->kept));
    return found ? &p->rows[found - 1] : NULL;
}

size_t patterns_hidden(const struct patterns *p)
{
    return p->hidden;
}

bool patterns_admits(void *patterns, const struct lines *lines, size_t i)
{
    struct patterns *p = patterns;
    uint32_t mark = mark_of(p, lines_id(lines, i));
    if (mark == UNKNOWN && p->at >= p->held)
        p->missing = true;
    if (mark == UNKNOWN || mark == WAITS || mark == ALWAYS)
        return mark == ALWAYS;
    const struct patterns_row *r = &p->rows[mark - 1];
    return !r->hidden && (!p->kept[0] || strcmp(r->id, p->kept) == 0);
}
