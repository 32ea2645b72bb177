#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sandbox/loki/logql_extract.h"
#include "sandbox/loki/lokid.h"

static const char *label_value(const struct lokid_stream *s, const char *name)
{
    for (size_t i = 0; i < s->label_count; i++)
        if (strcmp(s->labels[i].name, name) == 0)
            return s->labels[i].value;
    return "";
}

static bool matches(const struct logql *q, const struct lokid_stream *s)
{
    for (size_t i = 0; q && i < q->matcher_count; i++)
        if (!logql_matches(&q->matchers[i], str_of(label_value(s, q->matchers[i].name))))
            return false;
    return true;
}

struct lokid_stream *lokid_select(struct lokid *d, const struct logql *q, int64_t from, int64_t to,
                                  size_t *count)
{
    size_t histories = history_count(d->history), pushed = lokid_store_count(d->store);
    struct lokid_stream *list = mem_array(histories + pushed + 1, sizeof *list);
    int64_t now = clock_now(), first, last;
    *count = 0;
    for (size_t i = 0; i < histories; i++) {
        const struct history_stream *h = history_at(d->history, i);
        struct lokid_stream s = {h->labels, h->label_count, h, NULL};
        if (h->from < to && h->to > from && h->from <= now && from <= now && matches(q, &s))
            list[(*count)++] = s;
    }
    for (size_t i = 0; i < pushed; i++) {
        struct lokid_stream s = {.pushed = lokid_store_at(d->store, i)};
        s.labels = lokid_store_labels(s.pushed, &s.label_count);
        lokid_store_span(s.pushed, &first, &last);
        if (first < to && last >= from && matches(q, &s))
            list[(*count)++] = s;
    }
    return list;
}

struct pass {
    bool (*each)(void *context, const struct lokid_line *line);
    void *context;
};

static bool pass_on(void *context, int64_t time, struct str text)
{
    const struct pass *p = context;
    struct lokid_line line = {time, text, NULL, 0};
    return p->each(p->context, &line);
}

void lokid_read(struct lokid *d, const struct lokid_stream *s, int64_t from, int64_t to,
                int64_t now, bool (*each)(void *context, const struct lokid_line *line),
                void *context)
{
    struct pass p = {each, context};
    if (s->pushed)
        lokid_store_read(s->pushed, from, to, each, context);
    else
        history_read(d->history, s->history, from, to > now ? now + 1 : to, pass_on, &p);
}

void lokid_set_line(struct logql_line *l, const struct lokid_stream *s,
                    const struct lokid_line *line, bool level)
{
    buf_clear(&l->scratch);
    l->count = 0;
    l->parsed = false;
    l->text = line->text;
    for (size_t i = 0; i < s->label_count; i++)
        l->list[l->count++] = (struct logql_label){str_of(s->labels[i].name),
                                                   str_of(s->labels[i].value), LOGQL_STREAM};
    for (size_t i = 0; i < line->meta_count && l->count < LOGQL_LABELS_MAX; i++)
        l->list[l->count++] = (struct logql_label){str_of(line->meta[i].name),
                                                   str_of(line->meta[i].value), LOGQL_STRUCTURED};
    if (level)
        l->list[l->count++] = (struct logql_label){
            str_of("detected_level"), str_of(logql_extract_level(line->text)), LOGQL_STRUCTURED};
}
