#include "model/object.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/intern.h"

enum { READY, STATUS, RESTARTS, CPU, MEMORY, LAST, NODE };
static const struct column pod_columns[] = {{.title = "READY", .type = CELL_RATIO},
                                            {.title = "STATUS", .type = CELL_TEXT},
                                            {.title = "RESTARTS", .type = CELL_INT},
                                            {.title = "CPU", .type = CELL_CPU},
                                            {.title = "MEMORY", .type = CELL_BYTES},
                                            {.title = "LAST", .type = CELL_TIME, .wide = true},
                                            {.title = "NODE", .type = CELL_TEXT, .wide = true}};
static const struct kind pods = {.name = "pods",
                                 .singular = "pod",
                                 .short_names = "po",
                                 .api = "/api/v1",
                                 .object_kind = "Pod",
                                 .namespaced = true,
                                 .columns = pod_columns,
                                 .column_count = 7};

static uint64_t seed = 42;

static uint64_t chance(uint64_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % below;
}

static struct object *row(const struct objects *t, const char *ns, const char *name,
                          const char *status, int64_t restarts)
{
    struct object *o = objects_new_row(t, str_of(ns), str_of(name));
    object_set_text(o, STATUS, str_of(status));
    o->cells[RESTARTS].number = restarts;
    return o;
}

static const struct object *find(const struct objects *t, const char *ns, const char *name)
{
    return objects_find(t, str_of(ns), str_of(name));
}

static void test_rows(void **state)
{
    (void)state;
    struct objects *t = objects_new(&pods);
    assert_ptr_equal(objects_kind(t), &pods);
    assert_null(find(t, "shop", "cart"));
    assert_false(objects_remove(t, str_of("shop"), str_of("cart")));
    struct object *o = row(t, "shop", "cart", "Running", 1);
    assert_string_equal(o->cells[NODE].text, "");
    assert_string_equal(o->owner, "");
    assert_string_equal(o->trouble, "");
    object_set_owner(o, str_of("ReplicaSet/cart-1"));
    object_set_trouble(o, str_of("OOMKilled"));
    objects_put(t, o);
    assert_ptr_equal(find(t, "shop", "cart"), o);
    assert_null(find(t, "shop", "car"));
    assert_null(find(t, "sho", "pcart"));
    objects_put(t, row(t, "edge", "cart", "Running", 1));
    assert_int_equal(objects_count(t), 2);
    uint64_t changes = objects_changes(t);
    objects_put(t, row(t, "shop", "cart", "Failed", 2));
    assert_int_equal(objects_count(t), 2);
    assert_true(objects_changes(t) > changes);
    assert_string_equal(find(t, "shop", "cart")->cells[STATUS].text, "Failed");
    objects_discard(t, row(t, "shop", "cart", "x", 0));
    objects_discard(t, NULL);
    assert_true(objects_remove(t, str_of("shop"), str_of("cart")));
    assert_null(find(t, "shop", "cart"));
    assert_string_equal(objects_at(t, 0)->namespace_, "edge");
    objects_free(t);
    objects_free(NULL);
    assert_int_equal(intern_count(), 0);
}

static void test_equal_row_is_no_change(void **state)
{
    (void)state;
    struct objects *t = objects_new(&pods);
    objects_put(t, row(t, "shop", "cart", "Running", 1));
    const struct object *before = find(t, "shop", "cart");
    uint64_t changes = objects_changes(t);
    objects_relist_begin(t);
    objects_put(t, row(t, "shop", "cart", "Running", 1));
    objects_relist_end(t);
    assert_ptr_equal(find(t, "shop", "cart"), before);
    assert_int_equal(objects_changes(t), changes);
    struct object *o = row(t, "shop", "cart", "Running", 1);
    o->health = HEALTH_BAD;
    objects_put(t, o);
    assert_int_equal(objects_changes(t), changes + 1);
    objects_free(t);
    assert_int_equal(intern_count(), 0);
}

static void test_stamps_and_healths(void **state)
{
    (void)state;
    struct objects *t = objects_new(&pods), *other = objects_new(&pods);
    objects_put(t, row(t, "shop", "a", "Running", 1));
    objects_put(t, row(t, "shop", "b", "Running", 1));
    objects_put(other, row(other, "shop", "a", "Running", 1));
    uint64_t a = objects_stamp(t, 0), b = objects_stamp(t, 1);
    assert_true(a != b && a != objects_stamp(other, 0) && b != objects_stamp(other, 0));
    struct object *o = row(t, "shop", "b", "Failed", 1);
    o->health = HEALTH_BAD;
    objects_put(t, o);
    assert_int_equal(objects_stamp(t, 0), a);
    assert_true(objects_stamp(t, 1) != b);
    assert_int_equal(objects_of_health(t, HEALTH_BAD), 1);
    assert_int_equal(objects_of_health(t, HEALTH_OK), 1);
    b = objects_stamp(t, 1);
    objects_remove(t, str_of("shop"), str_of("a"));
    assert_int_equal(objects_stamp(t, 0), b);
    assert_int_equal(objects_of_health(t, HEALTH_OK), 0);
    objects_free(t);
    objects_free(other);
    assert_int_equal(intern_count(), 0);
}

