#include "sandbox/prometheus/promd_lookup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "net/server.h"
#include "sandbox/prometheus/meters.h"
#include "sandbox/prometheus/promql.h"

enum { ANSWER_MAX = 64 << 20, SELECTORS_MAX = 20 };

static void begin(struct json_out *o)
{
    json_out_object(o, NULL);
    json_out_text(o, "status", "success");
    json_out_array(o, "data");
}

static void end(struct json_out *o, struct reply *p)
{
    json_out_end_array(o);
    json_out_end_object(o);
    reply_json(p, 200, buf_str(o->b));
}

void promd_lookup_series(const struct world *w, int64_t t, struct reply *p)
{
    struct buf json;
    struct arena a;
    struct json_out o = {.b = &json};
    char error[400], whole[460];
    const char *match = server_query_nth(p->r, "match[]", 0);
    if (!match) {
        promd_refuse(p, "no match[] parameter provided");
        return;
    }
    arena_init(&a);
    buf_init(&json, ANSWER_MAX);
    begin(&o);
    bool good = true;
    for (size_t n = 0; n < SELECTORS_MAX && match && good;
         match = server_query_nth(p->r, "match[]", ++n)) {
        struct promql_vector v;
        struct promql *q = promql_parse(&a, match, error, sizeof error);
        good = q && promql_eval(q, w, t, &a, &v, error, sizeof error);
        for (size_t i = 0; good && i < v.count; i++) {
            json_out_object(&o, NULL);
            for (size_t k = 0; k < v.list[i].label_count; k++)
                json_out_text(&o, v.list[i].labels[k].name, v.list[i].labels[k].value);
            json_out_end_object(&o);
        }
    }
    snprintf(whole, sizeof whole, "invalid parameter \"match[]\": %s", error);
    if (good)
        end(&o, p);
    else
        promd_refuse(p, whole);
    buf_free(&json);
    arena_free(&a);
}

/* ---- labels ---- */

struct words {
    const char *label; /* whose values are wanted; NULL: names */
    char **list;
    size_t count, cap;
};

static void add_word(struct words *w, const char *text)
{
    if (!*text || (w->count && strcmp(w->list[w->count - 1], text) == 0))
        return;
    mem_grow(&w->list, &w->cap, w->count + 1, sizeof *w->list);
    w->list[w->count++] = mem_dup(text);
}

