#include "source/prometheus/prometheus.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "model/series.h"
#include "net/http.h"
#include "net/loop.h"
#include "source/prometheus/prometheus_keeper.h"
#include "source/prometheus/prometheus_words.h"
#include "tests/wire/canned.h"

#define NOW (INT64_C(1795363236) * CLOCK_SECOND)

struct bench {
    struct loop *loop;
    struct http *http;
    struct canned *server;
    struct prometheus *prometheus;
    bool done;
    struct err err;
    size_t series;
    struct buf text;
    char warnings[200];
    /* The keeper's server. */
    struct series *model[METRIC_COUNT];
    struct prometheus_keeper *keeper;
    bool node_exporter, cadvisor;
    int ranges, instants, changes;
    char last_query[600];
    int64_t last_from, last_to;
    int forbid_post;
};

static int set_up(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    clock_freeze(NOW);
    b->loop = loop_new();
    b->http = http_new(b->loop);
    b->server = canned_new(b->loop);
    struct conn c = {.name = "prometheus", .url = (char *)(uintptr_t)canned_url(b->server)};
    b->prometheus = prometheus_new(b->http, &c);
    buf_init(&b->text, 1 << 20);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    prometheus_keeper_stop(b->keeper);
    for (int m = 0; m < METRIC_COUNT; m++)
        assert_null(b->model[m]);
    prometheus_free(b->prometheus);
    http_free(b->http);
    canned_free(b->server);
    loop_free(b->loop);
    buf_free(&b->text);
    free(b);
    clock_freeze(0);
    return 0;
}

static void on_point(void *context, const struct labels *series, int64_t time, double value)
{
    struct bench *b = context;
    buf_printf(&b->text, "%s%s %lld %.3g\n", labels_value(series, "namespace"),
               labels_value(series, "__name__"), (long long)(time / CLOCK_MS), value);
}

static void on_done(void *context, size_t series, const char *warnings, const struct err *err)
{
    struct bench *b = context;
    assert_false(b->done);
    b->done = true;
    b->series = series;
    b->err = *err;
    str_copy(b->warnings, sizeof b->warnings, warnings);
}

static void ask(struct bench *b, int64_t from, int64_t to, int64_t step)
{
    buf_clear(&b->text);
    b->done = false;
    prometheus_ask(b->prometheus, &(struct prometheus_query){.promql = "up{a=\"b\"}",
                                                             .from = from,
                                                             .to = to,
                                                             .step = step,
                                                             .context = b,
                                                             .point = on_point,
                                                             .done = on_done});
    assert_false(b->done);
    for (int i = 0; i < 200 && !b->done; i++)
        loop_turn(b->loop, 20);
    assert_true(b->done);
}

static void recorded_answers_are_read(void **state)
{
    struct bench *b = *state;
    canned_file(b->server, "/api/v1/query_range", "prometheus/prom-query_range-matrix.txt");
    ask(b, NOW - CLOCK_MINUTE, NOW, 15 * CLOCK_SECOND);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->series, 6);
    assert_memory_equal(buf_text(&b->text), "data 1795363176325 4.71\ndata 1795363191325 8.21\n",
                        48);
    assert_string_equal(canned_last(b->server), "/api/v1/query_range"); /* a form */
    canned_file(b->server, "/api/v1/query", "prometheus/prom-query-nan-inf.txt");
    ask(b, 0, 0, 0);
    assert_string_equal(buf_text(&b->text), "kb_inf 1795363236335 inf\nkb_nan 1795363236335 nan\n");
    canned_file(b->server, "/api/v1/query", "prometheus/prom-query-scalar.txt");
    ask(b, NOW, NOW, 0);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->series, 1);
    canned_file(b->server, "/api/v1/query", "prometheus/prom-query-empty-result.txt");
    ask(b, 0, 0, 0);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->series, 0);
    canned_text(b->server, "/api/v1/query", 200, "application/json",
                "{\"status\":\"success\",\"warnings\":[\"a store is "
                "away\"],\"data\":{\"resultType\":\"vector\",\"result\":[]}}");
    ask(b, 0, 0, 0);
    assert_string_equal(b->warnings, "a store is away");
    assert_int_equal(prometheus_upstream(b->prometheus)->state, UPSTREAM_LIVE);
}

