#include "source/loki/loki_page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static struct loki_page *read_page(const char *text, size_t chunk, size_t max_bytes, bool frame,
                                   struct err *err)
{
    struct loki_page *p = loki_page_new(max_bytes, frame);
    size_t n = strlen(text);
    err_clear(err);
    for (size_t at = 0; at < n; at += chunk) {
        if (!loki_page_feed(p, (struct str){text + at, n - at < chunk ? n - at : chunk}, err)) {
            loki_page_free(p);
            return NULL;
        }
    }
    if (!loki_page_finish(p, err)) {
        loki_page_free(p);
        return NULL;
    }
    return p;
}

/* "time pod text" a line. */
static char *as_text(const struct loki_page *p)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < loki_page_count(p); i++) {
        struct line l = loki_page_at(p, i);
        assert_int_equal(l.time, loki_page_time(p, i));
        buf_printf(&b, "%lld %s ", (long long)l.time, labels_value(l.labels, "pod"));
        buf_add(&b, l.text.p, l.text.n);
        buf_addc(&b, '\n');
    }
    buf_addc(&b, '\0');
    return buf_take(&b, NULL);
}

#define HEAD "{\"status\":\"success\",\"data\":{\"resultType\":\"streams\",\"result\":["
#define TAIL "],\"stats\":{\"x\":[1]}}}"

static void streams_are_merged_in_order(void **state)
{
    (void)state;
    const char *text =
        HEAD "{\"stream\":{\"pod\":\"b\",\"detected_level\":\"info\"},\"values\":[[\"5\",\"b5\"],["
             "\"7\",\"b7\"]]},"
             "{\"stream\":{\"pod\":\"a\"},\"values\":[[\"5\",\"a5 first\"],[\"5\",\"a5 second\"]]},"
             "{\"stream\":{\"pod\":\"b\",\"service_name\":\"s\",\"__stream_shard__\":\"1\"},"
             "\"values\":[[\"5\",\"b5 later\"],[\"6\",\"b6\"]]}" TAIL;
    for (size_t chunk = 1; chunk < 400; chunk = chunk * 3 + 1) {
        struct err err;
        struct loki_page *p = read_page(text, chunk, 0, false, &err);
        assert_non_null(p);
        loki_page_sort(p, false, false);
        char *got = as_text(p);
        assert_string_equal(got,
                            "5 a a5 first\n5 a a5 second\n5 b b5\n5 b b5 later\n6 b b6\n7 b b7\n");
        free(got);
        assert_false(loki_page_is_metric(p));
        assert_true(loki_page_size(p) == strlen(text));
        loki_page_free(p);
    }
}

static void backward_is_the_exact_reverse(void **state)
{
    (void)state;
    struct err err;
    /* What Loki answers backward: equal times of a stream come last first. */
    struct loki_page *p = read_page(
        HEAD
        "{\"stream\":{\"pod\":\"b\"},\"values\":[[\"7\",\"b7\"],[\"5\",\"b5\"]]},"
        "{\"stream\":{\"pod\":\"a\"},\"values\":[[\"5\",\"a5 second\"],[\"5\",\"a5 first\"]]}" TAIL,
        4096, 0, false, &err);
    loki_page_sort(p, true, false);
    char *got = as_text(p);
    assert_string_equal(got, "7 b b7\n5 b b5\n5 a a5 second\n5 a a5 first\n");
    free(got);
    loki_page_free(p);
}

/* `count` lines of one stream, `tied` of them on one nanosecond, with texts that fall. */
static struct loki_page *page_of_ties(int count, int tied, bool backward)
{
    struct err err;
    struct buf json;
    buf_init(&json, 1 << 16);
    buf_adds(&json, HEAD "{\"stream\":{\"pod\":\"a\"},\"values\":[");
    for (int i = 0; i < count; i++)
        buf_printf(&json, "%s[\"%d\",\"%c\"]", i ? "," : "",
                   backward   ? 100 - (i < tied ? 1 : i)
                   : i < tied ? 1
                              : i,
                   'z' - i);
    buf_adds(&json, "]}" TAIL);
    struct loki_page *p = read_page(buf_text(&json), 4096, 0, false, &err);
    assert_non_null(p);
    loki_page_sort(p, backward, false);
    loki_page_sort_crowds(p, backward);
    buf_free(&json);
    return p;
}

static void ties_are_told(void **state)
{
    (void)state;
    static const struct {
        int count, tied;
        enum loki_page_ties ties;
    } pages[] = {{20, 2, LOKI_PAGE_TIES_NONE},
                 {12, 3, LOKI_PAGE_TIES_KEPT},
                 {13, 3, LOKI_PAGE_TIES_SHUFFLED},
                 {20, 12, LOKI_PAGE_TIES_SHUFFLED},
                 {20, 13, LOKI_PAGE_TIES_NONE}};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct loki_page *p = page_of_ties(pages[i].count, pages[i].tied, false);
        assert_int_equal(loki_page_ties(p), pages[i].ties);
        loki_page_free(p);
    }
}

