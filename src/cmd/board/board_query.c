/*
 * Questions about queries before they are run, and the words that complete them. A query is sent as it is
 * for a second's worth of lines: the range API checks all of it, where a tail takes a bad regular
 * expression and then stays silent for ever.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cmd/board/board_feed.h"
#include "source/loki/loki.h"
#include "source/prometheus/prometheus_words.h"

enum { WORDS = 6 };

struct words {
    struct board_query *board;
    struct loki_call *loki; /* which of the two is asked */
    struct prometheus_words *prometheus;
    char *key; /* NULL: free */
    int64_t asked;
};

struct board_query {
    struct board_query_conf conf;
    struct model *model;
    struct loki_call *check, *stats;
    struct prometheus_call *promql;
    int64_t from, to;
    struct words words[WORDS];
};

struct board_query *board_query_new(const struct board_query_conf *conf, struct model *m)
{
    struct board_query *b = mem_alloc(sizeof *b);
    b->conf = *conf;
    b->model = m;
    for (size_t i = 0; i < WORDS; i++)
        b->words[i].board = b;
    return b;
}

static void stop(struct board_query *b)
{
    loki_cancel(b->check);
    loki_cancel(b->stats);
    prometheus_cancel(b->promql);
    b->check = b->stats = NULL;
    b->promql = NULL;
}

static void forget(struct words *w)
{
    loki_cancel(w->loki);
    prometheus_words_cancel(w->prometheus);
    free(w->key);
    w->loki = NULL;
    w->prometheus = NULL;
    w->key = NULL;
}

void board_query_free(struct board_query *b)
{
    if (!b)
        return;
    stop(b);
    for (size_t i = 0; i < WORDS; i++)
        forget(&b->words[i]);
    free(b);
}

bool board_query_settled(const struct board_query *b)
{
    return !b || !(b->check || b->stats || b->promql);
}

/* ---- is it right, what does it cost ---- */

static void refuse(struct board_query *b, const struct err *err, bool promql)
{
    int line = 0, column = 0;
    if (promql ? !prometheus_error_place(err, &line, &column)
               : !loki_error_place(err, &line, &column))
        line = column = 0;
    question_refuse(&b->model->question, err, line, column);
    b->model->dirty = true;
}

static void on_stats(void *context, const struct loki_stats *stats, const struct err *err)
{
    struct board_query *b = context;
    struct question *q = &b->model->question;
    b->stats = NULL;
    q->budget = (uint64_t)b->conf.budget;
    q->measured = !err->kind;
    q->unmeasurable = err->kind == ERR_NOT_FOUND;
    if (q->measured) {
        q->streams = stats->streams;
        q->bytes = stats->bytes;
    }
    question_accept(q, q->measured && q->bytes > q->budget);
    b->model->dirty = true;
}

static void on_check(void *context, enum loki_query kind, const struct err *err)
{
    struct board_query *b = context;
    struct question *q = &b->model->question;
    b->check = NULL;
    b->model->dirty = true;
    if (err->kind) {
        refuse(b, err, false);
        return;
    }
    q->metric = kind == LOKI_QUERY_METRIC;
    if (b->conf.budget)
        b->stats = loki_index_stats(b->conf.loki, q->text, b->from, b->to, on_stats, b);
    else
        question_accept(q, false);
}

static void no_point(void *context, const struct labels *series, int64_t time, double value)
{
    (void)context;
    (void)series;
    (void)time;
    (void)value;
}

static void on_promql(void *context, size_t series, const char *warnings, const struct err *err)
{
    struct board_query *b = context;
    (void)series;
    (void)warnings;
    b->promql = NULL;
    if (err->kind) {
        refuse(b, err, true);
        return;
    }
    b->model->question.metric = true;
    question_accept(&b->model->question, false);
    b->model->dirty = true;
}

void board_query_check(struct board_query *b, bool promql, const char *text, int64_t from,
                       int64_t to)
{
    struct err off;
    stop(b);
    question_ask(&b->model->question, promql ? QUESTION_PROMQL : QUESTION_LOGQL, text);
    b->from = from;
    b->to = to;
    if (promql ? !b->conf.prometheus : !b->conf.loki) {
        err_set(&off, ERR_CONFIG, "", promql ? "set prometheus.url" : "set loki.url",
                "there is no %s to ask", promql ? "Prometheus" : "Loki");
        refuse(b, &off, promql);
    } else if (promql) {
        struct prometheus_query q = {
            .promql = text, .context = b, .point = no_point, .done = on_promql};
        b->promql = prometheus_ask(b->conf.prometheus, &q);
    } else {
        b->check = loki_check(b->conf.loki, text, on_check, b);
    }
}

/* ---- words ---- */

static void on_words(void *context, const char *const *values, size_t count, const struct err *err)
{
    struct words *w = context;
    struct model *m = w->board->model;
    w->loki = NULL;
    w->prometheus = NULL;
    vocabulary_set(m->vocabulary, w->key, err->kind ? NULL : values, count, clock_now());
    forget(w);
    m->dirty = true;
}

/* A free place, else that of the question which waits longest. */
static struct words *place(struct board_query *b)
{
    struct words *oldest = &b->words[0];
    for (size_t i = 0; i < WORDS; i++) {
        if (!b->words[i].key)
            return &b->words[i];
        if (b->words[i].asked < oldest->asked)
            oldest = &b->words[i];
    }
    forget(oldest);
    return oldest;
}

void board_query_words(struct board_query *b, const char *key, int64_t from, int64_t to)
{
    struct vocabulary_parts of = vocabulary_parts(key);
    bool promql = of.language == QUESTION_PROMQL;
    const char *selector = of.selector[0] ? of.selector : NULL;
    if (promql ? !b->conf.prometheus : !b->conf.loki) {
        vocabulary_set(b->model->vocabulary, key, NULL, 0, clock_now());
        return;
    }
    for (size_t i = 0; i < WORDS; i++)
        if (b->words[i].key && strcmp(b->words[i].key, key) == 0)
            return;
    struct words *w = place(b);
    char *label = of.label.n ? mem_dup_n(of.label.p, of.label.n) : NULL;
    w->key = mem_dup(key);
    w->asked = clock_monotonic();
    vocabulary_asked(b->model->vocabulary, key, clock_now());
    if (promql)
        w->prometheus =
            prometheus_words_ask(b->conf.prometheus, label, selector, from, to, on_words, w);
    else
        w->loki = loki_label_values(b->conf.loki, label, selector, from, to, on_words, w);
    free(label);
}
