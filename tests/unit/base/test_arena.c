#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    enum { PIECES = 3000 };
    static unsigned char *at[PIECES];
    static size_t sizes[PIECES];
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < PIECES; i++) {
            sizes[i] = hash_mix(i + 7) % (i % 100 ? 200 : 100000);
            at[i] = arena_alloc(&a, sizes[i]);
            assert_non_null(at[i]);
            assert_int_equal((uintptr_t)at[i] % alignof(max_align_t), 0);
            for (size_t k = 0; k < sizes[i]; k++)
                assert_int_equal(at[i][k], 0);
            if (sizes[i])
                memset(at[i], (int)(i % 251 + 1), sizes[i]);
        }
        for (size_t i = 0; i < PIECES; i++)
            for (size_t k = 0; k < sizes[i]; k++)
                assert_int_equal(at[i][k], i % 251 + 1);
        arena_reset(&a);
    }
    arena_free(&a);
    assert_int_equal(arena_bytes(&a), 0);
}

static void texts_are_copied(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    char own[] = "text";
    char *copy = arena_dup(&a, str_of(own));
    own[0] = 'n';
    assert_string_equal(copy, "text");
    assert_string_equal(arena_dup(&a, (struct str){NULL, 0}), "");
    assert_memory_equal(arena_dup(&a, (struct str){"a\0b", 3}), "a\0b", 4);
    arena_free(&a);
}

static void it_knows_its_own(void **state)
{
    (void)state;
    struct arena a, b;
    arena_init(&a);
    arena_init(&b);
    int local;
    void *heap = mem_alloc(10);
    assert_false(arena_owns(&a, &local));
    for (int i = 0; i < 1000; i++) {
        char *p = arena_alloc(&a, 1000), *q = arena_alloc(&b, 1000);
        assert_true(arena_owns(&a, p) && arena_owns(&a, p + 999) && !arena_owns(&b, p));
        assert_true(arena_owns(&b, q) && !arena_owns(&a, q));
    }
    assert_false(arena_owns(&a, &local) || arena_owns(&a, heap) || arena_owns(&a, NULL));
    free(heap);
    arena_free(&a);
    arena_free(&b);
}

static void a_reset_keeps_one_block(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    arena_reset(&a);
    for (int i = 0; i < 100000; i++)
        arena_alloc(&a, 100);
    size_t all = arena_bytes(&a);
    assert_true(all >= 100000 * 100 && all < 100000 * 100 * 2);
    arena_reset(&a);
    size_t kept = arena_bytes(&a);
    assert_true(kept > 0 && kept < all);
    void *first = arena_alloc(&a, 10);
    arena_reset(&a);
    assert_ptr_equal(arena_alloc(&a, 10), first);
    assert_int_equal(arena_bytes(&a), kept);
    arena_free(&a);
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(texts_are_copied),
        cmocka_unit_test(it_knows_its_own),
        cmocka_unit_test(a_reset_keeps_one_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