static void test_relist(void **state)
{
    (void)state;
    struct objects *t = objects_new(&pods);
    char name[16];
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "p-%d", i);
        objects_put(t, row(t, "shop", name, "Running", 0));
    }
    objects_relist_begin(t);
    assert_int_equal(objects_count(t), 100); /* no empty screen meanwhile */
    objects_put(t, row(t, "shop", "p-5", "Running", 0));
    objects_relist_begin(t); /* it had to start again */
    for (int i = 10; i < 110; i += 3) {
        snprintf(name, sizeof name, "p-%d", i);
        objects_put(t, row(t, "shop", name, "Running", i % 2));
    }
    assert_int_equal(objects_count(t), 104); /* 100, 103, 106 and 109 are new */
    objects_relist_end(t);
    assert_int_equal(objects_count(t), 34);
    assert_null(find(t, "shop", "p-5"));
    for (int i = 0; i < 110; i++) {
        snprintf(name, sizeof name, "p-%d", i);
        assert_true(!find(t, "shop", name) == !(i >= 10 && i % 3 == 1));
    }
    objects_relist_begin(t);
    objects_relist_end(t);
    assert_int_equal(objects_count(t), 0);
    objects_free(t);
}

/* Any order of puts, removals and relists gives what a plain table gives. */
static void test_against_table(void **state)
{
    (void)state;
    enum { NAMES = 300 };
    static int64_t table[2][NAMES];
    static bool put[2][NAMES];
    memset(table, 0, sizeof table);
    struct objects *t = objects_new(&pods);
    char name[16];
    bool relisting = false;
    for (int i = 1; i < 60000; i++) {
        size_t ns = chance(2), n = chance(NAMES), what = chance(1000);
        snprintf(name, sizeof name, "p-%zu", n);
        if (what < 2) {
            memset(put, 0, sizeof put);
            objects_relist_begin(t);
            relisting = true;
        } else if (what < 4 && relisting) {
            objects_relist_end(t);
            for (size_t k = 0; k < 2 * NAMES; k++)
                table[k / NAMES][k % NAMES] *= put[k / NAMES][k % NAMES];
            relisting = false;
        } else if (what < 400) {
            bool was = objects_remove(t, str_of(ns ? "shop" : "edge"), str_of(name));
            assert_int_equal(was, table[ns][n] != 0);
            table[ns][n] = 0;
        } else {
            objects_put(t, row(t, ns ? "shop" : "edge", name, "Running", i));
            table[ns][n] = i;
            put[ns][n] = true;
        }
        if (i % 500)
            continue;
        size_t count = 0;
        for (size_t k = 0; k < 2 * NAMES; k++) {
            snprintf(name, sizeof name, "p-%zu", k % NAMES);
            const struct object *o = find(t, k / NAMES ? "shop" : "edge", name);
            assert_int_equal(o ? o->cells[RESTARTS].number : 0, table[k / NAMES][k % NAMES]);
            count += o != NULL;
        }
        assert_int_equal(objects_count(t), count);
        for (size_t k = 0; k < count; k++)
            assert_ptr_equal(find(t, objects_at(t, k)->namespace_, objects_at(t, k)->name),
                             objects_at(t, k));
    }
    objects_free(t);
    assert_int_equal(intern_count(), 0);
}

static void test_bytes_a_row(void **state)
{
    (void)state;
    enum { PODS = 150000 };
    struct objects *t = objects_new(&pods);
    size_t empty = objects_bytes(t);
    char name[64], node[32];
    int64_t began = clock_monotonic();
    for (int i = 0; i < PODS; i++) {
        snprintf(name, sizeof name, "checkout-%d-7d9f8b6c5d-x%05d", i % 60, i);
        snprintf(node, sizeof node, "ip-10-0-%d-%d", i % 20, i % 250);
        struct object *o = row(t, "shop", name, "Running", i);
        object_set_text(o, NODE, str_of(node));
        objects_put(t, o);
    }
    double each = (double)objects_bytes(t) / PODS;
    printf("%d pods: %.0f bytes a row, made in %lld ms\n", PODS, each,
           (long long)((clock_monotonic() - began) / CLOCK_MS));
    assert_true(each <= 210);
    objects_relist_begin(t);
    objects_relist_end(t);
    assert_int_equal(objects_count(t), 0);
    assert_true(objects_bytes(t) - empty < (8 + 16) * (size_t)PODS * 2); /* the rows are gone */
    objects_free(t);
}

