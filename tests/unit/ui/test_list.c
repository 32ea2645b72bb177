#include "ui/table/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

/* A source of numbered rows that come, go, change and move about as those of a table do. */
enum { MOST = 400 };
struct rows {
    struct {
        int name, value;
        bool hidden;
        uint64_t version;
    } list[MOST];
    size_t count;
    uint64_t changes;
    int compares;
};

static size_t row_count(void *self)
{
    return ((struct rows *)self)->count;
}

static uint64_t row_id(void *self, size_t i)
{
    return hash_mix((uint64_t)((struct rows *)self)->list[i].name);
}

static uint64_t row_stamp(void *self, size_t i)
{
    struct rows *r = self;
    return hash_mix(r->list[i].version) ^ row_id(self, i);
}

static int row_compare(void *self, size_t a, size_t b)
{
    struct rows *r = self;
    r->compares++;
    return (r->list[a].name > r->list[b].name) - (r->list[a].name < r->list[b].name);
}

static bool row_admits(void *self, size_t i)
{
    return !((struct rows *)self)->list[i].hidden;
}

static uint64_t row_key(void *self, size_t i, int column)
{
    struct rows *r = self;
    return (uint64_t)(column ? r->list[i].value / 10 : r->list[i].value);
}

static void row_text(void *self, size_t i, struct buf *out)
{
    buf_printf(out, "row-%d", ((struct rows *)self)->list[i].name);
}

static const struct order_source source = {
    .count = row_count,
    .id = row_id,
    .stamp = row_stamp,
    .compare = row_compare,
    .admits = row_admits,
    .key = row_key,
    .text = row_text,
};

static uint32_t roll(uint32_t *state, uint32_t n)
{
    *state = *state * 1664525 + 1013904223;
    return (*state >> 8) % n;
}

static void add(struct rows *r, int name, int value)
{
    static uint64_t version;
    r->list[r->count].name = name;
    r->list[r->count].value = value;
    r->list[r->count].hidden = false;
    r->list[r->count++].version = ++version;
    r->changes++;
}

static void remove_at(struct rows *r, size_t i)
{
    r->list[i] = r->list[--r->count];
    r->changes++;
}

static void change(struct rows *r, size_t i, int value)
{
    static uint64_t version = UINT64_C(1) << 32;
    r->list[i].value = value;
    r->list[i].version = ++version;
    r->changes++;
}

static void sync(struct list *l, struct rows *r, uint64_t scope)
{
    int64_t delay;
    do
        assert_true(list_sync(l, r->changes, scope, 0, true, &delay));
    while (list_busy(l));
}

/* The rows as a plain sort would show them. */
static const struct rows *sorting;
static int sorting_column;
static bool sorting_down;

static int plain_compare(const void *a, const void *b)
{
    size_t i = *(const size_t *)a, k = *(const size_t *)b;
    uint64_t x = 0, y = 0;
    if (sorting_column >= 0) {
        x = row_key((void *)(uintptr_t)sorting, i, sorting_column);
        y = row_key((void *)(uintptr_t)sorting, k, sorting_column);
    }
    if (x != y)
        return (x < y ? -1 : 1) * (sorting_down ? -1 : 1);
    int order = sorting->list[i].name < sorting->list[k].name ? -1 : 1;
    return sorting_column < 0 && sorting_down ? -order : order;
}

static void check(struct list *l, const struct rows *r, const char *filter, bool invert)
{
    size_t expected[MOST], n = 0, total = 0;
    char text[32];
    for (size_t i = 0; i < r->count; i++) {
        total += !r->list[i].hidden;
        snprintf(text, sizeof text, "row-%d", r->list[i].name);
        if (!r->list[i].hidden && (!filter || (strstr(text, filter) != NULL) != invert))
            expected[n++] = i;
    }
    sorting = r;
    qsort(expected, n, sizeof *expected, plain_compare);
    assert_int_equal(list_total(l), total);
    assert_int_equal(list_count(l), n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(list_row(l, i), expected[i]);
}

static bool has(const struct rows *r, int name)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->list[i].name == name)
            return true;
    return false;
}

static void one_step(struct rows *r, uint32_t *state, uint64_t *scope)
{
    uint32_t what = roll(state, 10);
    int name = (int)roll(state, 900);
    if (what < 4 && r->count < MOST && !has(r, name))
        add(r, name, (int)roll(state, 50));
    else if (what < 6 && r->count)
        remove_at(r, roll(state, (uint32_t)r->count));
    else if (what < 9 && r->count)
        change(r, roll(state, (uint32_t)r->count), (int)roll(state, 50));
    else if (r->count) {
        r->list[roll(state, (uint32_t)r->count)].hidden ^= true;
        (*scope)++;
    }
}

