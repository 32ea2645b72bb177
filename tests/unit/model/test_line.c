#include "model/line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"

static uint64_t seed = 88172645463325252u;

static uint64_t chance(uint64_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % below;
}

static const struct labels *set_of(const char *pod)
{
    struct str names[] = {str_of("pod"), str_of("namespace")};
    struct str values[] = {str_of(pod), str_of("shop")};
    return labels_get(names, values, 2);
}

static void add_text(struct lines *l, int64_t time, const char *text)
{
    lines_add(l, &(struct line){.time = time, .text = str_of(text)});
}

static void assert_texts(const struct lines *l, const char *expected)
{
    char all[256] = "";
    for (size_t i = 0; i < lines_count(l); i++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%.*s ", (int)lines_at(l, i).text.n,
                 lines_at(l, i).text.p);
    assert_string_equal(all, expected);
}

static void test_order(void **state)
{
    (void)state;
    struct lines *l = lines_new(1 << 20);
    assert_int_equal(lines_count(l), 0);
    assert_int_equal(lines_find_time(l, 5), 0);
    add_text(l, 10, "a");
    add_text(l, 30, "c");
    add_text(l, 20, "b");
    add_text(l, 20, "b2");
    add_text(l, 5, "0");
    assert_texts(l, "0 a b b2 c ");
    assert_int_equal(lines_find_time(l, INT64_MIN), 0);
    assert_int_equal(lines_find_time(l, 5), 0);
    assert_int_equal(lines_find_time(l, 6), 1);
    assert_int_equal(lines_find_time(l, 20), 2);
    assert_int_equal(lines_find_time(l, 30), 4);
    assert_int_equal(lines_find_time(l, 31), 5);
    assert_int_equal(lines_find_time(l, INT64_MAX), 5);
    assert_int_equal(lines_id(l, 0), 4);
    assert_int_equal(lines_find_id(l, 1), 4);
    assert_int_equal(lines_find_id(l, 99), SIZE_MAX);
    assert_int_equal(lines_changes(l), 5);
    lines_clear(l);
    assert_int_equal(lines_count(l), 0);
    assert_int_equal(lines_find_id(l, 1), SIZE_MAX);
    add_text(l, 1, "again");
    assert_int_equal(lines_id(l, 0), 5);
    assert_int_equal(lines_changes(l), 7);
    lines_free(l);
}

static void test_members(void **state)
{
    (void)state;
    const struct labels *pod = set_of("pod-1");
    struct lines *l = lines_new(1 << 20);
    lines_add(
        l, &(struct line){
               .time = -7, .labels = pod, .text = {"a\0b", 3}, .kind = LINE_NOTICE, .late = true});
    lines_add(l, &(struct line){.time = 7});
    struct line first = lines_at(l, 0), second = lines_at(l, 1);
    assert_int_equal(first.time, -7);
    assert_ptr_equal(first.labels, pod);
    assert_int_equal(first.text.n, 3);
    assert_memory_equal(first.text.p, "a\0b", 3);
    assert_int_equal(first.kind, LINE_NOTICE);
    assert_true(first.late);
    assert_null(second.labels);
    assert_int_equal(second.text.n, 0);
    assert_false(second.late);
    assert_int_equal(pod->references, 2); /* ours and the store's */
    assert_int_equal(lines_count(l), 2);
    assert_int_equal(lines_logs(l), 1);
    lines_clear(l);
    assert_int_equal(lines_logs(l), 0);
    lines_free(l);
    assert_int_equal(pod->references, 1);
    labels_drop(pod);
}

struct record {
    int64_t time;
    uint64_t id;
    char *text;
    size_t n;
    const struct labels *labels;
};

static struct record *model;
static size_t model_n;

static char *random_text(size_t most, size_t *n)
{
    *n = chance(most + 1);
    char *text = mem_alloc(*n + 1);
    for (size_t i = 0; i < *n; i++)
        text[i] = (char)chance(256);
    return text;
}

