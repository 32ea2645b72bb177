#include "ui/query/queryplace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The text up to the cursor; | in `word` shows what the word at the cursor is. */
static const struct {
    const char *before;
    enum queryplace_kind kind;
    const char *word, *label, *selector;
} cases[] = {
    {"", QUERYPLACE_START, "", "", ""},
    {"su", QUERYPLACE_START, "su", "", ""},
    {"@slo", QUERYPLACE_START, "@slo", "", ""},
    {"@slow-1.x", QUERYPLACE_START, "@slow-1.x", "", ""},
    {"{", QUERYPLACE_NAME, "", "", ""},
    {"{ na", QUERYPLACE_NAME, "na", "", ""},
    {"{namespace ", QUERYPLACE_MATCH, "", "namespace", ""},
    {"{namespace=", QUERYPLACE_VALUE, "", "namespace", ""},
    {"{namespace=~\"sh", QUERYPLACE_VALUE, "sh", "namespace", ""},
    {"{namespace=`sh", QUERYPLACE_VALUE, "sh", "namespace", ""},
    {"{a=\"x\\\"y", QUERYPLACE_VALUE, "x\\\"y", "a", ""},
    {"{a=\"b\"", QUERYPLACE_NEXT, "", "a", "{a=\"b\"}"},
    {"{a=\"b\", ", QUERYPLACE_NAME, "", "a", "{a=\"b\"}"},
    {"{a=\"b\", c!=\"d\", e=\"", QUERYPLACE_VALUE, "", "e", "{a=\"b\", c!=\"d\"}"},
    {"{c!=\"d\", e=\"", QUERYPLACE_VALUE, "", "e", ""}, /* Loki refuses to be asked by that */
    {"{c=\"\", e=\"", QUERYPLACE_VALUE, "", "e", ""},
    {"{a=\"b\"}", QUERYPLACE_STAGE, "", "a", "{a=\"b\"}"},
    {"{a=\"b\"} |", QUERYPLACE_PARSER, "", "a", "{a=\"b\"}"},
    {"{a=\"b\"} | js", QUERYPLACE_PARSER, "js", "a", "{a=\"b\"}"},
    {"{a=\"b\"} | json ", QUERYPLACE_STAGE, "", "json", "{a=\"b\"}"},
    {"{a=\"b\"} |= \"x", QUERYPLACE_NOTHING, "x", "a", "{a=\"b\"}"},
    {"{a=\"b\"} |= \"}{ | x\" ", QUERYPLACE_STAGE, "", "a", "{a=\"b\"}"},
    {"{a=\"b\"} | json | sta", QUERYPLACE_PARSER, "sta", "json", "{a=\"b\"}"},
    {"{a=\"b\"} | json | status ", QUERYPLACE_COMPARE, "", "status", "{a=\"b\"}"},
    {"{a=\"b\"} | json | level=\"er", QUERYPLACE_VALUE, "er", "level", "{a=\"b\"}"},
    {"{a=\"b\"} | json | status > 4", QUERYPLACE_NOTHING, "4", "status", "{a=\"b\"}"},
    {"{a=\"b\"} | json | status > 400 ", QUERYPLACE_STAGE, "", "status", "{a=\"b\"}"},
    {"{a=\"b\"} | json | status > 400 and ", QUERYPLACE_FIELD, "", "and", "{a=\"b\"}"},
    {"{a=\"b\"} | drop a, ", QUERYPLACE_FIELD, "", "a", "{a=\"b\"}"},
    {"{a=\"b\"} | json | unwrap ", QUERYPLACE_FIELD, "", "unwrap", "{a=\"b\"}"},
    {"rate(", QUERYPLACE_START, "", "rate", ""},
    {"rate({a=\"b\"}[", QUERYPLACE_SPAN, "", "a", "{a=\"b\"}"},
    {"rate({a=\"b\"}[5", QUERYPLACE_SPAN, "5", "a", "{a=\"b\"}"},
    {"sum ", QUERYPLACE_CALL, "", "sum", ""},
    {"sum by (", QUERYPLACE_FIELD, "", "by", ""},
    {"sum by (app, po", QUERYPLACE_FIELD, "po", "app", ""},
    {"sum by (app) (", QUERYPLACE_START, "", "app", ""},
    {"sum(rate({a=\"b\"}[5m])) ", QUERYPLACE_CALL, "", "a", "{a=\"b\"}"},
    {"sum(rate({a=\"b\"}[5m])) / su", QUERYPLACE_START, "su", "a", "{a=\"b\"}"},
    {"up{job=\"", QUERYPLACE_VALUE, "", "job", ""},
    {"{x=\"한글\", na", QUERYPLACE_NAME, "na", "x", "{x=\"한글\"}"},
};

static void the_place_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct queryplace at;
        queryplace_find(str_of(cases[i].before), &at);
        if (at.kind != cases[i].kind)
            print_message("%s: %d\n", cases[i].before, at.kind);
        assert_int_equal(at.kind, cases[i].kind);
        assert_string_equal(cases[i].before + at.word, cases[i].word);
        assert_string_equal(at.label, cases[i].label);
        assert_string_equal(at.selector, cases[i].selector);
    }
}

/* Whatever is typed, the word lies in the text and the selector stays within its bounds. */
static void hostile_texts_do_no_harm(void **state)
{
    (void)state;
    static const char letters[] = "{}()[]\"`=~!|,.ab1 \\<>/@#\xea\xb0\x80";
    uint32_t seed = 1;
    char text[400];
    for (int round = 0; round < 20000; round++) {
        size_t n = 0;
        seed = seed * 1664525 + 1013904223;
        for (size_t most = seed >> 24; n < most; n++) {
            seed = seed * 1664525 + 1013904223;
            text[n] = letters[(seed >> 8) % (sizeof letters - 1)];
        }
        struct queryplace at;
        queryplace_find((struct str){text, n}, &at);
        assert_true(at.word <= n);
        assert_true(strlen(at.selector) < sizeof at.selector);
    }
    char *deep = mem_alloc(100001);
    memset(deep, '(', 100000);
    struct queryplace at;
    queryplace_find(str_of(deep), &at);
    assert_int_equal(at.kind, QUERYPLACE_START);
    memset(deep, 'a', 100000);
    deep[0] = '{';
    deep[90000] = '=';
    deep[90001] = deep[99999] = '"';
    queryplace_find(str_of(deep), &at); /* a matcher longer than what can be asked by */
    assert_string_equal(at.selector, "");
    free(deep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_place_is_known),
        cmocka_unit_test(hostile_texts_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
