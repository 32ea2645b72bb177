#include "base/regex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"

static struct regex *compile(const char *pattern, int flags)
{
    struct err err = {0};
    struct regex *r = regex_new(pattern, flags, &err);
    if (!r)
        fail_msg("%s: %s", pattern, err.what);
    return r;
}

static void check(const char *pattern, int flags, struct str text, ptrdiff_t from, ptrdiff_t to)
{
    struct regex *r = compile(pattern, flags);
    size_t start = 0, end = 0;
    bool found = regex_find(r, text, 0, &start, &end);
    assert_int_equal(found, from >= 0);
    assert_int_equal(regex_matches(r, text), found);
    if (found) {
        assert_int_equal(start, from);
        assert_int_equal(end, to);
    }
    assert_int_equal(regex_gave_up(r), 0);
    regex_free(r);
}

static void finds_matches(void **state)
{
    (void)state;
    check("b+", 0, str_of("abbc"), 1, 3);
    check("^c", 0, str_of("abbc"), -1, 0);
    check("(?i)ERROR", 0, str_of("an Error"), 3, 8);
    check("", 0, str_of("abc"), 0, 0);
    check("", 0, (struct str){NULL, 0}, 0, 0);
    check("x", 0, (struct str){NULL, 0}, -1, 0);
    check("a.c", 0, (struct str){"a\0c", 3}, 0, 3);
    check("^.$", 0, str_of("한"), 0, 3);
    check("[가-힣]+", 0, str_of("db 연결 x"), 3, 9);
    check("\\d{3,}", 0, str_of("n=12 m=1234"), 7, 11);
}

static void flags_change_the_case(void **state)
{
    (void)state;
    check("error", REGEX_FOLD, str_of("ERROR"), 0, 5);
    check("é", REGEX_FOLD, str_of("É"), 0, 2);
    check("error", REGEX_SMART, str_of("ERROR"), 0, 5);
    check("Error", REGEX_SMART, str_of("ERROR"), -1, 0);
    check("Error", REGEX_SMART, str_of("Error"), 0, 5);
    check("É", REGEX_SMART, str_of("é"), -1, 0);
    /* A class is no capital letter. */
    check("\\Serror\\W", REGEX_SMART, str_of("xERROR "), 0, 7);
    check("a.c", REGEX_LITERAL, str_of("abc a.c"), 4, 7);
    check("(*", REGEX_LITERAL, str_of("x(*y"), 1, 3);
    check("a+b", REGEX_LITERAL | REGEX_FOLD, str_of("xA+B"), 1, 4);
    check("\\Q", REGEX_LITERAL, str_of("\\Q"), 0, 2);
}

static void bad_patterns_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"(",  "[a",   "a{2,1}",           "*",   "(?<n",
                                      "\\", "\xff", "(?P<x>a)(?P<x>b)", "\\C", "(?z)"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err err = {0};
        if (regex_new(bad[i], 0, &err))
            fail_msg("'%s' was taken", bad[i]);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_non_null(strstr(err.what, "bad pattern"));
        assert_null(regex_new(bad[i], 0, NULL));
    }
    struct err err;
    assert_null(regex_new("ab(cd", 0, &err));
    assert_non_null(strstr(err.what, "byte 5"));
    char *deep = mem_alloc(100001);
    memset(deep, '(', 100000);
    assert_null(regex_new(deep, 0, &err));
    deep[60000] = '\0';
    assert_null(regex_new(deep, 0, &err));
    free(deep);
    regex_free(NULL);
}

static void broken_utf8_is_no_error(void **state)
{
    (void)state;
    check("abc", 0,
          str_of("\xff\xfe"
                 "abc\xc3"),
          2, 5);
    check("^abc", 0,
          str_of("\xff"
                 "abc"),
          -1, 0);
    check("한", 0, str_of("\xed\x95\xed\x95\x9c"), 2, 5);
    struct regex *r = compile("[^a]|a+.|\\w\\b", 0);
    for (uint64_t round = 0; round < 20000; round++) {
        char text[40];
        size_t n = hash_mix(round) % sizeof text, start, end;
        for (size_t i = 0; i < n; i++)
            text[i] = hash_mix(round * 64 + i) % 2 ? 'a' : (char)hash_mix(round * 64 + i + 7);
        size_t from = n ? hash_mix(round + 5) % (n + 1) : 0;
        if (regex_find(r, (struct str){text, n}, from, &start, &end))
            assert_true(start >= from && end >= start && end <= n);
    }
    assert_int_equal(regex_gave_up(r), 0);
    regex_free(r);
}

