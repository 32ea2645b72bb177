/* The read API's reader against the collector's own service. */
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
#include "base/json.h"
#include "base/mem.h"
#include "net/server.h"
#include "source/read_api/read_api.h"
#include "source/read_api/read_api_kept.h"
#include "tests/wire/service_bench.h"

struct bench {
    struct service_bench on;
    struct read_api *api;
    struct conn conn;
    /* What came. */
    bool came;
    struct err err;
    struct window *window;
    struct window_day *day;
    struct catalogue *groups;
    size_t count, elements, points;
    int64_t found;
    double cpu;
    char text[200];
};

static void open_service(struct bench *b, bool token)
{
    service_bench_open(&b->on, token);
    read_api_free(b->api);
    conn_free_inner(&b->conn);
    b->conn = (struct conn){.url = mem_dup(b->on.url)};
    b->api = read_api_new(b->on.http, &b->conn);
}

static int set_up(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    if (!service_bench_set_up(&b->on))
        return -1;
    open_service(b, false);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    read_api_free(b->api);
    conn_free_inner(&b->conn);
    service_bench_tear_down(&b->on);
    window_free(b->window);
    window_day_free(b->day);
    catalogue_free(b->groups);
    free(b);
    return 0;
}

/* ---- what comes ---- */

static void note(struct bench *b, const struct err *err)
{
    b->err = *err;
    b->came = true;
}

static void wait_for(struct bench *b, struct read_api_call *c)
{
    assert_non_null(c);
    b->came = false;
    service_bench_turn(&b->on, &b->came);
}

static void on_rules(void *context, const char *const *rules, size_t count, const struct err *err)
{
    struct bench *b = context;
    b->count = count;
    b->text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        snprintf(b->text + strlen(b->text), sizeof b->text - strlen(b->text), "%s ", rules[i]);
    note(b, err);
}

static void on_day(void *context, struct window_day *yours, const struct err *err)
{
    struct bench *b = context;
    window_day_free(b->day);
    b->day = yours;
    note(b, err);
}

static void on_window(void *context, struct window *yours, const struct err *err)
{
    struct bench *b = context;
    window_free(b->window);
    b->window = yours;
    note(b, err);
}

static void on_groups(void *context, struct catalogue *yours, bool rebuilt, const struct err *err)
{
    struct bench *b = context;
    assert_false(rebuilt);
    catalogue_free(b->groups);
    b->groups = yours;
    note(b, err);
}

static void on_span(void *context, const struct window_entry *list, size_t count, size_t failed,
                    const struct err *err)
{
    struct bench *b = context;
    b->count = count;
    b->found = count ? list[0].from : 0;
    assert_int_equal(failed, 0);
    note(b, err);
}

static void on_element(void *context, const struct json *element)
{
    struct bench *b = context;
    b->elements++;
    str_copy(b->text, sizeof b->text, json_string(element, "metadata.name", ""));
}

static void on_list(void *context, int64_t found, const char *cluster, const struct err *err)
{
    struct bench *b = context;
    b->found = found;
    if (!err->kind)
        assert_string_equal(cluster, "test");
    note(b, err);
}

static void on_point(void *context, bool pod, const char *key, int64_t time, double cpu,
                     double memory)
{
    struct bench *b = context;
    (void)time;
    (void)memory;
    b->points++;
    if (!pod)
        return;
    assert_string_equal(key, "odd/p1");
    b->cpu = cpu;
}

static void on_usage(void *context, const struct err *err)
{
    note(context, err);
}

/* ---- tests ---- */

