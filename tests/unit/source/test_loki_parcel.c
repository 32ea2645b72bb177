#include "source/loki/loki_parcel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

enum { LINES = 3000, LARGE = 200000 };

/* Lines of two streams that are read one after the other; the middle one is large. */
static struct loki_page *page_of_lines(void)
{
    struct loki_page *page = loki_page_new(0, false);
    struct buf b;
    struct err err;
    buf_init(&b, 8 << 20);
    buf_adds(&b, "{\"data\":{\"resultType\":\"streams\",\"result\":[");
    for (int stream = 0; stream < 2; stream++) {
        buf_printf(&b, "%s{\"stream\":{\"pod\":\"p-%d\"},\"values\":[", stream ? "," : "", stream);
        for (int i = stream; i < LINES; i += 2)
            buf_printf(&b, "%s[\"%d\",\"line %0*d\"]", i > 1 ? "," : "", i,
                       i == LINES / 2 ? LARGE : i % 90 + 1, i);
        buf_adds(&b, "]}");
    }
    buf_adds(&b, "]}}");
    assert_true(loki_page_feed(page, buf_str(&b), &err));
    assert_true(loki_page_finish(page, &err));
    loki_page_sort(page, false, false);
    buf_free(&b);
    return page;
}

static int number(struct str text)
{
    int n = 0;
    for (size_t i = 5; i < text.n; i++)
        n = 10 * n + text.p[i] - '0';
    return n;
}

static void lines_come_in_order_and_go(void **state)
{
    (void)state;
    struct loki_parcel *p = loki_parcel_new(page_of_lines(), LINES - 7);
    struct line line, again;
    size_t whole = loki_parcel_bytes(p), before = whole;
    assert_true(whole > LARGE + LINES * 50 && whole < LARGE + LINES * 110);
    for (int i = 0; i < LINES - 7; i++) {
        assert_true(loki_parcel_head(p, &line) && loki_parcel_head(p, &again));
        assert_ptr_equal(line.text.p, again.text.p);
        assert_int_equal(line.time, i);
        assert_string_equal(labels_value(line.labels, "pod"), i % 2 ? "p-1" : "p-0");
        loki_parcel_take(p);
        loki_parcel_head(p, &again);
        assert_int_equal(number(line.text), i); /* it is there still */
        assert_true(loki_parcel_bytes(p) <= before);
        before = loki_parcel_bytes(p);
    }
    assert_true(before < whole / 4);
    assert_false(loki_parcel_head(p, &line));
    loki_parcel_free(p);
}

static void what_was_not_taken_is_freed(void **state)
{
    (void)state;
    struct loki_parcel *p = loki_parcel_new(page_of_lines(), LINES);
    for (int i = 0; i < LINES / 3; i++)
        loki_parcel_take(p);
    loki_parcel_free(p);
    p = loki_parcel_new(page_of_lines(), 0);
    struct line line;
    assert_false(loki_parcel_head(p, &line));
    assert_int_equal(loki_parcel_bytes(p), 0);
    loki_parcel_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_in_order_and_go),
        cmocka_unit_test(what_was_not_taken_is_freed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
