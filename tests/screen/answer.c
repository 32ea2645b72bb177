/* The part of a source: answers to intents, lines that come, states that change. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/screen/answer_query.h"
#include "tests/screen/fill.h"
#include "tests/screen/offers.h"

static const struct {
    const char *ns, *pod, *text;
} lines[] = {
    {"shop", "frontend-84c6d7b95f-bfx2k", "level=info msg=\"GET /cart\" status=200 took=12ms"},
    {"shop", "checkout-7d9f8c6b5-bfx2k",
     "level=error msg=\"dial tcp 10.0.9.17:5432: connect: connection refused\" "
     "upstream=payments-db"},
    {"shop", "checkout-7d9f8c6b5-ekx9k", "level=warn msg=\"retrying order\" order=88213 attempt=2"},
    {"payments", "gateway-66d5c8f7b-bfx2k", "level=info msg=\"authorised\" amount=41.90 took=88ms"},
    {"shop", "checkout-7d9f8c6b5-kux3k",
     "{\"level\":\"error\",\"msg\":\"order 88213 failed: context deadline "
     "exceeded\",\"took\":\"5.00s\"}"},
    {"shop", "catalog-6f7d8c9b4-ekx9k", "level=debug msg=\"cache hit\" key=product:1821"},
    {"shop", "checkout-7d9f8c6b5-bfx2k",
     "panic: runtime error: invalid memory address or nil pointer dereference"},
    {"kube-system", "coredns-558bd4d5db-bfx2k",
     "[INFO] 10.0.1.23:51230 - 4821 \"A IN payments-db.payments.svc.cluster.local. udp 62 false "
     "512\" "
     "NOERROR qr,aa,rd 122 0.000213s, a line that is longer than any screen is wide so that it has "
     "to "
     "be cut or wrapped: here is its end"},
};
enum { LINES = sizeof lines / sizeof *lines };

static void add_line(struct model *m, int64_t time, size_t which, enum line_kind kind, bool late,
                     const char *text)
{
    struct str names[] = {str_of("namespace"), str_of("pod")};
    struct str values[] = {str_of(lines[which].ns), str_of(lines[which].pod)};
    const struct labels *l = labels_get(names, values, 2);
    struct line line = {time, l, str_of(text ? text : lines[which].text), kind, late};
    lines_add(m->logs.lines, &line);
    labels_drop(l);
    m->logs.arrived += kind == LINE_LOG;
}

/* Whether a query like {namespace="shop", pod="x"} |= "word" lets the line through. */
static bool answers(const char *query, size_t which)
{
    char wanted[300];
    const char *q = query ? query : "";
    snprintf(wanted, sizeof wanted, "namespace=\"%s\"", lines[which].ns);
    if (strstr(q, "namespace=\"") && !strstr(q, wanted))
        return false;
    snprintf(wanted, sizeof wanted, "pod=\"%s\"", lines[which].pod);
    if (strstr(q, "pod=\"") && !strstr(q, wanted))
        return false;
    bool error = strstr(lines[which].text, "error") || strstr(lines[which].text, "panic");
    return !strstr(q, "(error|") || error;
}

void fill_lines(struct model *m, int64_t now, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        size_t which = (size_t)(i * 5 + count) % LINES;
        if (answers(m->logs.query, which))
            add_line(m, now - i * 370 * CLOCK_MS, which, LINE_LOG, false, NULL);
    }
    m->dirty = true;
}

static void answer_live(struct model *m, int64_t now)
{
    lines_clear(m->logs.lines);
    m->logs.older =
        (struct model_edge){.state = MODEL_EDGE_MORE, .time = now - 60 * 370 * CLOCK_MS};
    m->logs.newer = (struct model_edge){.state = MODEL_EDGE_LIVE, .time = INT64_MAX};
    fill_lines(m, now, 60);
}