static void windows_days_and_rules(void **state)
{
    struct bench *b = *state;
    service_bench_windows(&b->on, "errors", 3);
    service_bench_windows(&b->on, "slow", 1);
    wait_for(b, read_api_rules(b->api, b, on_rules));
    assert_string_equal(b->text, "errors slow ");
    wait_for(b, read_api_day(b->api, "errors", b->on.base, b, on_day));
    assert_int_equal(b->day->count, 3);
    uint64_t lines;
    assert_true(window_entry_lines(&b->day->list[2], "shop", &lines));
    assert_int_equal(lines, 2);
    wait_for(b, read_api_window(b->api, "errors", b->on.base + 20 * CLOCK_MINUTE, b, on_window));
    assert_int_equal(b->window->lines, 2);
    assert_string_equal(b->window->rule, "errors");
    wait_for(b, read_api_window(b->api, "errors", b->on.base - CLOCK_HOUR, b, on_window));
    assert_null(b->window);
    assert_int_equal(b->err.kind, ERR_NOT_FOUND);
    wait_for(b, read_api_window(b->api, "../../etc", b->on.base, b, on_window));
    assert_int_equal(b->err.kind, ERR_NOT_FOUND);
    wait_for(b, read_api_span(b->api, "errors", b->on.base + 10 * CLOCK_MINUTE,
                              b->on.base + CLOCK_DAY, b, on_span));
    assert_int_equal(b->count, 2);
    assert_true(b->found == b->on.base + 10 * CLOCK_MINUTE);
    wait_for(b, read_api_span(b->api, "none", b->on.base, b->on.base + CLOCK_DAY, b, on_span));
    assert_int_equal(b->count, 0);
}

static void the_catalogue(void **state)
{
    struct bench *b = *state;
    bool merged = false;
    wait_for(b, read_api_groups(b->api, b, on_groups));
    assert_int_equal(b->err.kind, ERR_NOT_FOUND);
    struct catalogue *more = catalogue_new("test");
    catalogue_merge_group(more, "000000000000000a", "a <*>", b->on.base, b->on.base + 5);
    window_store_groups_merge(b->on.windows, more, &merged, service_bench_stored);
    service_bench_turn(&b->on, &merged);
    catalogue_free(more);
    wait_for(b, read_api_groups(b->api, b, on_groups));
    assert_string_equal(catalogue_find(b->groups, "000000000000000a")->template_text, "a <*>");
}

static void snapshots_come_in_pages(void **state)
{
    struct bench *b = *state;
    struct read_api_list list = {
        .kind = "pods", .context = b, .element = on_element, .done = on_list};
    wait_for(b, read_api_list(b->api, &list));
    assert_int_equal(b->err.kind, ERR_NOT_FOUND);
    service_bench_snapshot(&b->on, b->on.base, 2, 1);
    service_bench_snapshot(&b->on, b->on.base + 10 * CLOCK_MINUTE, 4500, 1);
    b->elements = 0;
    wait_for(b, read_api_list(b->api, &list));
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->elements, 4500);
    assert_string_equal(b->text, "p4499");
    assert_true(b->found == b->on.base + 10 * CLOCK_MINUTE);
    b->elements = 0;
    list.at = b->on.base + 5 * CLOCK_MINUTE;
    wait_for(b, read_api_list(b->api, &list));
    assert_int_equal(b->elements, 2);
    assert_true(b->found == b->on.base);
    b->elements = 0;
    list = (struct read_api_list){.kind = "pods",
                                  .namespace_ = "odd",
                                  .most = 1,
                                  .context = b,
                                  .element = on_element,
                                  .done = on_list};
    wait_for(b, read_api_list(b->api, &list));
    assert_int_equal(b->elements, 1);
    assert_string_equal(b->text, "p1");
}

static void usage_of_nodes_and_pods(void **state)
{
    struct bench *b = *state;
    service_bench_snapshot(&b->on, b->on.base, 2, 1);
    service_bench_snapshot(&b->on, b->on.base + 10 * CLOCK_MINUTE, 2, 1.5);
    wait_for(b, read_api_usage(b->api, &(struct read_api_usage){.from = b->on.base,
                                                                .to = b->on.base + CLOCK_HOUR,
                                                                .context = b,
                                                                .point = on_point,
                                                                .done = on_usage}));
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->points, 4);
    assert_true(b->cpu == 1.5);
}

