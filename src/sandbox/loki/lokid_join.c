/*
 * Loki asks itself for each hour of a log query apart, for as many lines as are wanted in all, until it
 * has enough, and joins the parts' result streams by a heap. What is left of a stream when its first
 * line is taken goes to the heap's end without being put in order: beside a busy stream, lines of quiet
 * ones displace earlier ones (3.4, both directions; as its priorityqueue does, step by step).
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "sandbox/loki/lokid.h"

enum { LABELS_ROOM = 8 << 20 };

struct stream {
    char *labels;
    struct lokid_entry **lines; /* in order */
    size_t count, cap, at;
};

struct heap {
    struct stream **list;
    size_t count, cap;
    bool forward;
};

/* ---- the heap ---- */

static bool is_before(const struct heap *h, size_t a, size_t b)
{
    const struct stream *x = h->list[a], *y = h->list[b];
    int64_t s = x->lines[x->at]->time, t = y->lines[y->at]->time;
    return h->forward ? s < t : s > t;
}

static void swap(struct heap *h, size_t a, size_t b)
{
    struct stream *s = h->list[a];
    h->list[a] = h->list[b];
    h->list[b] = s;
}

static void sink(struct heap *h, size_t at, size_t count)
{
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        child += child + 1 < count && is_before(h, child + 1, child);
        if (!is_before(h, child, at))
            return;
        swap(h, at, child);
    }
}

static struct lokid_entry *pop(struct heap *h)
{
    size_t last = h->count - 1;
    swap(h, 0, last);
    sink(h, 0, last);
    struct stream *s = h->list[last];
    struct lokid_entry *line = s->lines[s->at++];
    if (s->at == s->count)
        h->count--;
    return line;
}

/* ---- streams ---- */

static void add_line(struct heap *h, struct map *index, struct str labels, struct lokid_entry *line)
{
    struct stream *s = map_get(index, labels);
    if (!s) {
        s = mem_alloc(sizeof *s);
        s->labels = mem_dup_n(labels.p, labels.n);
        map_put(index, labels, s);
        mem_grow(&h->list, &h->cap, h->count + 1, sizeof(struct stream *));
        h->list[h->count++] = s;
    }
    mem_grow(&s->lines, &s->cap, s->count + 1, sizeof(struct lokid_entry *));
    s->lines[s->count++] = line;
}

static int by_labels(const void *a, const void *b)
{
    return strcmp((*(struct stream *const *)a)->labels, (*(struct stream *const *)b)->labels);
}

static int by_labels_backward(const void *a, const void *b)
{
    return by_labels(b, a);
}

static void fill(struct heap *h, struct lokid_join *j, bool categories)
{
    struct map *index = map_new();
    struct buf labels;
    buf_init(&labels, LABELS_ROOM);
    for (size_t i = 0; i < j->count; i++)
        for (size_t k = 0; k < j->parts[i].count; k++) {
            struct lokid_entry *line = &j->parts[i].entries[k];
            buf_clear(&labels);
            lokid_find_labels(&j->parts[i].streams[line->stream], line, categories, &labels);
            add_line(h, index, buf_str(&labels), line);
        }
    qsort(h->list, h->count, sizeof *h->list, h->forward ? by_labels : by_labels_backward);
    for (size_t i = h->count / 2; i-- > 0;)
        sink(h, i, h->count);
    buf_free(&labels);
    map_free(index, NULL);
}

static void keep_chosen(struct lokid_found *f)
{
    size_t kept = 0;
    for (size_t i = 0; i < f->count; i++)
        if (f->entries[i].chosen)
            f->entries[kept++] = f->entries[i];
    f->count = kept;
}

static void choose(struct lokid_join *j, size_t limit, bool forward, bool categories)
{
    struct heap h = {.forward = forward};
    fill(&h, j, categories);
    size_t streams = h.count;
    struct stream **all = mem_array(streams, sizeof *all);
    memcpy(all, h.list, streams * sizeof *all);
    for (size_t i = 0; i < limit && h.count; i++)
        pop(&h)->chosen = true;
    for (size_t i = 0; i < streams; i++) {
        free(all[i]->labels);
        free(all[i]->lines);
        free(all[i]);
    }
    free(all);
    free(h.list);
    for (size_t i = 0; i < j->count; i++)
        keep_chosen(&j->parts[i]);
}

/* ---- parts ---- */

void lokid_join_find(struct lokid *d, const struct logql *q, int64_t from, int64_t to, size_t limit,
                     bool forward, bool categories, struct lokid_join *out)
{
    size_t total = 0;
    memset(out, 0, sizeof *out);
    while (from < to && total < limit) {
        int64_t begin = forward ? from : clock_align(to - 1, CLOCK_HOUR);
        int64_t end = forward ? clock_align(from, CLOCK_HOUR) + CLOCK_HOUR : to;
        begin = begin < from ? from : begin;
        end = end > to ? to : end;
        mem_grow(&out->parts, &out->cap, out->count + 1, sizeof *out->parts);
        lokid_find(d, q, begin, end, limit, forward, &out->parts[out->count]);
        total += out->parts[out->count++].count;
        if (forward)
            from = end;
        else
            to = begin;
    }
    if (total > limit)
        choose(out, limit, forward, categories);
}

void lokid_join_free(struct lokid_join *j)
{
    for (size_t i = 0; i < j->count; i++)
        lokid_find_free(&j->parts[i]);
    free(j->parts);
}
