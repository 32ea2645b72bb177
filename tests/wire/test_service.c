/* The collector's HTTP, asked by a client on the same loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/wire/service_bench.h"

struct bench {
    struct service_bench on;
    struct http_target *target;
    /* The last answer. */
    bool came;
    int status;
    struct buf body;
    char etag[64], encoding[32], type[64], retry[16];
};

static void open_service(struct bench *b, bool token)
{
    service_bench_open(&b->on, token);
    http_target_free(b->target);
    b->target = http_target_new(b->on.http, &(struct conn){.url = b->on.url});
}

static int set_up(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    if (!service_bench_set_up(&b->on))
        return -1;
    buf_init(&b->body, 64 << 20);
    open_service(b, false);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    http_target_free(b->target);
    service_bench_tear_down(&b->on);
    buf_free(&b->body);
    free(b);
    return 0;
}

/* ---- asking ---- */

static void on_answer(void *context, struct http_request *r, int status, struct str body,
                      const struct err *err)
{
    struct bench *b = context;
    (void)err;
    b->status = status;
    buf_add(&b->body, body.p, body.n);
    str_copy(b->etag, sizeof b->etag, http_header(r, "ETag"));
    str_copy(b->encoding, sizeof b->encoding, http_header(r, "Content-Encoding"));
    str_copy(b->type, sizeof b->type, http_header(r, "Content-Type"));
    str_copy(b->retry, sizeof b->retry, http_header(r, "Retry-After"));
    b->came = true;
}

static int ask_with(struct bench *b, const char *method, const char *path, const char *header,
                    bool plain)
{
    const char *headers[] = {header, NULL};
    b->came = false;
    buf_clear(&b->body);
    http_send(b->on.http, &(struct http_call){.target = b->target,
                                              .method = method,
                                              .path = path,
                                              .headers = header ? headers : NULL,
                                              .identity = plain,
                                              .context = b,
                                              .done = on_answer});
    int64_t end = clock_monotonic() + 20 * CLOCK_SECOND;
    while (!b->came && clock_monotonic() < end)
        loop_turn(b->on.loop, 100);
    assert_true(b->came);
    return b->status;
}

static int ask(struct bench *b, const char *path)
{
    return ask_with(b, "GET", path, NULL, true);
}

static bool says(const struct bench *b, const char *text)
{
    return strstr(buf_text(&b->body), text) != NULL;
}

/* ---- tests ---- */

static void health_and_metrics_are_open(void **state)
{
    struct bench *b = *state;
    assert_int_equal(ask(b, "/healthz"), 200);
    for (int i = 0; i < 100 && ask(b, "/readyz") != 200; i++)
        loop_turn(b->on.loop, 20);
    assert_int_equal(b->status, 200);
    service_health(b->on.service, "it stands still");
    assert_int_equal(ask(b, "/HealthZ"), 503);
    assert_true(says(b, "it stands still"));
    metrics_window(b->on.metrics, "errors", WINDOW_JOB_STORED, clock_now() - 5 * CLOCK_SECOND, 12);
    metrics_window(b->on.metrics, "errors", WINDOW_JOB_FAILED, 0, 0);
    metrics_source(b->on.metrics, METRICS_LOKI, false);
    metrics_leader(b->on.metrics, true);
    assert_int_equal(ask(b, "/metrics"), 200);
    assert_true(says(b, "kubeboard_windows_total{rule=\"errors\",result=\"stored\"} 1\n"));
    assert_true(says(b, "kubeboard_windows_total{rule=\"errors\",result=\"failed\"} 1\n"));
    assert_true(says(b, "kubeboard_window_lag_seconds{rule=\"errors\"} 5."));
    assert_true(says(b, "kubeboard_lines_total{rule=\"errors\"} 12\n"));
    assert_true(says(b, "kubeboard_source_up{source=\"loki\"} 0\n"));
    assert_true(says(b, "kubeboard_source_failures_total{source=\"loki\"} 1\n"));
    assert_true(says(b, "\nkubeboard_leader 1\n"));
    assert_true(says(b, "kubeboard_store_bytes_total{root=\"processed\"} "));
    assert_true(says(b, "\nprocess_resident_memory_bytes "));
}

