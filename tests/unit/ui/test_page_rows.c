#include "ui/page/page_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/utf8.h"

static struct page *sample(int extra)
{
    struct page *p = page_new();
    page_head(p, PAGE_TITLE, "Pod a/b");
    for (int i = 0; i < extra; i++)
        page_fieldf(p, "Extra", PAGE_TEXT, "%d", i);
    page_section(p, "Container app");
    page_field(p, "Image", PAGE_TEXT, "registry.example.com/app:1");
    page_field(p, "Restart policy", PAGE_TEXT,
               "a value of so many words that it has to be wrapped at a width of sixty columns");
    page_field(p, "a key that is much longer than a third of the width is", PAGE_TEXT, "x");
    page_field(p, "Steers \x1b[31m\xe2\x80\xae", PAGE_TEXT, "\x1b]0;x\a\xff\r\n\x9b");
    return p;
}

static const struct page_rows_row *row_of(const struct page_rows *r, size_t line)
{
    return page_rows_at(r, page_rows_of(r, line));
}

static void values_stand_in_one_column(void **state)
{
    struct page *p = sample(0);
    struct page_rows *r = page_rows_new();
    (void)state;
    page_rows_make(r, p, 60, false);
    const struct page_rows_row *image = row_of(r, 2), *policy = row_of(r, 3), *key = row_of(r, 4);
    assert_int_equal(image->column, 17);
    assert_int_equal(policy->column, 17);
    assert_true(policy->first && policy->value.n <= 43);
    assert_false(policy[1].first);
    assert_int_equal(policy[1].column, 17);
    assert_int_equal(policy[1].line, 3);
    assert_int_equal(key->value.n, 0);
    assert_int_equal(key[1].column, 3);
    page_rows_free(r);
    page_free(p);
}

static void nothing_steers_and_nothing_overflows(void **state)
{
    struct page *p = sample(0);
    struct page_rows *r = page_rows_new();
    (void)state;
    for (int width = 1; width < 120; width++) {
        page_rows_make(r, p, width, width % 2);
        for (size_t i = 0; i < page_rows_count(r); i++) {
            const struct page_rows_row *row = page_rows_at(r, i);
            assert_true(utf8_valid(row->key) && utf8_valid(row->value));
            for (size_t k = 0; k < row->value.n; k++)
                assert_true((unsigned char)row->value.p[k] >= ' ' && row->value.p[k] != 0x7f);
            for (size_t k = 0; k < row->key.n; k++)
                assert_true((unsigned char)row->key.p[k] >= ' ');
            assert_null(row->key.n ? strstr(row->key.p, "\xe2\x80\xae") : NULL);
        }
    }
    page_rows_free(r);
    page_free(p);
}

/* The cursor stays with its line when the page is made again with more of them. */
static void ids_stay(void **state)
{
    struct page *before = sample(0), *after = sample(3);
    struct page_rows *r = page_rows_new();
    (void)state;
    page_rows_make(r, before, 80, false);
    uint64_t image = row_of(r, 2)->id;
    page_rows_make(r, after, 80, false);
    assert_int_equal(row_of(r, 5)->id, image);
    assert_true(row_of(r, 1)->id != row_of(r, 2)->id);
    page_rows_make(r, NULL, 80, false);
    assert_int_equal(page_rows_count(r), 0);
    page_rows_free(r);
    page_free(before);
    page_free(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_stand_in_one_column),
                                       cmocka_unit_test(nothing_steers_and_nothing_overflows),
                                       cmocka_unit_test(ids_stay)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
