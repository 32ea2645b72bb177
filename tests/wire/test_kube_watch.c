/* List and watch against a server that the test plays: pages, events, every way in which a watch ends. */
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
#include "kube/kinds/kinds.h"
#include "kube/watch.h"
#include "net/loop.h"
#include "tests/wire/kube_bench.h"

enum { PODS = 1300 };

/* How the next watch request is answered. */
enum mode {
    OPEN,
    END_AT_ONCE,
    EXPIRED_EVENT,
    EXPIRED_STATUS,
    TOO_MANY,
    FORBIDDEN,
    BROKEN_STATUS,
    NO_ANSWER
};

struct test {
    struct kube_bench *bench;
    struct watch *watch;
    struct resource resource;
    /* the server */
    bool alive[PODS];
    int version;
    enum mode mode;
    int list_status;      /* 0: 200 */
    size_t cut_page_at;   /* a page is cut behind so many items, once; 0: never */
    bool hold_first_page; /* the first page stays open behind its first item */
    bool expire_token;    /* the next continue is answered by 410 and a newer token */
    int ready_status;
    struct server_request *stream, *held;
    size_t lists, watches, probes;
    char watch_query[1024], accept[256];
    /* what was told */
    size_t changed, fewest;
    bool hold_probe; /* the question whether the server is there stays open */
    struct server_request *held_probe;
    char events[4096];
    bool raw;
};

/* ---- the server ---- */

static void add_pod(struct buf *out, int i, int version)
{
    buf_printf(out,
               "{\"metadata\":{\"name\":\"pod-%04d\",\"namespace\":\"shop\",\"resourceVersion\":"
               "\"%d\"},\"spec\":{\"containers\":[{\"name\":\"c\"}]},\"status\":{\"phase\":"
               "\"Running\",\"containerStatuses\":[{\"ready\":true,\"state\":{\"running\":{}}}]}}",
               i, version);
}

static void forget_stream(void *context)
{
    struct test *t = context;
    t->stream = NULL;
}

static void forget_held(void *context)
{
    struct test *t = context;
    t->held = NULL;
}

static void emit(struct test *t, const char *type, int pod)
{
    struct buf line;
    buf_init(&line, 65536);
    buf_printf(&line, "{\"type\":\"%s\",\"object\":", type);
    add_pod(&line, pod, ++t->version);
    buf_adds(&line, "}\n");
    t->alive[pod] = strcmp(type, "DELETED") != 0;
    assert_non_null(t->stream);
    server_stream_add(t->stream, buf_str(&line));
    buf_free(&line);
}

static void emit_text(struct test *t, const char *text)
{
    assert_non_null(t->stream);
    server_stream_add(t->stream, str_of(text));
}

static void answer_watch(struct test *t, struct server_request *r)
{
    static const char *const later[] = {"Retry-After: 1", NULL};
    enum mode mode = t->mode;
    t->watches++;
    t->mode = mode == END_AT_ONCE || mode == FORBIDDEN ? mode : OPEN;
    str_copy(t->watch_query, sizeof t->watch_query, server_raw_target(r));
    if (mode == EXPIRED_STATUS) {
        kube_bench_replay(r, "v1.20/410-expired.http", 2);
    } else if (mode == FORBIDDEN) {
        kube_bench_replay(r, "v1.20/403-forbidden.http", 2);
    } else if (mode == BROKEN_STATUS) {
        kube_bench_replay(r, "v1.20/watch-bad-resource-version.http", 0);
    } else if (mode == TOO_MANY) {
        server_reply(r, 429, "text/plain", later,
                     str_of("Too many requests, please try again later.\n"));
    } else if (mode == EXPIRED_EVENT) {
        struct buf body;
        kube_bench_recorded("v1.20/410-expired.http", 4, &body);
        server_reply(r, 200, "application/json", NULL, buf_str(&body));
        buf_free(&body);
    } else if (mode == NO_ANSWER) {
        return;
    } else if (mode == END_AT_ONCE) {
        server_reply(r, 200, "application/json", NULL, str_of(""));
    } else {
        t->stream = r;
        server_on_end(r, forget_stream, t);
        server_stream(r, 200, "application/json", NULL);
    }
}

