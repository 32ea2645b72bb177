#include "model/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/intern.h"
#include "base/mem.h"

static const int64_t t0 = 1630069200 * CLOCK_SECOND; /* 2021-08-27T13:00:00Z */

static const char contract[] =
    "{\"schema\":1,\"cluster\":\"prod-seoul\",\"rule\":\"errors\","
    "\"from\":\"2021-08-27T13:00:00.000000000Z\",\"to\":\"2021-08-27T13:02:00.000000000Z\","
    "\"query\":\"{namespace!=\\\"\\\"} |~ \\\"x\\\"\",\"counted\":5,\"lines\":4,\"bytes\":400,"
    "\"complete\":false,\"truncated\":true,\"redacted\":{\"emails\":2,\"jwts\":1},"
    "\"namespaces\":{\"edge\":1,\"shop\":3},\"groups\":["
    "{\"id\":\"bbbbbbbbbbbbbbbb\",\"template\":\"no <*>\",\"level\":\"error\",\"count\":3,"
    "\"first\":\"2021-08-27T13:00:01.000000001Z\",\"last\":\"2021-08-27T13:01:59.999999999Z\","
    "\"per_minute\":[1,2],\"namespaces\":{\"shop\":3},\"workloads\":{\"shop/cart\":3},"
    "\"pods\":{\"shop/cart-1\":1,\"shop/cart-2\":2},\"nodes\":{\"n.1\":3},"
    "\"sample\":{\"time\":\"2021-08-27T13:00:01.000000001Z\","
    "\"labels\":{\"app\":\"cart\",\"pod\":\"cart-1\"},\"line\":\"no \\u00001\\n\\\"x\\\\\"}},"
    "{\"id\":\"aaaaaaaaaaaaaaaa\",\"template\":\"\",\"level\":\"unknown\",\"count\":1,"
    "\"first\":\"2021-08-27T13:00:00.000000000Z\",\"last\":\"2021-08-27T13:00:00.000000000Z\","
    "\"per_minute\":[],\"namespaces\":{},\"workloads\":{},\"pods\":{},\"nodes\":{},"
    "\"sample\":{\"time\":\"2021-08-27T13:00:00.000000000Z\",\"labels\":{},\"line\":\"\"}}]}";

static struct window *make(void)
{
    struct window *w = mem_alloc(sizeof *w);
    *w = (struct window){.cluster = mem_dup("prod-seoul"),
                         .rule = mem_dup("errors"),
                         .query = mem_dup("{namespace!=\"\"} |~ \"x\""),
                         .from = t0,
                         .to = t0 + 2 * CLOCK_MINUTE,
                         .counted = 5,
                         .lines = 4,
                         .bytes = 400,
                         .truncated = true,
                         .open = true};
    tallies_add(&w->redacted, str_of("jwts"), 1);
    tallies_add(&w->redacted, str_of("emails"), 2);
    tallies_add(&w->namespaces, str_of("shop"), 3);
    tallies_add(&w->namespaces, str_of("edge"), 1);
    w->group_count = 2;
    w->groups = mem_array(2, sizeof *w->groups);
    w->groups[0] = (struct group){
        .id = "aaaaaaaaaaaaaaaa", .count = 1, .first = t0, .last = t0, .sample_time = t0};
    struct group *g = &w->groups[1];
    *g = (struct group){.id = "bbbbbbbbbbbbbbbb",
                        .template_text = mem_dup("no <*>"),
                        .level = LEVEL_ERROR,
                        .count = 3,
                        .first = t0 + CLOCK_SECOND + 1,
                        .last = t0 + 2 * CLOCK_MINUTE - 1,
                        .minutes = 2,
                        .sample_time = t0 + CLOCK_SECOND + 1,
                        .sample_text = mem_dup_n("no \0001\n\"x\\", 9),
                        .sample_n = 9};
    g->per_minute = mem_array(2, sizeof *g->per_minute);
    g->per_minute[0] = 1;
    g->per_minute[1] = 2;
    tallies_add(&g->namespaces, str_of("shop"), 3);
    tallies_add(&g->workloads, str_of("shop/cart"), 3);
    tallies_add(&g->pods, str_of("shop/cart-2"), 2);
    tallies_add(&g->pods, str_of("shop/cart-1"), 1);
    tallies_add(&g->nodes, str_of("n.1"), 3);
    struct str names[] = {str_of("pod"), str_of("app")};
    struct str values[] = {str_of("cart-1"), str_of("cart")};
    g->sample_labels = labels_get(names, values, 2);
    return w;
}

