#include "triage/window_build.h"

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
enum { JSON_MAX = 64 * 1024 * 1024 };

static struct window_build *build(const struct catalogue *known)
{
    return window_build_new("prod", "errors", "{a=\"b\"} |~ \"x\"", t0, t0 + 10 * CLOCK_MINUTE,
                            NULL, known);
}

static const struct labels *labels_of(const char *ns, const char *pod, const char *node)
{
    const struct str names[] = {str_of("namespace"), str_of("pod"), str_of("node_name"),
                                str_of("container")};
    const struct str values[] = {str_of(ns), str_of(pod), str_of(node), str_of("c")};
    return labels_get(names, values, 4);
}

static void add(struct window_build *b, int64_t at, const struct labels *labels, const char *text)
{
    struct line line = {.time = t0 + at, .labels = labels, .text = str_of(text)};
    window_build_add(b, &line);
}

static char *json_of(const struct window *w)
{
    struct buf out;
    buf_init(&out, JSON_MAX);
    window_to_json(w, &out);
    assert_false(out.over);
    return buf_take(&out, NULL);
}

static const struct group *group_of(const struct window *w, const char *template_text)
{
    for (size_t i = 0; i < w->group_count; i++)
        if (strcmp(w->groups[i].template_text, template_text) == 0)
            return &w->groups[i];
    fail_msg("no group %s", template_text);
    return NULL;
}

static uint64_t count_of(const struct tallies *t, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->list[i].name, name) == 0)
            return t->list[i].count;
    return 0;
}

static void lines_are_counted_by_minute_and_by_place(void **state)
{
    (void)state;
    size_t interned = intern_count();
    const struct labels *a = labels_of("shop", "cart-7d9f8c6b5-x2x4z", "n1");
    const struct labels *b = labels_of("shop", "cart-7d9f8c6b5-bcdfg", "n2");
    struct window_build *w = build(NULL);
    add(w, 0, a, "ERROR cannot reach 10.0.0.1");
    add(w, 59 * CLOCK_SECOND, b, "ERROR cannot reach 10.0.0.2");
    add(w, 61 * CLOCK_SECOND, a, "ERROR cannot reach 10.0.0.3");
    add(w, 62 * CLOCK_SECOND, a, "java.lang.Error: x");
    add(w, 63 * CLOCK_SECOND, a, "\tat a.B.c(D.java:1)");
    add(w, 10 * CLOCK_MINUTE, a, "behind the end");
    add(w, -1, a, "before the start");
    struct line gap = {.time = t0, .kind = LINE_GAP, .text = str_of("a gap")};
    window_build_add(w, &gap);
    add(w, 10 * CLOCK_MINUTE - 1, NULL, "from nowhere");
    struct window *window = window_build_finish(w);
    assert_int_equal(window->lines, 6);
    assert_int_equal(window->counted, 6);
    assert_true(window->complete);
    assert_int_equal(window->bytes, 3 * 27 + 18 + 19 + 12);
    assert_int_equal(window->group_count, 2);
    assert_int_equal(count_of(&window->namespaces, "shop"), 5);
    const struct group *g = group_of(window, "ERROR cannot reach <*>");
    assert_ptr_equal(g, &window->groups[0]);
    assert_int_equal(g->count, 5); /* with the exception and its frame */
    assert_int_equal(g->level, LEVEL_ERROR);
    assert_int_equal(g->minutes, 10);
    assert_int_equal(g->per_minute[0], 2);
    assert_int_equal(g->per_minute[1], 3);
    assert_int_equal(g->first, t0);
    assert_int_equal(g->last, t0 + 63 * CLOCK_SECOND);
    assert_int_equal(count_of(&g->workloads, "shop/cart"), 5);
    assert_int_equal(count_of(&g->pods, "shop/cart-7d9f8c6b5-x2x4z"), 4);
    assert_int_equal(count_of(&g->pods, "shop/cart-7d9f8c6b5-bcdfg"), 1);
    assert_int_equal(count_of(&g->nodes, "n2"), 1);
    assert_int_equal(g->sample_time, t0);
    assert_ptr_equal(g->sample_labels, a);
    assert_memory_equal(g->sample_text, "ERROR cannot reach 10.0.0.1", 27);
    g = group_of(window, "from nowhere");
    assert_int_equal(g->per_minute[9], 1);
    assert_int_equal(g->pods.count, 0);
    window_free(window);
    labels_drop(a);
    labels_drop(b);
    assert_int_equal(intern_count(), interned);
}

