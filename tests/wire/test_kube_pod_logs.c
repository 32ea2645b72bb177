/* A container's log: lines whole and once, over cuts, restarts and silence, and what ends it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "kube/pod_logs.h"
#include "tests/wire/kube_bench.h"

struct test {
    struct kube_bench *bench;
    void (*answer)(struct test *t, struct server_request *r);
    struct server_request *stream;
    int asked, ready;
    char targets[8][300];
    struct pod_logs *logs;
    char text[4096]; /* the lines, '|' behind each */
    size_t lines, longest;
    int64_t last;
    const char *container;
    bool done, changed;
    struct err err;
};

static void ended(void *context)
{
    struct test *t = context;
    t->stream = NULL;
}

static void handle(void *context, struct server_request *r)
{
    struct test *t = context;
    if (strcmp(server_path(r), "/readyz") == 0) {
        if (!t->ready)
            server_reply(r, 200, "text/plain", NULL, str_of("ok"));
        else
            server_reply(r, t->ready, "text/plain", NULL, str_of("shutting down"));
        return;
    }
    str_copy(t->targets[t->asked % 8], sizeof t->targets[0], server_raw_target(r));
    t->asked++;
    t->answer(t, r);
}

static void open_stream(struct test *t, struct server_request *r)
{
    t->stream = r;
    server_on_end(r, ended, t);
    server_stream(r, 200, "text/plain", NULL);
}

static void on_line(void *context, const struct line *line)
{
    struct test *t = context;
    size_t n = strlen(t->text);
    t->lines++;
    t->last = line->time;
    t->longest = line->text.n > t->longest ? line->text.n : t->longest;
    t->container = labels_value(line->labels, "container");
    assert_string_equal(labels_value(line->labels, "namespace"), "shop");
    assert_string_equal(labels_value(line->labels, "pod"), "web-1");
    if (line->text.n < 200)
        snprintf(t->text + n, sizeof t->text - n, "%.*s|", (int)line->text.n, line->text.p);
}

static void on_changed(void *context)
{
    struct test *t = context;
    t->changed = true;
}

static void on_done(void *context, const struct err *err)
{
    struct test *t = context;
    t->done = true;
    t->err = *err;
}

static void start(struct test *t, struct pod_logs_conf conf)
{
    conf.namespace_ = "shop";
    conf.pod = "web-1";
    conf.context = t;
    conf.line = on_line;
    conf.changed = on_changed;
    conf.done = on_done;
    t->logs = pod_logs_start(t->bench->client, &conf);
    assert_false(t->done);
}

static void wait_lines(struct test *t, size_t lines)
{
    for (int i = 0; i < 1000 && t->lines < lines; i++)
        kube_bench_wait(t->bench, 10);
    assert_int_equal(t->lines, lines);
}

static void wait_asked(struct test *t, int asked)
{
    for (int i = 0; i < 1000 && t->asked < asked; i++)
        kube_bench_wait(t->bench, 10);
    assert_int_equal(t->asked, asked);
}

static void add(struct test *t, const char *bytes)
{
    assert_non_null(t->stream);
    server_stream_add(t->stream, str_of(bytes));
}

static int set_up(void **state)
{
    struct test *t = mem_alloc(sizeof *t);
    t->bench = kube_bench_new(t, handle);
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct test *t = *state;
    pod_logs_free(t->logs);
    kube_bench_free(t->bench);
    free(t);
    return 0;
}

#define T1 "2021-08-27T13:00:00.100000000Z "
#define T2 "2021-08-27T13:00:00.200000001Z "
#define T3 "2021-08-27T22:00:01.000000000+09:00 "

/* ---- once ---- */

static void three_lines(struct test *t, struct server_request *r)
{
    (void)t;
    server_reply(r, 200, "text/plain", NULL, str_of(T1 "one\n" T2 "\n" T3 "größe\r\n" T3 "no end"));
}

