#include "source/loki/loki.h"

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
#include "net/http.h"
#include "net/loop.h"
#include "source/loki/loki_page.h"
#include "source/loki/loki_request.h"
#include "tests/wire/canned.h"

#define FROM (INT64_C(1795361400) * CLOCK_SECOND)
#define TO (FROM + 10 * CLOCK_MINUTE)

struct bench {
    struct loop *loop;
    struct http *http;
    struct canned *server;
    struct loki *loki;
    bool done;
    int ends;
    struct err err;
    uint64_t count;
    enum loki_query kind;
    struct loki_stats stats;
    struct loki_page *page;
    struct buf text;
    size_t drops; /* questions that asked for a drop stage */
};

static int set_up(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    b->loop = loop_new();
    b->http = http_new(b->loop);
    b->server = canned_new(b->loop);
    struct conn c = {
        .name = "loki", .url = (char *)(uintptr_t)canned_url(b->server), .tenant = "shop"};
    b->loki = loki_new(b->http, &c, NULL);
    buf_init(&b->text, 1 << 20);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    loki_page_free(b->page);
    loki_free(b->loki);
    http_free(b->http);
    canned_free(b->server);
    loop_free(b->loop);
    buf_free(&b->text);
    free(b);
    return 0;
}

static void wait_done(struct bench *b)
{
    assert_false(b->done);
    int64_t until = clock_monotonic() + 5 * CLOCK_SECOND;
    while (!b->done && clock_monotonic() < until)
        loop_turn(b->loop, 50);
    assert_true(b->done);
    b->done = false;
}

static void end(struct bench *b, const struct err *err)
{
    b->done = true;
    b->ends++;
    b->err = *err;
}

static void on_count(void *context, uint64_t count, const struct err *err)
{
    ((struct bench *)context)->count = count;
    end(context, err);
}

static void on_check(void *context, enum loki_query kind, const struct err *err)
{
    ((struct bench *)context)->kind = kind;
    end(context, err);
}

static void on_values(void *context, const char *const *values, size_t count, const struct err *err)
{
    struct bench *b = context;
    buf_clear(&b->text);
    for (size_t i = 0; i < count; i++)
        buf_printf(&b->text, "%s ", values[i]);
    end(context, err);
}

static void on_stats(void *context, const struct loki_stats *stats, const struct err *err)
{
    ((struct bench *)context)->stats = *stats;
    end(context, err);
}

static void on_point(void *context, const struct labels *series, int64_t time, double value)
{
    struct bench *b = context;
    buf_printf(&b->text, "%s %lld %g\n", labels_value(series, "namespace"),
               (long long)(time / CLOCK_SECOND), value);
}

static void on_matrix(void *context, size_t series, const struct err *err)
{
    ((struct bench *)context)->count = series;
    end(context, err);
}

static void on_page(void *context, struct loki_page *page, const struct err *err)
{
    struct bench *b = context;
    loki_page_free(b->page);
    b->page = page;
    end(b, err);
}

static void ask_page(struct bench *b, int limit)
{
    loki_request_send(b->loki, &(struct loki_request_conf){.query = "{app=\"checkout\"}",
                                                           .from = FROM,
                                                           .to = TO,
                                                           .limit = limit,
                                                           .context = b,
                                                           .done = on_page});
    wait_done(b);
}

static void recorded_pages_are_read(void **state)
{
    struct bench *b = *state;
    canned_file(b->server, "/loki/api/v1/query_range", "loki/query_range-json-nocategorize.txt");
    ask_page(b, 2);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(loki_page_count(b->page), 2);
    struct line l = loki_page_at(b->page, 0);
    assert_true(l.time == INT64_C(1795361407350000000));
    assert_string_equal(labels_value(l.labels, "pod"), "checkout-d5491e7e71-37202");
    assert_string_equal(labels_value(l.labels, "detected_level"), "");
    assert_string_equal(labels_value(l.labels, "service_name"), "");
    assert_true(str_starts(l.text, "{\"ts\": \"2026-11-22T15:43:40.227Z\""));
    assert_true(
        str_find(l.text, str_of("\xed\x95\x9c\xea\xb8\x80 \xec\x82\xac\xec\x9a\xa9\xec\x9e\x90")) >
        0);
    assert_true(str_ends(l.text, "}}"));
    assert_int_equal(loki_upstream(b->loki)->state, UPSTREAM_LIVE);
    /* Categorised labels are not asked for, but a page that has them is read. */
    canned_file(b->server, "/loki/api/v1/query_range", "loki/query_range-categorize-labels.txt");
    ask_page(b, 2);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(loki_page_count(b->page), 2);
    canned_file(b->server, "/loki/api/v1/query_range", "loki/query_range-matrix-count.txt");
    ask_page(b, 2);
    assert_int_equal(b->err.kind, ERR_REFUSED);
    assert_null(b->page);
}

