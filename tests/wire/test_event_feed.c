/* The cluster's events pushed to Loki, or written: each once, over restarts too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "collect/event_feed.h"
#include "net/loop.h"
#include "source/loki/loki.h"
#include "store/store.h"
#include "store/window_store.h"
#include "tests/temporary.h"
#include "tests/wire/canned.h"
#include "tests/wire/fake_loki.h"
#include "tests/wire/kube_bench.h"
#include "triage/redact/redact.h"

struct bench {
    struct kube_bench *kube;
    struct canned *canned;
    struct fake_loki *fake;
    struct loki *loki;
    struct store *store;
    struct window_store *windows;
    struct redactor *redactor;
    char folder[TEMPORARY_PATH];
    char events[4000]; /* items of the list */
    struct buf written;
};

static void handle(void *test, struct server_request *r)
{
    struct bench *b = test;
    char body[5000];
    if (server_query(r, "watch")) {
        server_stream(r, 200, "application/json", NULL); /* silent, open */
        return;
    }
    snprintf(body, sizeof body,
             "{\"kind\":\"EventList\",\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[%s]}",
             b->events);
    server_reply(r, 200, "application/json", NULL, str_of(body));
}

static int set_up(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    struct err err;
    char url[80];
    b->kube = kube_bench_new(b, handle);
    kube_bench_client(b->kube);
    b->canned = canned_new(b->kube->loop);
    b->fake = fake_loki_new(b->canned);
    struct conn conn = {.url = mem_dup(canned_url(b->canned))};
    b->loki = loki_new(b->kube->http, &conn, NULL);
    free(conn.url);
    if (!temporary_make(b->folder, "events"))
        return -1;
    snprintf(url, sizeof url, "file://%s", b->folder);
    b->store = store_open(b->kube->http, &(struct store_conf){.url = url}, &err);
    b->windows = window_store_new(b->store, b->store, "test");
    b->redactor = redact_new(redact_kinds, NULL, NULL, &err);
    buf_init(&b->written, 1 << 20);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    loki_free(b->loki);
    window_store_free(b->windows);
    store_free(b->store);
    redact_free(b->redactor);
    canned_free(b->canned);
    fake_loki_free(b->fake);
    kube_bench_wait(b->kube, 20);
    kube_bench_free(b->kube);
    buf_free(&b->written);
    temporary_remove(b->folder);
    free(b);
    return 0;
}

static void add_event(struct bench *b, const char *name, int64_t age, int count,
                      const char *message)
{
    char time[CLOCK_TEXT];
    size_t n = strlen(b->events);
    clock_rfc3339(clock_align(clock_now(), CLOCK_SECOND) - age, false, time);
    snprintf(b->events + n, sizeof b->events - n,
             "%s{\"metadata\":{\"name\":\"%s\",\"namespace\":\"shop\",\"uid\":\"u-%s\","
             "\"resourceVersion\":\"%d\"},"
             "\"type\":\"Warning\",\"reason\":\"BackOff\",\"message\":\"%s\",\"count\":%d,"
             "\"lastTimestamp\":\"%s\","
             "\"involvedObject\":{\"kind\":\"Pod\",\"name\":\"web-1\"}}",
             n ? "," : "", name, name, count, message, count, time);
}

static void on_write(void *context, struct str line)
{
    struct bench *b = context;
    buf_add(&b->written, line.p, line.n);
    buf_addc(&b->written, '\n');
}

static struct event_feed *start(struct bench *b, bool loki)
{
    struct event_feed_conf conf = {.loop = b->kube->loop,
                                   .client = b->kube->client,
                                   .store = b->windows,
                                   .redactor = b->redactor,
                                   .loki = loki ? b->loki : NULL,
                                   .context = b,
                                   .write = on_write};
    return event_feed_start(&conf);
}

static void wait_told(struct bench *b, struct event_feed *f, uint64_t told, int ms)
{
    int64_t end = clock_monotonic() + ms * CLOCK_MS;
    while (event_feed_figures(f).told < told && clock_monotonic() < end)
        loop_turn(b->kube->loop, 50);
    assert_int_equal(event_feed_figures(f).told, told);
}

static void events_are_pushed_once_oldest_first(void **state)
{
    struct bench *b = *state;
    add_event(b, "b", 60 * CLOCK_SECOND, 3, "token=abcdef0123456789 joe@example.com");
    add_event(b, "a", 120 * CLOCK_SECOND, 1, "first");
    struct event_feed *f = start(b, true);
    wait_told(b, f, 2, 20000);
    const char *pushed = buf_text(&b->fake->pushes);
    assert_non_null(strstr(pushed, "\"job\":\"kubeboard-events\""));
    assert_non_null(strstr(pushed, "\"namespace\":\"shop\""));
    assert_non_null(strstr(pushed, "\\\"reason\\\":\\\"BackOff\\\""));
    assert_null(strstr(pushed, "joe@example.com"));
    assert_true(strstr(pushed, "first") < strstr(pushed, "<redacted:emails>"));
    event_feed_free(f);
    /* A killed collector has not told the store how far it came: the same bytes go again. */
    size_t n = b->fake->pushes.n;
    char *before = mem_dup(buf_text(&b->fake->pushes));
    f = start(b, true);
    wait_told(b, f, 2, 20000);
    assert_string_equal(b->fake->pushes.p + n, before);
    free(before);
    event_feed_free(f);
}

static void what_was_told_is_known_over_a_restart(void **state)
{
    struct bench *b = *state;
    char path[128];
    add_event(b, "a", 120 * CLOCK_SECOND, 1, "first");
    struct event_feed *f = start(b, false);
    wait_told(b, f, 1, 20000);
    assert_non_null(strstr(buf_text(&b->written), "\"message\":\"first\""));
    snprintf(path, sizeof path, "%s/test/events.json", b->folder);
    for (int i = 0; i < 300 && access(path, F_OK) != 0; i++)
        loop_turn(b->kube->loop, 100);
    assert_int_equal(access(path, F_OK), 0);
    event_feed_free(f);
    /* Seen again (a higher count), and a new one. */
    add_event(b, "b", 60 * CLOCK_SECOND, 1, "second");
    f = start(b, false);
    wait_told(b, f, 1, 20000);
    loop_turn(b->kube->loop, 1500);
    assert_int_equal(event_feed_figures(f).told, 1);
    assert_non_null(strstr(buf_text(&b->written), "second"));
    assert_null(strstr(strstr(buf_text(&b->written), "first") + 5, "first"));
    event_feed_free(f);
}

static void loki_away_means_later_and_a_refusal_never(void **state)
{
    struct bench *b = *state;
    add_event(b, "a", 120 * CLOCK_SECOND, 1, "first");
    b->fake->fail = 503;
    struct event_feed *f = start(b, true);
    for (int i = 0; i < 60; i++)
        loop_turn(b->kube->loop, 50);
    assert_int_equal(event_feed_figures(f).told, 0);
    b->fake->fail = 0;
    wait_told(b, f, 1, 30000);
    event_feed_free(f);
    b->fake->fail = 400;
    f = start(b, true);
    int64_t end = clock_monotonic() + 20 * CLOCK_SECOND;
    while (!event_feed_figures(f).refused && clock_monotonic() < end)
        loop_turn(b->kube->loop, 50);
    assert_int_equal(event_feed_figures(f).refused, 1);
    event_feed_free(f);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(events_are_pushed_once_oldest_first),
        TEST(what_was_told_is_known_over_a_restart),
        TEST(loki_away_means_later_and_a_refusal_never),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
