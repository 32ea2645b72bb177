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
#include "collect/due.h"
#include "net/http.h"
#include "net/loop.h"
#include "store/store.h"
#include "store/window_store.h"
#include "tests/temporary.h"

#define WIDTH (10 * CLOCK_MINUTE)

struct bench {
    struct loop *loop;
    struct http *http;
    struct store *store;
    struct window_store *windows;
    char folder[TEMPORARY_PATH];
    struct rule rules[2];
    int64_t base; /* 13:00 of a day */
    bool came;
    struct err err;
    char told[1000];
};

static int set_up(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    struct err err;
    char url[80];
    b->loop = loop_new();
    b->http = http_new(b->loop);
    if (!temporary_make(b->folder, "due"))
        return -1;
    snprintf(url, sizeof url, "file://%s", b->folder);
    b->store = store_open(b->http, &(struct store_conf){.url = url}, &err);
    b->windows = window_store_new(b->store, b->store, "test");
    b->rules[0].name = mem_dup("errors");
    b->rules[1].name = mem_dup("slow");
    clock_parse(str_of("2021-08-27T13:00:00Z"), false, &b->base);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    window_store_free(b->windows);
    store_free(b->store);
    for (int i = 0; i < 5; i++)
        loop_turn(b->loop, 2);
    http_free(b->http);
    loop_free(b->loop);
    temporary_remove(b->folder);
    rule_free_inner(&b->rules[0]);
    rule_free_inner(&b->rules[1]);
    free(b);
    return 0;
}

static void turn(struct bench *b)
{
    int64_t end = clock_monotonic() + 20 * CLOCK_SECOND;
    while (!b->came && clock_monotonic() < end)
        loop_turn(b->loop, 1000);
    assert_true(b->came);
}

static void on_done(void *context, const struct err *err)
{
    struct bench *b = context;
    assert_int_equal(err->kind, ERR_NONE);
    b->came = true;
}

/* A window of `lines`, stored; in the index too unless its collector was killed. */
static void store_window(struct bench *b, int number, uint64_t lines, uint64_t counted,
                         bool truncated, bool indexed)
{
    struct window *w = mem_alloc(sizeof *w);
    w->cluster = mem_dup("test");
    w->rule = mem_dup("errors");
    w->query = mem_dup("{a=\"b\"}");
    w->from = b->base + number * WIDTH;
    w->to = w->from + WIDTH;
    w->lines = lines;
    w->counted = counted;
    w->complete = lines == counted;
    w->truncated = truncated;
    b->came = false;
    window_store_save(b->windows, w, b, on_done);
    turn(b);
    if (indexed) {
        b->came = false;
        window_store_day_index(b->windows, w, b, on_done);
        turn(b);
    }
    window_free(w);
}

static void on_due(void *context, const struct due_window *list, size_t count,
                   const struct err *err)
{
    struct bench *b = context;
    static const char *const kinds[] = {"extract", "recount", "reindex"};
    b->err = *err;
    b->told[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(b->told);
        char time[16];
        clock_format(list[i].from, true, "%H:%M", time, sizeof time);
        snprintf(b->told + n, sizeof b->told - n, "%s %s %s\n", b->rules[list[i].rule].name, time,
                 kinds[list[i].kind]);
        assert_int_equal(list[i].to - list[i].from, WIDTH);
    }
    b->came = true;
}

static void ask(struct bench *b, struct due_conf conf)
{
    conf.store = b->windows;
    conf.rules = b->rules;
    conf.width = WIDTH;
    conf.context = b;
    conf.done = on_due;
    if (!conf.rule_count)
        conf.rule_count = 1;
    b->came = false;
    due_start(&conf);
    assert_false(b->came);
    turn(b);
    assert_int_equal(b->err.kind, ERR_NONE);
}

static void missing_windows_are_due_oldest_first_rule_by_rule(void **state)
{
    struct bench *b = *state;
    ask(b, (struct due_conf){.rule_count = 2,
                             .from = b->base + 1,
                             .missing_from = b->base + 1,
                             .to = b->base + 4 * WIDTH - 1,
                             .recount_from = INT64_MAX});
    /* Only windows that lie whole in the span. */
    assert_string_equal(b->told, "errors 13:10 extract\nslow 13:10 extract\n"
                                 "errors 13:20 extract\nslow 13:20 extract\n");
}

static void stored_ones_are_counted_again_while_young_or_not_complete(void **state)
{
    struct bench *b = *state;
    store_window(b, 0, 5, 5, false, true);
    store_window(b, 1, 5, 9, false, true); /* not complete */
    store_window(b, 2, 5, 9, true, true);  /* cut: as it is meant to be */
    store_window(b, 3, 5, 5, false, true);
    store_window(b, 5, 5, 5, false, false); /* killed before the index */
    ask(b, (struct due_conf){.from = b->base,
                             .missing_from = b->base,
                             .to = b->base + 6 * WIDTH,
                             .recount_from = b->base + 3 * WIDTH});
    assert_string_equal(b->told, "errors 13:10 recount\nerrors 13:30 recount\n"
                                 "errors 13:40 extract\nerrors 13:50 reindex\n");
}

static void missing_ones_before_the_catch_up_stay_missing(void **state)
{
    struct bench *b = *state;
    store_window(b, 0, 5, 9, false, true);
    ask(b, (struct due_conf){.from = b->base,
                             .missing_from = b->base + 2 * WIDTH,
                             .to = b->base + 3 * WIDTH,
                             .recount_from = INT64_MAX});
    assert_string_equal(b->told, "errors 13:00 recount\nerrors 13:20 extract\n");
}

static void what_is_worth_doing_again(void **state)
{
    (void)state;
    struct due_window w = {.counted = 10, .lines = 10, .proved = true};
    assert_false(due_is_worth(&w, 10));
    assert_false(due_is_worth(&w, 9)); /* Loki forgot */
    assert_true(due_is_worth(&w, 11));
    w = (struct due_window){.counted = 100, .lines = 10, .proved = true, .young = true}; /* cut */
    assert_false(due_is_worth(&w, 100));
    assert_true(due_is_worth(&w, 101));
    w = (struct due_window){.counted = 12, .lines = 10}; /* counted twice */
    assert_false(due_is_worth(&w, 12));
    assert_true(due_is_worth(&w, 10)); /* healed */
    assert_true(due_is_worth(&w, 13));
    assert_false(due_is_worth(&w, 5));
    w.young = true;
    assert_true(due_is_worth(&w, 12));
}

static void cancelled_it_says_nothing(void **state)
{
    struct bench *b = *state;
    struct due_conf conf = {.store = b->windows,
                            .rules = b->rules,
                            .rule_count = 1,
                            .width = WIDTH,
                            .from = b->base,
                            .to = b->base + WIDTH,
                            .context = b,
                            .done = on_due};
    b->came = false;
    struct due *d = due_start(&conf);
    loop_turn(b->loop, 10);
    due_free(d);
    for (int i = 0; i < 10; i++)
        loop_turn(b->loop, 5);
    assert_false(b->came);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(missing_windows_are_due_oldest_first_rule_by_rule),
        TEST(stored_ones_are_counted_again_while_young_or_not_complete),
        TEST(missing_ones_before_the_catch_up_stay_missing),
        TEST(what_is_worth_doing_again),
        TEST(cancelled_it_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
