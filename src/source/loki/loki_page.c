#include "source/loki/loki_page.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "net/splitter.h"
#include "source/scan.h"

enum { ENTRIES_MAX = 10 * 1000 * 1000 };

struct entry {
    int64_t time;
    uint32_t offset, n; /* of the text */
    uint32_t stream;    /* after the sort: rank of its labels as well */
    uint32_t arrival;
};

struct stream {
    const struct labels *labels; /* held */
    uint32_t rank;
    uint32_t lines; /* counted by loki_page_ties */
};

struct loki_page {
    size_t max_bytes, size, dropped;
    bool frame, metric;
    struct splitter *splitter; /* NULL when not feeding */
    struct buf text;
    struct entry *entries;
    size_t count, cap;
    struct stream *streams;
    size_t stream_count, stream_cap;
};

/* Added by Loki itself, the first even differently by tail and range query: no part of a line's
 * identity. */
static const char *const not_identity[] = {"detected_level", "service_name", "__stream_shard__",
                                           LOKI_PAGE_MOMENT, NULL};

struct loki_page *loki_page_new(size_t max_bytes, bool frame)
{
    struct loki_page *p = mem_alloc(sizeof *p);
    p->max_bytes = max_bytes ? max_bytes : LOKI_PAGE_BYTES;
    p->frame = frame;
    buf_init(&p->text, p->max_bytes);
    return p;
}

void loki_page_clear(struct loki_page *p)
{
    splitter_free(p->splitter);
    p->splitter = NULL;
    for (size_t i = 0; i < p->stream_count; i++)
        labels_drop(p->streams[i].labels);
    p->stream_count = p->count = p->size = p->dropped = 0;
    p->metric = false;
    buf_clear(&p->text);
}

void loki_page_free(struct loki_page *p)
{
    if (!p)
        return;
    loki_page_clear(p);
    buf_free(&p->text);
    free(p->entries);
    free(p->streams);
    free(p);
}

/* ---- reading ---- */

static uint32_t add_stream(struct loki_page *p, const struct labels *held)
{
    mem_grow(&p->streams, &p->stream_cap, p->stream_count + 1, sizeof *p->streams);
    p->streams[p->stream_count] = (struct stream){.labels = held};
    return (uint32_t)p->stream_count++;
}

static void add_entry(struct loki_page *p, struct entry e)
{
    mem_grow(&p->entries, &p->cap, p->count + 1, sizeof *p->entries);
    e.arrival = (uint32_t)p->count;
    p->entries[p->count++] = e;
}

/* One value: ["ns", "line"]; what may stand behind is passed over. A metric's time is a number. */
static bool read_value(struct loki_page *p, struct scan *s, uint32_t stream)
{
    struct entry e = {.stream = stream, .offset = (uint32_t)p->text.n};
    scan_need(s, '[');
    p->metric = p->metric || !scan_next_is(s, '"');
    if (p->metric)
        return true;
    s->bad = s->bad || !str_to_int(scan_number(s), &e.time);
    scan_need(s, ',');
    if (!scan_text(s, &p->text))
        return false;
    e.n = (uint32_t)(p->text.n - e.offset);
    while (scan_element(s))
        scan_skip(s);
    if (s->bad || p->count == ENTRIES_MAX)
        return false;
    add_entry(p, e);
    return true;
}

static bool refuse(const struct loki_page *p, struct err *err)
{
    if (p->text.over)
        return err_set(err, ERR_LIMIT, "", "", "a page of lines is larger than %zu MB",
                       p->max_bytes >> 20);
    return err_set(err, ERR_PROTOCOL, "", "", "these are no log streams");
}

/* Of the stream that is told of next. */
static bool on_value(void *context, struct str json, struct err *err)
{
    struct loki_page *p = context;
    struct scan s = {.p = json.p, .end = json.p + json.n};
    return read_value(p, &s, (uint32_t)p->stream_count) || refuse(p, err);
}

