#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "base/hash.h"

static const struct str none = {NULL, 0};

static void slices_compare(void **state)
{
    (void)state;
    assert_int_equal(str_of(NULL).n, 0);
    assert_int_equal(str_of("abc").n, 3);
    assert_true(str_eq(str_of("abc"), (struct str){"abcd", 3}));
    assert_false(str_eq(str_of("abc"), str_of("abd")));
    assert_false(str_eq(str_of("abc"), str_of("ab")));
    assert_true(str_eq(none, str_of("")));
    assert_true(str_is(none, ""));
    assert_true(str_is(str_of("x"), "x"));
    assert_false(str_is((struct str){"x\0y", 3}, "x"));
    assert_true(str_starts(str_of("abc"), "ab") && str_starts(str_of("abc"), "") &&
                str_starts(none, ""));
    assert_false(str_starts(str_of("ab"), "abc") || str_starts(none, "a"));
    assert_true(str_ends(str_of("abc"), "bc") && str_ends(str_of("abc"), "") && str_ends(none, ""));
    assert_false(str_ends(str_of("bc"), "abc") || str_ends(none, "a"));
}

static void blanks_are_trimmed(void **state)
{
    (void)state;
    assert_true(str_is(str_trim(str_of(" \t a b \r\n")), "a b"));
    assert_int_equal(str_trim(str_of(" \n ")).n, 0);
    assert_int_equal(str_trim(none).n, 0);
    assert_true(str_is(str_trim(str_of("x")), "x"));
}

static void cutting_gives_every_part(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *parts[5];
    } cases[] = {
        {"a,b,c", {"a", "b", "c"}}, {"a", {"a"}},      {"", {""}},
        {"a,", {"a", ""}},          {",a", {"", "a"}}, {",,", {"", "", ""}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str rest = str_of(cases[i].text), part;
        size_t n = 0;
        while (str_cut(&rest, ',', &part)) {
            assert_non_null(cases[i].parts[n]);
            assert_true(str_is(part, cases[i].parts[n++]));
        }
        assert_null(cases[i].parts[n]);
    }
    struct str rest = none, part;
    assert_false(str_cut(&rest, ',', &part));
}

static void needles_are_found(void **state)
{
    (void)state;
    assert_int_equal(str_find(str_of("abcabc"), str_of("ca")), 2);
    assert_int_equal(str_find(str_of("abc"), str_of("x")), -1);
    assert_int_equal(str_find(str_of("abc"), none), 0);
    assert_int_equal(str_find(none, str_of("x")), -1);
    assert_int_equal(str_find(none, none), 0);
    assert_int_equal(str_find((struct str){"a\0b", 3}, (struct str){"\0b", 2}), 1);
    assert_int_equal(str_find_fold(str_of("an ERRor"), str_of("Error")), 3);
    assert_int_equal(str_find_fold(str_of("abc"), str_of("abcd")), -1);
    assert_int_equal(str_find_fold(none, none), 0);
    assert_int_equal(str_find_fold(none, str_of("a")), -1);
    /* Bytes behind a NUL count, and only letters fold. */
    assert_int_equal(str_find_fold((struct str){"a\0X a\0Y", 7}, (struct str){"A\0y", 3}), 4);
    assert_int_equal(str_find_fold(str_of("a[b"), str_of("A{B")), -1);
    assert_int_equal(str_find_fold(str_of("a@b"), str_of("a`b")), -1);
}

static void finding_agrees_with_trying_everywhere(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 100000; i++) {
        char hay[24], needle[4];
        size_t nh = hash_mix(i) % sizeof hay, nn = hash_mix(i + 1) % sizeof needle;
        for (size_t k = 0; k < nh; k++)
            hay[k] = "aAbB\0"[hash_mix(i * 32 + k) % 5];
        for (size_t k = 0; k < nn; k++)
            needle[k] = "aAbB\0"[hash_mix(i * 32 + 24 + k) % 5];
        ptrdiff_t plain = -1, fold = -1;
        for (size_t at = 0; at + nn <= nh; at++) {
            size_t same = 0, alike = 0;
            for (size_t k = 0; k < nn; k++) {
                same += hay[at + k] == needle[k];
                alike += (hay[at + k] | 0x20) == (needle[k] | 0x20) && !hay[at + k] == !needle[k];
            }
            if (plain < 0 && same == nn)
                plain = (ptrdiff_t)at;
            if (fold < 0 && alike == nn)
                fold = (ptrdiff_t)at;
        }
        assert_int_equal(str_find((struct str){hay, nh}, (struct str){needle, nn}), plain);
        assert_int_equal(str_find_fold((struct str){hay, nh}, (struct str){needle, nn}), fold);
    }
}

static void whole_numbers_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {{"0", 0},
                {"42", 42},
                {"-7", -7},
                {"+7", 7},
                {"007", 7},
                {"9223372036854775807", INT64_MAX},
                {"-9223372036854775808", INT64_MIN}};
    static const char *const bad[] = {"",
                                      "-",
                                      "+",
                                      " 1",
                                      "1 ",
                                      "1x",
                                      "0x10",
                                      "1.0",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "--1",
                                      "111111111111111111111111111111",
                                      "\t1",
                                      "- 1"};
    int64_t value;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(str_to_int(str_of(good[i].text), &value));
        assert_int_equal(value, good[i].value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (str_to_int(str_of(bad[i]), &value))
            fail_msg("'%s' is no whole number", bad[i]);
    assert_false(str_to_int(none, &value));
    assert_false(str_to_int((struct str){"12\0", 3}, &value));
    assert_false(str_to_int((struct str){"1\0002", 3}, &value));
    assert_true(str_to_int((struct str){"123", 2}, &value) && value == 12);
}

