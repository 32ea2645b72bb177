/* Answers to what is asked about queries: whether they are right, words, graphs. */
#include "tests/screen/answer_query.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"

const char *answer_query_name(enum intent_type type)
{
    static const char *const names[] = {
        [INTENT_CHECK] = "check",
        [INTENT_CHECK_PROMQL] = "check-promql",
        [INTENT_GRAPH] = "graph",
        [INTENT_GRAPH_PROMQL] = "graph-promql",
        [INTENT_WORDS] = "words",
        [INTENT_VOLUME] = "volume",
        [INTENT_VOLUME_WHATEVER] = "volume-whatever",
    };
    return type < sizeof names / sizeof *names && names[type] ? names[type] : "?";
}

/* As Loki does: a parenthesis or a class of a regular expression that stays open, a selector that is
 * none, or one that picks all. */
static void refuse(struct question *q, const char *what, int column)
{
    struct err err;
    err_set(&err, ERR_REFUSED, "loki", "", "%s", what);
    question_refuse(q, &err, column ? 1 : 0, column);
}

void answer_query_check(struct model *m, const struct intent *wish)
{
    struct question *q = &m->question;
    bool promql = wish->type == INTENT_CHECK_PROMQL;
    question_ask(q, promql ? QUESTION_PROMQL : QUESTION_LOGQL, wish->text);
    q->metric = promql || strstr(wish->text, "rate(") != NULL;
    if (strstr(wish->text, "\"(\"")) {
        refuse(q,
               "HTTP 400: parse error : stage '|~ \"(\"' : error parsing regexp: missing closing "
               "): `(`",
               0);
    } else if (strstr(wish->text, "oops[")) {
        refuse(q,
               "HTTP 400: parse error : stage '|= \"결제\" |~ \"oops[\"' : error parsing regexp: "
               "missing closing ]: `[`",
               0);
    } else if (strstr(wish->text, "{pod=~\".*\"}")) {
        refuse(q,
               "HTTP 400: parse error : queries require at least one regexp or equality matcher "
               "that does not have an empty-compatible value. For instance, app=~\".*\" does not "
               "meet this requirement, but app=~\".+\" will",
               0);
    } else if (!promql && !strchr(wish->text, '{')) {
        refuse(q, "HTTP 400: parse error at line 1, col 1: syntax error: unexpected IDENTIFIER", 1);
    } else {
        q->measured = true;
        q->budget = 5000000000;
        q->streams = 312;
        q->bytes = strstr(wish->text, "costly") ? 123000000000 : 1000;
        question_accept(q, q->bytes > q->budget);
    }
}

void answer_query_words(struct model *m, int64_t now, const struct intent *wish)
{
    static const char *const names[] = {"app", "container", "namespace", "node_name", "pod"};
    static const char *const namespaces[] = {"kube-system", "payments", "shop"};
    static const char *const pods[] = {"checkout-7d9f8c6b5-bfx2k", "checkout-7d9f8c6b5-ekx9k",
                                       "frontend-84c6d7b95f-bfx2k"};
    static const char *const metrics[] = {"http_requests_total", "kube_pod_info", "up"};
    struct vocabulary_parts of = vocabulary_parts(wish->text);
    if (of.language == QUESTION_PROMQL)
        vocabulary_set(m->vocabulary, wish->text, str_is(of.label, "__name__") ? metrics : names, 3,
                       now);
    else if (!of.label.n)
        vocabulary_set(m->vocabulary, wish->text, names, 5, now);
    else if (str_is(of.label, "namespace"))
        vocabulary_set(m->vocabulary, wish->text, namespaces, 3, now);
    else if (str_is(of.label, "pod"))
        vocabulary_set(m->vocabulary, wish->text, pods, strstr(of.selector, "shop") ? 3 : 0, now);
    else
        vocabulary_set(m->vocabulary, wish->text, NULL, 0, now);
}

void answer_query_graph(struct model *m, int64_t now, const struct intent *wish)
{
    static const char *const apps[] = {"checkout", "frontend", "payments"};
    struct graph *g = &m->graph;
    bool promql = wish->type == INTENT_GRAPH_PROMQL;
    size_t series = strstr(wish->text, "sum(") ? 1 : 3;
    graph_start(g, promql ? QUESTION_PROMQL : QUESTION_LOGQL, wish->text, wish->from,
                wish->to ? wish->to : now, !wish->to);
    for (size_t i = 0; i < series; i++) {
        struct str names[] = {str_of("app"), str_of("namespace")};
        struct str values[] = {str_of(apps[i]), str_of("shop")};
        const struct labels *l = series > 1 ? labels_get(names, values, 2) : NULL;
        for (size_t k = 0; k < g->points; k++) {
            double v = 4 + 3 * (double)i + 3 * sin((double)k / (9 + 4 * (double)i));
            if (i != 1 || k / 40 != 3) /* a gap */
                graph_point(g, l, g->from + (int64_t)k * g->step, v);
        }
        labels_drop(l);
    }
    upstream_live(&m->graph_upstream);
}

/* A quiet hour, then errors from 13:35 on; one bar has a single error. */
void answer_query_volume(struct model *m, int64_t now, const struct intent *wish)
{
    struct volume *v = &m->volume;
    volume_start(v, wish->text, wish->from, wish->to ? wish->to : now, !wish->to);
    upstream_live(&v->upstream);
    v->streams = 312;
    v->bytes = 123000000000;
    v->budget = 5000000000;
    v->costly = strstr(wish->text, "costly") && wish->type == INTENT_VOLUME;
    v->known = !v->costly;
    v->how = strstr(wish->text, "payments") ? VOLUME_BY_WORDS : VOLUME_BY_LABELS;
    for (size_t i = 0; v->known && i < v->bins; i++) {
        int64_t at = v->from + (int64_t)i * v->step;
        double seconds = (double)v->step / 1e9;
        bool bad = at >= now - 12 * CLOCK_MINUTE;
        v->counts[i][LEVEL_INFO] = seconds * (double)(8 + i % 5);
        v->counts[i][LEVEL_ERROR] = bad ? seconds * 9 : i == v->bins / 3;
        v->counts[i][LEVEL_WARN] = bad ? seconds * 3 : 0;
        v->counts[i][LEVEL_UNKNOWN] = seconds * 2;
    }
}