/* From the number in `continue` on, at most `limit` pods that are alive. Returns the next, PODS at the end. */
static int page(struct test *t, struct buf *body, int from, int limit, struct buf *items)
{
    int at = from, count = 0;
    for (; at < PODS && count < limit; at++) {
        if (!t->alive[at])
            continue;
        buf_adds(items, count++ ? "," : "");
        add_pod(items, at, 100);
    }
    while (at < PODS && !t->alive[at])
        at++;
    buf_printf(
        body,
        "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"%d\"",
        t->version);
    if (at < PODS)
        buf_printf(body, ",\"continue\":\"from-%d\",\"remainingItemCount\":%d", at, PODS - at);
    buf_adds(body, "},\"items\":[");
    return at;
}

static void send_page(struct test *t, struct server_request *r, struct buf *body, struct buf *items,
                      bool first)
{
    if (t->hold_first_page && first) {
        const char *end = strstr(buf_text(items), "}]}},") + 4;
        buf_add(body, items->p, (size_t)(end - items->p));
        t->held = r;
        server_on_end(r, forget_held, t);
        server_stream(r, 200, "application/json", NULL);
        server_stream_add(r, buf_str(body));
        buf_drop_front(items, (size_t)(end - items->p));
        buf_adds(items, "]}");
        return;
    }
    buf_add(body, buf_str(items).p, items->n);
    buf_adds(body, "]}\n");
    if (t->cut_page_at) {
        server_stream(r, 200, "application/json", NULL);
        server_stream_add(r, (struct str){body->p, t->cut_page_at});
        t->cut_page_at = 0;
        server_stream_end(r, true);
        return;
    }
    server_reply(r, 200, "application/json", NULL, buf_str(body));
}

static struct buf rest_of_first; /* what a held first page still has to say */

static void answer_list(struct test *t, struct server_request *r)
{
    const char *token = server_query(r, "continue"), *limit = server_query(r, "limit");
    struct buf body, items;
    if (!token)
        t->lists++;
    if (t->list_status) {
        kube_bench_replay(r, "v1.20/403-forbidden.http", 1);
        return;
    }
    if (token && t->expire_token) {
        t->expire_token = false;
        char *status = mem_printf("{\"kind\":\"Status\",\"metadata\":{\"continue\":\"%s\"},"
                                  "\"status\":\"Failure\",\"reason\":\"Expired\",\"code\":410}",
                                  token);
        server_reply(r, 410, "application/json", NULL, str_of(status));
        free(status);
        return;
    }
    buf_init(&body, 16 << 20);
    buf_init(&items, 16 << 20);
    assert_non_null(limit);
    page(t, &body, token ? (int)strtol(token + 5, NULL, 10) : 0, (int)strtol(limit, NULL, 10),
         &items);
    send_page(t, r, &body, &items, !token);
    if (t->held && !token)
        rest_of_first = items;
    else
        buf_free(&items);
    buf_free(&body);
}

static void handle(void *context, struct server_request *r)
{
    struct test *t = context;
    const char *accept = server_header(r, "Accept");
    if (strcmp(server_path(r), "/readyz") == 0) {
        t->probes++;
        if (t->hold_probe)
            t->held_probe = r;
        else
            server_reply(r, t->ready_status, "text/plain", NULL, str_of("shutting down"));
        return;
    }
    str_copy(t->accept, sizeof t->accept, accept ? accept : "");
    if (server_query(r, "watch"))
        answer_watch(t, r);
    else
        answer_list(t, r);
}

/* ---- the watch ---- */

static void on_changed(void *context)
{
    struct test *t = context;
    t->changed++;
    size_t n = t->resource.table ? objects_count(t->resource.table) : 0;
    if (n < t->fewest)
        t->fewest = n;
}

static void on_event(void *context, enum watch_event event, const struct object *row,
                     struct str json)
{
    struct test *t = context;
    size_t n = strlen(t->events);
    snprintf(t->events + n, sizeof t->events - n, "%c%s%.*s ", "+*-"[event], row -> name,
             t -> raw ? (int)json.n : 0, json.p);
}

static bool until(struct test *t, bool (*reached)(const struct test *t), int ms)
{
    int64_t end = clock_monotonic() + ms * CLOCK_MS;
    while (!reached(t) && clock_monotonic() < end)
        loop_turn(t->bench->loop, 5);
    return reached(t);
}