static void windows_by_rule_day_and_minute(void **state)
{
    struct bench *b = *state;
    service_bench_windows(&b->on, "errors", 3);
    service_bench_windows(&b->on, "slow", 1);
    assert_int_equal(ask(b, "/logging"), 200);
    assert_string_equal(
        buf_text(&b->body),
        "{\"cluster\":\"test\",\"items\":[{\"rule\":\"errors\",\"day\":\"2021-08-27\"},"
        "{\"rule\":\"slow\",\"day\":\"2021-08-27\"}]}");
    assert_int_equal(ask(b, "/logging?limit=1"), 200);
    assert_true(says(b, "\"continue\":\"1\"") && !says(b, "slow"));
    assert_int_equal(ask(b, "/Logging/?limit=1&continue=1"), 200);
    assert_true(says(b, "slow") && !says(b, "\"errors\"") && !says(b, "continue"));
    assert_int_equal(ask(b, "/logging/errors/2021-08-27"), 200);
    assert_true(says(b, "T13:00:00") && says(b, "T13:20:00") && !says(b, "continue"));
    assert_int_equal(ask(b, "/LOGGING/ERRORS/2021-08-27?limit=1&continue=1"), 200);
    assert_true(says(b, "T13:10:00") && says(b, "\"continue\":\"2\"}"));
    assert_int_equal(ask(b, "/logging/errors/2021-08-27/1310"), 200);
    assert_true(says(b, "\"schema\":1") && says(b, "\"lines\":1"));
    assert_int_equal(
        ask_with(b, "GET", "/logging/errors/2021-08-27/1310", "Accept: text/plain", true), 200);
    assert_true(says(b, "errors 2021-08-27T13:10:00Z: 1 lines, 0 groups\n"));
    assert_int_equal(ask(b, "/logging/errors/2021-08-27/1440"), 404);
    assert_int_equal(ask(b, "/logging/errors/2021-08-27/9999"), 404);
    assert_int_equal(ask(b, "/logging/errors/today"), 404);
    assert_int_equal(ask(b, "/logging/..%2f..%2fetc/2021-08-27"), 404);
    assert_int_equal(ask(b, "/nothing"), 404);
    assert_int_equal(ask_with(b, "POST", "/logging", NULL, true), 405);
    assert_int_equal(ask_with(b, "DELETE", "/logging/errors/2021-08-27/1310", NULL, true), 405);
}

static void groups_come_in_parts(void **state)
{
    struct bench *b = *state;
    bool saved = false, merged = false;
    struct window w = {.cluster = (char *)"test", .rule = (char *)"many", .query = (char *)"{}"};
    struct group groups[3] = {{.id = "000000000000000a", .template_text = (char *)"a <*>"},
                              {.id = "000000000000000b", .template_text = (char *)"b <*>"},
                              {.id = "000000000000000c", .template_text = (char *)"c <*>"}};
    w.from = b->on.base;
    w.to = b->on.base + 10 * CLOCK_MINUTE;
    for (int i = 0; i < 3; i++)
        groups[i].first = groups[i].last = b->on.base;
    w.groups = groups;
    w.group_count = 3;
    window_store_save(b->on.windows, &w, &saved, service_bench_stored);
    service_bench_turn(&b->on, &saved);
    assert_int_equal(ask(b, "/logging/many/2021-08-27/1300"), 200);
    assert_true(says(b, "a <*>") && says(b, "c <*>") && !says(b, "continue"));
    assert_int_equal(ask(b, "/logging/many/2021-08-27/1300?limit=2"), 200);
    assert_true(says(b, "b <*>") && !says(b, "c <*>") && says(b, ",\"continue\":\"2\"}"));
    assert_int_equal(ask(b, "/logging/many/2021-08-27/1300?limit=2&continue=2"), 200);
    assert_true(says(b, "c <*>") && !says(b, "b <*>") && !says(b, "continue"));
    assert_int_equal(ask(b, "/groups"), 404);
    struct catalogue *k = catalogue_new("test");
    for (int i = 0; i < 3; i++)
        catalogue_merge_group(k, groups[i].id, groups[i].template_text, b->on.base, b->on.base);
    window_store_groups_merge(b->on.windows, k, &merged, service_bench_stored);
    service_bench_turn(&b->on, &merged);
    catalogue_free(k);
    assert_int_equal(ask(b, "/Groups"), 200);
    assert_true(says(b, "a <*>") && says(b, "c <*>") && !says(b, "continue"));
    assert_int_equal(ask(b, "/groups?limit=1&continue=1"), 200);
    assert_true(says(b, "b <*>") && !says(b, "c <*>") && says(b, ",\"continue\":\"2\"}"));
    assert_int_equal(ask_with(b, "GET", "/groups?limit=1", "Accept: text/plain", true), 200);
    assert_string_equal(buf_text(&b->body),
                        "000000000000000a\t2021-08-27T13:00:00Z\t2021-08-27T13:00:00Z\ta <*>\n");
}