static char *to_json(const struct window *w, size_t *n)
{
    struct buf out;
    buf_init(&out, 16 << 20);
    window_to_json(w, &out);
    assert_false(out.over);
    return buf_take(&out, n);
}

static void test_exact_bytes(void **state)
{
    (void)state;
    struct window *w = make();
    window_sort(w);
    char *json = to_json(w, NULL);
    assert_string_equal(json, contract);
    free(json);
    window_free(w);
    window_free(NULL);
    assert_int_equal(intern_count(), 0);
}

static void test_there_and_back(void **state)
{
    (void)state;
    struct err err;
    struct window *w = window_from_json(contract, sizeof contract - 1, "1300.json", &err);
    assert_non_null(w);
    assert_false(w->open);
    assert_int_equal(w->groups[0].sample_n, 9);
    assert_memory_equal(w->groups[0].sample_text, "no \0001\n\"x\\", 9);
    assert_string_equal(labels_value(w->groups[0].sample_labels, "pod"), "cart-1");
    assert_int_equal(w->groups[0].per_minute[1], 2);
    assert_int_equal(w->groups[1].sample_n, 0);
    char *json = to_json(w, NULL);
    assert_string_equal(json, contract);
    free(json);
    window_free(w);
    assert_int_equal(intern_count(), 0);
}

static uint64_t seed = 99;

static uint64_t chance(uint64_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % below;
}

static char *bytes(size_t most, size_t *n, bool with_nul)
{
    *n = chance(most);
    char *text = mem_alloc(*n + 1);
    for (size_t i = 0; i < *n; i++)
        text[i] =
            chance(4) ? (char)('a' + chance(26)) : (char)(with_nul ? 0 : 1) + (char)chance(255);
    return text;
}

static void add_random(struct tallies *t)
{
    for (uint64_t i = chance(30); i; i--) {
        size_t n;
        char *name = bytes(12, &n, false);
        tallies_add(t, (struct str){name, n}, chance(1000));
        free(name);
    }
}

static void random_group(struct group *g, uint64_t number)
{
    size_t n;
    snprintf(g->id, sizeof g->id, "%016llx", (unsigned long long)number);
    g->template_text = bytes(60, &n, false);
    g->level = (enum level)chance(LEVEL_COUNT);
    g->count = chance(5);
    g->first = (int64_t)chance(1u << 30) * (int64_t)chance(1u << 30);
    g->last = g->first + (int64_t)chance(1000000000);
    g->sample_time = g->first;
    g->minutes = chance(11);
    g->per_minute = mem_array(g->minutes, sizeof *g->per_minute);
    for (size_t i = 0; i < g->minutes; i++)
        g->per_minute[i] = (uint32_t)chance(UINT32_MAX);
    add_random(&g->namespaces);
    add_random(&g->workloads);
    add_random(&g->pods);
    add_random(&g->nodes);
    g->sample_text = bytes(300, &g->sample_n, true);
    struct str names[20], values[20];
    char texts[20][8];
    for (size_t i = 0; i < 20; i++) {
        snprintf(texts[i], sizeof texts[i], "%d", (int)chance(100));
        names[i] = values[i] = str_of(texts[i]);
    }
    g->sample_labels = labels_get(names, values, chance(20));
}