static void on_series(void *context, const struct meters_label *labels, size_t count, double value)
{
    struct words *w = context;
    (void)value;
    for (size_t i = 0; i < count; i++)
        if (!w->label)
            add_word(w, labels[i].name);
        else if (strcmp(labels[i].name, w->label) == 0)
            add_word(w, labels[i].value);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void promd_lookup_labels(const struct world *w, int64_t t, struct reply *p, const char *label)
{
    struct words words = {.label = label};
    struct buf json;
    struct json_out o = {.b = &json};
    bool names = label && strcmp(label, "__name__") == 0;
    if (!label)
        add_word(&words, "__name__");
    for (size_t i = 0; meters_name(i); i++) {
        if (names)
            add_word(&words, meters_name(i));
        else
            meters_each(w, meters_name(i), t, on_series, &words);
    }
    if (words.count)
        qsort(words.list, words.count, sizeof *words.list, by_text);
    buf_init(&json, ANSWER_MAX);
    begin(&o);
    for (size_t i = 0; i < words.count; i++)
        if (!i || strcmp(words.list[i], words.list[i - 1]) != 0)
            json_out_text(&o, NULL, words.list[i]);
    end(&o, p);
    for (size_t i = 0; i < words.count; i++)
        free(words.list[i]);
    free(words.list);
    buf_free(&json);
}

/* ---- alerts and rules ---- */

void promd_lookup_alert(const struct promd_alert *a, struct json_out *o)
{
    char since[CLOCK_TEXT];
    json_out_object(o, NULL);
    json_out_object(o, "labels");
    json_out_text(o, "alertname", a->name);
    if (*a->namespace_)
        json_out_text(o, "namespace", a->namespace_);
    json_out_text(o, "severity", a->severity);
    json_out_end_object(o);
    json_out_object(o, "annotations");
    json_out_text(o, "summary", a->summary);
    json_out_end_object(o);
    json_out_text(o, "state", a->firing ? "firing" : "pending");
    json_out_text(o, "activeAt", clock_rfc3339(a->since, true, since));
    json_out_text(o, "value", "1e+00");
    json_out_end_object(o);
}

struct alert_rule {
    const char *name, *query, *severity, *summary;
    int duration;
};

static const struct alert_rule rules[] = {
    {"HighErrorRate",
     "sum(rate(http_requests_total{code=~\"5..\"}[5m])) / sum(rate(http_requests_total[5m])) > "
     "0.05",
     "critical", "more than 5 % of checkout's requests fail", 60},
    {"NodeMemoryPressure",
     "kube_node_status_condition{condition=\"MemoryPressure\",status=\"true\"} == 1", "warning",
     "a node is short of memory", 900},
    {"TargetDown", "up == 0", "warning", "a target does not answer", 600},
};

static void rule(size_t i, const struct promd_alert *active, size_t count, int64_t t,
                 struct json_out *o)
{
    char now[CLOCK_TEXT];
    const char *state = "inactive";
    for (size_t k = 0; k < count; k++)
        if (strcmp(active[k].name, rules[i].name) == 0)
            state = active[k].firing ? "firing" : "pending";
    json_out_object(o, NULL);
    json_out_text(o, "state", state);
    json_out_text(o, "name", rules[i].name);
    json_out_text(o, "query", rules[i].query);
    json_out_int(o, "duration", rules[i].duration);
    json_out_int(o, "keepFiringFor", 0);
    json_out_object(o, "labels");
    json_out_text(o, "severity", rules[i].severity);
    json_out_end_object(o);
    json_out_object(o, "annotations");
    json_out_text(o, "summary", rules[i].summary);
    json_out_end_object(o);
    json_out_array(o, "alerts");
    for (size_t k = 0; k < count; k++)
        if (strcmp(active[k].name, rules[i].name) == 0)
            promd_lookup_alert(&active[k], o);
    json_out_end_array(o);
    json_out_text(o, "health", "ok");
    json_out_number(o, "evaluationTime", 0.0004);
    json_out_text(o, "lastEvaluation", clock_rfc3339(clock_align(t, 15 * CLOCK_SECOND), true, now));
    json_out_text(o, "type", "alerting");
    json_out_end_object(o);
}

void promd_lookup_rules(const struct world *w, int64_t t, struct reply *p)
{
    struct promd_alert active[PROMD_ALERTS];
    size_t count = promd_alerts(w, t, active);
    char now[CLOCK_TEXT];
    struct buf json;
    struct json_out o = {.b = &json};
    buf_init(&json, 1 << 20);
    json_out_object(&o, NULL);
    json_out_text(&o, "status", "success");
    json_out_object(&o, "data");
    json_out_array(&o, "groups");
    json_out_object(&o, NULL);
    json_out_text(&o, "name", "shop");
    json_out_text(&o, "file", "/etc/prometheus/rules/shop.yml");
    json_out_array(&o, "rules");
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        rule(i, active, count, t, &o);
    json_out_end_array(&o);
    json_out_int(&o, "interval", 15);
    json_out_int(&o, "limit", 0);
    json_out_number(&o, "evaluationTime", 0.0011);
    json_out_text(&o, "lastEvaluation",
                  clock_rfc3339(clock_align(t, 15 * CLOCK_SECOND), true, now));
    json_out_end_object(&o);
    json_out_end_array(&o);
    json_out_end_object(&o);
    json_out_end_object(&o);
    reply_json(p, 200, buf_str(&json));
    buf_free(&json);
}