static void labels_can_be_called_otherwise(void **state)
{
    (void)state;
    static const struct rule_labels names = {"ns", "instance", "c", "host", "service"};
    const struct str keys[] = {str_of("ns"), str_of("service"), str_of("host")};
    const struct str values[] = {str_of("shop"), str_of("cart"), str_of("n1")};
    const struct labels *l = labels_get(keys, values, 3);
    struct window_build *b = window_build_new("c", "r", "q", t0, t0 + CLOCK_MINUTE, &names, NULL);
    add(b, 0, l, "x");
    struct window *w = window_build_finish(b);
    assert_int_equal(count_of(&w->groups[0].workloads, "shop/cart"), 1);
    assert_int_equal(count_of(&w->groups[0].nodes, "n1"), 1);
    assert_int_equal(w->groups[0].pods.count, 0);
    window_free(w);
    labels_drop(l);
}

/* Lines of many messages, pods and minutes, made from a seed. */
static struct window *make(uint64_t seed, int lines, const struct catalogue *known)
{
    static const char *const users[] = {"alice", "bob",   "carol", "dave", "erin",    "frank",
                                        "grace", "heidi", "ivan",  "judy", "mallory", "niaj"};
    struct window_build *b = build(known);
    uint64_t x = seed * 2654435761u + 88172645463325252u;
    int64_t at = 0;
    for (int i = 0; i < lines; i++) {
        char text[160], pod[40];
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        unsigned r = (unsigned)(x >> 20);
        snprintf(pod, sizeof pod, "%s-%u", r % 3 ? "web" : "db", r % 5);
        const struct labels *l = labels_of(r % 4 ? "shop" : "edge", pod, "n1");
        switch (r % 6) {
        case 0:
            snprintf(text, sizeof text, "ERROR order %u of %s could not be shipped today", r,
                     users[r / 7 % 12]);
            break;
        case 1:
            snprintf(text, sizeof text, "level=error user=%s msg=\"no\"", users[r / 11 % 12]);
            break;
        case 2:
            snprintf(text, sizeof text, "WARN cannot open %s for reading",
                     r % 2 ? "/a/b" : "stdin");
            break;
        case 3:
            snprintf(text, sizeof text, "INFO state %s of the machine", r % 8 ? "up" : "down");
            break;
        case 4:
            snprintf(text, sizeof text, "panic: \xff \"%u\"", r);
            break;
        default:
            snprintf(text, sizeof text, "\tat x.Y.z(Q.java:%u)", r);
        }
        at += (int64_t)(r % 1000) * CLOCK_MS / 2;
        add(b, at, l, text);
        labels_drop(l);
    }
    return window_build_finish(b);
}

static void doing_a_window_again_gives_the_same_bytes(void **state)
{
    (void)state;
    struct catalogue *c = catalogue_new("prod");
    for (uint64_t seed = 1; seed < 12; seed++) {
        int lines = (int)(seed * seed * 10);
        struct window *first = make(seed, lines, c);
        char *json = json_of(first);
        struct window *same = make(seed, lines, c);
        char *json_same = json_of(same);
        assert_string_equal(json, json_same);
        window_build_catalogue(first, c);
        struct window *again = make(seed, lines, c);
        char *json_again = json_of(again);
        assert_string_equal(json, json_again);
        size_t count = c->count;
        window_build_catalogue(again, c);
        assert_int_equal(c->count, count);
        free(json);
        free(json_same);
        free(json_again);
        window_free(first);
        window_free(same);
        window_free(again);
    }
    catalogue_free(c);
}