static bool is_live(const struct test *t)
{
    return t->resource.upstream.state == UPSTREAM_LIVE && !t->resource.loading && t->stream;
}

static bool is_stale(const struct test *t)
{
    return t->resource.upstream.state == UPSTREAM_STALE;
}

static bool is_denied(const struct test *t)
{
    return t->resource.upstream.state == UPSTREAM_DENIED;
}

static bool has_failed(const struct test *t)
{
    return t->resource.upstream.state == UPSTREAM_FAILED;
}

static size_t count(const struct test *t)
{
    return objects_count(t->resource.table);
}

static void start_with(struct test *t, struct watch_conf conf)
{
    conf.context = t;
    conf.changed = on_changed;
    t->watch = watch_new(t->bench->client, kinds_find("pods"), "", &conf, &t->resource);
    t->fewest = SIZE_MAX;
}

static void start(struct test *t)
{
    start_with(t, (struct watch_conf){.event = on_event});
}

static void start_live(struct test *t)
{
    start(t);
    assert_true(until(t, is_live, 5000));
    t->fewest = SIZE_MAX;
    t->events[0] = '\0';
}

static int set_up(void **state)
{
    struct test *t = mem_alloc(sizeof *t);
    t->bench = kube_bench_new(t, handle);
    t->version = 1000;
    t->ready_status = 200;
    for (int i = 0; i < 3; i++)
        t->alive[i] = true;
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct test *t = *state;
    watch_free(t->watch);
    objects_free(t->resource.table);
    kube_bench_free(t->bench);
    free(t);
    return 0;
}

static void rows_then_events(void **state)
{
    struct test *t = *state;
    start(t);
    assert_int_equal(t->resource.upstream.state, UPSTREAM_CONNECTING);
    assert_true(t->resource.loading);
    assert_true(until(t, is_live, 5000));
    assert_int_equal(count(t), 3);
    assert_string_equal(t->events, "+pod-0000 +pod-0001 +pod-0002 ");
    assert_non_null(strstr(t->watch_query, "resourceVersion=1000"));
    assert_non_null(strstr(t->watch_query, "allowWatchBookmarks=true"));
    int64_t seconds = strtol(strstr(t->watch_query, "timeoutSeconds=") + 15, NULL, 10);
    assert_in_range(seconds, 300, 600);
    t->events[0] = '\0';
    size_t changed = t->changed;
    emit(t, "ADDED", 7);
    emit(t, "MODIFIED", 1);
    emit(t, "DELETED", 0);
    emit(t, "DELETED", 0); /* not there any more: nothing to tell */
    emit_text(
        t, "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Pod\",\"metadata\":{\"resourceVersion\":"
           "\"2000\",\"creationTimestamp\":null},\"spec\":{\"containers\":null},\"status\":{}}}\n");
    kube_bench_wait(t->bench, 100);
    assert_string_equal(t->events, "+pod-0007 *pod-0001 -pod-0000 ");
    assert_int_equal(count(t), 3);
    assert_true(t->changed > changed);
    assert_int_equal(watch_stats(t->watch).events, 5);
    /* It goes on from the bookmark. */
    server_stream_end(t->stream, false);
    kube_bench_wait(t->bench, 100);
    assert_true(is_live(t));
    assert_non_null(strstr(t->watch_query, "resourceVersion=2000"));
    assert_int_equal(t->lists, 1);
}

static bool second_page_asked(const struct test *t)
{
    return t->held && t->bench->requests >= 2;
}