/* Whatever comes, goes or changes, the order is that of a plain sort. */
static void orders_as_a_plain_sort(void **state)
{
    (void)state;
    static struct rows r;
    uint32_t random = 7;
    uint64_t scope = 0;
    struct list *l = list_new(&source, &r);
    struct regex *one = regex_new("1", REGEX_LITERAL, NULL);
    const char *filter = NULL;
    bool invert = false;
    sorting_column = -1;
    for (int step = 0; step < 4000; step++) {
        for (uint32_t i = roll(&random, 6); i; i--)
            one_step(&r, &random, &scope);
        if (roll(&random, 9) == 0) {
            sorting_column = (int)roll(&random, 3) - 1;
            sorting_down = roll(&random, 2);
            list_sort(l, sorting_column, sorting_down);
        }
        if (roll(&random, 9) == 0) {
            filter = roll(&random, 2) ? "1" : NULL;
            invert = roll(&random, 2);
            list_filter(l, filter ? one : NULL, invert);
        }
        sync(l, &r, scope);
        check(l, &r, filter, invert);
    }
    list_free(l);
    regex_free(one);
}

/* A table that grows page by page is never sorted anew. */
static void pages_are_merged(void **state)
{
    (void)state;
    static struct rows r;
    uint32_t random = 3;
    struct list *l = list_new(&source, &r);
    while (r.count < MOST) {
        for (int i = 0; i < 20; i++)
            add(&r, (int)(roll(&random, 1000000) * 1000 + r.count), 0);
        r.compares = 0;
        sync(l, &r, 0);
        assert_true(r.compares <
                    20 * 9 + 20 * 6 + 40); /* a binary search each, and their own sort */
    }
    r.compares = 0;
    change(&r, 5, 77);
    sync(l, &r, 0);
    assert_int_equal(r.compares, 0);
    list_free(l);
}

static void the_cursor_stays_on_its_row(void **state)
{
    (void)state;
    static struct rows r;
    struct list *l = list_new(&source, &r);
    for (int i = 0; i < 50; i++)
        add(&r, 100 + i, i);
    sync(l, &r, 0);
    assert_false(list_moved(l));
    add(&r, 1, 0); /* nobody moved it: the first row is looked at, whichever it is */
    sync(l, &r, 0);
    assert_int_equal(list_cursor(l), 0);
    list_move_to(l, 21);
    assert_int_equal(r.list[list_row(l, 21)].name, 120);
    assert_int_equal(list_top(l, 10), 12);
    add(&r, 2, 0);
    add(&r, 3, 0);
    sync(l, &r, 0);
    assert_int_equal(r.list[list_row(l, list_cursor(l))].name, 120);
    assert_int_equal(list_top(l, 10), 14); /* and stays where it is on the screen */
    for (size_t i = 0; i < r.count; i++)
        if (r.list[i].name == 120)
            remove_at(&r, i);
    sync(l, &r, 0); /* its row went: the next one has its place */
    assert_int_equal(r.list[list_row(l, list_cursor(l))].name, 121);
    list_sort(l, 0, true);
    sync(l, &r, 0);
    assert_int_equal(list_cursor(l), 0);
    list_move_by(l, -5);
    assert_int_equal(list_cursor(l), 0);
    list_move_by(l, INT32_MAX);
    assert_int_equal(list_cursor(l), list_count(l) - 1);
    r.count = 0;
    r.changes++;
    sync(l, &r, 0);
    assert_int_equal(list_cursor(l), 0);
    list_move_by(l, 3);
    list_free(l);
}

static void it_searches_around_the_end(void **state)
{
    (void)state;
    static struct rows r;
    struct list *l = list_new(&source, &r);
    struct regex *seven = regex_new("7$", REGEX_DEFAULT, NULL), *none = regex_new("x", 0, NULL);
    for (int i = 100; i < 130; i++)
        add(&r, i, 0);
    sync(l, &r, 0);
    static const size_t down[] = {7, 17, 27, 7};
    for (size_t i = 0; i < 4; i++) {
        assert_true(list_search(l, seven, true));
        assert_int_equal(list_cursor(l), down[i]);
    }
    assert_true(list_search(l, seven, false));
    assert_int_equal(list_cursor(l), 27);
    assert_false(list_search(l, none, true));
    assert_int_equal(list_cursor(l), 27);
    regex_free(seven);
    regex_free(none);
    list_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_as_a_plain_sort),
        cmocka_unit_test(pages_are_merged),
        cmocka_unit_test(the_cursor_stays_on_its_row),
        cmocka_unit_test(it_searches_around_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