/* Whatever stands in a window, its JSON reads back to a window that gives the same bytes. */
static void test_any_window(void **state)
{
    (void)state;
    for (int round = 0; round < 100; round++) {
        struct window *w = mem_alloc(sizeof *w);
        w->to = 1;
        add_random(&w->redacted);
        add_random(&w->namespaces);
        w->group_count = chance(10);
        w->groups = mem_array(w->group_count, sizeof *w->groups);
        for (size_t i = 0; i < w->group_count; i++)
            random_group(&w->groups[i], i * 7919);
        window_sort(w);
        /* What is no UTF-8 becomes U+FFFD the first time: equal names may come of it. */
        size_t n, n2;
        char *json = to_json(w, &n);
        struct window *once = window_from_json(json, n, "p", NULL);
        free(json);
        json = to_json(once, &n);
        struct window *twice = window_from_json(json, n, "p", NULL);
        char *again = to_json(twice, &n2);
        assert_int_equal(n, n2);
        assert_memory_equal(json, again, n);
        for (size_t i = 0; i < once->group_count; i++) {
            assert_int_equal(once->groups[i].sample_n, twice->groups[i].sample_n);
            const char *text = w->groups[i].sample_text;
            size_t nuls = 0, read = 0;
            for (size_t k = 0; k < w->groups[i].sample_n; k++)
                nuls += !text[k];
            for (size_t k = 0; k < once->groups[i].sample_n; k++)
                read += !once->groups[i].sample_text[k];
            assert_int_equal(read, nuls);
        }
        free(json);
        free(again);
        window_free(w);
        window_free(once);
        window_free(twice);
    }
    assert_int_equal(intern_count(), 0);
}

static void try(const char *json, size_t n)
{
    struct err err = {0};
    char *copy = mem_dup_n(json, n); /* so that a read beyond the end is seen */
    copy = mem_resize(copy, n ? n : 1, 1);
    struct window *w = window_from_json(copy, n, "p", &err);
    if (w)
        free(to_json(w, NULL));
    else
        assert_int_not_equal(err.kind, ERR_NONE);
    window_free(w);
    free(copy);
}

static void test_hostile_json(void **state)
{
    (void)state;
    size_t n = sizeof contract - 1;
    for (size_t i = 0; i < n; i++)
        try(contract, i);
    char broken[sizeof contract];
    static const char marks[] = "{}[]\",:\\0u9-e \n\0\x80";
    for (int round = 0; round < 20000; round++) {
        memcpy(broken, contract, n);
        for (uint64_t k = chance(3) + 1; k; k--)
            broken[chance(n)] = marks[chance(sizeof marks - 1)];
        try(broken, n);
    }
    assert_int_equal(intern_count(), 0);
}

static void assert_error(const char *json, const char *expected)
{
    struct err err;
    char line[1024];
    assert_null(window_from_json(json, strlen(json), "s3://b/1300.json", &err));
    assert_string_equal(err_line(&err, line, sizeof line), expected);
    assert_null(window_from_json(json, strlen(json), "s3://b/1300.json", NULL));
}

#define TIMES "\"from\":\"2021-08-27T13:00:00Z\",\"to\":\"2021-08-27T13:10:00Z\""

static void test_errors(void **state)
{
    (void)state;
    assert_error("{\"schema\":2," TIMES "}",
                 "s3://b/1300.json: schema 2 is newer than this kubeboard: install a newer one");
    assert_error("{" TIMES "}", "s3://b/1300.json: this is no window of kubeboard");
    assert_error("17", "s3://b/1300.json: this is no window of kubeboard");
    assert_error("{\"schema\":1,\"to\":\"2021-08-27T13:00:00Z\",\"from\":\"2021-08-27T13:10:00Z\"}",
                 "s3://b/1300.json: this is no window of kubeboard");
    assert_error("{\"schema\":1," TIMES ",\"groups\":[{\"id\":\"../../etc/passwd\"}]}",
                 "s3://b/1300.json: group 1 has no good id, first or last");
    struct err err;
    assert_null(window_from_json("{\"schema\"", 9, "p", &err));
    assert_string_equal(err.where, "p");
}

static void test_other_types_are_passed_over(void **state)
{
    (void)state;
    const char *json =
        "{\"new\":{\"a\":[1]},\"schema\":1," TIMES ",\"counted\":-5,\"lines\":1e300,"
        "\"bytes\":\"x\",\"complete\":1,\"redacted\":[1],\"namespaces\":{\"a\":\"b\"},"
        "\"groups\":{\"id\":1}}";
    struct window *w = window_from_json(json, strlen(json), "p", NULL);
    assert_int_equal(w->counted, 0);
    assert_int_equal(w->lines, 0);
    assert_int_equal(w->bytes, 0);
    assert_false(w->complete);
    assert_int_equal(w->redacted.count + w->namespaces.count + w->group_count, 0);
    window_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_bytes), cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_any_window),  cmocka_unit_test(test_hostile_json),
        cmocka_unit_test(test_errors),      cmocka_unit_test(test_other_types_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
