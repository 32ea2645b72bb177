/* Bytes in memory, then in a file. */
#include "help.h"

#include "store/spool.h"

static void check_round(size_t size, size_t piece)
{
    struct err err;
    struct spool *s = spool_new(8 << 20);
    char *bytes = mem_alloc(piece), *back = mem_alloc(piece);
    for (size_t at = 0; at < size; at += piece) {
        for (size_t i = 0; i < piece; i++)
            bytes[i] = (char)((at + i) * 31);
        size_t n = size - at < piece ? size - at : piece;
        assert_true(spool_add(s, (struct str){bytes, n}, &err));
    }
    assert_int_equal(spool_size(s), size);
    for (int round = 0; round < 2; round++) {
        size_t at = 0;
        ptrdiff_t n;
        spool_rewind(s);
        while ((n = spool_read(s, back, piece)) > 0) {
            for (ptrdiff_t i = 0; i < n; i++)
                assert_int_equal(back[i], (char)((at + (size_t)i) * 31));
            at += (size_t)n;
        }
        assert_int_equal(n, 0);
        assert_int_equal(at, size);
    }
    spool_free(s);
    free(bytes);
    free(back);
}

static void gives_back_what_it_took(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 1000, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5 << 20};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        check_round(sizes[i], 4096);
        check_round(sizes[i], 100001);
    }
}

static void is_bounded(void **state)
{
    struct err err;
    (void)state;
    struct spool *s = spool_new(10);
    assert_true(spool_add(s, str_of("0123456789"), &err));
    assert_false(spool_add(s, str_of("x"), &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_int_equal(spool_size(s), 10);
    spool_free(s);
}

static void says_where_it_cannot_write(void **state)
{
    struct err err;
    (void)state;
    char *large = mem_alloc(2 << 20);
    setenv("TMPDIR", "/nowhere/at/all", 1);
    struct spool *s = spool_new(8 << 20);
    assert_false(spool_add(s, (struct str){large, 2 << 20}, &err));
    assert_string_equal(err.where, "/nowhere/at/all");
    spool_free(s);
    unsetenv("TMPDIR");
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_back_what_it_took),
        cmocka_unit_test(is_bounded),
        cmocka_unit_test(says_where_it_cannot_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