static void assert_cell(const struct object *o, size_t column, int64_t number, const char *expected)
{
    char text[64];
    struct object *writable = (struct object *)(uintptr_t)o;
    writable->cells[column].number = number;
    assert_string_equal(object_cell_text(&pods, o, column, 100 * CLOCK_DAY, text, sizeof text),
                        expected);
}

static void test_cells(void **state)
{
    (void)state;
    struct objects *t = objects_new(&pods);
    struct object *o = row(t, "shop", "cart", "CrashLoopBackOff", 3);
    char text[64];
    assert_string_equal(object_cell_text(&pods, o, STATUS, 0, text, sizeof text),
                        "CrashLoopBackOff");
    assert_string_equal(object_cell_text(&pods, o, STATUS, 0, text, 6), "Crash");
    o->cells[READY].pair.part = 1;
    o->cells[READY].pair.whole = 2;
    assert_string_equal(object_cell_text(&pods, o, READY, 0, text, sizeof text), "1/2");
    assert_cell(o, RESTARTS, -4, "-4");
    assert_cell(o, CPU, 250, "250m");
    assert_cell(o, CPU, 0, "0m");
    assert_cell(o, CPU, -1, "-");
    assert_cell(o, MEMORY, 512, "512");
    assert_cell(o, MEMORY, 1536, "1.5Ki");
    assert_cell(o, MEMORY, 128 << 20, "128Mi");
    assert_cell(o, MEMORY, INT64_MAX, "8.0Ei");
    assert_cell(o, MEMORY, -1, "-");
    assert_cell(o, LAST, 97 * CLOCK_DAY, "3d");
    assert_cell(o, LAST, 101 * CLOCK_DAY, "0s");
    assert_cell(o, LAST, 0, "-");
    objects_discard(t, o);
    objects_free(t);
    assert_int_equal(objects_column(&pods, "restarts"), RESTARTS);
    assert_int_equal(objects_column(&pods, "AGE"), -1);
    /* Titles of a custom resource may be the same as others, and as the name's. */
    static char name[] = "NAME", first[] = "STATUS", second[] = "STATUS", its_own[] = "NAME";
    const struct column twice[] = {
        {.title = name, .renames = true}, {.title = its_own}, {.title = first}, {.title = second}};
    const struct kind gizmos = {.columns = twice, .column_count = 4};
    assert_int_equal(objects_column(&gizmos, "name"), 1);
    assert_int_equal(objects_column(&gizmos, its_own), 1);
    assert_int_equal(objects_column(&gizmos, "status"), 2);
    assert_int_equal(objects_column(&gizmos, second), 3);
}

static int order(const struct object *a, const struct object *b, int column)
{
    int there = object_compare(&pods, a, b, column), back = object_compare(&pods, b, a, column);
    assert_true((there > 0) == (back < 0) && (there == 0) == (back == 0));
    return there < 0 ? -1 : there > 0;
}

static void test_order(void **state)
{
    (void)state;
    struct objects *t = objects_new(&pods);
    struct object *a = row(t, "shop", "cart-2", "Running", 5);
    struct object *b = row(t, "shop", "cart-10", "Failed", 5);
    struct object *c = row(t, "edge", "gate", "Running", 0);
    a->created = 100;
    b->created = 200;
    assert_int_equal(order(a, b, -2), -1);
    assert_int_equal(order(a, c, -3), 1);
    assert_int_equal(order(a, b, -3), -1); /* then by name */
    assert_int_equal(order(a, b, -1), 1);  /* the youngest first */
    assert_int_equal(order(a, b, STATUS), 1);
    assert_int_equal(order(a, b, RESTARTS), -1); /* equal: by name */
    assert_int_equal(order(c, a, RESTARTS), -1);
    assert_int_equal(order(a, c, 99), 1); /* no such column */
    assert_int_equal(order(a, a, STATUS), 0);
    a->cells[READY].pair.part = 1;
    a->cells[READY].pair.whole = 2;
    b->cells[READY].pair.part = 1;
    b->cells[READY].pair.whole = 1;
    assert_int_equal(order(a, b, READY), -1);
    assert_int_equal(order(c, a, READY), 1); /* 0/0 is all there is */
    a->cells[LAST].number = 5;
    assert_int_equal(order(a, b, LAST), -1); /* what never was comes last */
    objects_discard(t, a);
    objects_discard(t, b);
    objects_discard(t, c);
    objects_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_equal_row_is_no_change),
        cmocka_unit_test(test_stamps_and_healths),
        cmocka_unit_test(test_relist),
        cmocka_unit_test(test_against_table),
        cmocka_unit_test(test_bytes_a_row),
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