static bool on_stream(void *context, struct str json, struct err *err)
{
    struct loki_page *p = context;
    struct scan s = {.p = json.p, .end = json.p + json.n};
    const struct labels *labels = NULL;
    bool values = false;
    struct str name;
    scan_need(&s, '{');
    while (scan_member(&s, &name)) {
        if (str_is(name, "stream") && !labels) {
            labels = scan_labels(&s, not_identity);
            continue;
        }
        values = values || (str_is(name, "values") && scan_next_is(&s, '['));
        p->metric = p->metric || str_is(name, "metric");
        scan_skip(&s);
    }
    if (labels && values && !s.bad && !p->metric) {
        add_stream(p, labels);
        return true;
    }
    labels_drop(labels);
    return p->metric || refuse(p, err);
}

bool loki_page_feed(struct loki_page *p, struct str bytes, struct err *err)
{
    if (!p->splitter)
        p->splitter =
            splitter_new(&(struct splitter_conf){.array = p->frame ? "streams" : "data.result",
                                                 .max_element = p->max_bytes * 2 + (1 << 20),
                                                 .context = p,
                                                 .element = on_stream,
                                                 .items = "values",
                                                 .item = on_value});
    p->size += bytes.n;
    return splitter_feed(p->splitter, bytes, err);
}

/* What stands around the streams: the kind of the answer, and the entries that a tail lost. */
static void read_rest(struct loki_page *p, struct str rest)
{
    struct scan s = {.p = rest.p, .end = rest.p + rest.n};
    struct str name;
    if (str_find(rest, str_of("\"resultType\":\"matrix\"")) >= 0 ||
        str_find(rest, str_of("\"resultType\":\"vector\"")) >= 0 ||
        str_find(rest, str_of("\"resultType\":\"scalar\"")) >= 0)
        p->metric = true;
    if (!p->frame)
        return;
    scan_need(&s, '{');
    while (scan_member(&s, &name)) {
        if (!str_is(name, "dropped_entries") || !scan_next_is(&s, '[')) {
            scan_skip(&s);
            continue;
        }
        scan_need(&s, '[');
        while (scan_element(&s)) {
            scan_skip(&s);
            p->dropped++;
        }
    }
}

bool loki_page_finish(struct loki_page *p, struct err *err)
{
    bool good = p->splitter ? splitter_finish(p->splitter, err)
                            : err_set(err, ERR_AWAY, "", "", "the answer is empty");
    if (good) {
        struct str rest = splitter_rest(p->splitter);
        read_rest(p, rest);
        if (!p->frame && str_find(rest, str_of("\"result\":")) < 0)
            good = err_set(err, ERR_PROTOCOL, "", "", "the answer holds no result");
    }
    splitter_free(p->splitter);
    p->splitter = NULL;
    return good;
}

/* ---- order ---- */

static int compare_streams(const void *a, const void *b)
{
    const struct stream *const *x = a, *const *y = b;
    return labels_compare((*x)->labels, (*y)->labels);
}

/* Equal label sets get the same rank. */
static void rank_streams(struct loki_page *p)
{
    struct stream **sorted = mem_array(p->stream_count + 1, sizeof(struct stream *));
    for (size_t i = 0; i < p->stream_count; i++)
        sorted[i] = &p->streams[i];
    qsort(sorted, p->stream_count, sizeof *sorted, compare_streams);
    uint32_t rank = 0;
    for (size_t i = 0; i < p->stream_count; i++) {
        if (i && sorted[i]->labels != sorted[i - 1]->labels)
            rank++;
        sorted[i]->rank = rank;
    }
    free(sorted);
}

struct order {
    const struct loki_page *page;
    bool by_text;
};

static int compare_entries(const void *a, const void *b, void *context)
{
    const struct entry *x = a, *y = b;
    const struct order *o = context;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    uint32_t rank_x = o->page->streams[x->stream].rank, rank_y = o->page->streams[y->stream].rank;
    if (rank_x != rank_y)
        return rank_x < rank_y ? -1 : 1;
    if (o->by_text) {
        const char *text = o->page->text.p;
        int order = memcmp(text + x->offset, text + y->offset, x->n < y->n ? x->n : y->n);
        if (order || x->n != y->n)
            return order ? order : x->n < y->n ? -1 : 1;
    }
    return (x->arrival > y->arrival) - (x->arrival < y->arrival);
}