static void model_add(struct lines *l, int64_t time, size_t most, const struct labels *labels)
{
    static uint64_t next;
    if (!lines_count(l) && !lines_dropped(l))
        next = 0;
    struct record r = {.time = time, .id = next++, .labels = labels};
    r.text = random_text(most, &r.n);
    lines_add(l, &(struct line){.time = time, .labels = labels, .text = {r.text, r.n}});
    size_t at = model_n;
    while (at && model[at - 1].time > time)
        at--;
    memmove(&model[at + 1], &model[at], (model_n - at) * sizeof *model);
    model[at] = r;
    model_n++;
}

static void assert_line(const struct lines *l, size_t i, const struct record *r)
{
    struct line line = lines_at(l, i);
    assert_int_equal(line.time, r->time);
    assert_ptr_equal(line.labels, r->labels);
    assert_int_equal(line.text.n, r->n);
    if (r->n)
        assert_memory_equal(line.text.p, r->text, r->n);
    assert_int_equal(lines_id(l, i), r->id);
    assert_int_equal(lines_find_id(l, r->id), i);
}

static void assert_times(const struct lines *l)
{
    for (int i = 0; i < 50; i++) {
        int64_t time = (int64_t)chance(4000) - 100;
        size_t expected = 0;
        while (expected < lines_count(l) && lines_at(l, expected).time < time)
            expected++;
        assert_int_equal(lines_find_time(l, time), expected);
    }
}

static int64_t next_time(int shape, int64_t step)
{
    switch (shape) {
    case 0:
        return step; /* in order */
    case 1:
        return -step; /* backwards */
    case 2:
        return (int64_t)chance(3000); /* anywhere */
    case 3:
        return 7; /* all at once */
    default:
        return chance(10) ? step : step - (int64_t)chance(500); /* mostly in order */
    }
}

static void model_forget(void)
{
    for (size_t i = 0; i < model_n; i++)
        free(model[i].text);
    free(model);
    model = NULL;
    model_n = 0;
}

static void test_against_model(void **state)
{
    (void)state;
    const struct labels *sets[] = {set_of("a"), set_of("b"), set_of("c"), NULL};
    for (int shape = 0; shape < 5; shape++) {
        /* Blocks of 16 kB and of 512 bytes: a line can be longer than a block. */
        for (size_t max = 256 << 10; max; max = max > 4096 ? 4096 : 0) {
            size_t count = max == 4096 ? 8 : 1500;
            struct lines *l = lines_new(max);
            model = mem_array(count, sizeof *model);
            for (size_t i = 0; i < count; i++) {
                model_add(l, next_time(shape, (int64_t)i), 60, sets[chance(4)]);
                assert_int_equal(lines_count(l), model_n);
            }
            assert_int_equal(lines_dropped(l), 0);
            for (size_t i = 0; i < count; i++)
                assert_line(l, i, &model[i]);
            assert_times(l);
            lines_free(l);
            model_forget();
        }
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sets[i]->references, 1);
        labels_drop(sets[i]);
    }
}

/* What is left is whole, in order and findable, whatever came in whatever order. */
static void test_bounded(void **state)
{
    (void)state;
    const struct labels *sets[] = {set_of("a"), set_of("b"), NULL};
    for (int shape = 0; shape < 10; shape++) {
        struct lines *l = lines_new(40000);
        lines_drop_oldest(l, shape < 5);
        model = mem_array(6000, sizeof *model);
        for (int64_t i = 0; i < 6000; i++) {
            model_add(l, next_time(shape % 5, i), chance(50) ? 80 : 3000, sets[chance(3)]);
            assert_true(lines_bytes(l) <= 40000);
            assert_int_equal(lines_count(l) + lines_dropped(l), (uint64_t)i + 1);
        }
        assert_true(lines_dropped(l) > 0 && lines_count(l) > 150);
        assert_int_equal(lines_changes(l), 6000);
        assert_int_equal(lines_logs(l), lines_count(l));
        /* Those of one end have gone, and only they. */
        size_t held = lines_count(l), first = shape < 5 ? model_n - held : 0;
        for (size_t i = 0; i < held; i++)
            assert_line(l, i, &model[first + i]);
        for (size_t i = 0; i < model_n; i++)
            if (i < first || i >= first + held)
                assert_int_equal(lines_find_id(l, model[i].id), SIZE_MAX);
        lines_free(l);
        model_forget();
    }
    labels_drop(sets[0]);
    labels_drop(sets[1]);
}