static void on_words(void *context, const char *const *values, size_t count, const struct err *err)
{
    struct bench *b = context;
    assert_false(b->done);
    b->done = true;
    b->err = *err;
    for (size_t i = 0; i < count; i++)
        buf_printf(&b->text, "%s ", values[i]);
}

static void ask_words(struct bench *b, const char *label, const char *selector)
{
    buf_clear(&b->text);
    b->done = false;
    prometheus_words_ask(b->prometheus, label, selector, NOW - CLOCK_HOUR, NOW, on_words, b);
    assert_false(b->done);
    for (int i = 0; i < 200 && !b->done; i++)
        loop_turn(b->loop, 20);
    assert_true(b->done);
}

static void names_come_sorted(void **state)
{
    struct bench *b = *state;
    canned_text(b->server, "/api/v1/label/__name__/values", 200, "application/json",
                "{\"status\":\"success\",\"data\":[\"up\",\"a_total\",7]}");
    ask_words(b, "__name__", NULL);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_string_equal(buf_text(&b->text), "a_total up ");
    assert_string_equal(canned_last(b->server),
                        "/api/v1/label/__name__/values?start=1795359636&end=1795363236");
    canned_text(b->server, "/api/v1/labels", 200, "application/json",
                "{\"status\":\"success\",\"data\":[\"job\"]}");
    ask_words(b, NULL, "up{job=\"x\"}");
    assert_string_equal(buf_text(&b->text), "job ");
    assert_non_null(strstr(canned_last(b->server), "match%5B%5D=up%7Bjob%3D%22x%22%7D"));
    ask_words(b, "job", NULL); /* 404 */
    assert_int_not_equal(b->err.kind, ERR_NONE);
    canned_text(b->server, "/api/v1/label/job", 200, "text/html", "<html>");
    ask_words(b, "job", NULL);
    assert_int_not_equal(b->err.kind, ERR_NONE);
    assert_string_equal(buf_text(&b->text), "");
    prometheus_words_cancel(prometheus_words_ask(b->prometheus, "job", NULL, 0, NOW, on_words, b));
}

static void recorded_errors_keep_their_words(void **state)
{
    struct bench *b = *state;
    int line = 0, column = 0;
    canned_file(b->server, "/api/v1/query", "prometheus/prom-bad-query.txt");
    ask(b, 0, 0, 0);
    assert_int_equal(b->err.kind, ERR_REFUSED);
    assert_int_equal(b->err.http, 400);
    assert_non_null(strstr(b->err.what, "unclosed left parenthesis"));
    assert_null(strchr(b->err.what, '{'));
    assert_true(prometheus_error_place(&b->err, &line, &column));
    assert_int_equal(line, 1);
    assert_true(column > 1);
    canned_file(b->server, "/api/v1/query", "prometheus/prom-too-many-samples.txt");
    ask(b, 0, 0, 0);
    assert_int_equal(b->err.kind, ERR_REFUSED);
    assert_string_equal(
        b->err.what, "query processing would load too many samples into memory in query execution");
    assert_false(prometheus_error_place(&b->err, &line, &column));
    canned_file(b->server, "/api/v1/query_range", "prometheus/prom-query_range-step-too-small.txt");
    ask(b, NOW - CLOCK_HOUR, NOW, CLOCK_SECOND);
    assert_int_equal(b->err.kind, ERR_REFUSED);
    assert_int_equal(prometheus_upstream(b->prometheus)->state, UPSTREAM_LIVE);
    canned_text(b->server, "/api/v1/query", 503, "application/json",
                "{\"status\":\"error\",\"errorType\":\"timeout\",\"error\":\"query timed out in "
                "expression evaluation\"}");
    ask(b, 0, 0, 0);
    assert_int_equal(b->err.kind, ERR_AWAY);
    canned_text(b->server, "/api/v1/query", 422, "application/json",
                "{\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"expanding series: "
                "context deadline exceeded\"}");
    ask(b, 0, 0, 0);
    assert_int_equal(b->err.kind, ERR_AWAY);
    ask(b, NOW - CLOCK_HOUR, NOW, CLOCK_MS);
    assert_int_equal(b->err.kind, ERR_USAGE);
}