static void answer_logs(struct model *m, int64_t now, const struct intent *wish)
{
    free(m->logs.query);
    m->logs.query = mem_dup(wish->text);
    m->logs.from = wish->from;
    m->logs.to = wish->to;
    m->logs.per_second = wish->to ? 0 : 2.7;
    m->logs.lag = wish->to ? -1 : 400 * CLOCK_MS;
    str_copy(m->logs.lane, sizeof m->logs.lane, wish->to ? "range" : "poll");
    lines_clear(m->logs.lines);
    m->logs.older = (struct model_edge){.state = MODEL_EDGE_MORE};
    m->logs.newer = (struct model_edge){.state = wish->to ? MODEL_EDGE_MORE : MODEL_EDGE_LIVE,
                                        .time = wish->to ? wish->to : INT64_MAX};
    fill_lines(m, wish->to ? wish->to : now, 60);
    m->logs.older.time = (wish->to ? wish->to : now) - 60 * 370 * CLOCK_MS;
    m->logs.arrived = 0;
}

/* Pages of 60 lines; two of them, then there is nothing. */
static void answer_page(struct model *m, const struct intent *wish, int64_t now)
{
    struct model_edge *e = wish->type == INTENT_LOGS_OLDER ? &m->logs.older : &m->logs.newer;
    int64_t page = 60 * 370 * CLOCK_MS;
    if (wish->type == INTENT_LOGS_AT) {
        lines_clear(m->logs.lines);
        m->logs.older.time = m->logs.newer.time = m->logs.at = wish->from;
        m->logs.newer.state = m->logs.older.state = MODEL_EDGE_MORE;
        m->logs.newer.time += page;
        fill_lines(m, m->logs.newer.time, 60);
        return;
    }
    if (e == &m->logs.newer) {
        e->time += page;
        fill_lines(m, e->time, 60);
        e->state = e->time > now ? MODEL_EDGE_LIVE : MODEL_EDGE_MORE;
        return;
    }
    fill_lines(m, e->time - 1, 60);
    e->time -= page;
    if (now - e->time > 3 * page) {
        e->state = MODEL_EDGE_END;
        e->searched = e->time - CLOCK_DAY;
    }
}

static void answer_window(struct model *m, const struct intent *wish)
{
    if (!m->windows.open[0])
        return;
    window_free(m->windows.chosen);
    m->windows.chosen = fill_window(wish->text, wish->from, wish->to);
    upstream_live(&m->windows.chosen_upstream);
}

static void answer_day(struct model *m, int64_t now, const struct intent *wish)
{
    for (size_t i = 0; i < m->windows.rule_count; i++) {
        if (strcmp(m->windows.rules[i], wish->text) != 0)
            continue;
        window_day_free(m->windows.days[i]);
        m->windows.days[i] = fill_day(wish->text, wish->from, now);
    }
}

static void log_intent(const struct intent *wish, struct buf *log)
{
    static const char *const names[] = {
        [INTENT_LOGS] = "logs",
        [INTENT_WINDOW_DAY] = "day",
        [INTENT_WINDOW] = "window",
        [INTENT_LOGS_OLDER] = "older",
        [INTENT_LOGS_NEWER] = "newer",
        [INTENT_LOGS_AT] = "logs-at",
        [INTENT_LOGS_LIVE] = "logs-live",
        [INTENT_LOGS_HOLD] = "hold",
        [INTENT_METRICS] = "metrics",
        [INTENT_CONTEXT] = "context",
        [INTENT_QUIT] = "quit",
        [INTENT_BROWSE] = "browse",
        [INTENT_SERVED] = "served",
        [INTENT_OFFERS] = "offers",
        [INTENT_QUESTION] = "question",
        [INTENT_AGREED] = "agreed",
        [INTENT_FORGET] = "forget",
        [INTENT_STOP] = "stop",
        [INTENT_PAGE] = "page",
        [INTENT_POD_LOGS] = "pod-logs",
        [INTENT_CONTAINERS] = "containers",
        [INTENT_LOGIN] = "login",
    };
    char from[CLOCK_TEXT] = "0", to[CLOCK_TEXT] = "0";
    if (wish->from)
        clock_rfc3339(wish->from, false, from);
    if (wish->to)
        clock_rfc3339(wish->to, false, to);
    size_t start = log->n;
    buf_printf(log, "intent %s %s %s %s",
               names[wish->type] ? names[wish->type] : answer_query_name(wish->type), from, to,
               wish->text ? wish->text : "");
    for (char *p = log->p + start; p < log->p + log->n; p++)
        if (*p == '\n')
            *p = '|';
    buf_addc(log, '\n');
}