static void fractions_are_read_in_any_locale(void **state)
{
    (void)state;
    static const char *const locales[] = {"C", "", "de_DE.UTF-8"};
    static const char *const bad[] = {"",      "x", "1,5", "0x1p3", "nan(1)", " 1",  "1 ",
                                      "1.5.2", "-", ".",   "e5",    "1e",     "inff"};
    for (size_t l = 0; l < 3; l++) {
        setlocale(LC_ALL, locales[l]);
        double value;
        assert_true(str_to_double(str_of("1.5"), &value) && value == 1.5);
        assert_true(str_to_double(str_of("-2e3"), &value) && value == -2000);
        assert_true(str_to_double(str_of(".5"), &value) && value == 0.5);
        assert_true(str_to_double(str_of("NaN"), &value) && isnan(value));
        assert_true(str_to_double(str_of("+Inf"), &value) && isinf(value) && value > 0);
        assert_true(str_to_double(str_of("-Inf"), &value) && isinf(value) && value < 0);
        assert_true(str_to_double((struct str){"1.55", 3}, &value) && value == 1.5);
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
            if (str_to_double(str_of(bad[i]), &value))
                fail_msg("'%s' is no number", bad[i]);
        assert_false(str_to_double(none, &value));
        assert_false(str_to_double((struct str){"1\0", 2}, &value));
    }
    setlocale(LC_ALL, "C");
}

static void globs_match(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool matches;
    } cases[] = {
        {"*", "", true},
        {"*", "abc", true},
        {"", "", true},
        {"", "a", false},
        {"kube-*", "kube-system", true},
        {"kube-*", "kube", false},
        {"*-system", "kube-system", true},
        {"a*b*c", "aXXbYYc", true},
        {"a*b*c", "aXXbYY", false},
        {"?", "a", true},
        {"?", "", false},
        {"a?c", "abc", true},
        {"**", "x", true},
        {"a*", "ba", false},
        {"*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaa", false},
        {"a*?", "a", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (str_glob(cases[i].pattern, str_of(cases[i].text)) != cases[i].matches)
            fail_msg("%s on %s", cases[i].pattern, cases[i].text);
    assert_true(str_glob("*", none));
    assert_false(str_glob("a", (struct str){"a\0", 2}));
    assert_true(str_glob("a?", (struct str){"a\0", 2}));
}

static void numbers_inside_names_count(void **state)
{
    (void)state;
    static const char *const sorted[] = {"",      "0",     "00",  "1",     "2",      "10",
                                         "a",     "a1",    "a02", "a2",    "a2b",    "a10",
                                         "a10b1", "a10b2", "b",   "pod-2", "pod-10", "pod-x"};
    /* "00" and "0", "a02" and "a2" are equal as numbers and ordered by their zeros: "a02" < "a2". */
    size_t count = sizeof sorted / sizeof *sorted;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++) {
            int order = str_compare_natural(sorted[i], sorted[k]);
            if ((order < 0) != (i < k) || (order > 0) != (i > k))
                fail_msg("'%s' and '%s': %d", sorted[i], sorted[k], order);
        }
    }
    assert_true(str_compare_natural("a99999999999999999999999998", "a99999999999999999999999999") <
                0);
}

static void natural_order_is_an_order(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 100000; i++) {
        char text[3][6] = {{0}};
        for (size_t t = 0; t < 3; t++)
            for (size_t k = 0; k < hash_mix(i * 3 + t) % 6; k++)
                text[t][k] = "012ab-"[hash_mix(i * 64 + t * 8 + k) % 6];
        int ab = str_compare_natural(text[0], text[1]), bc = str_compare_natural(text[1], text[2]),
            ac = str_compare_natural(text[0], text[2]), ba = str_compare_natural(text[1], text[0]);
        assert_true((ab < 0) == (ba > 0) && (ab == 0) == (strcmp(text[0], text[1]) == 0));
        if (ab <= 0 && bc <= 0)
            assert_true(ac <= 0);
    }
}

static void copies_are_cut_and_terminated(void **state)
{
    (void)state;
    char to[4] = "zzz";
    assert_int_equal(str_copy(to, sizeof to, "abcdef"), 6);
    assert_string_equal(to, "abc");
    assert_int_equal(str_copy(to, sizeof to, "x"), 1);
    assert_string_equal(to, "x");
    assert_int_equal(str_copy(to, 1, "yyy"), 3);
    assert_string_equal(to, "");
    to[0] = 'k';
    assert_int_equal(str_copy(to, 0, "yyy"), 3);
    assert_int_equal(to[0], 'k');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_compare),
        cmocka_unit_test(blanks_are_trimmed),
        cmocka_unit_test(cutting_gives_every_part),
        cmocka_unit_test(needles_are_found),
        cmocka_unit_test(finding_agrees_with_trying_everywhere),
        cmocka_unit_test(whole_numbers_are_read),
        cmocka_unit_test(fractions_are_read_in_any_locale),
        cmocka_unit_test(globs_match),
        cmocka_unit_test(numbers_inside_names_count),
        cmocka_unit_test(natural_order_is_an_order),
        cmocka_unit_test(copies_are_cut_and_terminated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
