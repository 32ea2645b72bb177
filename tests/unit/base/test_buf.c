#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

static void pieces_add_up(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 100);
    assert_string_equal(buf_text(&b), "");
    assert_int_equal(buf_str(&b).n, 0);
    assert_true(buf_add(&b, "ab\0c", 4) && buf_adds(&b, "de") && buf_addc(&b, 'f'));
    assert_true(buf_printf(&b, "%d%%", 12));
    assert_true(buf_add(&b, NULL, 0) && buf_adds(&b, "") && buf_printf(&b, "%s", ""));
    assert_int_equal(b.n, 10);
    assert_memory_equal(b.p, "ab\0cdef12%", 11);
    buf_clear(&b);
    assert_int_equal(b.n, 0);
    assert_string_equal(buf_text(&b), "");
    buf_adds(&b, "again");
    assert_string_equal(buf_text(&b), "again");
    buf_free(&b);
    assert_int_equal(b.max, 100);
    buf_adds(&b, "and again");
    assert_string_equal(buf_text(&b), "and again");
    buf_free(&b);
    buf_free(&b);
}

static void the_maximum_holds(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 10);
    assert_true(buf_adds(&b, "123456789"));
    assert_false(buf_adds(&b, "ab"));
    assert_true(b.over);
    assert_string_equal(buf_text(&b), "123456789");
    assert_true(buf_addc(&b, 'x'));
    assert_true(b.over); /* what was refused is missing still */
    assert_false(buf_addc(&b, 'y'));
    assert_false(buf_printf(&b, "%d", 1));
    assert_string_equal(buf_text(&b), "123456789x");
    buf_drop_front(&b, 9);
    assert_true(b.over);
    buf_clear(&b);
    assert_false(b.over);
    assert_false(buf_add(&b, "x", SIZE_MAX));
    assert_string_equal(buf_text(&b), "");
    buf_free(&b);
    buf_init(&b, 0);
    assert_true(buf_add(&b, "", 0));
    assert_false(buf_addc(&b, 'x'));
    buf_free(&b);
}

static void the_front_drops(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 100);
    buf_drop_front(&b, 5);
    buf_adds(&b, "abcdef");
    buf_drop_front(&b, 0);
    assert_string_equal(buf_text(&b), "abcdef");
    buf_drop_front(&b, 2);
    assert_string_equal(buf_text(&b), "cdef");
    buf_drop_front(&b, 4);
    assert_string_equal(buf_text(&b), "");
    buf_adds(&b, "x");
    buf_drop_front(&b, 100);
    assert_int_equal(b.n, 0);
    buf_free(&b);
}

static void taken_memory_is_the_callers(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 100);
    size_t n = 9;
    char *empty = buf_take(&b, &n);
    assert_string_equal(empty, "");
    assert_int_equal(n, 0);
    free(empty);
    buf_adds(&b, "text");
    char *text = buf_take(&b, NULL);
    assert_string_equal(text, "text");
    assert_true(b.n == 0 && b.p == NULL && b.max == 100);
    free(text);
    buf_free(&b);
}

static void room_is_written_in_place(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 10);
    char *to = buf_room(&b, 10);
    assert_string_equal(buf_text(&b), "");
    memcpy(to, "abc", 3);
    buf_added(&b, 3);
    assert_string_equal(buf_text(&b), "abc");
    assert_null(buf_room(&b, 8));
    assert_true(b.over);
    assert_string_equal(buf_text(&b), "abc");
    memcpy(buf_room(&b, 7), "defghij", 7);
    buf_added(&b, 7);
    assert_string_equal(buf_text(&b), "abcdefghij");
    assert_non_null(buf_room(&b, 0));
    buf_free(&b);
}

/* Against the simplest thing that could do the same. */
static void random_use_agrees_with_an_array(void **state)
{
    (void)state;
    enum { MAX = 300 };
    char model[MAX + 1] = "";
    size_t n = 0;
    struct buf b;
    buf_init(&b, MAX);
    for (uint64_t i = 0; i < 200000; i++) {
        uint64_t dice = hash_mix(i);
        char piece[40];
        size_t length = dice % sizeof piece;
        memset(piece, (int)('a' + i % 26), sizeof piece);
        if (dice >> 32 & 3) {
            bool fits = n + length <= MAX;
            assert_int_equal(buf_add(&b, piece, length), fits);
            if (fits) {
                memcpy(model + n, piece, length);
                n += length;
            }
        } else {
            size_t drop = length * 3 < n ? length * 3 : n;
            buf_drop_front(&b, length * 3);
            memmove(model, model + drop, n - drop);
            n -= drop;
        }
        model[n] = '\0';
        assert_int_equal(b.n, n);
        assert_string_equal(buf_text(&b), model);
    }
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_add_up),
        cmocka_unit_test(the_maximum_holds),
        cmocka_unit_test(the_front_drops),
        cmocka_unit_test(taken_memory_is_the_callers),
        cmocka_unit_test(room_is_written_in_place),
        cmocka_unit_test(random_use_agrees_with_an_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