/* The catalogue is stored: what comes back from its JSON must do the same. */
static void a_catalogue_that_was_stored_does_the_same(void **state)
{
    (void)state;
    struct catalogue *c = catalogue_new("prod");
    struct window *first = make(5, 500, c);
    window_build_catalogue(first, c);
    struct buf out;
    struct err err;
    buf_init(&out, JSON_MAX);
    catalogue_to_json(c, &out);
    struct catalogue *stored = catalogue_from_json(out.p, out.n, "test", &err);
    assert_non_null(stored);
    struct window *again = make(5, 500, stored);
    char *a = json_of(first), *b = json_of(again);
    assert_string_equal(a, b);
    free(a);
    free(b);
    buf_free(&out);
    window_free(first);
    window_free(again);
    catalogue_free(c);
    catalogue_free(stored);
}

static void names_beyond_the_bound_are_counted_together(void **state)
{
    (void)state;
    struct window_build *b = build(NULL);
    for (int i = 0; i < WINDOW_BUILD_NAMES + 50; i++) {
        char pod[24];
        snprintf(pod, sizeof pod, "pod%d", i);
        const struct labels *l = labels_of("shop", pod, pod);
        add(b, i * CLOCK_MS, l, i % 2 ? "WARN cannot open /a" : "WARN cannot open /b");
        add(b, i * CLOCK_MS, l, "WARN cannot open /c");
        labels_drop(l);
    }
    struct window *w = window_build_finish(b);
    assert_int_equal(w->group_count, 1);
    const struct group *g = &w->groups[0];
    assert_int_equal(g->pods.count, WINDOW_BUILD_NAMES + 1);
    assert_int_equal(count_of(&g->pods, "(other)"), 100);
    assert_int_equal(count_of(&g->pods, "shop/pod17"), 2);
    assert_int_equal(count_of(&g->nodes, "(other)"), 100);
    assert_int_equal(count_of(&g->namespaces, "shop"), g->count);
    window_free(w);
}

static void samples_are_bounded_and_whole_characters(void **state)
{
    (void)state;
    enum { LONG = 1024 * 1024 };
    char *text = mem_alloc(LONG);
    for (size_t i = 0; i + 3 <= LONG; i += 3)
        memcpy(text + i, "\xed\x95\x9c", 3);
    struct window_build *b = build(NULL);
    struct line line = {.time = t0, .text = {text, LONG}};
    window_build_add(b, &line);
    line.text = (struct str){"a\0b", 3};
    window_build_add(b, &line);
    line.text = (struct str){NULL, 0};
    window_build_add(b, &line);
    struct window *w = window_build_finish(b);
    assert_int_equal(w->bytes, LONG + 3);
    for (size_t i = 0; i < w->group_count; i++) {
        assert_true(w->groups[i].sample_n <= WINDOW_BUILD_SAMPLE);
        if (w->groups[i].sample_n > 3)
            assert_int_equal(w->groups[i].sample_n % 3, 0);
    }
    assert_memory_equal(group_of(w, "a b")->sample_text, "a\0b", 3);
    window_free(w);
    free(text);
}

static void an_empty_window_is_one_too(void **state)
{
    (void)state;
    struct window *w = window_build_finish(build(NULL));
    assert_int_equal(w->group_count, 0);
    assert_int_equal(w->lines, 0);
    assert_true(w->complete);
    char *json = json_of(w);
    assert_non_null(strstr(json, "\"groups\":[]"));
    free(json);
    window_free(w);
    window_build_free(build(NULL));
    window_build_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_counted_by_minute_and_by_place),
        cmocka_unit_test(labels_can_be_called_otherwise),
        cmocka_unit_test(doing_a_window_again_gives_the_same_bytes),
        cmocka_unit_test(a_catalogue_that_was_stored_does_the_same),
        cmocka_unit_test(names_beyond_the_bound_are_counted_together),
        cmocka_unit_test(samples_are_bounded_and_whole_characters),
        cmocka_unit_test(an_empty_window_is_one_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