static void snapshots_whole_and_in_parts(void **state)
{
    struct bench *b = *state;
    assert_int_equal(ask(b, "/cluster-info"), 404);
    service_bench_snapshot(&b->on, b->on.base, 2, 1);
    service_bench_snapshot(&b->on, b->on.base + 10 * CLOCK_MINUTE, 2000, 1);
    assert_int_equal(ask(b, "/cluster-info?at=2021-08-27T13:05:00Z&kind=pods"), 200);
    assert_true(says(b, "\"at\":\"2021-08-27T13:00:00Z\"") && says(b, "\"p1\"") && !says(b, "p2"));
    assert_int_equal(ask(b, "/cluster-info"), 200);
    assert_true(says(b, "\"p1999\"") && says(b, "\"missing\":[]}"));
    assert_int_equal(ask(b, "/cluster-info?kind=pods&namespace=odd&limit=2&continue=2"), 200);
    assert_true(says(b, "\"p5\"") && says(b, "\"p7\"") && !says(b, "\"p3\"") && !says(b, "\"p9\""));
    assert_true(says(b, "\"continue\":\"4\""));
    assert_int_equal(ask(b, "/cluster-info?kind=secrets"), 400);
    assert_int_equal(ask(b, "/cluster-info?at=never"), 400);
    assert_int_equal(ask_with(b, "GET", "/cluster-info", "Accept: text/plain", true), 200);
    assert_true(says(b, "pods\t2000\n") && says(b, "nodes\t1\n"));
    assert_int_equal(
        ask_with(b, "GET", "/cluster-info?kind=pods&limit=1", "Accept: text/plain", true), 200);
    assert_true(says(b, "NAMESPACE\tNAME\tREADY\tSTATUS") && says(b, "even\tp0\t0/0\tRunning"));
}

static void usage_over_a_span(void **state)
{
    struct bench *b = *state;
    service_bench_snapshot(&b->on, b->on.base, 2, 1);
    service_bench_snapshot(&b->on, b->on.base + 10 * CLOCK_MINUTE, 2, 1.5);
    assert_int_equal(ask(b, "/infra?from=2021-08-27T13:00:00Z&to=2021-08-27T14:00:00Z"), 200);
    assert_string_equal(
        buf_text(&b->body),
        "{\"cluster\":\"test\",\"times\":[\"2021-08-27T13:00:00Z\",\"2021-08-27T13:10:00Z\"],"
        "\"items\":[{\"kind\":\"node\",\"name\":\"n1\",\"cpu\":[0.5,0.5],\"memory\":[0.25,0.25]},"
        "{\"kind\":\"pod\",\"namespace\":\"odd\",\"name\":\"p1\",\"cpu\":[1,1.5],\"memory\":[1000,"
        "1000]}]}");
    assert_int_equal(ask(b, "/infra?from=2021-08-27T13:00:00Z&to=2021-08-27T13:00:00Z"), 400);
    assert_int_equal(ask(b, "/infra?from=2021-08-27T13:00:00Z&to=2021-08-27T14:00:00Z&kind=nodes"),
                     200);
    assert_false(says(b, "p1"));
    assert_int_equal(ask(b, "/infra"), 200);
    assert_true(says(b, "\"times\":[],\"items\":[]"));
}