static void test_newest_gives_way(void **state)
{
    (void)state;
    struct lines *l = lines_new(20000);
    lines_drop_oldest(l, false);
    for (int64_t i = 0; i < 5000; i++)
        add_text(l, i, "a line that is not very long");
    assert_int_equal(lines_at(l, 0).time, 0);
    assert_true(lines_count(l) < 5000);
    size_t held = lines_count(l);
    assert_int_equal(lines_at(l, held - 1).time, held - 1);
    /* Turned round, the store can be filled further where it ends. */
    lines_drop_oldest(l, true);
    add_text(l, (int64_t)held, "the next one");
    assert_int_equal(lines_at(l, lines_count(l) - 1).time, held);
    lines_free(l);
}

static void test_longer_than_the_store(void **state)
{
    (void)state;
    struct lines *l = lines_new(1000);
    char *big = mem_alloc(100001);
    memset(big, 'x', 100000);
    for (int64_t i = 0; i < 3; i++) {
        add_text(l, i, big);
        assert_int_equal(lines_count(l), 1);
        assert_int_equal(lines_at(l, 0).text.n, 100000);
        assert_int_equal(lines_at(l, 0).time, i);
    }
    assert_int_equal(lines_dropped(l), 2);
    add_text(l, 1, "late");
    free(big);
    lines_free(l);
}

/* Lines of 60 streams, 50 us apart as in a storm or 2 ms. */
static void add_a_million(int length, int64_t apart, double most)
{
    enum { COUNT = 1000000, LATE = 10000 };
    char text[128];
    memset(text, 'x', sizeof text);
    const struct labels *sets[60];
    for (int i = 0; i < 60; i++) {
        snprintf(text, sizeof text, "pod-%d", i);
        sets[i] = set_of(text);
    }
    struct lines *l = lines_new(1 << 30);
    int64_t began = clock_monotonic();
    for (int64_t i = 0; i < COUNT; i++)
        lines_add(l, &(struct line){.time = i * apart,
                                    .labels = sets[i % 60],
                                    .text = {text, (size_t)(length - 20 + i % 41)}});
    int64_t added = clock_monotonic();
    uint64_t sum = 0;
    for (size_t i = 0; i < COUNT; i++)
        sum += (uint64_t)lines_at(l, i).time;
    int64_t read = clock_monotonic();
    for (int64_t i = 0; i < LATE; i++)
        add_text(l, (int64_t)chance(COUNT) * apart, "late");
    int64_t late = clock_monotonic();
    double cost = (double)lines_bytes(l) / ((double)COUNT * length + LATE * 4);
    printf("a million lines of %d: %.3f times their bytes; added in %lld ms, walked in %lld ms, "
           "10,000 late ones in %lld ms\n",
           length, cost, (long long)((added - began) / CLOCK_MS),
           (long long)((read - added) / CLOCK_MS), (long long)((late - read) / CLOCK_MS));
    assert_int_equal(sum, (uint64_t)apart * COUNT * (COUNT - 1) / 2);
    assert_int_equal(lines_count(l), COUNT + LATE);
    assert_true(cost < most);
    lines_free(l);
    for (int i = 0; i < 60; i++)
        labels_drop(sets[i]);
}