/* An old one refuses `drop`, word for word as Loki 2.3 does. */
static void page_answer(void *context, const struct canned_request *r, struct canned_answer *a)
{
    struct bench *b = context;
    const char *query = canned_field(r, "query"), *drop = strchr(query, '\n');
    if (drop && strcmp(drop, "\n| drop detected_level, __stream_shard__") == 0) {
        b->drops++;
        a->status = 400;
        a->type = "text/plain";
        buf_adds(&a->body, "parse error at line 2, col 8: syntax error: unexpected IDENTIFIER\n");
        return;
    }
    buf_adds(&a->body,
             "{\"status\":\"success\",\"data\":{\"resultType\":\"streams\",\"result\":[]}}");
}

static void what_loki_adds_is_dropped_where_it_can(void **state)
{
    struct bench *b = *state;
    canned_on(b->server, "/loki/api/v1/query_range", page_answer, b);
    /* Two at once: the second is refused when the first has told of the server's age. */
    struct loki_request_conf conf = {
        .query = "{a=\"b\"}", .from = FROM, .to = TO, .limit = 2, .context = b, .done = on_page};
    loki_request_send(b->loki, &conf);
    loki_request_send(b->loki, &conf);
    wait_done(b);
    assert_int_equal(b->err.kind, ERR_NONE);
    if (b->ends < 2)
        wait_done(b);
    b->done = false;
    assert_int_equal(b->ends, 2);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_non_null(b->page);
    assert_false(loki_knows_drop(b->loki));
    ask_page(b, 2);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->drops, 2); /* it remembers */
    assert_int_equal(loki_upstream(b->loki)->state, UPSTREAM_LIVE);
}

static void the_server_s_limit_is_learned(void **state)
{
    struct bench *b = *state;
    assert_int_equal(loki_limit(b->loki), 5000);
    canned_text(b->server, "/loki", 400, "text/plain", /* 2.3 */
                "max entries limit per query exceeded, limit > max_entries_limit (1000 > 300)\n");
    ask_page(b, 1000);
    assert_int_equal(b->err.kind, ERR_LIMIT);
    assert_int_equal(loki_limit(b->loki), 300);
    canned_text(
        b->server, "/loki", 400, "text/plain",
        "max entries limit per query exceeded, limit > max_entries_limit_per_query (5000 > 100)\n");
    ask_page(b, 5000);
    assert_int_equal(b->err.kind, ERR_LIMIT);
    assert_int_equal(loki_limit(b->loki), 100);
    canned_file(b->server, "/loki/api/v1/query_range", "loki/query_range-limit-5001.txt");
    ask_page(b, 5001);
    assert_int_equal(b->err.kind, ERR_LIMIT);
    assert_int_equal(loki_limit(b->loki), 100);
}

static void ask_check(struct bench *b, const char *query)
{
    loki_check(b->loki, query, on_check, b);
    wait_done(b);
}

static void queries_are_checked(void **state)
{
    struct bench *b = *state;
    int line = 0, column = 0;
    canned_file(b->server, "/loki/api/v1/query_range", "loki/query_range-no-match.txt");
    ask_check(b, "{namespace=\"nope\"}");
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->kind, LOKI_QUERY_LINES);
    assert_non_null(strstr(canned_last(b->server), "query=%7Bnamespace%3D%22nope%22%7D&start="));
    assert_non_null(strstr(canned_last(b->server), "&limit=1&"));
    canned_file(b->server, "/loki/api/v1/query_range", "loki/query_range-matrix-count.txt");
    ask_check(b, "rate({a=\"b\"}[1m])");
    assert_int_equal(b->kind, LOKI_QUERY_METRIC);
    canned_text(b->server, "/loki", 400, "text/plain",
                "parse error at line 1, col 23: literal not terminated\n");
    ask_check(b, "{namespace=\"shop\"} |= \"abc");
    assert_int_equal(b->err.kind, ERR_REFUSED);
    assert_true(loki_error_place(&b->err, &line, &column));
    assert_int_equal(line, 1);
    assert_int_equal(column, 23);
    assert_int_equal(loki_upstream(b->loki)->state, UPSTREAM_LIVE); /* it answered */
    canned_text(b->server, "/loki", 400, "text/plain",
                "parse error : syntax error: unexpected $end\n");
    ask_check(b, "");
    assert_false(loki_error_place(&b->err, &line, &column));
    /* Word for word what Loki 2.3 says of a stage's expression. */
    canned_text(b->server, "/loki", 500, "text/plain",
                "rpc error: code = Unknown desc = parse error : stage '|~ \"(\"' : error parsing "
                "regexp: missing closing ): `(`\n");
    ask_check(b, "{namespace=\"shop\"} |~ \"(\"");
    assert_int_equal(b->err.kind, ERR_REFUSED);
    /* A long query goes as a form. */
    char *long_query = mem_printf("{a=\"b\"} |= \"%08000d\"", 1);
    canned_file(b->server, "/loki/api/v1/query_range", "loki/query_range-no-match.txt");
    ask_check(b, long_query);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_string_equal(canned_last(b->server), "/loki/api/v1/query_range");
    free(long_query);
}