static void goes_on_from_a_place(void **state)
{
    (void)state;
    struct regex *r = compile("\\bx\\d", 0);
    struct str text = str_of("x1 x2 yx3 x4");
    size_t from = 0, start, end, count = 0;
    static const size_t starts[] = {0, 3, 10};
    while (regex_find(r, text, from, &start, &end)) {
        assert_int_equal(start, starts[count++]);
        from = end;
    }
    assert_int_equal(count, 3);
    assert_false(regex_find(r, text, text.n + 1, &start, &end));
    /* What stands before the place still counts for \b. */
    assert_false(regex_find(r, str_of("yx1"), 1, &start, &end));
    regex_free(r);
}

/* Slices must find the same as a single look at the whole. */
static void long_texts_are_searched_whole(void **state)
{
    (void)state;
    enum { SIZE = 300 * 1000 };
    char *text = mem_alloc(SIZE);
    struct regex *r = compile("err한\\d|\\bzz\\b", 0);
    size_t start, end;
    for (size_t at = 0; at < SIZE - 10; at += 997) {
        for (size_t i = 0; i + 3 <= SIZE; i += 3)
            memcpy(text + i, "가", 3);
        memcpy(text + at, "err한7", 7);
        assert_true(regex_find(r, (struct str){text, SIZE}, 0, &start, &end));
        assert_int_equal(start, at);
        assert_int_equal(end, at + 7);
        at += at / 3;
    }
    assert_int_equal(regex_gave_up(r), 0);
    regex_free(r);
    free(text);
}

static void hostile_patterns_give_up_soon(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *fill;
    } cases[] = {
        {"(a+)+$", "a"},
        {"(a|aa)+$", "a"},
        {"(a|a)*b", "a"},
        {"(.*)*[xy]", "a"},
        {".*.*.*.*[xy]", "a"},
        {"^(([a-z])+.)+[A-Z]([a-z])+$", "a"},
        {"(a?){40}a{40}$", "a"},
        {"(?:a*?a*?)*?c", "a"},
        {"[a-z]*[a-z]*[a-z]*[a-z]*\\d", "ab"},
        {"(x+x+)+[yz]", "x"},
        {"((a*)*)*\\d", "a"},
        {".*?.*?.*?[=:]x", "a"},
        {"(?=(a+))\\1*[bc]$", "a"},
        {"(\\w+\\s*)+:", "word "},
        {"([가-힣]+)+$", "가나다 "},
    };
    static const size_t sizes[] = {28, 300, 3000, 30000, 262144};
    char *text = mem_alloc(262145);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct regex *r = compile(cases[c].pattern, 0);
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            for (size_t i = 0; i < sizes[s]; i++)
                text[i] = cases[c].fill[i % strlen(cases[c].fill)];
            text[sizes[s] - 1] = '!';
            int64_t began = clock_worked();
            regex_matches(r, (struct str){text, sizes[s]});
            /* Ten milliseconds are meant; sanitizers may take their share. */
            int64_t took = clock_worked() - began;
            if (took > 500 * CLOCK_MS)
                fail_msg("%s on %zu bytes: %lld ms", cases[c].pattern, sizes[s],
                         (long long)(took / CLOCK_MS));
        }
        regex_free(r);
    }
    free(text);
    struct regex *r = compile("(a+)+$", 0);
    char line[41] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";
    assert_false(regex_matches(r, str_of(line)));
    assert_false(regex_matches(r, str_of(line)));
    assert_int_equal(regex_gave_up(r), 2);
    assert_true(regex_matches(r, str_of("aaaa")));
    regex_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_matches),
        cmocka_unit_test(flags_change_the_case),
        cmocka_unit_test(bad_patterns_are_refused),
        cmocka_unit_test(broken_utf8_is_no_error),
        cmocka_unit_test(goes_on_from_a_place),
        cmocka_unit_test(long_texts_are_searched_whole),
        cmocka_unit_test(hostile_patterns_give_up_soon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
