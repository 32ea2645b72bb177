/*
 * A stream is walked from error to error. Forward pages begin at the error and grow as long as the
 * next error is near; where it is far, the walk jumps: the lines before that error come from a
 * backward page. A page that was cut by its limit may have been cut inside a nanosecond, so the
 * lines of its last one wait and are asked for again: what lies before `at` is handled, exactly.
 * Errors are known by time and text. Where the rule changes the text (line_format), the time alone
 * tells where the error was.
 *
 * A line's labels may hold what the rule's parsers extracted; a stream is selected by those whose
 * names Loki's index knows.
 */
#include "collect/around.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "collect/waiting_lines.h"
#include "model/rule.h"
#include "source/loki/loki_extract.h"

enum {
    PAGE_LEAST = 50,
    PAGE_GROWTH = 4,
    LABELS_MAX = 256,
    QUERY_ROOM = 64 << 10,
};

/* As it came: its labels hold what parsers extracted too. */
struct noted {
    const struct labels *labels; /* held */
    int64_t time;
    uint64_t hash;
};

struct error {
    int64_t time;
    uint64_t hash;
    bool met;
};

struct stream {
    const struct labels *labels; /* held: those that select it */
    struct error *errors;
    size_t count, cap;
};

struct around {
    struct around_conf conf;
    struct noted *noted;
    size_t noted_count, noted_cap;
    struct loki_call *names_call;
    char **names; /* of the labels that select streams */
    size_t name_count;
    struct map *by_labels; /* the pointer's bytes to the stream */
    struct stream **streams;
    size_t stream_count, stream_cap;
    const struct labels *seen,
        *seen_as; /* held: the labels of the line before, less what was extracted */
    bool cut;

    size_t current; /* stream that is walked */
    struct buf query;
    struct loki_extract *extract;
    size_t requests;
    int64_t at;        /* what lies before it is handled */
    size_t next;       /* error that the walk has not come to */
    int64_t page, got; /* lines asked for, and given */
    int behind;        /* lines still to be told behind an error */
    int64_t crowd; /* a nanosecond of more lines than may wait: what is left of it is passed over */
    bool jumped, lost;           /* lost: lines of a backward page */
    struct waiting_lines before; /* the last lines that were not told */
    struct waiting_lines moment; /* of the newest nanosecond of a page, or a backward page */
};

struct around *around_new(const struct around_conf *conf)
{
    struct around *a = mem_alloc(sizeof *a);
    a->conf = *conf;
    a->by_labels = map_new();
    buf_init(&a->query, QUERY_ROOM);
    waiting_lines_init(&a->before);
    waiting_lines_init(&a->moment);
    return a;
}

static void free_stream(struct stream *s)
{
    labels_drop(s->labels);
    free(s->errors);
    free(s);
}

void around_free(struct around *a)
{
    if (!a)
        return;
    loki_extract_free(a->extract);
    loki_cancel(a->names_call);
    for (size_t i = 0; i < a->noted_count; i++)
        labels_drop(a->noted[i].labels);
    free(a->noted);
    for (size_t i = 0; i < a->name_count; i++)
        free(a->names[i]);
    free(a->names);
    labels_drop(a->seen);
    labels_drop(a->seen_as);
    for (size_t i = 0; i < a->stream_count; i++)
        free_stream(a->streams[i]);
    map_free(a->by_labels, NULL);
    free(a->streams);
    waiting_lines_free(&a->before);
    waiting_lines_free(&a->moment);
    buf_free(&a->query);
    free(a);
}

static uint64_t hash_of(struct str text)
{
    return hash_id(text.p, text.n, HASH_ID_SEED);
}

void around_note(struct around *a, const struct line *error)
{
    if (!error->labels || a->noted_count >= AROUND_ERRORS) {
        a->cut = true;
        return;
    }
    mem_grow(&a->noted, &a->noted_cap, a->noted_count + 1, sizeof *a->noted);
    a->noted[a->noted_count++] =
        (struct noted){labels_hold(error->labels), error->time, hash_of(error->text)};
}

/* ---- streams ---- */

static int by_name(const void *name, const void *element)
{
    return strcmp(name, *(char *const *)element);
}

/* The labels that select the stream: those that Loki knows by name, sorted as they came. One
 * reference, the caller's. */
static const struct labels *selecting(const struct around *a, const struct labels *all)
{
    struct str names[LABELS_MAX], values[LABELS_MAX];
    size_t n = 0;
    for (uint32_t i = 0; i < all->count && n < LABELS_MAX; i++) {
        const char *name = all->list[i].name;
        if (!bsearch(name, a->names, a->name_count, sizeof *a->names, by_name))
            continue;
        names[n] = str_of(name);
        values[n++] = str_of(all->list[i].value);
    }
    return labels_get(names, values, n);
}

