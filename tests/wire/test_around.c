/* Lines around errors, and secrets in windows whose streams interleave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "tests/wire/collect_bench.h"

/* "TEXT" of a counted line, "(TEXT)" of one around it, in the order of the raw object. */
static char *read_raw(struct collect_bench *b, int64_t from)
{
    struct buf raw, out;
    struct json_doc *doc = json_doc_new();
    collect_bench_raw(b, from, &raw);
    buf_init(&out, 1 << 20);
    struct str rest = buf_str(&raw), line;
    while (str_cut(&rest, '\n', &line)) {
        if (!line.n)
            continue;
        const struct json *j = json_parse(doc, line.p, line.n, NULL);
        assert_non_null(j);
        bool around = json_bool(j, "around", false);
        buf_printf(&out, around ? "(%s) " : "%s ", json_string(j, "line", "?"));
    }
    json_doc_free(doc);
    buf_free(&raw);
    return buf_take(&out, NULL);
}

static void expect(struct collect_bench *b, int around, const char *wanted)
{
    struct collector_conf conf = collect_bench_conf(b);
    b->rule.around = around;
    conf.again_from = b->base;
    conf.again_to = b->base + COLLECT_BENCH_WIDTH;
    collect_bench_round(b, &conf);
    assert_int_equal(b->err.kind, ERR_NONE);
    char *raw = read_raw(b, b->base);
    assert_string_equal(raw, wanted);
    free(raw);
}

static void add(struct collect_bench *b, double second, const char *pod, const char *text)
{
    fake_loki_add(b->fake, b->base + (int64_t)(second * 1e9), "shop", pod, text);
}

static void lines_of_the_same_stream_each_once(void **state)
{
    struct collect_bench *b = *state;
    add(b, 1, "p", "a");
    add(b, 2, "p", "b");
    add(b, 2.5, "q", "other");
    add(b, 3, "p", "error1");
    add(b, 4, "p", "c");
    add(b, 5, "p", "error2");
    add(b, 6, "p", "d");
    add(b, 7, "p", "e");
    add(b, 8, "p", "f");
    expect(b, 1, "error1 error2 (b) (c) (d) ");
    expect(b, 2, "error1 error2 (a) (b) (c) (d) (e) ");
    expect(b, 100, "error1 error2 (a) (b) (c) (d) (e) (f) ");
    expect(b, 0, "error1 error2 ");
    struct window *w = collect_bench_window(b, b->base);
    assert_int_equal(w->lines, 2);
    assert_int_equal(w->counted, 2);
    assert_true(w->complete);
    window_free(w);
}

static void far_errors_are_jumped_to(void **state)
{
    struct collect_bench *b = *state;
    char text[32];
    struct buf wanted;
    buf_init(&wanted, 1 << 16);
    buf_adds(&wanted, "error-a error-b error-c ");
    for (int i = 0; i < 20000; i++) {
        snprintf(text, sizeof text, "n%d", i);
        add(b, 0.02 * i, "p", text);
    }
    add(b, 0.02 * 100 + 0.01, "p", "error-a");
    add(b, 0.02 * 10000 + 0.01, "p", "error-b");
    add(b, 0.02 * 10002 + 0.01, "p", "error-c");
    buf_adds(&wanted,
             "(n99) (n100) (n101) (n102) (n9999) (n10000) (n10001) (n10002) (n10003) (n10004) ");
    expect(b, 2, buf_text(&wanted));
    assert_true(b->fake->pages < 20);
    buf_free(&wanted);
}

/* Pages are cut inside the second, where thousands share a nanosecond. */
static void shared_nanoseconds_are_whole(void **state)
{
    struct collect_bench *b = *state;
    char text[32];
    struct buf wanted;
    buf_init(&wanted, 1 << 20);
    buf_adds(&wanted, "error ");
    add(b, 1, "p", "before");
    add(b, 2, "p", "error");
    buf_adds(&wanted, "(before) ");
    for (int i = 0; i < 300; i++) {
        snprintf(text, sizeof text, "x%03d", i);
        add(b, 3, "p", text);
        buf_printf(&wanted, "(%s) ", text);
    }
    expect(b, 300, buf_text(&wanted));
    buf_free(&wanted);
}

static void over_the_edges_of_the_window(void **state)
{
    struct collect_bench *b = *state;
    add(b, -20, "p", "far");
    add(b, -1, "p", "near");
    add(b, 0, "p", "error1");
    add(b, 599, "p", "error2");
    add(b, 601, "p", "behind");
    add(b, 700, "p", "late");
    /* No further than the grace, which is 10 s here. */
    expect(b, 5, "error1 error2 (near) (behind) ");
}

#define KEY_LINE "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"

static void no_part_of_a_private_key_is_stored(void **state)
{
    struct collect_bench *b = *state;
    struct collector_conf conf = collect_bench_conf(b);
    add(b, 1, "p", "error -----BEGIN PRIVATE KEY-----");
    for (int i = 0; i < 10; i++) {
        add(b, 2 + i, "p", KEY_LINE);
        add(b, 2.5 + i, "q", "error: something else");
    }
    add(b, 20, "p", "-----END PRIVATE KEY-----");
    add(b, 21, "p", "error: behind it");
    /* Every line matches: the lines of two streams come in turns. */
    free(b->rule.match);
    b->rule.match = mem_dup("(?i).");
    conf.again_from = b->base;
    conf.again_to = b->base + COLLECT_BENCH_WIDTH;
    collect_bench_round(b, &conf);
    char *raw = read_raw(b, b->base);
    assert_null(strstr(raw, "MIIEv"));
    assert_non_null(strstr(raw, "error: behind it"));
    free(raw);
    /* Only its first line matches: the others are context. */
    free(b->rule.match);
    b->rule.match = mem_dup("(?i)error");
    b->rule.around = 20;
    conf.force = true;
    collect_bench_round(b, &conf);
    raw = read_raw(b, b->base);
    assert_null(strstr(raw, "MIIEv"));
    assert_non_null(strstr(raw, "(<redacted:private-keys>)"));
    free(raw);
}

static void an_error_on_the_way_fails_the_window(void **state)
{
    struct collect_bench *b = *state;
    struct collector_conf conf = collect_bench_conf(b);
    add(b, 3, "p", "error1");
    b->rule.around = 1;
    conf.again_from = b->base;
    conf.again_to = b->base + COLLECT_BENCH_WIDTH;
    canned_text(b->canned, "/loki/api/v1/labels", 400, "text/plain", "no\n");
    collect_bench_round(b, &conf);
    assert_int_equal(b->round.failed, 1);
    assert_null(collect_bench_window(b, b->base));
}

int main(void)
{
#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, collect_bench_set_up, collect_bench_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(lines_of_the_same_stream_each_once), TEST(far_errors_are_jumped_to),
        TEST(shared_nanoseconds_are_whole),       TEST(over_the_edges_of_the_window),
        TEST(no_part_of_a_private_key_is_stored), TEST(an_error_on_the_way_fails_the_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