static void the_last_lines(void **state)
{
    struct test *t = *state;
    int64_t time;
    t->answer = three_lines;
    start(t, (struct pod_logs_conf){.container = "web"});
    assert_true(kube_bench_until(t->bench, &t->done, 5000));
    assert_int_equal(t->err.kind, ERR_NONE);
    assert_string_equal(t->text, "one||größe|no end|");
    assert_true(clock_parse(str_of("2021-08-27T13:00:01Z"), false, &time));
    assert_int_equal(t->last, time);
    assert_string_equal(t->container, "web");
    assert_true(t->changed);
    assert_int_equal(pod_logs_count(t->logs), 4);
    assert_int_equal(pod_logs_upstream(t->logs)->state, UPSTREAM_LIVE);
    assert_string_equal(t->targets[0], "/api/v1/namespaces/shop/pods/web-1/log?timestamps=true&"
                                       "container=web&tailLines=1000");
}

static void what_is_asked_for(void **state)
{
    static const struct {
        struct pod_logs_conf conf;
        const char *query;
    } cases[] = {
        {{.previous = true, .follow = true, .tail = 5},
         "timestamps=true&previous=true&tailLines=5"},
        {{.tail = -1}, "timestamps=true"},
        {{.tail = 7, .since = INT64_C(1630069200) * CLOCK_SECOND},
         "timestamps=true&sinceTime=2021-08-27T13%3A00%3A00Z&tailLines=7"},
    };
    struct test *t = *state;
    t->answer = three_lines;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        t->done = false;
        start(t, cases[i].conf);
        assert_true(kube_bench_until(t->bench, &t->done, 5000));
        assert_string_equal(strchr(t->targets[i], '?') + 1, cases[i].query);
        assert_string_equal(t->container, "");
        pod_logs_free(t->logs);
        t->logs = NULL;
    }
}

static void several_containers(struct test *t, struct server_request *r)
{
    (void)t;
    server_reply(
        r, 400, "application/json", NULL,
        str_of("{\"kind\":\"Status\",\"message\":\"a container name must be specified for "
               "pod web-1, choose one of: [a b]\",\"reason\":\"BadRequest\",\"code\":400}"));
}

static void no_node(struct test *t, struct server_request *r)
{
    (void)t;
    server_reply(r, 204, NULL, NULL, str_of(""));
}

static void errors_in_the_servers_words(void **state)
{
    struct test *t = *state;
    t->answer = several_containers;
    start(t, (struct pod_logs_conf){.follow = true});
    assert_true(kube_bench_until(t->bench, &t->done, 5000));
    assert_int_equal(t->err.kind, ERR_REFUSED);
    assert_non_null(strstr(t->err.what, "choose one of: [a b]"));
    pod_logs_free(t->logs);
    t->done = false;
    t->answer = no_node;
    start(t, (struct pod_logs_conf){.tail = 3});
    assert_true(kube_bench_until(t->bench, &t->done, 5000));
    assert_int_equal(t->err.kind, ERR_NONE);
    assert_int_equal(t->lines, 0);
}

/* ---- bounds ---- */

static void a_long_line(struct test *t, struct server_request *r)
{
    enum { LENGTH = 1 << 20 };
    char *body = mem_alloc(LENGTH + 200);
    (void)t;
    memset(body, 'x', LENGTH);
    memcpy(body, T1, sizeof T1 - 1);
    str_copy(body + LENGTH, 200, "\n" T2 "short\n");
    server_reply(r, 200, "text/plain", NULL, str_of(body));
    free(body);
}

static void a_long_line_is_cut(void **state)
{
    struct test *t = *state;
    t->answer = a_long_line;
    start(t, (struct pod_logs_conf){.tail = 10});
    assert_true(kube_bench_until(t->bench, &t->done, 5000));
    assert_int_equal(t->lines, 2);
    assert_int_equal(t->longest, (256 << 10) - (sizeof T1 - 1));
    assert_string_equal(t->text, "short|");
}

