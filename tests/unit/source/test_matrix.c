#include "source/matrix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

static void on_point(void *context, const struct labels *series, int64_t time, double value)
{
    struct buf *b = context;
    for (uint32_t i = 0; i < series->count; i++)
        buf_printf(b, "%s=%s ", series->list[i].name, series->list[i].value);
    buf_printf(b, "%lld %g\n", (long long)(time / 1000000), value);
}

static char *read_matrix(const char *text, size_t chunk, struct err *err, char **warnings)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    struct matrix *m = matrix_new(on_point, &b);
    size_t n = strlen(text);
    bool good = true;
    err_clear(err);
    for (size_t at = 0; at < n && good; at += chunk)
        good = matrix_feed(m, (struct str){text + at, n - at < chunk ? n - at : chunk}, err);
    good = good && matrix_finish(m, err);
    if (warnings)
        *warnings = mem_dup(good ? matrix_warnings(m) : "");
    buf_printf(&b, "%zu series", matrix_series(m));
    matrix_free(m);
    return buf_take(&b, NULL);
}

/* The body of a recorded exchange. */
static char *recorded(const char *name)
{
    struct buf b;
    struct err err;
    char *path = mem_printf(TEST_DATA "/prometheus/%s", name);
    buf_init(&b, 1 << 20);
    assert_true(file_read(path, &b, &err));
    free(path);
    const char *answer = strstr(buf_text(&b), "\nHTTP/1.1 ");
    char *body = mem_dup(strstr(answer, "\n\n") + 2);
    buf_free(&b);
    return body;
}

static void expect(const char *text, const char *expected)
{
    for (size_t chunk = 1; chunk < 8192; chunk = chunk * 7 + 3) {
        struct err err;
        char *got = read_matrix(text, chunk, &err, NULL);
        assert_int_equal(err.kind, ERR_NONE);
        assert_string_equal(got, expected);
        free(got);
    }
}

static void a_recorded_vector_with_nan_and_inf(void **state)
{
    (void)state;
    char *body = recorded("prom-query-nan-inf.txt");
    expect(body, "__name__=kb_inf instance=127.0.0.1:29201 job=fake60 1795363236335 inf\n"
                 "__name__=kb_nan instance=127.0.0.1:29201 job=fake60 1795363236335 nan\n2 series");
    free(body);
}

static void a_recorded_matrix(void **state)
{
    (void)state;
    char *body = recorded("prom-query_range-matrix.txt");
    struct err err;
    char *got = read_matrix(body, 100, &err, NULL);
    assert_int_equal(err.kind, ERR_NONE);
    assert_memory_equal(
        got, "namespace=data 1795363176325 4.71465\nnamespace=data 1795363191325 8.21435\n", 72);
    assert_non_null(strstr(got, "6 series"));
    free(got);
    free(body);
}

static void scalars_strings_and_nothing(void **state)
{
    (void)state;
    expect("{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1795363236.335,"
           "\"2.5\"]}}",
           "1795363236335 2.5\n1 series");
    expect("{\"status\":\"success\",\"data\":{\"resultType\":\"string\",\"result\":[1795363236.335,"
           "\"x\"]}}",
           "0 series");
    expect("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}",
           "0 series");
}

static void warnings_are_kept(void **state)
{
    (void)state;
    struct err err;
    char *warnings, *got = read_matrix("{\"status\":\"success\",\"warnings\":[\"a\",\"b\"],"
                                       "\"data\":{\"resultType\":\"vector\",\"result\":[]}}",
                                       9, &err, &warnings);
    assert_string_equal(warnings, "a; b");
    free(warnings);
    free(got);
}

static void kind_of(const char *text, enum err_kind kind)
{
    struct err err;
    char *got = read_matrix(text, 11, &err, NULL);
    assert_int_equal(err.kind, kind);
    free(got);
}

static void what_is_no_matrix_is_said(void **state)
{
    (void)state;
    kind_of("{\"status\":\"success\",\"data\":{\"resultType\":\"streams\",\"result\":[{\"stream\":{"
            "},\"values\":[[\"1\",\"x\"]]}]}}",
            ERR_REFUSED);
    kind_of("{\"status\":\"success\",\"data\":{\"resultType\":\"streams\",\"result\":[]}}",
            ERR_REFUSED);
    kind_of("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{}"
            ",\"value\":[1,\"x\"]}]}}",
            ERR_PROTOCOL);
    kind_of("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{}"
            ",\"values\":[[1",
            ERR_AWAY);
    kind_of("{\"a\":1}", ERR_PROTOCOL);
    kind_of("<html>", ERR_PROTOCOL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recorded_vector_with_nan_and_inf), cmocka_unit_test(a_recorded_matrix),
        cmocka_unit_test(scalars_strings_and_nothing),        cmocka_unit_test(warnings_are_kept),
        cmocka_unit_test(what_is_no_matrix_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
