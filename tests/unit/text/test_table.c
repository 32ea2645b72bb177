#include "text/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"

static const struct table_column columns[] = {{.title = "NAME", .flexible = true},
                                              {.title = "READY", .right = true},
                                              {.title = "STATUS", .min = 8},
                                              {.title = "AGE"}};
enum { COLUMNS = 4 };

static struct buf out;

static struct table *start(const struct table_options *options)
{
    buf_init(&out, 1 << 22);
    return table_new(&out, columns, COLUMNS, options);
}

static void row(struct table *t, const char *a, const char *b, const char *c, const char *d)
{
    table_add_foreign(t, a);
    table_add_safe(t, b);
    table_add_safe(t, c);
    table_add_safe(t, d);
}

static void end(struct table *t, const char *expected)
{
    table_finish(t);
    assert_string_equal(buf_text(&out), expected);
    table_free(t);
    buf_free(&out);
}

static void columns_are_aligned(void **state)
{
    (void)state;
    struct table *t = start(NULL);
    row(t, "shop-api", "1/1", "Running", "5d");
    row(t, "한글-이름", "10/10", "Pending", "12m");
    row(t, "x", "", "", "1s");
    row(t, "empty-end", "0/1", "Failed", NULL);
    end(t, "NAME       READY  STATUS    AGE\n"
           "shop-api     1/1  Running   5d\n"
           "한글-이름  10/10  Pending   12m\n"
           "x                           1s\n"
           "empty-end    0/1  Failed\n");
}

static void nothing_prints_nothing(void **state)
{
    (void)state;
    end(start(NULL), "");
    table_free(NULL);
    struct table *t = start(NULL);
    table_add_safe(t, "alone");
    end(t, "NAME   READY  STATUS    AGE\n"
           "alone\n");
}

static void titles_may_be_left_out(void **state)
{
    (void)state;
    struct table *t = start(&(struct table_options){.no_titles = true});
    row(t, "a", "1", "b", "c");
    row(t, "aa", "22", "b", "c");
    end(t, "a    1  b         c\n"
           "aa  22  b         c\n");
}

static void foreign_cells_are_made_safe(void **state)
{
    (void)state;
    struct table *t = start(&(struct table_options){.no_titles = true});
    row(t, "a\x1b[31m\nb\t\xff", "1", "x", "y");
    row(t, "tab\tx", "1", "x", "y");
    end(t, "a↵b     �  1  x         y\n"
           "tab     x  1  x         y\n");
}

static void ascii_stays_ascii(void **state)
{
    (void)state;
    struct table *t = start(&(struct table_options){.ascii = true, .width = 20});
    row(t, "결제-서비스-이름", "▁▂", "Ünicode", "…");
    table_finish(t);
    assert_true(out.n > 0);
    for (size_t i = 0; i < out.n; i++)
        assert_true(out.p[i] == '\n' || (out.p[i] >= ' ' && out.p[i] < 0x7f));
    table_free(t);
    buf_free(&out);
}

static void flexible_columns_give_way(void **state)
{
    (void)state;
    struct table *t = start(&(struct table_options){.width = 34});
    row(t, "a-very-long-name-of-a-pod-7d9f4c", "1/1", "Running", "5d");
    row(t, "short", "1/1", "Running", "5d");
    end(t, "NAME          READY  STATUS    AGE\n"
           "a-very-long…    1/1  Running   5d\n"
           "short           1/1  Running   5d\n");
    /* Narrower than the columns can be: the line is cut. */
    t = start(&(struct table_options){.width = 20});
    row(t, "a-very-long-name-of-a-pod-7d9f4c", "1/1", "Running", "5d");
    end(t, "NAME      READY  ST…\n"
           "a-very-…    1/1  Ru…\n");
    t = start(&(struct table_options){.width = 1});
    row(t, "abc", "1/1", "Running", "5d");
    end(t, "…\n…\n");
}