void fill_answer(struct model *m, int64_t now, struct buf *log)
{
    struct intent wish;
    while (intents_take(m->intents, &wish)) {
        uint64_t arrived = m->logs.arrived;
        bool page = wish.type >= INTENT_LOGS_OLDER && wish.type <= INTENT_LOGS_AT;
        bool often = wish.type == INTENT_LOGS_HOLD || wish.type == INTENT_SERVED;
        if (log && !often)
            log_intent(&wish, log);
        if (wish.type == INTENT_LOGS)
            answer_logs(m, now, &wish);
        else if (page)
            answer_page(m, &wish, now);
        else if (wish.type == INTENT_LOGS_LIVE)
            answer_live(m, now);
        else if (wish.type == INTENT_WINDOW)
            answer_window(m, &wish);
        else if (wish.type == INTENT_PAGE)
            fill_page(m, now, wish.text);
        else if (wish.type == INTENT_POD_LOGS)
            fill_pod_log(m, now, wish.text);
        else if (wish.type == INTENT_CONTAINERS)
            fill_containers(m, wish.text);
        else if (wish.type == INTENT_WINDOW_DAY)
            answer_day(m, now, &wish);
        else if (wish.type == INTENT_BROWSE)
            fill_browse(m, now, wish.text);
        else if (wish.type == INTENT_CHECK || wish.type == INTENT_CHECK_PROMQL)
            answer_query_check(m, &wish);
        else if (wish.type == INTENT_VOLUME || wish.type == INTENT_VOLUME_WHATEVER)
            answer_query_volume(m, now, &wish);
        else if (wish.type == INTENT_WORDS)
            answer_query_words(m, now, &wish);
        else if (wish.type == INTENT_GRAPH || wish.type == INTENT_GRAPH_PROMQL)
            answer_query_graph(m, now, &wish);
        else
            offers_answer(m, now, &wish);
        if (wish.type != INTENT_LOGS)
            m->logs.arrived = arrived;
        m->dirty = true;
        free(wish.text);
    }
}

/* ---- changes by name ---- */

static void deny(struct upstream *u, const char *what)
{
    struct err err;
    err_set(&err, ERR_DENIED, "kubernetes", "ask for get, list and watch of it", "%s", what);
    upstream_failed(u, &err, 0);
}

static void fail(struct upstream *u)
{
    struct err err;
    err_set(&err, ERR_AWAY, "source", "", "no answer within 10 s");
    upstream_failed(u, &err, 0);
}

static struct resource *resource_of(struct model *m, const char *name)
{
    struct resource *all[] = {&m->nodes, &m->pods, &m->namespaces, &m->events};
    static const char *const names[] = {"nodes", "pods", "namespaces", "events"};
    for (size_t i = 0; i < 4; i++)
        if (strcmp(names[i], name) == 0)
            return all[i];
    return NULL;
}

static struct upstream *upstream_of(struct model *m, const char *name)
{
    struct resource *r = resource_of(m, name);
    if (r)
        return &r->upstream;
    return strcmp(name, "logs") == 0      ? &m->logs.upstream
           : strcmp(name, "metrics") == 0 ? &m->metrics
           : strcmp(name, "store") == 0   ? &m->windows.upstream
           : strcmp(name, "open") == 0    ? &m->windows.open_upstream
                                          : NULL;
}

static void remove_pods(struct model *m, const char *prefix)
{
    for (size_t i = objects_count(m->pods.table); i-- > 0;) {
        const struct object *o = objects_at(m->pods.table, i);
        char ns[SCOPE_NAME], name[SCOPE_NAME];
        if (!str_starts(str_of(o->name), prefix))
            continue;
        str_copy(ns, sizeof ns, o->namespace_);
        str_copy(name, sizeof name, o->name);
        objects_remove(m->pods.table, str_of(ns), str_of(name));
    }
}

