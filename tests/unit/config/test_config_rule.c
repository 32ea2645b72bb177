#include "config/config_rule.h"

#include "tests/unit/config/loading.h"

static void bad_rules(const char *rules, const char *expected)
{
    char yaml[1024], line[600];
    snprintf(yaml, sizeof yaml, "collector:\n  rules: %s", rules);
    snprintf(line, sizeof line, "DIR/c.yaml:%s", expected);
    loading_bad(yaml, line);
}

static void test_errors(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"[]", "2: collector.rules: there is no rule: leave the key out for the default rule"},
        {"{name: a}", "2: collector.rules: this is a map, but a list of rules is wanted: write a "
                      "list of maps: - {name: errors, match: 'error'}"},
        {"errors", "2: collector.rules: this is a text, but a list of rules is wanted: write a "
                   "list of maps: - {name: errors, match: 'error'}"},
        {"[errors]", "2: collector.rules[]: this is a text, but a map is wanted: possible here: "
                     "name namespaces exclude_namespaces match logql around limit"},
        {"[{match: a}]", "2: collector.rules: a rule has no name: write name: and a text of a-z, "
                         "0-9 and -"},
        {"[{name: A, match: a}]",
         "2: collector.rules[].name: 'A' is not possible here: write [a-z0-9-]{1,40}"},
        {"[{name: a}]", "2: collector.rules: the rule 'a' has neither match nor logql: write "
                        "match: and a regular expression, or logql: and a query"},
        {"[{name: a, match: x, logql: '{a=\"b\"}'}]",
         "2: collector.rules: the rule 'a' has both match and logql: leave one of them out"},
        {"[{name: a, namespaces: [b], logql: '{a=\"b\"}'}]",
         "2: collector.rules: the rule 'a' has namespaces beside logql: write them into the query: "
         "{namespace=~\"shop|edge\"}"},
        {"\n  - {name: a, match: x}\n  - {name: b, match: x}\n  - {name: a, match: y}",
         "5: collector.rules: there are two rules 'a': give each rule a name of its own"},
        {"[{name: a, match: '(x'}]", "2: collector.rules[].match: bad pattern: missing closing "
                                     "parenthesis, at byte 2: write a regular "
                                     "expression in single quotes"},
        {"[{name: a, match: ''}]", "2: collector.rules[].match: an empty pattern matches "
                                   "everything: write a regular expression in single quotes"},
        {"[{name: a, logql: 'rate({a=\"b\"}[1m])'}]",
         "2: collector.rules[].logql: this does not start with a stream selector: write LogQL that "
         "starts with its stream selector: {namespace=\"shop\"} | json"},
        {"[{name: a, match: x, namespaces: ['']}]",
         "2: collector.rules[].namespaces: '' is not possible here: write [^[:cntrl:]]{1,253}"},
        {"[{name: a, match: x, around: -1}]",
         "2: collector.rules[].around: '-1' is not between 0 and 1000: write a whole number"},
        {"[{name: a, match: x, limit: many}]",
         "2: collector.rules[].limit: 'many' is no number: write a whole number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        bad_rules(cases[i][0], cases[i][1]);
}

static void test_number_of_rules(void **state)
{
    (void)state;
    struct buf yaml;
    buf_init(&yaml, 1 << 16);
    buf_adds(&yaml, "collector:\n  rules:\n");
    for (int i = 0; i < CONFIG_RULE_MAX; i++)
        buf_printf(&yaml, "  - {name: r%d, match: x}\n", i);
    struct config *c = loading_good(buf_text(&yaml));
    assert_int_equal(c->collector.rule_count, CONFIG_RULE_MAX);
    assert_string_equal(c->collector.rules[63].name, "r63");
    assert_null(c->collector.rules[63].namespaces);
    config_free(c);
    buf_adds(&yaml, "  - {name: one-more, match: x}\n");
    loading_bad(buf_text(&yaml), "DIR/c.yaml:3: collector.rules: there are 65 rules, 64 are "
                                 "possible: join some of them");
    buf_free(&yaml);
}

static void test_block_scalar(void **state)
{
    (void)state;
    struct config *c = loading_good("collector:\n  rules:\n  - name: slow\n    logql: |\n"
                                    "      {namespace=\"shop\"}\n      | json # all\n");
    assert_string_equal(c->collector.rules[0].logql, "{namespace=\"shop\"}\n| json # all");
    config_free(c);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, loading_setup, loading_teardown)
    const struct CMUnitTest tests[] = {TEST(test_errors), TEST(test_number_of_rules),
                                       TEST(test_block_scalar)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