static void count_answer(void *context, const struct canned_request *r, struct canned_answer *a)
{
    struct bench *b = context;
    const char *query = canned_field(r, "query");
    bool drops = strstr(query, "| drop __error__, __error_details__ ") != NULL;
    b->drops += drops;
    assert_non_null(strstr(query, b->count == 1 && !drops ? "[600000ms]) > 0)" : "[600000ms]))"));
    assert_true(canned_number(r, "time", 0) == TO - 1);
    if (drops && b->count == 1) { /* an old one */
        a->status = 400;
        a->type = "text/plain";
        /* Word for word what Loki 2.3 says, of the word behind `drop`. */
        buf_adds(&a->body, "parse error at line 2, col 9: syntax error: unexpected IDENTIFIER");
        return;
    }
    buf_adds(&a->body, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{"
                       "\"metric\":{},\"value\":[1795361999.999,\"200000\"]}]}}");
}

static void lines_are_counted(void **state)
{
    struct bench *b = *state;
    canned_on(b->server, "/loki/api/v1/query", count_answer, b);
    loki_count(b->loki, "{a=\"b\"} # all", FROM, TO, on_count, b);
    wait_done(b);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->count, 200000);
    assert_int_equal(b->drops, 1);
    /* A query that is wrong where its own line is says nothing about the server's age. */
    b->count = 1;
    loki_count(b->loki, "{a=\"b\"}\n", FROM, TO, on_count, b);
    wait_done(b);
    assert_int_equal(b->err.kind, ERR_REFUSED);
    assert_int_equal(b->drops, 2);
    b->count = 1;
    loki_count(b->loki, "{a=\"b\"}", FROM, TO, on_count, b);
    wait_done(b);
    assert_int_equal(b->count, 200000);
    assert_int_equal(b->drops, 3);
    b->count = 1;
    loki_count(b->loki, "{a=\"b\"}", FROM, TO, on_count, b); /* it remembers */
    wait_done(b);
    assert_int_equal(b->drops, 3);
    loki_count(b->loki, "{a=\"b\"}", FROM, TO + 1, on_count, b);
    wait_done(b);
    assert_int_equal(b->err.kind, ERR_USAGE);
    canned_text(b->server, "/loki/api/v1/query", 200, "application/json",
                "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}");
    loki_count(b->loki, "{a=\"b\"}", FROM, TO, on_count, b);
    wait_done(b);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->count, 0);
}

static void small_questions(void **state)
{
    struct bench *b = *state;
    canned_text(b->server, "/loki/api/v1/label/app/values", 200, "application/json",
                "{\"status\":\"success\",\"data\":[\"worker\",\"api\",\"cart\"]}");
    loki_label_values(b->loki, "app", "{namespace=\"shop\"}", FROM, TO, on_values, b);
    wait_done(b);
    assert_string_equal(buf_text(&b->text), "api cart worker ");
    assert_non_null(strstr(canned_last(b->server), "/label/app/values?query=%7Bnamespace"));
    canned_file(b->server, "/loki/api/v1/label/nope/values", "loki/label-values-unknown.txt");
    loki_label_values(b->loki, "nope", NULL, FROM, TO, on_values, b);
    wait_done(b);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_string_equal(buf_text(&b->text), "");
    canned_text(b->server, "/loki/api/v1/index/stats", 200, "application/json",
                "{\"streams\":60,\"chunks\":120,\"bytes\":17881090,\"entries\":163366}");
    loki_index_stats(b->loki, "sum(rate({namespace=\"sh}op\"} |= \"x\" [1m]))", FROM, TO, on_stats,
                     b);
    wait_done(b);
    assert_int_equal(b->stats.entries, 163366);
    assert_int_equal(b->stats.bytes, 17881090);
    assert_non_null(strstr(canned_last(b->server), "query=%7Bnamespace%3D%22sh%7Dop%22%7D&"));
    canned_text(b->server, "/loki/api/v1/index/stats", 404, "text/plain", "404 page not found\n");
    loki_index_stats(b->loki, "{a=\"b\"}", FROM, TO, on_stats, b);
    wait_done(b);
    assert_int_equal(b->err.kind, ERR_NOT_FOUND);
    assert_int_equal(loki_upstream(b->loki)->state, UPSTREAM_LIVE);
}

