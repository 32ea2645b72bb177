/* Pushed lines, in memory, bounded. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "sandbox/loki/lokid.h"

enum { BYTES_MAX = 64 << 20, STREAMS_MAX = 5000, OVERHEAD = 96 };

struct entry {
    int64_t time;
    char *text;
    size_t n;
    struct history_label *meta;
    size_t meta_count;
};

struct lokid_pushed {
    struct history_label *labels;
    size_t label_count;
    struct entry *entries; /* by time, then arrival */
    size_t count, cap;
    int64_t newest;
};

struct lokid_store {
    struct map *by_labels;
    struct lokid_pushed **streams;
    size_t count, cap;
    size_t bytes;
};

struct lokid_store *lokid_store_new(void)
{
    struct lokid_store *s = mem_alloc(sizeof *s);
    s->by_labels = map_new();
    return s;
}

static void free_labels(struct history_label *labels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free((char *)labels[i].name);
        free((char *)labels[i].value);
    }
    free(labels);
}

static struct history_label *copy_labels(const struct history_label *labels, size_t count)
{
    struct history_label *copy = mem_array(count ? count : 1, sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = (struct history_label){mem_dup(labels[i].name), mem_dup(labels[i].value)};
    return copy;
}

static void free_entry(struct entry *e)
{
    free(e->text);
    free_labels(e->meta, e->meta_count);
}

void lokid_store_free(struct lokid_store *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->count; i++) {
        struct lokid_pushed *p = s->streams[i];
        for (size_t k = 0; k < p->count; k++)
            free_entry(&p->entries[k]);
        free(p->entries);
        free_labels(p->labels, p->label_count);
        free(p);
    }
    free(s->streams);
    map_free(s->by_labels, NULL);
    free(s);
}

size_t lokid_store_count(const struct lokid_store *s)
{
    return s->count;
}

struct lokid_pushed *lokid_store_at(const struct lokid_store *s, size_t i)
{
    return s->streams[i];
}

struct lokid_pushed *lokid_store_stream(struct lokid_store *s, const struct history_label *labels,
                                        size_t count)
{
    struct buf key;
    buf_init(&key, 1 << 20);
    for (size_t i = 0; i < count; i++) {
        buf_add(&key, labels[i].name, strlen(labels[i].name) + 1);
        buf_add(&key, labels[i].value, strlen(labels[i].value) + 1);
    }
    buf_addc(&key, 0);
    struct lokid_pushed *p = map_get(s->by_labels, buf_str(&key));
    if (!p && s->count < STREAMS_MAX) {
        p = mem_alloc(sizeof *p);
        p->labels = copy_labels(labels, count);
        p->label_count = count;
        mem_grow(&s->streams, &s->cap, s->count + 1, sizeof(struct lokid_pushed *));
        s->streams[s->count++] = p;
        map_put(s->by_labels, buf_str(&key), p);
    }
    buf_free(&key);
    return p;
}

const struct history_label *lokid_store_labels(const struct lokid_pushed *p, size_t *count)
{
    *count = p->label_count;
    return p->labels;
}

int64_t lokid_store_newest(const struct lokid_pushed *p)
{
    return p->newest;
}

void lokid_store_span(const struct lokid_pushed *p, int64_t *first, int64_t *last)
{
    *first = p->count ? p->entries[0].time : INT64_MAX;
    *last = p->count ? p->entries[p->count - 1].time : 0;
}

/* The first entry behind `time`. */
static size_t upper(const struct lokid_pushed *p, int64_t time)
{
    size_t low = 0, high = p->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (p->entries[middle].time <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Makes room: a tenth of the stream whose first line is the oldest. */
static void forget(struct lokid_store *s)
{
    struct lokid_pushed *oldest = NULL;
    for (size_t i = 0; i < s->count; i++)
        if (s->streams[i]->count &&
            (!oldest || s->streams[i]->entries[0].time < oldest->entries[0].time))
            oldest = s->streams[i];
    if (!oldest)
        return;
    size_t n = oldest->count / 10 + 1;
    for (size_t k = 0; k < n; k++) {
        s->bytes -= oldest->entries[k].n + OVERHEAD;
        free_entry(&oldest->entries[k]);
    }
    oldest->count -= n;
    memmove(oldest->entries, oldest->entries + n, oldest->count * sizeof *oldest->entries);
}

void lokid_store_add(struct lokid_store *s, struct lokid_pushed *p, const struct lokid_line *line)
{
    size_t at = upper(p, line->time);
    for (size_t k = at; k-- > 0 && p->entries[k].time == line->time;)
        if (p->entries[k].n == line->text.n &&
            memcmp(p->entries[k].text, line->text.p, line->text.n) == 0)
            return;
    while (s->bytes + line->text.n + OVERHEAD > BYTES_MAX)
        forget(s);
    at = upper(p, line->time);
    mem_grow(&p->entries, &p->cap, p->count + 1, sizeof *p->entries);
    memmove(p->entries + at + 1, p->entries + at, (p->count - at) * sizeof *p->entries);
    p->entries[at] =
        (struct entry){.time = line->time,
                       .text = mem_dup_n(line->text.n ? line->text.p : "", line->text.n),
                       .n = line->text.n,
                       .meta = copy_labels(line->meta, line->meta_count),
                       .meta_count = line->meta_count};
    p->count++;
    s->bytes += line->text.n + OVERHEAD;
    if (line->time > p->newest)
        p->newest = line->time;
}

void lokid_store_read(const struct lokid_pushed *p, int64_t from, int64_t to,
                      bool (*each)(void *context, const struct lokid_line *line), void *context)
{
    for (size_t i = upper(p, from - 1); i < p->count && p->entries[i].time < to; i++) {
        const struct entry *e = &p->entries[i];
        struct lokid_line line = {e->time, {e->text, e->n}, e->meta, e->meta_count};
        if (!each(context, &line))
            return;
    }
}