void loki_page_sort(struct loki_page *p, bool backward, bool by_text)
{
    struct order order = {p, by_text};
    rank_streams(p);
    /* A backward answer brings equal times of a stream in reverse too: its arrival counts the other
     * way round. */
    if (backward)
        for (size_t i = 0; i < p->count; i++)
            p->entries[i].arrival = (uint32_t)(p->count - p->entries[i].arrival);
    if (p->count)
        qsort_r(p->entries, p->count, sizeof *p->entries, compare_entries, &order);
    if (!backward)
        return;
    for (size_t i = 0, j = p->count; i + 1 < j; i++) {
        struct entry swap = p->entries[i];
        p->entries[i] = p->entries[--j];
        p->entries[j] = swap;
    }
}

/* Behind the lines from `first` on that share its time and stream. */
static size_t end_of_tie(const struct loki_page *p, size_t first)
{
    const struct entry *e = p->entries;
    uint32_t rank = p->streams[e[first].stream].rank;
    size_t end = first + 1;
    while (end < p->count && e[end].time == e[first].time && p->streams[e[end].stream].rank == rank)
        end++;
    return end;
}

static int compare_backward(const void *a, const void *b, void *context)
{
    return compare_entries(b, a, context);
}

void loki_page_sort_crowds(struct loki_page *p, bool backward)
{
    struct order order = {p, true};
    for (size_t i = 0, end; i < p->count; i = end) {
        end = end_of_tie(p, i);
        if (end - i > LOKI_PAGE_KEPT)
            qsort_r(p->entries + i, end - i, sizeof *p->entries,
                    backward ? compare_backward : compare_entries, &order);
    }
}

enum loki_page_ties loki_page_ties(struct loki_page *p)
{
    enum loki_page_ties ties = LOKI_PAGE_TIES_NONE;
    for (size_t i = 0; i < p->stream_count; i++)
        p->streams[i].lines = 0;
    for (size_t i = 0; i < p->count; i++)
        p->streams[p->entries[i].stream].lines++;
    for (size_t i = 0, end; i < p->count && ties != LOKI_PAGE_TIES_SHUFFLED; i = end) {
        end = end_of_tie(p, i);
        if (end - i < 3 || end - i > LOKI_PAGE_KEPT)
            continue;
        ties = LOKI_PAGE_TIES_KEPT;
        for (size_t k = i; k < end; k++)
            if (p->streams[p->entries[k].stream].lines > LOKI_PAGE_KEPT)
                ties = LOKI_PAGE_TIES_SHUFFLED;
    }
    return ties;
}

size_t loki_page_drop_before(struct loki_page *p, int64_t time)
{
    size_t kept = 0, before = p->count;
    for (size_t i = 0; i < before; i++)
        if (p->entries[i].time >= time)
            p->entries[kept++] = p->entries[i];
    p->count = kept;
    return before - kept;
}

bool loki_page_append(struct loki_page *p, const struct loki_page *other, struct err *err)
{
    uint32_t streams = (uint32_t)p->stream_count, offset = (uint32_t)p->text.n;
    if (!buf_add(&p->text, buf_text(&other->text), other->text.n))
        return err_set(err, ERR_LIMIT, "", "", "more than %zu MB of lines share a nanosecond",
                       p->max_bytes >> 20);
    for (size_t i = 0; i < other->stream_count; i++)
        add_stream(p, labels_hold(other->streams[i].labels));
    for (size_t i = 0; i < other->count; i++) {
        struct entry e = other->entries[i];
        e.stream += streams;
        e.offset += offset;
        add_entry(p, e);
    }
    p->size += other->size;
    return true;
}

/* ---- looking ---- */

size_t loki_page_count(const struct loki_page *p)
{
    return p->count;
}

size_t loki_page_bytes(const struct loki_page *p)
{
    return p->text.cap + p->cap * sizeof *p->entries + p->stream_cap * sizeof *p->streams;
}

size_t loki_page_size(const struct loki_page *p)
{
    return p->size;
}

struct line loki_page_at(const struct loki_page *p, size_t i)
{
    const struct entry *e = &p->entries[i];
    return (struct line){.time = e->time,
                         .labels = p->streams[e->stream].labels,
                         .text = {p->text.p ? p->text.p + e->offset : "", e->n},
                         .kind = LINE_LOG};
}

int64_t loki_page_time(const struct loki_page *p, size_t i)
{
    return p->entries[i].time;
}

bool loki_page_is_metric(const struct loki_page *p)
{
    return p->metric;
}

size_t loki_page_dropped(const struct loki_page *p)
{
    return p->dropped;
}