static void add_pod(struct model *m, int64_t now, const char *name)
{
    struct object *o = objects_new_row(m->pods.table, str_of("shop"), str_of(name));
    o->created = now - 5 * CLOCK_SECOND;
    o->health = HEALTH_BAD;
    object_set_text(o, 1, str_of("Error"));
    object_set_trouble(o, str_of("Error: exit code 1"));
    objects_put(m->pods.table, o);
}

/* A line of 250 kB with a word at its end, and one that makes a bad expression try without end. */
static void add_long(struct model *m, int64_t now)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    for (int i = 0; i < 25000; i++)
        buf_adds(&text, "0123456789");
    buf_adds(&text, " NEEDLE behind");
    add_line(m, now, 0, LINE_LOG, false, buf_text(&text));
    buf_clear(&text);
    for (int i = 0; i < 200; i++)
        buf_addc(&text, 'a');
    buf_adds(&text, "!");
    add_line(m, now, 0, LINE_LOG, false, buf_text(&text));
    buf_free(&text);
}

/* A Java trace with two lines of another pod in between, and a line with colours of its own. */
static void add_trace(struct model *m, int64_t now)
{
    static const struct {
        size_t pod;
        const char *text;
    } trace[] = {
        {1, "2021-08-27 13:47:11,204 ERROR order 88213 failed"},
        {1, "java.lang.IllegalStateException: no stock"},
        {1, "\tat com.shop.Order.reserve(Order.java:88)"},
        {3, "level=info msg=\"authorised\" amount=12.50 took=80ms"},
        {1, "\tat com.shop.Order.place(Order.java:41)"},
        {1, "Caused by: java.net.SocketTimeoutException: Read timed out"},
        {1, "\t... 23 more"},
        {1,
         "\033[1m\033[31mERR\033[0m retry \033[38;5;40mgreen\033[39m \033[2Jgone \033]0;x\a end"},
    };
    for (size_t i = 0; i < sizeof trace / sizeof *trace; i++)
        add_line(m, now + (int64_t)i * CLOCK_MS, trace[i].pod, LINE_LOG, false, trace[i].text);
}

bool fill_change(struct model *m, int64_t now, const char *what)
{
    struct str rest = str_of(what), verb;
    char name[100];
    str_cut(&rest, ' ', &verb);
    snprintf(name, sizeof name, "%.*s", (int)rest.n, rest.p);
    struct upstream *u = upstream_of(m, name);
    m->dirty = true;
    if (str_is(verb, "page"))
        return fill_page_change(m, now, name);
    if (str_is(verb, "broken"))
        return fill_broken(m, now, name);
    if (str_is(verb, "lines"))
        fill_lines(m, now, (int)strtol(name, NULL, 10));
    else if (str_is(verb, "gap"))
        add_line(m, now - 5 * CLOCK_SECOND, 0, LINE_GAP, false,
                 "13:46:40 to 13:46:58 could not be read: 500 too many outstanding requests");
    else if (str_is(verb, "late"))
        add_line(m, now - 9 * CLOCK_SECOND, 1, LINE_LOG, true, NULL);
    else if (str_is(verb, "trace"))
        add_trace(m, now);
    else if (str_is(verb, "long"))
        add_long(m, now);
    else if (str_is(verb, "remove"))
        remove_pods(m, name);
    else if (str_is(verb, "pod"))
        add_pod(m, now, name);
    else if (str_is(verb, "insecure"))
        m->insecure = mem_dup(
            "The certificate of https://10.0.0.1:6443 is not verified (insecure-skip-tls-verify).");
    else if (str_is(verb, "stale") && u)
        fail(u);
    else if (str_is(verb, "behind"))
        m->clock_offset = strtol(name, NULL, 10) * CLOCK_SECOND;
    else if (str_is(verb, "each") && u)
        u->each_s = 20;
    else if (str_is(verb, "denied") && u)
        deny(u,
             "User \"dev\" cannot list resource \"pods\" in API group \"\" at the cluster scope");
    else if (str_is(verb, "off") && u)
        *u = (struct upstream){0};
    else if (str_is(verb, "live") && u)
        upstream_live(u);
    else
        return false;
    return true;
}
