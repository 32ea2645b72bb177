/*
 * The lines that a log query finds, and how each is shown. The range is walked in spans that grow
 * while little is found, so that neither a short limit over a long range nor a rare line makes more
 * history than needed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "sandbox/loki/logql_extract.h"
#include "sandbox/loki/lokid.h"

#define SPAN_FIRST (2 * CLOCK_MINUTE)
#define SPAN_MAX CLOCK_HOUR

struct collect {
    const struct logql *query;
    struct lokid_found *found;
    struct logql_line line;
    size_t stream;
    bool level, drops;
    bool plain; /* lines are shown without their level */
};

/* ---- collecting ---- */

/* Whether it is a plain `drop` of what is added to lines, so that the stream's labels stay. */
static bool drops_additions(const struct logql_stage *s)
{
    if (s->type != LOGQL_DROP)
        return false;
    for (size_t i = 0; i < s->label_count; i++)
        if (s->labels[i].value || (strcmp(s->labels[i].name, "detected_level") != 0 &&
                                   strcmp(s->labels[i].name, "__stream_shard__") != 0))
            return false;
    return true;
}

static void look_for_drops(struct collect *c)
{
    for (const struct logql_stage *s = c->query->stages; s; s = s->next) {
        bool additions = drops_additions(s);
        c->plain |= additions;
        c->drops |= !additions && (s->type == LOGQL_DROP || s->type == LOGQL_KEEP);
    }
}

static void keep_labels(struct collect *c, struct lokid_entry *e)
{
    const struct logql_line *l = &c->line;
    size_t n = 0;
    e->whole = c->drops;
    e->labels = arena_alloc(c->found->arena, (l->count + 1) * sizeof *e->labels);
    e->kinds = arena_alloc(c->found->arena, l->count + 1);
    for (size_t i = 0; i < l->count; i++) {
        if (!c->drops && l->list[i].kind == LOGQL_STREAM)
            continue;
        e->labels[n].name = arena_dup(c->found->arena, l->list[i].name);
        e->labels[n].value = arena_dup(c->found->arena, l->list[i].value);
        e->kinds[n++] = (unsigned char)l->list[i].kind;
    }
    if (!c->level && !c->plain) {
        e->labels[n].name = "detected_level";
        e->labels[n].value = logql_extract_level(c->line.text);
        e->kinds[n++] = LOGQL_STRUCTURED;
    }
    e->label_count = n;
    e->parsed = l->parsed;
}

static bool collect_line(void *context, const struct lokid_line *line)
{
    struct collect *c = context;
    struct lokid_found *f = c->found;
    f->scanned++;
    f->bytes += line->text.n;
    lokid_set_line(&c->line, &f->streams[c->stream], line, c->level);
    if (!logql_run(c->query, &c->line, false))
        return true;
    mem_grow(&f->entries, &f->cap, f->count + 1, sizeof *f->entries);
    struct lokid_entry *e = &f->entries[f->count];
    *e = (struct lokid_entry){.time = line->time, .stream = c->stream, .order = f->count};
    e->text = (struct str){arena_dup(f->arena, c->line.text), c->line.text.n};
    f->count++;
    keep_labels(c, e);
    return true;
}

static int forward_order(const void *a, const void *b)
{
    const struct lokid_entry *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->stream != y->stream)
        return x->stream < y->stream ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static int backward_order(const void *a, const void *b)
{
    return forward_order(b, a);
}

void lokid_find(struct lokid *d, const struct logql *q, int64_t from, int64_t to, size_t limit,
                bool forward, struct lokid_found *out)
{
    struct collect c = {.query = q, .found = out, .level = logql_needs_level(q)};
    int64_t now = clock_now(), span = SPAN_FIRST;
    memset(out, 0, sizeof *out);
    out->arena = mem_alloc(sizeof *out->arena);
    arena_init(out->arena);
    out->streams = lokid_select(d, q, from, to, &out->stream_count);
    logql_line_init(&c.line);
    look_for_drops(&c);
    c.level |= c.drops;
    if (to > now + 11 * CLOCK_MINUTE)
        to = now + 11 * CLOCK_MINUTE;
    while (from < to && out->count < limit && out->stream_count) {
        int64_t begin = forward ? from : (to - from > span ? to - span : from);
        int64_t end = forward ? (to - from > span ? from + span : to) : to;
        for (c.stream = 0; c.stream < out->stream_count; c.stream++)
            lokid_read(d, &out->streams[c.stream], begin, end, now, collect_line, &c);
        if (forward)
            from = end;
        else
            to = begin;
        if (out->count < limit / 2 && span < SPAN_MAX)
            span *= 2;
    }
    if (out->count)
        qsort(out->entries, out->count, sizeof *out->entries,
              forward ? forward_order : backward_order);
    if (out->count > limit)
        out->count = limit;
    logql_line_free(&c.line);
}

void lokid_find_free(struct lokid_found *f)
{
    free(f->streams);
    free(f->entries);
    arena_free(f->arena);
    free(f->arena);
}

/* ---- showing ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct history_label *)a)->name, ((const struct history_label *)b)->name);
}

void lokid_find_labels(const struct lokid_stream *s, const struct lokid_entry *e, bool categories,
                       struct buf *out)
{
    struct history_label all[LOGQL_LABELS_MAX + 64];
    size_t n = 0;
    for (size_t i = 0; !e->whole && i < s->label_count && n < LOGQL_LABELS_MAX; i++)
        all[n++] = s->labels[i];
    for (size_t i = 0; i < e->label_count && n < LOGQL_LABELS_MAX; i++)
        if (!categories || e->kinds[i] == LOGQL_STREAM)
            all[n++] = e->labels[i];
    qsort(all, n, sizeof *all, by_name);
    struct json_out o = {.b = out};
    json_out_object(&o, NULL);
    for (size_t i = 0; i < n; i++)
        json_out_text(&o, all[i].name, all[i].value);
    json_out_end_object(&o);
}

static void category(const struct lokid_entry *e, enum logql_kind kind, const char *name,
                     struct json_out *o)
{
    bool open = false;
    for (size_t i = 0; i < e->label_count; i++) {
        if (e->kinds[i] != kind)
            continue;
        if (!open)
            json_out_object(o, name);
        open = true;
        json_out_text(o, e->labels[i].name, e->labels[i].value);
    }
    if (open)
        json_out_end_object(o);
}

void lokid_find_value(const struct lokid_entry *e, bool categories, struct buf *out)
{
    struct json_out o = {.b = out};
    buf_printf(out, "[\"%lld\",", (long long)e->time);
    json_out_escape(out, e->text);
    if (categories) {
        o.comma = true;
        json_out_object(&o, NULL);
        category(e, LOGQL_STRUCTURED, "structuredMetadata", &o);
        category(e, LOGQL_PARSED, "parsed", &o);
        json_out_end_object(&o);
    }
    buf_addc(out, ']');
}