static struct stream *stream_of(struct around *a, const struct labels *labels)
{
    struct str key = {(const char *)&labels, sizeof labels};
    struct stream *s = map_get(a->by_labels, key);
    if (s)
        return s;
    s = mem_alloc(sizeof *s);
    s->labels = labels_hold(labels);
    map_put(a->by_labels, key, s);
    mem_grow(&a->streams, &a->stream_cap, a->stream_count + 1, sizeof(struct stream *));
    a->streams[a->stream_count++] = s;
    return s;
}

static void sort_into_streams(struct around *a)
{
    for (size_t i = 0; i < a->noted_count; i++) {
        const struct noted *n = &a->noted[i];
        const struct labels *labels = selecting(a, n->labels);
        if (labels->count) {
            struct stream *s = stream_of(a, labels);
            mem_grow(&s->errors, &s->cap, s->count + 1, sizeof *s->errors);
            s->errors[s->count++] = (struct error){n->time, n->hash, false};
        }
        labels_drop(labels);
    }
}

/* ---- what is told ---- */

static struct stream *walked(const struct around *a)
{
    return a->streams[a->current];
}

static void tell(struct around *a, int64_t time, struct str text)
{
    struct line line = {.time = time, .labels = walked(a)->labels, .text = text};
    a->conf.line(a->conf.context, &line, a->jumped);
    a->jumped = false;
}

static void hold_back(struct around *a, int64_t time, struct str text)
{
    size_t most = (size_t)a->conf.lines;
    if (a->before.count >= 2 * most) {
        waiting_lines_forget(&a->before, most);
        a->jumped = true;
    }
    if (!waiting_lines_keep(&a->before, time, text)) {
        waiting_lines_clear(&a->before);
        a->jumped = true;
    }
}

static void at_error(struct around *a)
{
    if (a->before.count > (size_t)a->conf.lines) {
        waiting_lines_forget(&a->before, (size_t)a->conf.lines);
        a->jumped = true;
    }
    for (size_t i = 0; i < a->before.count; i++)
        tell(a, a->before.list[i].time, waiting_lines_text(&a->before, i));
    waiting_lines_clear(&a->before);
    a->behind = a->conf.lines;
    a->jumped = true;
}

/* Errors of one nanosecond stand together, in no order. */
static bool meets_error(struct around *a, int64_t time, struct str text)
{
    struct stream *s = walked(a);
    uint64_t hash = 0;
    for (size_t i = a->next; i < s->count && s->errors[i].time == time; i++) {
        hash = hash ? hash : hash_of(text);
        if (s->errors[i].hash == hash)
            return s->errors[i].met = true;
    }
    return false;
}

static void pass(struct around *a, int64_t time, struct str text)
{
    const struct stream *s = walked(a);
    for (; a->next < s->count && s->errors[a->next].time < time; a->next++)
        if (!s->errors[a->next].met)
            at_error(a);
    if (meets_error(a, time, text)) {
        at_error(a);
        if (a->conf.met)
            a->conf.met(a->conf.context,
                        &(struct line){.time = time, .labels = walked(a)->labels, .text = text});
    } else if (a->behind) {
        a->behind--;
        tell(a, time, text);
    } else {
        hold_back(a, time, text);
    }
}

static void pass_moment(struct around *a)
{
    for (size_t i = 0; i < a->moment.count; i++)
        pass(a, a->moment.list[i].time, waiting_lines_text(&a->moment, i));
    waiting_lines_clear(&a->moment);
}

/* ---- the walk ---- */

static void end(struct around *a, const struct err *err)
{
    a->conf.done(a->conf.context, a->cut, err);
}

static void ask(struct around *a, bool backward, int64_t from, int64_t to, int64_t limit);
static void start_stream(struct around *a);

static void next_stream(struct around *a)
{
    struct err none = {0};
    if (++a->current == a->stream_count)
        end(a, &none);
    else
        start_stream(a);
}

static void go_forward(struct around *a)
{
    ask(a, false, a->at, a->conf.to, a->page);
}

/* To the next error: first the lines before it. */
static void jump(struct around *a)
{
    const struct stream *s = walked(a);
    int64_t time = s->errors[a->next].time;
    a->page = 4 * a->conf.lines > PAGE_LEAST ? 4 * a->conf.lines : PAGE_LEAST;
    if (a->at >= time)
        go_forward(a);
    else
        ask(a, true, a->at, time, a->conf.lines);
}

static void jumped(struct around *a, bool truncated)
{
    if (truncated || a->lost) {
        waiting_lines_clear(&a->before);
        a->jumped = true;
    }
    for (size_t i = a->moment.count; i-- > 0;)
        hold_back(a, a->moment.list[i].time, waiting_lines_text(&a->moment, i));
    waiting_lines_clear(&a->moment);
    a->at = walked(a)->errors[a->next].time;
    go_forward(a);
}

/* Whether as many lines as a page holds lie before the next error, as dense as the page was. */
static bool is_far(const struct around *a, int64_t page_from, int64_t time)
{
    double span = (double)(a->at - page_from) + 1;
    return (double)(time - a->at) / span * (double)a->got > (double)a->page;
}