static void wide_characters_are_not_halved(void **state)
{
    (void)state;
    struct table *t = start(&(struct table_options){.width = 33, .no_titles = true});
    row(t, "결제서비스결제서비스", "1/1", "Running", "5d");
    row(t, "a결제서비스결제서비스", "1/1", "Running", "5d");
    end(t, "결제서비스결…   1/1  Running   5d\n"
           "a결제서비스결…  1/1  Running   5d\n");
}

static void rows_stream_once_widths_stand(void **state)
{
    (void)state;
    struct table *t = start(&(struct table_options){.settle = 2});
    row(t, "a", "1", "b", "c");
    assert_int_equal(out.n, 0);
    row(t, "bb", "2", "b", "c");
    assert_string_equal(buf_text(&out), "NAME  READY  STATUS    AGE\n"
                                        "a         1  b         c\n"
                                        "bb        2  b         c\n");
    buf_clear(&out);
    row(t, "longer-than-before", "3", "b", "c");
    row(t, "d", "4", "b", "c");
    assert_string_equal(buf_text(&out), "longer-than-before      3  b         c\n"
                                        "d                       4  b         c\n");
    buf_clear(&out);
    char much[200] = "";
    memset(much, 'x', sizeof much - 1);
    row(t, much, "5", "b", "c");
    buf_clear(&out);
    row(t, "e", "6", "b", "c");
    end(t, "e                       6  b         c\n");
    t = start(&(struct table_options){.settle = 1, .width = 40});
    row(t, "abc", "1", "b", "c");
    buf_clear(&out);
    row(t, "longer-than-before", "333", "b", "ccccccccccccccccccccccccccc");
    end(t, "lon…    333  b         cccccccccccccccc…\n");
}

static void the_width_is_kept_whatever_comes(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "pod", "한글", "-", "\xf0\x9f\x98\x80", "e\xcc\x81", "\xff", "\x1b[1m", "…", " "};
    for (uint64_t i = 0; i < 5000; i++) {
        int width = (int)(hash_mix(i) % 90);
        struct table *t = start(&(struct table_options){
            .width = width, .settle = 1 + hash_mix(i + 1) % 4, .ascii = i % 5 == 0});
        for (uint64_t k = 0; k < 5 * COLUMNS; k++) {
            char text[80] = "";
            for (uint64_t n = 0; n < hash_mix(i * 64 + k) % 6; n++)
                str_copy(text + strlen(text), sizeof text - strlen(text),
                         parts[hash_mix(i * 999 + k * 8 + n) % 9]);
            table_add_foreign(t, text);
        }
        table_finish(t);
        struct str rest = buf_str(&out), line;
        int lines = 0;
        while (str_cut(&rest, '\n', &line) && (line.n || rest.p)) {
            assert_true(utf8_valid(line));
            assert_true(!width || utf8_width(line) <= width);
            lines++;
        }
        assert_int_equal(lines, 6);
        table_free(t);
        buf_free(&out);
    }
}

static void a_huge_cell_is_bounded(void **state)
{
    (void)state;
    enum { SIZE = 1 << 20 };
    char *much = mem_alloc(SIZE + 1);
    memset(much, 'x', SIZE);
    much[SIZE] = '\0';
    struct table *t = start(NULL);
    row(t, much, "1", "b", "c");
    table_finish(t);
    assert_true(out.n < 70 * 1024 * 3);
    table_free(t);
    buf_free(&out);
    free(much);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_aligned),
        cmocka_unit_test(nothing_prints_nothing),
        cmocka_unit_test(titles_may_be_left_out),
        cmocka_unit_test(foreign_cells_are_made_safe),
        cmocka_unit_test(ascii_stays_ascii),
        cmocka_unit_test(flexible_columns_give_way),
        cmocka_unit_test(wide_characters_are_not_halved),
        cmocka_unit_test(rows_stream_once_widths_stand),
        cmocka_unit_test(the_width_is_kept_whatever_comes),
        cmocka_unit_test(a_huge_cell_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
