#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"

static int values[1000];

static void *value(size_t i)
{
    return &values[i];
}

static struct str key_of(size_t i, char out[24])
{
    snprintf(out, 24, "key-%zu", i);
    return str_of(out);
}

static void keys_find_their_values(void **state)
{
    (void)state;
    struct map *m = map_new();
    char key[24];
    assert_null(map_get(m, str_of("x")));
    assert_null(map_remove(m, str_of("x")));
    for (size_t i = 0; i < 1000; i++)
        assert_null(map_put(m, key_of(i, key), value(i)));
    assert_int_equal(map_count(m), 1000);
    for (size_t i = 0; i < 1000; i++)
        assert_ptr_equal(map_get(m, key_of(i, key)), value(i));
    assert_null(map_get(m, str_of("key-1000")));
    assert_ptr_equal(map_put(m, str_of("key-7"), value(8)), value(7));
    assert_int_equal(map_count(m), 1000);
    assert_ptr_equal(map_remove(m, str_of("key-7")), value(8));
    assert_null(map_remove(m, str_of("key-7")));
    assert_int_equal(map_count(m), 999);
    map_clear(m, NULL);
    assert_int_equal(map_count(m), 0);
    assert_null(map_get(m, str_of("key-1")));
    map_put(m, str_of("key-1"), value(1));
    assert_ptr_equal(map_get(m, str_of("key-1")), value(1));
    map_free(m, NULL);
    map_free(NULL, NULL);
}

static void any_bytes_are_a_key(void **state)
{
    (void)state;
    struct map *m = map_new();
    struct str none = {NULL, 0};
    map_put(m, none, value(1));
    assert_ptr_equal(map_get(m, str_of("")), value(1));
    assert_ptr_equal(map_put(m, none, value(2)), value(1));
    map_put(m, (struct str){"a\0b", 3}, value(3));
    map_put(m, (struct str){"a\0c", 3}, value(4));
    map_put(m, str_of("a"), NULL);
    assert_ptr_equal(map_get(m, (struct str){"a\0b", 3}), value(3));
    assert_null(map_get(m, str_of("a")));
    assert_int_equal(map_count(m), 4);
    char own[] = "mine";
    map_put(m, str_of(own), value(5));
    own[0] = 'w';
    assert_ptr_equal(map_get(m, str_of("mine")), value(5));
    map_free(m, NULL);
}

static void clearing_frees_the_values(void **state)
{
    (void)state;
    struct map *m = map_new();
    char key[24];
    for (size_t i = 0; i < 50; i++)
        map_put(m, key_of(i, key), mem_alloc(10));
    map_clear(m, free);
    assert_int_equal(map_count(m), 0);
    assert_null(map_get(m, key_of(7, key)));
    for (size_t i = 0; i < 50; i++)
        map_put(m, key_of(i, key), mem_alloc(10));
    map_free(m, free);
}

static void walks_meet_each_entry_once(void **state)
{
    (void)state;
    struct map *m = map_new();
    size_t at = 0, seen = 0;
    struct str key;
    void *found;
    assert_false(map_next(m, &at, &key, &found));
    char text[24];
    for (size_t i = 0; i < 1000; i++)
        map_put(m, key_of(i, text), value(i));
    int count[1000] = {0};
    for (at = 0; map_next(m, &at, &key, &found); seen++) {
        size_t i = (size_t)((int *)found - values);
        assert_true(str_eq(key, key_of(i, text)));
        count[i]++;
    }
    assert_int_equal(seen, 1000);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(count[i], 1);
    assert_false(map_next(m, &at, &key, &found));
    map_free(m, NULL);
}

/* Whatever is removed on the way, every entry is met once: runs of slots wrap around the end of small tables
 * often enough here. The hash differs from run to run, and so do the runs. */
static void walks_bear_removal_of_what_they_met(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 20000; round++) {
        struct map *m = map_new();
        size_t entries = 1 + hash_mix(round) % 40;
        int met[40] = {0};
        char text[24];
        for (size_t i = 0; i < entries; i++)
            map_put(m, key_of(round * 100 + i, text), value(i));
        size_t at = 0, kept = 0;
        struct str key;
        void *found;
        while (map_next(m, &at, &key, &found)) {
            size_t i = (size_t)((int *)found - values);
            met[i]++;
            if (hash_mix(round * 64 + i) % 4 == 0)
                kept++;
            else
                assert_ptr_equal(map_remove(m, key_of(round * 100 + i, text)), found);
        }
        for (size_t i = 0; i < entries; i++)
            assert_int_equal(met[i], 1);
        assert_int_equal(map_count(m), kept);
        for (size_t i = 0; i < entries; i++)
            assert_int_equal(map_get(m, key_of(round * 100 + i, text)) != NULL,
                             hash_mix(round * 64 + i) % 4 == 0);
        map_free(m, NULL);
    }
}

static void random_use_agrees_with_an_array(void **state)
{
    (void)state;
    struct map *m = map_new();
    void *model[200] = {NULL};
    size_t count = 0;
    char text[24];
    for (uint64_t i = 0; i < 300000; i++) {
        uint64_t dice = hash_mix(i);
        size_t k = dice % 200;
        struct str key = key_of(k, text);
        if (dice >> 40 & 1) {
            assert_ptr_equal(map_put(m, key, value(i % 1000)), model[k]);
            count += !model[k];
            model[k] = value(i % 1000);
        } else {
            assert_ptr_equal(map_remove(m, key), model[k]);
            count -= model[k] != NULL;
            model[k] = NULL;
        }
        k = (dice >> 20) % 200;
        assert_ptr_equal(map_get(m, key_of(k, text)), model[k]);
        assert_int_equal(map_count(m), count);
    }
    map_free(m, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_find_their_values),
        cmocka_unit_test(any_bytes_are_a_key),
        cmocka_unit_test(clearing_frees_the_values),
        cmocka_unit_test(walks_meet_each_entry_once),
        cmocka_unit_test(walks_bear_removal_of_what_they_met),
        cmocka_unit_test(random_use_agrees_with_an_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