static void crowds_are_ordered_by_text(void **state)
{
    (void)state;
    for (int backward = 0; backward < 2; backward++) {
        struct loki_page *p = page_of_ties(13, 13, backward);
        for (size_t i = 0; i < 13; i++)
            assert_int_equal(loki_page_at(p, i).text.p[0],
                             (backward ? 'z' : 'n') + (backward ? -(int)i : (int)i));
        loki_page_free(p);
        p = page_of_ties(12, 12, backward);
        assert_int_equal(loki_page_at(p, 0).text.p[0], 'z');
        loki_page_free(p);
    }
}

static void text_decides_where_it_is_asked_to(void **state)
{
    (void)state;
    struct err err;
    struct loki_page
        *p = read_page(HEAD "{\"stream\":{\"pod\":\"a\"},\"values\":[[\"5\",\"z\"],[\"5\",\"m\"],["
                            "\"5\",\"ma\"]]}" TAIL,
                       4096, 0, false, &err),
        *q = read_page(HEAD
                       "{\"stream\":{\"pod\":\"a\"},\"values\":[[\"5\",\"b\"],[\"4\",\"y\"]]}" TAIL,
                       4096, 0, false, &err);
    assert_true(loki_page_append(p, q, &err));
    loki_page_free(q);
    loki_page_sort(p, false, true);
    char *got = as_text(p);
    assert_string_equal(got, "4 a y\n5 a b\n5 a m\n5 a ma\n5 a z\n");
    free(got);
    assert_int_equal(loki_page_drop_before(p, 5), 1);
    assert_int_equal(loki_page_count(p), 4);
    loki_page_free(p);
}

static void nul_and_structured_metadata(void **state)
{
    (void)state;
    struct err err;
    struct loki_page *p =
        read_page(HEAD "{\"stream\":{\"pod\":\"a\"},\"values\":[[\"5\",\"x\\u0000y\",{"
                       "\"structuredMetadata\":{\"k\":\"]\"},\"parsed\":{}}]]}" TAIL,
                  3, 0, false, &err);
    assert_int_equal(loki_page_count(p), 1);
    struct line l = loki_page_at(p, 0);
    assert_int_equal(l.text.n, 3);
    assert_memory_equal(l.text.p, "x\0y", 3);
    loki_page_free(p);
}

static void kind_of(const char *text, size_t max_bytes, enum err_kind kind)
{
    struct err err;
    struct loki_page *p = read_page(text, 16, max_bytes, false, &err);
    assert_null(p);
    assert_int_equal(err.kind, kind);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    kind_of("", 0, ERR_AWAY);
    kind_of(HEAD "{\"stream\":{\"pod\":\"a\"},\"values\":[[\"5\",\"x\"]]}", 0, ERR_AWAY);
    kind_of("<html>", 0, ERR_PROTOCOL);
    kind_of("{\"status\":\"success\"}", 0, ERR_PROTOCOL);
    kind_of(HEAD "{\"stream\":{\"pod\":\"a\"}}" TAIL, 0, ERR_PROTOCOL);
    kind_of(HEAD "{\"stream\":{\"pod\":\"a\"},\"values\":[[\"x\",\"y\"]]}" TAIL, 0, ERR_PROTOCOL);
    kind_of(HEAD "{\"stream\":{\"pod\":\"a\"},\"values\":[[\"5\",\"0123456789\"],[\"6\","
                 "\"0123456789\"]]}" TAIL,
            19, ERR_LIMIT);
}

static void numbers_are_no_lines(void **state)
{
    (void)state;
    struct err err;
    struct loki_page *p = read_page("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\","
                                    "\"result\":[{\"metric\":{},\"values\":[[1,\"2\"]]}]}}",
                                    4096, 0, false, &err);
    assert_non_null(p);
    assert_true(loki_page_is_metric(p));
    assert_int_equal(loki_page_count(p), 0);
    loki_page_free(p);
    p = read_page("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}",
                  4096, 0, false, &err);
    assert_true(loki_page_is_metric(p));
    loki_page_free(p);
}

static void frames_of_the_tail(void **state)
{
    (void)state;
    struct err err;
    struct loki_page *p =
        read_page("{\"streams\":[{\"stream\":{\"pod\":\"a\"},\"values\":[[\"5\",\"x\"]]},{"
                  "\"stream\":{\"pod\":\"b\"},\"values\":[[\"4\",\"y\"]]}],"
                  "\"dropped_entries\":[{\"timestamp\":\"1\",\"labels\":{\"pod\":\"a\"}},{"
                  "\"timestamp\":\"2\",\"labels\":{}}]}",
                  7, 0, true, &err);
    char *got = as_text(p);
    assert_string_equal(got, "5 a x\n4 b y\n");
    free(got);
    assert_int_equal(loki_page_dropped(p), 2);
    loki_page_clear(p);
    assert_true(loki_page_feed(p, str_of("{\"streams\":null}"), &err) && loki_page_finish(p, &err));
    assert_int_equal(loki_page_count(p), 0);
    assert_int_equal(loki_page_dropped(p), 0);
    loki_page_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_are_merged_in_order),
        cmocka_unit_test(backward_is_the_exact_reverse),
        cmocka_unit_test(ties_are_told),
        cmocka_unit_test(crowds_are_ordered_by_text),
        cmocka_unit_test(text_decides_where_it_is_asked_to),
        cmocka_unit_test(nul_and_structured_metadata),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(numbers_are_no_lines),
        cmocka_unit_test(frames_of_the_tail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