/* ---- following ---- */

static void lines_in_pieces(void **state)
{
    struct test *t = *state;
    t->answer = open_stream;
    start(t, (struct pod_logs_conf){.follow = true, .tail = 2});
    wait_asked(t, 1);
    assert_non_null(strstr(t->targets[0], "follow=true&tailLines=2"));
    add(t, T1 "on");
    kube_bench_wait(t->bench, 30);
    assert_int_equal(t->lines, 0);
    add(t, "e\n" T2 "two\n2021-08-27T13:0");
    wait_lines(t, 2);
    add(t, "0:00.3Z three\n");
    wait_lines(t, 3);
    assert_string_equal(t->text, "one|two|three|");
    assert_false(t->done);
}

/* A cut, and a clean end: the log is asked for again from its last second on, no line twice. */
static void it_goes_on_where_it_ended(void **state)
{
    struct test *t = *state;
    t->answer = open_stream;
    start(t, (struct pod_logs_conf){.follow = true});
    wait_asked(t, 1);
    add(t, T1 "one\n" T2 "two\n" T2 "same time\n" T2 "cut in the mid");
    wait_lines(t, 3);
    server_stream_end(t->stream, true);
    wait_asked(t, 2);
    assert_non_null(strstr(t->targets[1], "sinceTime=2021-08-27T13%3A00%3A00Z"));
    assert_null(strstr(t->targets[1], "tailLines"));
    add(t,
        T1 "one\n" T2 "two\n" T2 "same time\n" T2 "cut in the middle\n" T3 "three\n" T2 "late\n");
    wait_lines(t, 6);
    server_stream_end(t->stream, false);
    wait_asked(t, 3);
    add(t, T3 "three\n");
    kube_bench_wait(t->bench, 50);
    assert_string_equal(t->text, "one|two|same time|cut in the middle|three|late|");
    assert_int_equal(t->lines, 6);
    assert_false(t->done);
}

static void kubelet_away(struct test *t, struct server_request *r)
{
    if (t->asked > 1) {
        open_stream(t, r);
        return;
    }
    server_reply(r, 500, "application/json", NULL,
                 str_of("{\"kind\":\"Status\",\"message\":\"Get \\\"https://127.64.0.3:10250/"
                        "containerLogs\\\": connection refused\",\"code\":500}"));
}

static void a_kubelet_that_comes_back(void **state)
{
    struct test *t = *state;
    t->answer = kubelet_away;
    start(t, (struct pod_logs_conf){.follow = true});
    for (int i = 0; i < 300 && pod_logs_upstream(t->logs)->state != UPSTREAM_FAILED; i++)
        kube_bench_wait(t->bench, 10);
    assert_non_null(strstr(pod_logs_upstream(t->logs)->err.what, "connection refused"));
    wait_asked(t, 2);
    add(t, T1 "here again\n");
    wait_lines(t, 1);
    assert_int_equal(pod_logs_upstream(t->logs)->state, UPSTREAM_LIVE);
}

static void waiting_to_start(struct test *t, struct server_request *r)
{
    if (t->asked > 1)
        server_reply(r, 404, "application/json", NULL,
                     str_of("{\"kind\":\"Status\",\"message\":\"pods \\\"web-1\\\" not found\","
                            "\"reason\":\"NotFound\",\"code\":404}"));
    else
        server_reply(
            r, 400, "application/json", NULL,
            str_of("{\"kind\":\"Status\",\"message\":\"container \\\"web\\\" in pod "
                   "\\\"web-1\\\" is waiting to start: ContainerCreating\",\"code\":400}"));
}

/* One that is about to start is waited for; one that is gone ends it. */
static void a_pod_that_goes(void **state)
{
    struct test *t = *state;
    t->answer = waiting_to_start;
    start(t, (struct pod_logs_conf){.follow = true});
    assert_true(kube_bench_until(t->bench, &t->done, 5000));
    assert_int_equal(t->asked, 2);
    assert_int_equal(t->err.kind, ERR_NOT_FOUND);
}