static void etags_and_gzip(void **state)
{
    struct bench *b = *state;
    char header[100], etag[64];
    service_bench_snapshot(&b->on, b->on.base, 2000, 1);
    service_bench_windows(&b->on, "errors", 20);
    static const char *const paths[] = {"/cluster-info", "/cluster-info?kind=pods",
                                        "/logging/errors/2021-08-27"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(ask(b, paths[i]), 200);
        assert_string_equal(b->encoding, "");
        char *plain = mem_dup(buf_text(&b->body));
        str_copy(etag, sizeof etag, b->etag);
        assert_true(*etag);
        /* libcurl unpacks what it asked for. */
        assert_int_equal(ask_with(b, "GET", paths[i], NULL, false), 200);
        assert_string_equal(b->encoding, "gzip");
        assert_string_equal(buf_text(&b->body), plain);
        free(plain);
        snprintf(header, sizeof header, "If-None-Match: \"x\", %s", etag);
        assert_int_equal(ask_with(b, "GET", paths[i], header, true), 304);
        assert_int_equal(b->body.n, 0);
        assert_int_equal(ask_with(b, "GET", paths[i], "If-None-Match: \"x\"", true), 200);
    }
}

static void write_token(const struct bench *b, const char *token)
{
    assert_true(file_write_atomic(b->on.token_file, token, strlen(token), 0600, NULL));
}

static void the_read_api_asks_for_its_token(void **state)
{
    struct bench *b = *state;
    struct err err;
    write_token(b, "abc123\n");
    open_service(b, true);
    assert_int_equal(ask(b, "/healthz"), 200);
    assert_int_equal(ask(b, "/metrics"), 200);
    assert_int_equal(ask(b, "/logging"), 401);
    assert_int_equal(ask_with(b, "GET", "/logging", "Authorization: Bearer abc124", true), 401);
    assert_int_equal(ask_with(b, "GET", "/logging", "Authorization: Bearer abc12", true), 401);
    assert_int_equal(ask_with(b, "GET", "/logging", "Authorization: Bearer ", true), 401);
    assert_int_equal(ask_with(b, "GET", "/logging", "Authorization: Bearer abc123", true), 200);
    assert_int_equal(ask_with(b, "GET", "/Logging", "Authorization: bearer abc123", true), 200);
    write_token(b, "");
    struct service_conf conf = service_bench_conf(&b->on, true);
    assert_null(service_new(&conf, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
}

/* What came of the questions that were asked together. */
struct crowd {
    int answered, refused;
    char retry[16];
};

static void on_crowd_answer(void *context, struct http_request *r, int status, struct str body,
                            const struct err *err)
{
    struct crowd *c = context;
    (void)body;
    (void)err;
    c->answered++;
    if (status != 429)
        return;
    c->refused++;
    str_copy(c->retry, sizeof c->retry, http_header(r, "Retry-After"));
}

static void too_many_questions_are_refused(void **state)
{
    enum { TOGETHER = 400, ROUNDS = 20 };
    struct bench *b = *state;
    struct crowd c = {0};
    int asked = 0;
    int64_t began = clock_monotonic();
    /* On a machine that answers more slowly than questions are allowed, they need more than one round. */
    for (int round = 0; round < ROUNDS && !c.refused; round++) {
        for (int i = 0; i < TOGETHER; i++, asked++)
            http_send(b->on.http, &(struct http_call){.target = b->target,
                                                      .method = "GET",
                                                      .path = "/logging/errors/no-day",
                                                      .context = &c,
                                                      .done = on_crowd_answer});
        while (c.answered < asked && clock_monotonic() < began + CLOCK_MINUTE)
            loop_turn(b->on.loop, 100);
        assert_int_equal(c.answered, asked);
    }
    double seconds = (double)(clock_monotonic() - began) / CLOCK_SECOND;
    assert_true(c.refused > 0 && asked - c.refused >= SERVICE_BURST);
    assert_true(asked - c.refused <= SERVICE_BURST + seconds * SERVICE_PER_SECOND + 1);
    assert_string_equal(c.retry, "1");
    assert_int_equal(ask(b, "/healthz"), 200);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(health_and_metrics_are_open),
        TEST(windows_by_rule_day_and_minute),
        TEST(groups_come_in_parts),
        TEST(snapshots_whole_and_in_parts),
        TEST(usage_over_a_span),
        TEST(etags_and_gzip),
        TEST(the_read_api_asks_for_its_token),
        TEST(too_many_questions_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