/* 1,300 pods are three pages; the second is asked for while the first still comes, and the first row shows by then. */
static void pages_overlap(void **state)
{
    struct test *t = *state;
    for (int i = 0; i < PODS; i++)
        t->alive[i] = true;
    t->hold_first_page = true;
    start_with(t, (struct watch_conf){.field_selector = "spec.nodeName=n1",
                                      .label_selector = "app in (a,b)"});
    assert_true(until(t, second_page_asked, 5000));
    kube_bench_wait(t->bench, 100);
    assert_non_null(strstr(t->bench->last, "continue=from-"));
    assert_non_null(strstr(t->bench->last, "fieldSelector=spec.nodeName%3Dn1"));
    assert_non_null(strstr(t->bench->last, "labelSelector=app%20in%20%28a%2Cb%29"));
    assert_true(count(t) >= 1);
    /* Two pages fly at most, one of them the first: the others came one after another beside it. */
    assert_true(t->resource.loading);
    assert_int_equal(t->resource.upstream.state, UPSTREAM_CONNECTING);
    server_stream_add(t->held, buf_str(&rest_of_first));
    server_stream_end(t->held, false);
    buf_free(&rest_of_first);
    assert_true(until(t, is_live, 5000));
    assert_int_equal(count(t), PODS);
    assert_int_equal(t->lists, 1);
}

/* A page that breaks off is asked for again and goes on behind its last element. */
static void a_page_is_cut(void **state)
{
    struct test *t = *state;
    for (int i = 0; i < 20; i++)
        t->alive[i] = true;
    t->cut_page_at = 2000;
    start(t);
    assert_true(until(t, is_live, 8000));
    assert_int_equal(count(t), 20);
    char *twice = strstr(t->events, "+pod-0000 ");
    assert_non_null(twice);
    assert_null(strstr(twice + 1, "+pod-0000 "));
    assert_int_equal(t->lists, 2);
}

static void a_token_expires(void **state)
{
    struct test *t = *state;
    for (int i = 0; i < PODS; i++)
        t->alive[i] = true;
    t->expire_token = true;
    start_with(t, (struct watch_conf){.page = 0});
    assert_true(until(t, is_live, 8000));
    assert_int_equal(count(t), PODS);
    assert_int_equal(t->lists, 1);
}

static void check_relist(struct test *t)
{
    /* While the watch was expired one pod went and one came, which only the new list tells. */
    t->alive[1] = false;
    t->alive[9] = true;
    server_stream_end(t->stream, false);
    t->stream = NULL;
    assert_true(until(t, is_live, 5000));
    assert_int_equal(t->lists, 2);
    assert_int_equal(count(t), 3);
    assert_true(t->fewest >= 3); /* the screen was never emptied */
    assert_null(objects_find(t->resource.table, str_of("shop"), str_of("pod-0001")));
    assert_string_equal(t->events, "*pod-0002 +pod-0009 ");
    assert_int_equal(watch_stats(t->watch).expired, 1);
    assert_int_equal(t->resource.upstream.state, UPSTREAM_LIVE);
}

static void an_error_event_410_lists_again(void **state)
{
    struct test *t = *state;
    start_live(t);
    emit(t, "MODIFIED", 2);
    kube_bench_wait(t->bench, 50);
    t->events[0] = '\0';
    t->mode = EXPIRED_EVENT;
    check_relist(t);
}

static void a_410_lists_again(void **state)
{
    struct test *t = *state;
    start_live(t);
    emit(t, "MODIFIED", 2);
    kube_bench_wait(t->bench, 50);
    t->events[0] = '\0';
    t->mode = EXPIRED_STATUS;
    check_relist(t);
}

static void a_500_for_the_version_lists_again(void **state)
{
    struct test *t = *state;
    start_live(t);
    t->mode = BROKEN_STATUS;
    emit(t, "ADDED", 5);
    server_stream_end(t->stream, false);
    t->stream = NULL;
    assert_true(until(t, is_stale, 5000));
    assert_true(until(t, is_live, 5000));
    assert_int_equal(t->lists, 2);
}

static void retry_after_is_kept(void **state)
{
    struct test *t = *state;
    start_live(t);
    emit(t, "ADDED", 5);
    kube_bench_wait(t->bench, 50);
    t->mode = TOO_MANY;
    server_stream_end(t->stream, false);
    t->stream = NULL;
    assert_true(until(t, is_stale, 5000));
    int64_t since = clock_monotonic();
    assert_true(until(t, is_live, 5000));
    assert_true(clock_monotonic() - since > 900 * CLOCK_MS);
    assert_int_equal(t->lists, 1);
}