static void errors_say_what_to_do(void **state)
{
    struct bench *b = *state;
    assert_true(file_write_atomic(b->on.token_file, "secret\n", 7, 0600, NULL));
    open_service(b, true);
    wait_for(b, read_api_rules(b->api, b, on_rules));
    assert_int_equal(b->err.kind, ERR_DENIED);
    assert_non_null(strstr(b->err.mend, "server.bearer_token_file"));
    read_api_free(b->api);
    b->conn.token_file = mem_dup(b->on.token_file);
    b->api = read_api_new(b->on.http, &b->conn);
    wait_for(b, read_api_rules(b->api, b, on_rules));
    assert_int_equal(b->err.kind, ERR_NONE);
    /* One that is cancelled never calls back. */
    b->came = false;
    read_api_cancel(read_api_rules(b->api, b, on_rules));
    read_api_cancel(NULL);
    service_free(b->on.service);
    b->on.service = NULL;
    struct read_api_call *c = read_api_day(b->api, "errors", b->on.base, b, on_day);
    assert_false(b->came);
    wait_for(b, c);
    assert_int_equal(b->err.kind, ERR_AWAY);
}

/* A collector whose day has the tag "v1", then "v2". */
struct day_server {
    const char *tag;
    int sent, spared;
};

static void handle_day(void *context, struct server_request *r)
{
    struct day_server *d = context;
    char tag[40], body[200];
    const char *known = server_header(r, "If-None-Match");
    snprintf(tag, sizeof tag, "ETag: %s", d->tag);
    const char *headers[] = {tag, NULL};
    snprintf(
        body, sizeof body,
        "{\"schema\":1,\"cluster\":\"test\",\"rule\":\"%s\",\"day\":\"2021-08-27\",\"windows\":[]}",
        strcmp(d->tag, "\"v1\"") == 0 ? "errors" : "later");
    bool same = known && strcmp(known, d->tag) == 0;
    d->sent += !same;
    d->spared += same;
    server_reply(r, same ? 304 : 200, "application/json", headers, str_of(same ? "" : body));
}

static void what_has_not_changed_is_not_sent_again(void **state)
{
    struct bench *b = *state;
    struct err err;
    struct day_server days = {.tag = "\"v1\""};
    struct server *server = server_new(
        b->on.loop,
        &(struct server_conf){.listen = "127.0.0.1:0", .context = &days, .handle = handle_day},
        &err);
    read_api_free(b->api);
    conn_free_inner(&b->conn);
    b->conn = (struct conn){.url = mem_printf("http://127.0.0.1:%d", server_port(server))};
    b->api = read_api_new(b->on.http, &b->conn);
    for (int i = 0; i < 3; i++) {
        wait_for(b, read_api_day(b->api, "errors", b->on.base, b, on_day));
        assert_int_equal(b->err.kind, ERR_NONE);
        assert_string_equal(b->day->rule, "errors");
        assert_int_equal(days.sent, 1);
        assert_int_equal(days.spared, i);
    }
    days.tag = "\"v2\"";
    wait_for(b, read_api_day(b->api, "errors", b->on.base, b, on_day));
    assert_string_equal(b->day->rule, "later");
    wait_for(b, read_api_day(b->api, "errors", b->on.base, b, on_day));
    assert_string_equal(b->day->rule, "later");
    assert_int_equal(days.sent, 2);
    /* More days than are kept: all are right, the first ones are sent again. */
    for (int i = 0; i <= READ_API_KEPT_COUNT; i++)
        wait_for(b, read_api_day(b->api, "errors", b->on.base - i * CLOCK_DAY, b, on_day));
    wait_for(b, read_api_day(b->api, "errors", b->on.base, b, on_day));
    assert_int_equal(days.sent, 2 + READ_API_KEPT_COUNT + 1);
    read_api_free(b->api);
    b->api = NULL;
    server_free(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(windows_days_and_rules, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_catalogue, set_up, tear_down),
        cmocka_unit_test_setup_teardown(snapshots_come_in_pages, set_up, tear_down),
        cmocka_unit_test_setup_teardown(usage_of_nodes_and_pods, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_has_not_changed_is_not_sent_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(errors_say_what_to_do, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
