/* The collector's HTTP, asked by a client on the same loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/gzip.h"
#include "base/json.h"
#include "base/mem.h"
#include "collect/metrics.h"
#include "collect/service.h"
#include "net/http.h"
#include "net/loop.h"
#include "store/store.h"
#include "store/window_store.h"

struct bench {
    struct loop *loop;
    struct http *http;
    struct http_target *target;
    struct store *store;
    struct window_store *windows;
    struct metrics *metrics;
    struct service *service;
    char folder[64], token_file[100];
    int64_t base;
    /* The last answer. */
    bool came;
    int status;
    struct buf body;
    char etag[64], encoding[32], type[64], retry[16];
};

static void open_service(struct bench *b, bool token)
{
    struct err err;
    struct conn conn = {0};
    char url[64];
    struct service_conf conf = {.loop = b->loop,
                                .listen = "127.0.0.1:0",
                                .token_file = token ? b->token_file : NULL,
                                .store = b->windows,
                                .metrics = b->metrics};
    service_free(b->service);
    http_target_free(b->target);
    b->service = service_new(&conf, &err);
    assert_non_null(b->service);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", service_port(b->service));
    conn.url = url;
    b->target = http_target_new(b->http, &conn);
}

static int set_up(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    struct err err;
    char url[80];
    b->loop = loop_new();
    b->http = http_new(b->loop);
    str_copy(b->folder, sizeof b->folder, "/tmp/kubeboard-service-XXXXXX");
    if (!mkdtemp(b->folder))
        return -1;
    snprintf(url, sizeof url, "file://%s/store", b->folder);
    snprintf(b->token_file, sizeof b->token_file, "%s/token", b->folder);
    b->store = store_open(b->http, &(struct store_conf){.url = url}, &err);
    b->windows = window_store_new(b->store, b->store, "test");
    b->metrics = metrics_new();
    buf_init(&b->body, 64 << 20);
    clock_parse(str_of("2021-08-27T13:00:00Z"), false, &b->base);
    open_service(b, false);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    service_free(b->service);
    http_target_free(b->target);
    window_store_free(b->windows);
    store_free(b->store);
    metrics_free(b->metrics);
    buf_free(&b->body);
    for (int i = 0; i < 5; i++)
        loop_turn(b->loop, 2);
    http_free(b->http);
    loop_free(b->loop);
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", b->folder, NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
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
    http_send(b->http, &(struct http_call){.target = b->target,
                                           .method = method,
                                           .path = path,
                                           .headers = header ? headers : NULL,
                                           .identity = plain,
                                           .context = b,
                                           .done = on_answer});
    int64_t end = clock_monotonic() + 20 * CLOCK_SECOND;
    while (!b->came && clock_monotonic() < end)
        loop_turn(b->loop, 100);
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

/* ---- what is stored ---- */

static void on_stored(void *context, const struct err *err)
{
    assert_int_equal(err->kind, ERR_NONE);
    *(bool *)context = true;
}

static void turn(struct bench *b, const bool *came)
{
    int64_t end = clock_monotonic() + 20 * CLOCK_SECOND;
    while (!*came && clock_monotonic() < end)
        loop_turn(b->loop, 100);
    assert_true(*came);
}

static void store_windows(struct bench *b, const char *rule, int count)
{
    for (int i = 0; i < count; i++) {
        bool saved = false, indexed = false;
        struct window *w = mem_alloc(sizeof *w);
        w->cluster = mem_dup("test");
        w->rule = mem_dup(rule);
        w->query = mem_dup("{a=\"b\"}");
        w->from = b->base + i * 10 * CLOCK_MINUTE;
        w->to = w->from + 10 * CLOCK_MINUTE;
        w->lines = w->counted = (uint64_t)i;
        w->complete = true;
        window_store_save(b->windows, w, &saved, on_stored);
        turn(b, &saved);
        window_store_day_index(b->windows, w, &indexed, on_stored);
        turn(b, &indexed);
        window_free(w);
    }
}

static void store_snapshot(struct bench *b, int64_t at, int pods, double cpu)
{
    struct buf plain, packed;
    bool saved = false;
    buf_init(&plain, 16 << 20);
    buf_init(&packed, 16 << 20);
    buf_adds(&plain, "{\"schema\":1,\"cluster\":\"test\",\"nodes\":[{\"metadata\":{\"name\":\"n1\"}"
                     "}],\"pods\":[");
    for (int i = 0; i < pods; i++)
        buf_printf(&plain,
                   "%s{\"metadata\":{\"name\":\"p%d\",\"namespace\":\"%s\"},\"status\":{\"phase\":"
                   "\"Running\"}}",
                   i ? "," : "", i, i % 2 ? "odd" : "even");
    buf_printf(&plain,
               "],\"usage\":{\"nodes\":[{\"name\":\"n1\",\"cpu\":0.5,\"memory\":0.25}],\"pods\":[{"
               "\"namespace\":"
               "\"odd\",\"name\":\"p1\",\"cpu\":%g,\"memory\":1000}]},\"missing\":[]}",
               cpu);
    assert_true(gzip_pack(&packed, buf_str(&plain), NULL));
    window_store_save_snapshot(b->windows, at, &packed, &saved, on_stored);
    turn(b, &saved);
    buf_free(&plain);
}

/* ---- tests ---- */

static void health_and_metrics_are_open(void **state)
{
    struct bench *b = *state;
    assert_int_equal(ask(b, "/healthz"), 200);
    for (int i = 0; i < 100 && ask(b, "/readyz") != 200; i++)
        loop_turn(b->loop, 20);
    assert_int_equal(b->status, 200);
    service_health(b->service, "it stands still");
    assert_int_equal(ask(b, "/HealthZ"), 503);
    assert_true(says(b, "it stands still"));
    metrics_window(b->metrics, "errors", WINDOW_JOB_STORED, clock_now() - 5 * CLOCK_SECOND, 12);
    metrics_window(b->metrics, "errors", WINDOW_JOB_FAILED, 0, 0);
    metrics_source(b->metrics, METRICS_LOKI, false);
    metrics_leader(b->metrics, true);
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
    store_windows(b, "errors", 3);
    store_windows(b, "slow", 1);
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
    w.from = b->base;
    w.to = b->base + 10 * CLOCK_MINUTE;
    for (int i = 0; i < 3; i++)
        groups[i].first = groups[i].last = b->base;
    w.groups = groups;
    w.group_count = 3;
    window_store_save(b->windows, &w, &saved, on_stored);
    turn(b, &saved);
    assert_int_equal(ask(b, "/logging/many/2021-08-27/1300"), 200);
    assert_true(says(b, "a <*>") && says(b, "c <*>") && !says(b, "continue"));
    assert_int_equal(ask(b, "/logging/many/2021-08-27/1300?limit=2"), 200);
    assert_true(says(b, "b <*>") && !says(b, "c <*>") && says(b, ",\"continue\":\"2\"}"));
    assert_int_equal(ask(b, "/logging/many/2021-08-27/1300?limit=2&continue=2"), 200);
    assert_true(says(b, "c <*>") && !says(b, "b <*>") && !says(b, "continue"));
    assert_int_equal(ask(b, "/groups"), 404);
    struct catalogue *k = catalogue_new("test");
    for (int i = 0; i < 3; i++)
        catalogue_merge_group(k, groups[i].id, groups[i].template_text, b->base, b->base);
    window_store_groups_merge(b->windows, k, &merged, on_stored);
    turn(b, &merged);
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
    store_snapshot(b, b->base, 2, 1);
    store_snapshot(b, b->base + 10 * CLOCK_MINUTE, 2000, 1);
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
    store_snapshot(b, b->base, 2, 1);
    store_snapshot(b, b->base + 10 * CLOCK_MINUTE, 2, 1.5);
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
    store_snapshot(b, b->base, 2000, 1);
    store_windows(b, "errors", 20);
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
    assert_true(file_write_atomic(b->token_file, token, strlen(token), 0600, NULL));
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
    struct service_conf conf = {.loop = b->loop,
                                .listen = "127.0.0.1:0",
                                .token_file = b->token_file,
                                .store = b->windows,
                                .metrics = b->metrics};
    assert_null(service_new(&conf, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
}

static void too_many_questions_are_refused(void **state)
{
    struct bench *b = *state;
    int refused = 0;
    for (int i = 0; i < SERVICE_BURST + 200; i++) {
        refused += ask(b, "/logging") == 429;
        if (refused)
            break;
    }
    assert_int_equal(refused, 1);
    assert_string_equal(b->retry, "1");
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