static void test_a_million(void **state)
{
    (void)state;
    add_a_million(100, 50000, 1.17);
    add_a_million(80, 50000, 1.2);
    add_a_million(60, 2000000, 1.27);
}

/* A block's index is as wide as its lines need it: the farthest there are. */
static void test_far_apart(void **state)
{
    (void)state;
    static const int64_t times[] = {0,         127,       128,       -128,       -129,
                                    40000,     -40000,    1 << 23,   -(1 << 30), CLOCK_SECOND,
                                    INT64_MAX, INT64_MIN, INT64_MAX, INT64_MIN,  CLOCK_DAY * 40};
    enum { TIMES = sizeof times / sizeof *times, SETS = 300 };
    struct lines *l = lines_new(16 << 20);
    const struct labels *sets[SETS];
    for (int i = 0; i < SETS; i++) {
        char name[20];
        snprintf(name, sizeof name, "pod-%d", i);
        sets[i] = set_of(name);
    }
    model = mem_array(SETS * 2, sizeof *model);
    for (size_t i = 0; i < SETS * 2; i++)
        model_add(l, times[i % TIMES], i % 50 ? 40 : 70000, sets[i * 7 % SETS]);
    assert_int_equal(lines_count(l), SETS * 2);
    for (size_t i = 0; i < SETS * 2; i++)
        assert_line(l, i, &model[i]);
    lines_free(l);
    model_forget();
    for (int i = 0; i < SETS; i++)
        labels_drop(sets[i]);
}

/* Read backward, lines of one time come in the reverse of their order. */
static void test_backward(void **state)
{
    (void)state;
    struct lines *l = lines_new(1 << 20);
    add_text(l, 30, "d");
    lines_add_before(l, &(struct line){.time = 20, .text = str_of("c")});
    lines_add_before(l, &(struct line){.time = 20, .text = str_of("b")});
    lines_add_before(l, &(struct line){.time = 10, .text = str_of("a")});
    add_text(l, 30, "e");
    assert_texts(l, "a b c d e ");
    assert_true(lines_holds(l, &(struct line){.time = 20, .text = str_of("c")}));
    assert_false(lines_holds(l, &(struct line){.time = 20, .text = str_of("d")}));
    assert_false(lines_holds(l, &(struct line){.time = 31, .text = str_of("e")}));
    lines_free(l);
}

/* What goes, goes by whole times, at either end. */
static void test_a_time_goes_whole(void **state)
{
    (void)state;
    for (int oldest = 0; oldest < 2; oldest++) {
        struct lines *l = lines_new(40000);
        char text[64];
        lines_drop_oldest(l, oldest);
        uint64_t dropped = 0;
        for (int i = 0; i < 8000; i++) {
            int64_t time = (oldest ? i : -i) / 150; /* a block holds less than that */
            snprintf(text, sizeof text, "line %d", i);
            lines_add(l, &(struct line){.time = time, .text = str_of(text)});
            if (lines_dropped(l) == dropped)
                continue;
            dropped = lines_dropped(l);
            size_t n = lines_count(l);
            int64_t first = lines_at(l, 0).time, last = lines_at(l, n - 1).time;
            size_t of_end = oldest ? lines_find_time(l, first + 1) : n - lines_find_time(l, last);
            assert_int_equal(of_end, (first == last) ? n : 150);
            assert_int_equal(n + dropped, (uint64_t)i + 1);
        }
        assert_true(dropped > 5000 && lines_count(l) > 150);
        lines_free(l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_against_model),
        cmocka_unit_test(test_bounded),
        cmocka_unit_test(test_newest_gives_way),
        cmocka_unit_test(test_longer_than_the_store),
        cmocka_unit_test(test_far_apart),
        cmocka_unit_test(test_backward),
        cmocka_unit_test(test_a_time_goes_whole),
        cmocka_unit_test(test_a_million),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