static void plain_words(struct test *t, struct server_request *r)
{
    (void)t;
    server_reply(r, 200, "text/plain", NULL,
                 str_of("unable to retrieve container logs for containerd://0123"));
}

/* What the kubelet says instead of a line is shown once, however often it says it. */
static void words_without_a_time(void **state)
{
    struct test *t = *state;
    t->answer = plain_words;
    start(t, (struct pod_logs_conf){.follow = true});
    wait_asked(t, 2);
    kube_bench_wait(t->bench, 50);
    assert_int_equal(t->lines, 1);
    assert_true(t->last > 0);
}

/* A server that shuts down leaves its streams open and silent. */
static void silence(void **state)
{
    struct test *t = *state;
    t->answer = open_stream;
    start(t, (struct pod_logs_conf){.follow = true, .silent_ms = 100});
    wait_asked(t, 1);
    add(t, T1 "one\n");
    wait_lines(t, 1);
    kube_bench_wait(t->bench, 400); /* it answers the probe: that silence is none */
    assert_int_equal(t->asked, 1);
    assert_int_equal(pod_logs_upstream(t->logs)->state, UPSTREAM_LIVE);
    kube_bench_stop(t->bench);
    for (int i = 0; i < 300 && pod_logs_upstream(t->logs)->state != UPSTREAM_STALE; i++)
        kube_bench_wait(t->bench, 10);
    assert_int_equal(pod_logs_upstream(t->logs)->state, UPSTREAM_STALE);
    kube_bench_start(t->bench);
    wait_asked(t, 2);
    add(t, T1 "one\n" T2 "two\n");
    wait_lines(t, 2);
    assert_string_equal(t->text, "one|two|");
}

static void no_head(struct test *t, struct server_request *r)
{
    (void)t;
    (void)r;
}

/* A kubelet sends its head with the first line: no line yet is live as long as the server answers, and
 * a request that hangs at a server that goes is asked anew. */
static void a_log_that_does_not_begin(void **state)
{
    struct test *t = *state;
    t->answer = no_head;
    start(t, (struct pod_logs_conf){.follow = true, .silent_ms = 100});
    wait_asked(t, 1);
    for (int i = 0; i < 300 && pod_logs_upstream(t->logs)->state != UPSTREAM_LIVE; i++)
        kube_bench_wait(t->bench, 10);
    assert_int_equal(pod_logs_upstream(t->logs)->state, UPSTREAM_LIVE);
    assert_int_equal(t->asked, 1);
    t->ready = 500;
    t->answer = open_stream;
    wait_asked(t, 2);
    add(t, T1 "here\n");
    wait_lines(t, 1);
    assert_int_equal(pod_logs_upstream(t->logs)->state, UPSTREAM_LIVE);
    assert_false(t->done);
}

static void freed_at_any_time(void **state)
{
    struct test *t = *state;
    t->answer = open_stream;
    start(t, (struct pod_logs_conf){.follow = true});
    pod_logs_free(t->logs);
    start(t, (struct pod_logs_conf){.follow = true});
    wait_asked(t, 1);
    add(t, T1 "half a li");
    kube_bench_wait(t->bench, 30);
    pod_logs_free(t->logs);
    t->logs = NULL;
    kube_bench_wait(t->bench, 50);
    assert_false(t->done);
    assert_int_equal(t->lines, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_last_lines),
        TEST(what_is_asked_for),
        TEST(errors_in_the_servers_words),
        TEST(a_long_line_is_cut),
        TEST(lines_in_pieces),
        TEST(it_goes_on_where_it_ended),
        TEST(a_pod_that_goes),
        TEST(a_kubelet_that_comes_back),
        TEST(words_without_a_time),
        TEST(silence),
        TEST(a_log_that_does_not_begin),
        TEST(freed_at_any_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