static void metric_queries_come_as_points(void **state)
{
    struct bench *b = *state;
    canned_file(b->server, "/loki/api/v1/query_range", "loki/query_range-matrix-count.txt");
    loki_matrix(b->loki, "sum by (namespace) (…)", FROM, TO, CLOCK_MINUTE, on_point, on_matrix, b);
    wait_done(b);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->count, 6);
    assert_memory_equal(buf_text(&b->text), "data 1795361460 51\ndata 1795361520 27\n", 38);
    assert_non_null(strstr(canned_last(b->server), "&step=60000ms"));
    loki_matrix(b->loki, "x", FROM, TO, CLOCK_MS, on_point, on_matrix, b);
    wait_done(b);
    assert_int_equal(b->err.kind, ERR_USAGE);
    canned_file(b->server, "/loki/api/v1/query_range", "loki/query_range-no-match.txt");
    loki_matrix(b->loki, "{a=\"b\"}", FROM, TO, CLOCK_MINUTE, on_point, on_matrix, b);
    wait_done(b);
    assert_int_equal(b->err.kind, ERR_REFUSED);
}

static void what_is_no_loki_is_said(void **state)
{
    struct bench *b = *state;
    struct {
        int status;
        const char *type, *body;
    } others[] = {{404, "text/plain", "404 page not found\n"},
                  {200, "text/html", "<html><body>login</body></html>"},
                  {200, "application/json", "{\"status\":\"success\"}"},
                  {405, "text/plain", "Method Not Allowed"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        canned_text(b->server, "/", others[i].status, others[i].type, others[i].body);
        ask_check(b, "{a=\"b\"}");
        assert_int_equal(b->err.kind, ERR_PROTOCOL);
        assert_non_null(strstr(b->err.what, "does not answer as a Loki does"));
        assert_non_null(strstr(b->err.mend, "loki.url"));
        assert_int_equal(loki_upstream(b->loki)->state, UPSTREAM_FAILED);
    }
    canned_text(b->server, "/", 401, "text/plain", "no org id\n");
    ask_check(b, "{a=\"b\"}");
    assert_int_equal(b->err.kind, ERR_DENIED);
    assert_string_equal(b->err.mend, "set loki.tenant");
    assert_int_equal(loki_upstream(b->loki)->state, UPSTREAM_DENIED);
    canned_file(b->server, "/", "loki/tenant-two.txt");
    ask_check(b, "{a=\"b\"}");
    assert_int_equal(b->err.kind, ERR_REFUSED);
    canned_file(b->server, "/", "loki/query_range-no-match.txt");
    ask_check(b, "{a=\"b\"}");
    assert_int_equal(loki_upstream(b->loki)->state, UPSTREAM_LIVE);
    canned_stop(b->server);
    ask_check(b, "{a=\"b\"}");
    assert_int_equal(b->err.kind, ERR_AWAY);
    assert_int_equal(loki_upstream(b->loki)->state, UPSTREAM_STALE);
}

static void a_question_may_be_cancelled(void **state)
{
    struct bench *b = *state;
    canned_file(b->server, "/", "loki/query_range-no-match.txt");
    loki_cancel(loki_check(b->loki, "{a=\"b\"}", on_check, b));
    struct loki_call *c = loki_count(b->loki, "x", FROM, FROM, on_count, b);
    loki_cancel(c);
    for (int i = 0; i < 10; i++)
        loop_turn(b->loop, 10);
    assert_false(b->done);
    loki_check(b->loki, "{a=\"b\"}", on_check, b); /* the free cancels it */
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(recorded_pages_are_read),
        TEST(what_loki_adds_is_dropped_where_it_can),
        TEST(the_server_s_limit_is_learned),
        TEST(queries_are_checked),
        TEST(lines_are_counted),
        TEST(small_questions),
        TEST(metric_queries_come_as_points),
        TEST(what_is_no_loki_is_said),
        TEST(a_question_may_be_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