static void walked_page(struct around *a, bool truncated, int64_t page_from)
{
    const struct stream *s = walked(a);
    if (!truncated) {
        pass_moment(a);
        for (; a->next < s->count; a->next++)
            if (!s->errors[a->next].met)
                at_error(a);
        next_stream(a);
        return;
    }
    if (a->moment.count)
        a->at = a->moment.list[0].time;
    else if (a->crowd)
        a->at = a->crowd + 1;
    waiting_lines_clear(&a->moment);
    if (a->page < INT32_MAX)
        a->page *= PAGE_GROWTH;
    if (a->behind)
        go_forward(a);
    else if (a->next == s->count)
        next_stream(a);
    else if (is_far(a, page_from, s->errors[a->next].time))
        jump(a);
    else
        go_forward(a);
}

/* A selector finds streams with further labels too. */
static bool is_walked(struct around *a, const struct labels *labels)
{
    if (labels != a->seen) {
        labels_drop(a->seen);
        labels_drop(a->seen_as);
        a->seen = labels ? labels_hold(labels) : NULL;
        a->seen_as = labels ? selecting(a, labels) : NULL;
    }
    return a->seen_as == walked(a)->labels;
}

static void on_backward(void *context, const struct line *line)
{
    struct around *a = context;
    if (is_walked(a, line->labels))
        a->lost |= !waiting_lines_keep(&a->moment, line->time, line->text);
}

static void on_forward(void *context, const struct line *line)
{
    struct around *a = context;
    a->got++;
    if (!is_walked(a, line->labels) || line->time == a->crowd)
        return;
    if (a->moment.count && a->moment.list[0].time != line->time)
        pass_moment(a);
    if (!waiting_lines_keep(&a->moment, line->time, line->text)) {
        pass_moment(a);
        a->crowd = line->time;
        a->cut = true;
    }
}

/* One stream that cannot be asked says nothing of the others. */
static void on_failed(struct around *a, const struct err *err)
{
    if (err->kind != ERR_REFUSED && err->kind != ERR_LIMIT) {
        end(a, err);
        return;
    }
    log_err(LOG_WARN, "no lines around the errors of a stream", err);
    waiting_lines_clear(&a->moment);
    next_stream(a);
}

static void on_went_back(void *context, const struct loki_extract_result *result,
                         const struct err *err)
{
    struct around *a = context;
    a->extract = NULL;
    if (err->kind)
        on_failed(a, err);
    else
        jumped(a, result->truncated);
}

static void on_went_forward(void *context, const struct loki_extract_result *result,
                            const struct err *err)
{
    struct around *a = context;
    a->extract = NULL;
    if (err->kind)
        on_failed(a, err);
    else
        walked_page(a, result->truncated, a->at);
}

static void ask(struct around *a, bool backward, int64_t from, int64_t to, int64_t limit)
{
    if (++a->requests > AROUND_REQUESTS) {
        struct err none = {0};
        a->cut = true;
        end(a, &none);
        return;
    }
    a->got = a->crowd = 0;
    a->lost = false;
    struct loki_extract_conf conf = {.query = buf_text(&a->query),
                                     .from = from,
                                     .to = to,
                                     .backward = backward,
                                     .limit = limit,
                                     .context = a,
                                     .line = backward ? on_backward : on_forward,
                                     .done = backward ? on_went_back : on_went_forward};
    a->extract = loki_extract_start(a->conf.loki, &conf);
}

static void write_selector(struct buf *out, const struct labels *labels)
{
    buf_clear(out);
    for (uint32_t i = 0; i < labels->count; i++) {
        buf_addc(out, i ? ',' : '{');
        buf_adds(out, labels->list[i].name);
        buf_addc(out, '=');
        rule_quote(out, labels->list[i].value);
    }
    buf_addc(out, '}');
}

/* The walk through the current stream. */
static void start_stream(struct around *a)
{
    waiting_lines_clear(&a->before);
    a->at = a->conf.from;
    a->next = 0;
    a->behind = 0;
    a->jumped = true;
    write_selector(&a->query, walked(a)->labels);
    jump(a);
}

static void on_names(void *context, const char *const *values, size_t count, const struct err *err)
{
    struct around *a = context;
    struct err none = {0};
    a->names_call = NULL;
    if (err->kind) {
        end(a, err);
        return;
    }
    a->names = mem_array(count + 1, sizeof *a->names);
    for (; a->name_count < count; a->name_count++)
        a->names[a->name_count] = mem_dup(values[a->name_count]);
    sort_into_streams(a);
    if (a->stream_count)
        start_stream(a);
    else
        end(a, &none);
}

bool around_start(struct around *a)
{
    if (!a->noted_count)
        return false;
    a->names_call =
        loki_label_values(a->conf.loki, NULL, NULL, a->conf.from, a->conf.to, on_names, a);
    return true;
}
