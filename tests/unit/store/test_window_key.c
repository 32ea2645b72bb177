/* The keys of CONTRACT.md, "The store". */
#include "help.h"

#include "store/window_key.h"

static int64_t at(const char *text)
{
    int64_t t;
    assert_true(clock_parse(str_of(text), false, &t));
    return t;
}

static void makes_the_keys(void **state)
{
    char key[WINDOW_KEY_SIZE];
    int64_t t = at("2021-08-27T13:00:00Z");
    (void)state;
    assert_string_equal(window_key_lines(key, "prod-seoul", "errors", t),
                        "prod-seoul/lines/errors/2021/08/27/1300.log.gz");
    assert_string_equal(window_key_window(key, "prod-seoul", "errors", t),
                        "prod-seoul/windows/errors/2021/08/27/1300.json");
    assert_string_equal(window_key_index(key, "prod-seoul", "errors", t),
                        "prod-seoul/windows/errors/2021/08/27/index.json");
    assert_string_equal(window_key_groups(key, "prod-seoul"), "prod-seoul/groups.json");
    assert_string_equal(window_key_snapshot(key, "prod-seoul", t),
                        "prod-seoul/snapshots/2021/08/27/1300.json.gz");
    assert_string_equal(window_key_day(key, "c", "snapshots", NULL, at("2026-01-02T23:59:59Z")),
                        "c/snapshots/2026/01/02/");
}

static void longest_names_fit(void **state)
{
    char cluster[64], rule[42], key[WINDOW_KEY_SIZE];
    (void)state;
    memset(cluster, 'c', 63);
    cluster[63] = '\0';
    memset(rule, 'r', 41);
    rule[41] = '\0';
    assert_false(window_key_rule_ok(rule));
    rule[40] = '\0';
    assert_true(window_key_rule_ok(rule));
    window_key_lines(key, cluster, rule, 0);
    assert_true(str_ends(str_of(key), "/1970/01/01/0000.log.gz"));
}

static void names_are_checked(void **state)
{
    (void)state;
    static const char *const rules[] = {"", "Errors", "a_b", "../x", "a.b"};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        assert_false(window_key_rule_ok(rules[i]));
    assert_false(window_key_rule_ok(NULL));
    assert_true(window_key_rule_ok("gateway-5xx"));
}

static void reads_what_it_makes(void **state)
{
    char key[WINDOW_KEY_SIZE], rule[WINDOW_KEY_RULE];
    int64_t t = at("2024-02-29T23:50:00Z"), back;
    (void)state;
    window_key_window(key, "c", "r-1", t);
    assert_int_equal(window_key_read(str_of(key), "c", rule, &back), WINDOW_KEY_WINDOW);
    assert_string_equal(rule, "r-1");
    assert_true(back == t);
    window_key_lines(key, "c", "r-1", t);
    assert_int_equal(window_key_read(str_of(key), "c", rule, &back), WINDOW_KEY_LINES);
    assert_true(back == t);
    window_key_snapshot(key, "c", t);
    assert_int_equal(window_key_read(str_of(key), "c", rule, &back), WINDOW_KEY_SNAPSHOT);
    assert_string_equal(rule, "");
    assert_true(back == t);
    window_key_index(key, "c", "r-1", t);
    assert_int_equal(window_key_read(str_of(key), "c", rule, &back), WINDOW_KEY_INDEX);
    assert_true(back == at("2024-02-29T00:00:00Z"));
    assert_int_equal(window_key_read(str_of("c/groups.json"), "c", rule, &back), WINDOW_KEY_GROUPS);
}

static void knows_strangers(void **state)
{
    (void)state;
    static const char *const others[] = {"",
                                         "c",
                                         "c/",
                                         "cc/groups.json",
                                         "c/windows/",
                                         "c/windows/r/2021/08/27/",
                                         "c/windows/r/2021/8/27/1300.json",
                                         "c/windows/r/2021/02/30/1300.json",
                                         "c/windows/r/2021/08/27/2400.json",
                                         "c/windows/r/2021/08/27/1360.json",
                                         "c/windows/r/2021/08/27/1300.json.gz",
                                         "c/windows/R/2021/08/27/1300.json",
                                         "c/windows/r/2021/08/27/13000.json",
                                         "c/windows/r/2021/08/27/x/1300.json",
                                         "c/lines/r/2021/08/27/1300.json",
                                         "c/snapshots/r/2021/08/27/1300.json.gz",
                                         "c/windows/r/2021/08/+7/1300.json",
                                         "c/other/2021/08/27/1300.json",
                                         "c/reports/x"};
    char rule[WINDOW_KEY_RULE];
    int64_t t;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (window_key_read(str_of(others[i]), "c", rule, &t) != WINDOW_KEY_OTHER)
            fail_msg("%s", others[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_the_keys),    cmocka_unit_test(longest_names_fit),
        cmocka_unit_test(names_are_checked), cmocka_unit_test(reads_what_it_makes),
        cmocka_unit_test(knows_strangers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
