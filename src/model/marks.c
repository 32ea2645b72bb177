#include "model/marks.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

struct marks {
    struct mark *list;
    size_t count, cap;
    uint64_t changes;
};

struct marks *marks_new(void)
{
    return mem_alloc(sizeof(struct marks));
}

static void free_inner(struct mark *k)
{
    labels_drop(k->labels);
    free(k->text);
    free(k->note);
    free(k->query);
}

void marks_free(struct marks *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->count; i++)
        free_inner(&m->list[i]);
    free(m->list);
    free(m);
}

size_t marks_count(const struct marks *m)
{
    return m->count;
}

const struct mark *marks_at(const struct marks *m, size_t i)
{
    return &m->list[i];
}

uint64_t marks_changes(const struct marks *m)
{
    return m->changes;
}

/* The first mark that is not before the time. */
static size_t place_of(const struct marks *m, int64_t time)
{
    size_t from = 0, to = m->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (m->list[middle].time < time)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

size_t marks_find(const struct marks *m, const struct line *line)
{
    for (size_t i = place_of(m, line->time); i < m->count && m->list[i].time == line->time; i++) {
        const struct mark *k = &m->list[i];
        if (k->labels == line->labels && k->whole_n == line->text.n &&
            k->hash == hash_bytes(line->text.p, line->text.n))
            return i;
    }
    return SIZE_MAX;
}

size_t marks_add(struct marks *m, const struct line *line, const char *query)
{
    size_t at = marks_find(m, line);
    if (at != SIZE_MAX)
        return at;
    if (m->count == MARKS_MOST)
        return SIZE_MAX;
    mem_grow(&m->list, &m->cap, m->count + 1, sizeof *m->list);
    at = place_of(m, line->time);
    memmove(&m->list[at + 1], &m->list[at], (m->count++ - at) * sizeof *m->list);
    size_t kept = line->text.n < MARKS_TEXT ? line->text.n : MARKS_TEXT;
    m->list[at] = (struct mark){.time = line->time,
                                .labels = labels_hold(line->labels),
                                .text = mem_dup_n(line->text.p ? line->text.p : "", kept),
                                .text_n = kept,
                                .whole_n = line->text.n,
                                .hash = hash_bytes(line->text.p, line->text.n),
                                .query = mem_dup(query)};
    m->changes++;
    return at;
}

void marks_remove(struct marks *m, size_t i)
{
    free_inner(&m->list[i]);
    memmove(&m->list[i], &m->list[i + 1], (--m->count - i) * sizeof *m->list);
    m->changes++;
}

void marks_note(struct marks *m, size_t i, const char *note)
{
    free(m->list[i].note);
    m->list[i].note = note[0] ? mem_dup(note) : NULL;
    m->changes++;
}
