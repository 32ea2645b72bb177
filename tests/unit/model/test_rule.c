#include "model/rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void assert_query(const struct rule *r, const char *expected)
{
    struct buf out;
    buf_init(&out, 1 << 16);
    rule_query(r, &rule_labels_default, &out);
    assert_string_equal(buf_text(&out), expected);
    buf_free(&out);
}

static char *list_a[] = {"*", NULL}, *list_b[] = {"shop", "edge-*", "a.b?", NULL},
            *system_only[] = {"kube-system", NULL}, *none[] = {NULL};

static void test_as_the_contract_shows_it(void **state)
{
    (void)state;
    assert_query(&(struct rule){.name = "errors",
                                .namespaces = list_a,
                                .exclude_namespaces = system_only,
                                .match = "(?i)\\b(error|fatal|panic|exception)\\b"},
                 "{namespace!=\"\",namespace!~\"kube-system\"} "
                 "|~ \"(?i)(error|fatal|panic|exception)\" "
                 "|~ \"(?i)\\\\b(error|fatal|panic|exception)\\\\b\"");
    assert_query(&(struct rule){.logql = "{namespace=\"edge\"} | json | status >= 500"},
                 "{namespace=\"edge\"} | json | status >= 500");
}

static void test_namespaces(void **state)
{
    (void)state;
    assert_query(&(struct rule){.match = "x"}, "{namespace!=\"\"} |~ \"x\"");
    assert_query(&(struct rule){.namespaces = none, .exclude_namespaces = none, .match = "x"},
                 "{namespace!=\"\"} |~ \"x\"");
    assert_query(&(struct rule){.namespaces = list_b, .match = "x"},
                 "{namespace=~\"shop|edge-.*|a\\\\.b.\"} |~ \"x\"");
    char *with_all[] = {"shop", "*", NULL}, *both[] = {"kube-*", "a+b", NULL};
    assert_query(&(struct rule){.namespaces = with_all, .exclude_namespaces = both, .match = "x"},
                 "{namespace!=\"\",namespace!~\"kube-.*|a\\\\+b\"} |~ \"x\"");
    struct buf out;
    buf_init(&out, 1000);
    struct rule_labels labels = rule_labels_default;
    labels.namespace_ = "k8s_namespace";
    rule_query(&(struct rule){.exclude_namespaces = system_only, .match = "x"}, &labels, &out);
    assert_string_equal(buf_text(&out),
                        "{k8s_namespace!=\"\",k8s_namespace!~\"kube-system\"} |~ \"x\"");
    buf_free(&out);
}

/* The cheap filter: what is expected, or NULL when there may be none. */
static void test_cheap_filter(void **state)
{
    (void)state;
    static const struct {
        const char *match, *cheap;
    } cases[] = {
        {"\\bOOM\\b", "OOM"},
        {"\\b(?:OOM|a\\.b)\\b", "(?:OOM|a\\\\.b)"},
        {"(?is)x\\by", "(?is)xy"},
        {"error", NULL},         /* nothing to drop */
        {"\\b\\d+ms\\b", NULL},  /* no literals */
        {"\\berrors?\\b", NULL}, /* a repetition */
        {"\\b?error", NULL},     /* a repetition of \b itself */
        {"[\\b]error", NULL},    /* in a class it is a backspace */
        {"(?!\\berror)x", NULL}, /* forbidden \b would let through less */
        {"\\Berror\\b", NULL},
        {"^\\berror", NULL},
        {"\\Qa\\b\\E\\b", NULL},
        {"\\\\b|\\bx", "\\\\\\\\b|x"}, /* an escaped backslash, then a b */
        {"\\b", NULL},
        {"\\b|error", NULL}, /* would let through everything */
        {"\\berror\\", NULL},
        {"(?i)\\b(한글|에러)\\b", "(?i)(한글|에러)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out, expected;
        buf_init(&out, 1000);
        buf_init(&expected, 1000);
        buf_adds(&expected, "{namespace!=\"\"}");
        if (cases[i].cheap)
            buf_printf(&expected, " |~ \"%s\"", cases[i].cheap);
        buf_adds(&expected, " |~ ");
        rule_quote(&expected, cases[i].match);
        rule_query(&(struct rule){.match = (char *)(uintptr_t)cases[i].match}, &rule_labels_default,
                   &out);
        assert_string_equal(buf_text(&out), buf_text(&expected));
        buf_free(&out);
        buf_free(&expected);
    }
}

static void assert_counted(const struct rule *r, const char *expected)
{
    struct buf out;
    buf_init(&out, 1 << 16);
    rule_counted(r, &rule_labels_default, &out);
    assert_string_equal(buf_text(&out), expected);
    buf_free(&out);
}

static void test_counted(void **state)
{
    (void)state;
    assert_counted(&(struct rule){.exclude_namespaces = system_only, .match = "x{2}"},
                   "{app!=\"kubeboard\",namespace!=\"\",namespace!~\"kube-system\"} |~ \"x{2}\"");
    assert_counted(&(struct rule){.logql = "{namespace=\"edge\"} | json # all of it"},
                   "{app!=\"kubeboard\",namespace=\"edge\"} | json # all of it");
}

static void test_quoting(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 1000);
    rule_quote(&out, "a\"b\\c\nd\te\rf\x01\x7f`é");
    assert_string_equal(buf_text(&out), "\"a\\\"b\\\\c\\nd\\te\\rf\\x01\\x7f`é\"");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_the_contract_shows_it),
        cmocka_unit_test(test_namespaces),
        cmocka_unit_test(test_cheap_filter),
        cmocka_unit_test(test_counted),
        cmocka_unit_test(test_quoting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