static void what_is_no_prometheus_is_said(void **state)
{
    struct bench *b = *state;
    struct {
        int status;
        const char *type, *body;
    } others[] = {{404, "text/plain", "404 page not found\n"},
                  {200, "text/html", "<html>login</html>"},
                  {200, "application/json", "{\"status\":\"success\"}"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        canned_text(b->server, "/", others[i].status, others[i].type, others[i].body);
        ask(b, 0, 0, 0);
        assert_int_equal(b->err.kind, ERR_PROTOCOL);
        assert_non_null(strstr(b->err.mend, "prometheus.url"));
        assert_int_equal(prometheus_upstream(b->prometheus)->state, UPSTREAM_FAILED);
    }
    canned_text(b->server, "/", 401, "text/plain", "Unauthorized\n");
    ask(b, 0, 0, 0);
    assert_int_equal(b->err.kind, ERR_DENIED);
    canned_stop(b->server);
    ask(b, 0, 0, 0);
    assert_int_equal(b->err.kind, ERR_AWAY);
}

static void a_question_may_be_cancelled(void **state)
{
    struct bench *b = *state;
    canned_file(b->server, "/", "prometheus/prom-query-vector.txt");
    struct prometheus_query q = {.promql = "up", .context = b, .point = on_point, .done = on_done};
    prometheus_cancel(prometheus_ask(b->prometheus, &q));
    for (int i = 0; i < 10; i++)
        loop_turn(b->loop, 5);
    assert_false(b->done);
    prometheus_ask(b->prometheus, &q); /* the free cancels it */
}

/* ---- the keeper ---- */

/* What a node or pod has at a time: 0.25 and its minute's hundredths. */
static double value_at(int64_t time)
{
    return 0.25 + (double)(time / CLOCK_MINUTE % 60) / 100;
}

static void add_series(struct buf *out, const char *labels, bool range,
                       const struct canned_request *r, int64_t now)
{
    buf_printf(out,
               "%s{\"metric\":{%s},\"value%s\":", out->n && out->p[out->n - 1] == '}' ? "," : "",
               labels, range ? "s" : "");
    if (!range) {
        buf_printf(out, "[%lld,\"%g\"]}", (long long)(now / CLOCK_SECOND), value_at(now));
        return;
    }
    int64_t from = 0, to = 0, step = 60;
    double number;
    if (str_to_double(str_of(canned_field(r, "start")), &number))
        from = (int64_t)number;
    if (str_to_double(str_of(canned_field(r, "end")), &number))
        to = (int64_t)number;
    if (str_to_double(str_of(canned_field(r, "step")), &number))
        step = (int64_t)number;
    buf_addc(out, '[');
    for (int64_t t = from; t <= to; t += step)
        buf_printf(out, "%s[%lld,\"%g\"]", t > from ? "," : "", (long long)t,
                   value_at(t * CLOCK_SECOND));
    buf_adds(out, "]}");
}

static void keeper_answer(void *context, const struct canned_request *r, struct canned_answer *a)
{
    struct bench *b = context;
    if (b->forbid_post && !strcmp(r->method, "POST")) {
        a->status = b->forbid_post;
        buf_adds(&a->body, "no create on services/proxy");
        return;
    }
    bool range = strstr(r->path, "query_range") != NULL;
    struct buf result;
    buf_init(&result, 1 << 20);
    str_copy(b->last_query, sizeof b->last_query, canned_field(r, "query"));
    const char *q = b->last_query;
    bool of_pods = strstr(q, "namespace,pod)") != NULL,
         of_exporter = strstr(q, "node_cpu_seconds") || strstr(q, "node_memory_Mem");
    bool by_name = strstr(q, "nodename") != NULL, by_node = strstr(q, "by (node)") != NULL;
    if (strstr(q, "up[")) { /* samples of ten minutes */
        buf_printf(&result, "{\"metric\":{},\"value\":[%lld,\"20\"]}",
                   (long long)(clock_now() / CLOCK_SECOND));
    } else if (of_pods && b->cadvisor) {
        b->ranges += range;
        b->instants += !range;
        add_series(&result, "\"namespace\":\"shop\",\"pod\":\"cart-1\"", range, r, clock_now());
        add_series(&result, "\"namespace\":\"shop\",\"pod\":\"cart-2\"", range, r, clock_now());
    } else if ((of_exporter && by_name && b->node_exporter) ||
               (!of_exporter && !of_pods && by_node && !b->node_exporter && b->cadvisor)) {
        add_series(&result,
                   by_name ? "\"nodename\":\"node-1\",\"instance\":\"10.0.0.1:9100\""
                           : "\"node\":\"node-1\"",
                   range, r, clock_now());
    }
    buf_printf(&a->body,
               "{\"status\":\"success\",\"data\":{\"resultType\":\"%s\",\"result\":[%s]}}",
               range ? "matrix" : "vector", buf_text(&result));
    buf_free(&result);
}

static void on_changed(void *context)
{
    ((struct bench *)context)->changes++;
}

static void run_for(struct bench *b, int ms)
{
    int64_t until = clock_monotonic() + ms * CLOCK_MS;
    while (clock_monotonic() < until)
        loop_turn(b->loop, 5);
}

static void start_keeper(struct bench *b)
{
    canned_on(b->server, "/api/v1/query", keeper_answer, b);
    b->keeper = prometheus_keeper_start(
        b->prometheus,
        &(struct prometheus_keeper_conf){
            .series = b->model, .interval = CLOCK_SECOND, .context = b, .changed = on_changed});
    assert_false(prometheus_keeper_settled(b->keeper));
    for (int i = 0; i < 100 && !prometheus_keeper_settled(b->keeper); i++)
        run_for(b, 10);
    assert_true(prometheus_keeper_settled(b->keeper));
}

static size_t numbers(struct bench *b, enum metric m, const char *key, size_t points)
{
    double out[200];
    return series_points(b->model[m], str_of(key), 0, out, points);
}

static void the_last_hour_then_points(void **state)
{
    struct bench *b = *state;
    b->node_exporter = b->cadvisor = true;
    start_keeper(b);
    assert_in_range(numbers(b, METRIC_POD_CPU, "shop/cart-1", 60), 59, 60);
    assert_in_range(numbers(b, METRIC_POD_MEMORY, "shop/cart-2", 60), 59, 60);
    assert_in_range(numbers(b, METRIC_NODE_CPU, "node-1", 60), 59, 60);
    assert_in_range(numbers(b, METRIC_NODE_MEMORY, "node-1", 60), 59, 60);
    assert_int_equal(series_names(b->model[METRIC_POD_CPU]), 2);
    assert_int_equal(b->ranges, 2);
    assert_int_equal(b->instants, 0);
    assert_true(b->changes > 0);
    assert_string_equal(prometheus_keeper_missing(b->keeper, METRIC_NODE_CPU), "");
    /* Live: one instant query a metric. */
    clock_freeze(NOW + CLOCK_MINUTE);
    run_for(b, 1300);
    assert_int_equal(b->ranges, 2);
    assert_true(b->instants >= 2);
    assert_true(fabs(series_latest(b->model[METRIC_POD_CPU], str_of("shop/cart-1")) -
                     value_at(NOW + CLOCK_MINUTE)) < 1e-6);
    /* A gap is read as a span again. */
    clock_freeze(NOW + 30 * CLOCK_MINUTE);
    run_for(b, 1300);
    assert_int_equal(b->ranges, 4);
    assert_in_range(numbers(b, METRIC_POD_CPU, "shop/cart-1", 60), 58, 60);
}

static void without_node_exporter_cadvisor_is_asked(void **state)
{
    struct bench *b = *state;
    b->cadvisor = true;
    start_keeper(b);
    assert_in_range(numbers(b, METRIC_NODE_CPU, "node-1", 60), 59, 60);
    assert_in_range(numbers(b, METRIC_NODE_MEMORY, "node-1", 60), 59, 60);
}

static void a_proxy_that_forbids_post_gets_get(void **state)
{
    struct bench *b = *state;
    b->node_exporter = b->cadvisor = true;
    b->forbid_post = 403;
    start_keeper(b);
    assert_in_range(numbers(b, METRIC_POD_CPU, "shop/cart-1", 60), 59, 60);
    assert_non_null(strstr(canned_last(b->server), "/api/v1/query_range?query="));
    size_t before = canned_requests(b->server);
    ask(b, 0, 0, 0);
    assert_int_equal(canned_requests(b->server), before + 1); /* it remembers */
}

static void what_is_missing_is_said(void **state)
{
    struct bench *b = *state;
    start_keeper(b);
    for (int m = 0; m < METRIC_COUNT; m++) {
        assert_true(*prometheus_keeper_missing(b->keeper, (enum metric)m));
        assert_int_equal(series_names(b->model[m]), 0);
    }
    assert_int_equal(prometheus_upstream(b->prometheus)->state, UPSTREAM_LIVE);
}

static void a_past_span_is_shown(void **state)
{
    struct bench *b = *state;
    b->node_exporter = b->cadvisor = true;
    start_keeper(b);
    prometheus_keeper_show(b->keeper, NOW - 5 * CLOCK_HOUR, NOW - 4 * CLOCK_HOUR);
    assert_false(prometheus_keeper_settled(b->keeper));
    assert_int_equal(series_names(b->model[METRIC_POD_CPU]), 0);
    run_for(b, 300);
    assert_true(prometheus_keeper_settled(b->keeper));
    assert_true(series_newest(b->model[METRIC_POD_CPU]) <= NOW - 4 * CLOCK_HOUR + CLOCK_MINUTE);
    assert_in_range(numbers(b, METRIC_POD_CPU, "shop/cart-1", 60), 59, 60);
    int instants = b->instants, ranges = b->ranges;
    run_for(b, 1300); /* nothing more is asked of the past */
    assert_int_equal(b->instants, instants);
    assert_int_equal(b->ranges, ranges);
    prometheus_keeper_show(b->keeper, 0, 0);
    run_for(b, 300);
    assert_true(series_newest(b->model[METRIC_POD_CPU]) >= NOW - CLOCK_MINUTE);
}

static void an_outage_is_filled(void **state)
{
    struct bench *b = *state;
    b->node_exporter = b->cadvisor = true;
    start_keeper(b);
    canned_stop(b->server);
    clock_freeze(NOW + 2 * CLOCK_MINUTE);
    run_for(b, 1300);
    assert_int_equal(prometheus_upstream(b->prometheus)->state, UPSTREAM_STALE);
    clock_freeze(NOW + 20 * CLOCK_MINUTE);
    canned_start(b->server);
    run_for(b, 3000);
    assert_int_equal(prometheus_upstream(b->prometheus)->state, UPSTREAM_LIVE);
    assert_in_range(numbers(b, METRIC_POD_CPU, "shop/cart-1", 60), 58, 60);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(recorded_answers_are_read),
        TEST(names_come_sorted),
        TEST(recorded_errors_keep_their_words),
        TEST(what_is_no_prometheus_is_said),
        TEST(a_question_may_be_cancelled),
        TEST(the_last_hour_then_points),
        TEST(without_node_exporter_cadvisor_is_asked),
        TEST(a_proxy_that_forbids_post_gets_get),
        TEST(what_is_missing_is_said),
        TEST(a_past_span_is_shown),
        TEST(an_outage_is_filled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