static void a_cut_watch_goes_on_behind_the_last_event(void **state)
{
    struct test *t = *state;
    start_live(t);
    emit(t, "ADDED", 5);
    emit_text(t, "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"half");
    kube_bench_wait(t->bench, 100);
    char expected[64];
    snprintf(expected, sizeof expected, "resourceVersion=%d&", t->version);
    server_stream_end(t->stream, true);
    t->stream = NULL;
    assert_true(until(t, is_stale, 5000));
    assert_int_equal(count(t), 4);
    assert_int_equal(t->resource.upstream.err.kind, ERR_AWAY);
    assert_true(t->resource.upstream.next_try > 0);
    assert_true(until(t, is_live, 5000));
    assert_non_null(strstr(t->watch_query, expected));
    assert_int_equal(t->lists, 1);
}

static void the_server_is_away_for_a_while(void **state)
{
    struct test *t = *state;
    start_live(t);
    emit(t, "ADDED", 5);
    kube_bench_wait(t->bench, 50);
    kube_bench_stop(t->bench);
    assert_true(until(t, is_stale, 5000));
    kube_bench_wait(t->bench, 1200);
    assert_true(is_stale(t));
    assert_int_equal(count(t), 4); /* rows stay, with their age */
    kube_bench_start(t->bench);
    watch_retry(t->watch);
    assert_true(until(t, is_live, 5000));
    assert_int_equal(t->lists, 1);
    assert_true(t->fewest >= 3);
}

static void no_server_at_the_start(void **state)
{
    struct test *t = *state;
    kube_bench_stop(t->bench);
    start(t);
    assert_true(until(t, has_failed, 10000));
    assert_int_equal(t->resource.upstream.err.kind, ERR_AWAY);
    assert_true(upstream_settled(&t->resource.upstream));
    kube_bench_start(t->bench);
    assert_true(until(t, is_live, 20000));
}

/* Clean ends follow one another at once: that is no working server, and no busy loop either. */
static void watches_that_end_at_once(void **state)
{
    struct test *t = *state;
    t->mode = END_AT_ONCE;
    start(t);
    kube_bench_wait(t->bench, 2000);
    assert_in_range(t->watches, 2, 4);
    assert_int_equal(count(t), 3);
}

/* A watch whose whole time passed without a word is not trusted: a server restored from a backup keeps silent. */
static void a_silent_watch_is_listed_again(void **state)
{
    struct test *t = *state;
    start_live(t);
    kube_bench_wait(t->bench, 1100);
    server_stream_end(t->stream, false);
    t->stream = NULL;
    assert_true(until(t, is_live, 5000));
    assert_int_equal(t->lists, 2);
}

static void silence_is_asked_about(void **state)
{
    struct test *t = *state;
    start_with(t, (struct watch_conf){.silent_ms = 150});
    assert_true(until(t, is_live, 5000));
    kube_bench_wait(t->bench, 500);
    assert_true(is_live(t));
    assert_int_equal(t->watches, 1);
    assert_in_range(watch_stats(t->watch).probes, 2, 4);
    assert_int_equal(t->probes, 1); /* an answer counts for some seconds */
}

/* A server that shuts down leaves its watches open and silent, but says so when asked. */
static void a_server_that_is_going_away(void **state)
{
    struct test *t = *state;
    t->ready_status = 500;
    start_with(t, (struct watch_conf){.silent_ms = 150});
    assert_true(until(t, is_stale, 3000));
    assert_int_equal(count(t), 3);
    assert_int_equal(t->probes, 1);
    assert_true(until(t, is_live, 3000)); /* another one takes over */
}

/* The list was good, and the watch behind it hangs: that is not live for minutes. */
static void a_watch_without_an_answer(void **state)
{
    struct test *t = *state;
    t->mode = NO_ANSWER;
    start_with(t, (struct watch_conf){.answer_ms = 150});
    assert_true(until(t, is_stale, 3000));
    assert_string_equal(t->resource.upstream.err.what, "the watch is not answered");
    assert_int_equal(count(t), 3);
    assert_true(until(t, is_live, 3000));
    assert_int_equal(t->watches, 2);
    assert_int_equal(t->lists, 1);
}

/* A server that takes its time: what is shown says how old it is, and nothing is begun anew. */
static void a_slow_answer_is_a_doubt(void **state)
{
    struct test *t = *state;
    t->hold_probe = true;
    start_with(t, (struct watch_conf){.silent_ms = 150});
    assert_true(until(t, is_live, 5000));
    assert_true(until(t, is_stale, 3000));
    assert_string_equal(t->resource.upstream.err.what, "the server does not answer");
    assert_non_null(t->held_probe);
    server_reply(t->held_probe, 200, "text/plain", NULL, str_of("ok"));
    assert_true(until(t, is_live, 3000));
    assert_int_equal(t->watches, 1);
    assert_int_equal(t->lists, 1);
}

static void forget(void *context, const struct err *err)
{
    (void)context;
    (void)err;
}

/* Whoever is answered first is the sign for all who wait for a server that was away. */
static void what_waits_is_tried_when_the_server_is_back(void **state)
{
    struct test *t = *state;
    start_live(t);
    kube_bench_stop(t->bench);
    assert_true(until(t, is_stale, 5000));
    kube_bench_wait(t->bench, 4000);
    int64_t wait = t->resource.upstream.next_try - clock_monotonic();
    assert_true(wait > CLOCK_SECOND);
    kube_bench_start(t->bench);
    client_probe(t->bench->client, forget, t);
    assert_true(until(t, is_live, (int)(wait / CLOCK_MS / 2)));
}

static bool waits_long(const struct test *t)
{
    return t->resource.upstream.next_try - clock_monotonic() > 2 * CLOCK_SECOND;
}

/* However long it was away: a server that is back and not ready yet is asked again soon. */
static void refused_after_a_long_outage(void **state)
{
    struct test *t = *state;
    start_live(t);
    kube_bench_stop(t->bench);
    assert_true(until(t, is_stale, 5000));
    assert_true(until(t, waits_long, 20000));
    t->mode = FORBIDDEN;
    t->list_status = 403;
    kube_bench_start(t->bench);
    client_probe(t->bench->client, forget, t);
    assert_true(until(t, is_denied, 5000));
    assert_true(t->resource.upstream.next_try - clock_monotonic() < 1500 * CLOCK_MS);
}

static void no_right_to_list(void **state)
{
    struct test *t = *state;
    t->list_status = 403;
    start(t);
    assert_true(until(t, is_denied, 5000));
    assert_string_equal(t->resource.upstream.err.what,
                        "pods is forbidden: User \"system:serviceaccount:shop:reader\" cannot list "
                        "resource \"pods\" in API group \"\" at the cluster scope");
    /* It may be a server that starts: the first no is not the last word. */
    int64_t wait = t->resource.upstream.next_try - clock_monotonic();
    assert_true(wait > 4 * CLOCK_SECOND && wait < 7 * CLOCK_SECOND);
    watch_retry(t->watch);
    kube_bench_wait(t->bench, 300);
    assert_int_equal(t->lists, 2);
    wait = t->resource.upstream.next_try - clock_monotonic();
    assert_true(wait > 50 * CLOCK_SECOND && wait < 61 * CLOCK_SECOND);
}

/* A server that starts does not know its roles yet: what was allowed is asked for again soon. */
static void refused_while_the_server_starts(void **state)
{
    struct test *t = *state;
    start_live(t);
    t->mode = FORBIDDEN;
    t->list_status = 403;
    server_stream_end(t->stream, true);
    assert_true(until(t, is_denied, 5000));
    assert_int_equal(count(t), 3);
    assert_true(t->resource.upstream.next_try - clock_monotonic() < 2 * CLOCK_SECOND);
    t->list_status = 0;
    t->mode = OPEN;
    assert_true(until(t, is_live, 5000));
    assert_int_equal(t->fewest, 3);
}

/* May list but not watch: the rows stay live, by listing again from time to time. */
static void no_right_to_watch(void **state)
{
    struct test *t = *state;
    t->mode = FORBIDDEN;
    start(t);
    kube_bench_wait(t->bench, 300);
    assert_int_equal(t->resource.upstream.state, UPSTREAM_LIVE);
    assert_int_equal(t->resource.upstream.each_s, 20);
    assert_int_equal(count(t), 3);
    assert_int_equal(t->watches, 1);
    watch_retry(t->watch);
    kube_bench_wait(t->bench, 100);
    assert_int_equal(t->lists, 2);
}

static void secrets_are_never_asked_for(void **state)
{
    static const struct kind secrets = {.name = "secrets", .api = "/api/v1", .namespaced = true};
    struct test *t = *state;
    t->watch = watch_new(t->bench->client, &secrets, "",
                         &(struct watch_conf){.changed = on_changed, .context = t}, &t->resource);
    kube_bench_wait(t->bench, 100);
    assert_int_equal(t->resource.upstream.state, UPSTREAM_DENIED);
    assert_int_equal(t->bench->requests, 0);
}

static void whole_objects(void **state)
{
    struct test *t = *state;
    t->alive[1] = t->alive[2] = false;
    t->raw = true;
    start_with(t, (struct watch_conf){.raw = true, .event = on_event});
    assert_true(until(t, is_live, 5000));
    assert_non_null(strstr(
        t->events,
        "+pod-0000{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"pod-0000\""));
    t->events[0] = '\0';
    emit_text(t, "{\"type\":\"MODIFIED\",\"object\":{\"kind\":\"Pod\",\"metadata\":{\"name\":\"pod-"
                 "0000\",\"namespace\":\"shop\",\"resourceVersion\":\"3000\"},\"x\":[1,{}]}}\n");
    kube_bench_wait(t->bench, 100);
    assert_string_equal(t->events,
                        "*pod-0000{\"kind\":\"Pod\",\"metadata\":{\"name\":\"pod-0000\","
                        "\"namespace\":\"shop\",\"resourceVersion\":\"3000\"},\"x\":[1,{}]} ");
}

/* Garbage ends the watch and leads to a new list; hostile texts are only text. */
static void hostile_events(void **state)
{
    struct test *t = *state;
    start_live(t);
    emit_text(t, "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"\\u001b[2Jx\","
                 "\"namespace\":\"shop\",\"resourceVersion\":\"2001\",\"annotations\":{\"big\":\"");
    char *piece = mem_alloc(65537);
    memset(piece, 'x', 65536);
    for (int i = 0; i < 32; i++)
        emit_text(t, piece);
    free(piece);
    emit_text(t, "\"}},\"status\":{\"phase\":\"\xff\xfe\"}}}\n{\"type\":null,\"object\":null}\n{"
                 "\"type\":\"ADDED\",\"object\":[]}\n{}\n[]\n7\n");
    kube_bench_wait(t->bench, 200);
    assert_int_equal(count(t), 4);
    assert_true(is_live(t));
    assert_int_equal(t->lists, 1);
    emit_text(t, "}}}}");
    t->stream = NULL;
    assert_true(until(t, is_live, 5000));
    assert_int_equal(t->lists, 2);
    assert_int_equal(count(t), 3);
}

static void freed_in_every_state(void **state)
{
    struct test *t = *state;
    for (int turns = 0; turns < 12; turns++) {
        struct resource r = {0};
        struct watch *w = watch_new(t->bench->client, kinds_find("pods"), "",
                                    &(struct watch_conf){.changed = NULL}, &r);
        for (int i = 0; i < turns; i++)
            loop_turn(t->bench->loop, 5);
        watch_free(w);
        objects_free(r.table);
    }
    kube_bench_wait(t->bench, 50);
    watch_free(NULL);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rows_then_events),
        TEST(pages_overlap),
        TEST(a_page_is_cut),
        TEST(a_token_expires),
        TEST(an_error_event_410_lists_again),
        TEST(a_410_lists_again),
        TEST(a_500_for_the_version_lists_again),
        TEST(retry_after_is_kept),
        TEST(a_cut_watch_goes_on_behind_the_last_event),
        TEST(the_server_is_away_for_a_while),
        TEST(no_server_at_the_start),
        TEST(watches_that_end_at_once),
        TEST(a_silent_watch_is_listed_again),
        TEST(silence_is_asked_about),
        TEST(a_server_that_is_going_away),
        TEST(a_watch_without_an_answer),
        TEST(a_slow_answer_is_a_doubt),
        TEST(what_waits_is_tried_when_the_server_is_back),
        TEST(no_right_to_list),
        TEST(refused_while_the_server_starts),
        TEST(refused_after_a_long_outage),
        TEST(no_right_to_watch),
        TEST(secrets_are_never_asked_for),
        TEST(whole_objects),
        TEST(hostile_events),
        TEST(freed_in_every_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
