#include "ui/log/logcli.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#define NOON (INT64_C(1630065600) * CLOCK_SECOND) /* 2021-08-27T12:00:00Z */

static void add(struct lines *l, const char *pod, int64_t time)
{
    struct str names[] = {str_of("namespace"), str_of("pod"), str_of("container")};
    struct str values[] = {str_of("shop"), str_of(pod), str_of("app")};
    const struct labels *labels = labels_get(names, values, 3);
    struct line line = {.time = time, .labels = labels, .text = str_of("x")};
    lines_add(l, &line);
    labels_drop(labels);
}

static void commands_are_exact_and_quoted(void **state)
{
    (void)state;
    struct buf out;
    char query[] = "{namespace=\"shop\"} |= `it's`";
    struct model_logs m = {
        .lines = lines_new(1 << 20), .query = query, .from = NOON, .to = NOON + CLOCK_HOUR + 5};
    add(m.lines, "web-10", NOON);
    add(m.lines, "web-9", NOON + 1);
    add(m.lines, "web-10", NOON + 2);
    buf_init(&out, 1 << 16);
    logcli_commands(&out, &m, NULL, false, &rule_labels_default, NOON + CLOCK_DAY);
    const char *text = buf_text(&out);
    assert_non_null(strstr(text, "logcli query --from=2021-08-27T12:00:00.000000000Z "
                                 "--to=2021-08-27T13:00:00.000000005Z --limit=0 --forward "
                                 "'{namespace=\"shop\"} |= `it'\\''s`'\n"));
    const char *nine = strstr(text, "kubectl logs --namespace 'shop' 'web-9' --container 'app' "
                                    "--timestamps --since-time=2021-08-27T12:00:00Z\n");
    const char *ten = strstr(text, "'web-10'");
    assert_non_null(nine);
    assert_true(ten > nine);
    assert_null(strstr(ten + 4, "web-10"));
    assert_null(strstr(text, "--tail"));
    buf_clear(&out);
    m.to = 0;
    logcli_commands(&out, &m, NULL, false, &rule_labels_default, NOON + CLOCK_HOUR);
    assert_non_null(strstr(buf_text(&out), "--to=2021-08-27T13:00:00.000000000Z"));
    assert_non_null(strstr(buf_text(&out), "logcli query --tail '"));
    buf_free(&out);
    lines_free(m.lines);
}

static void what_is_held_is_named(void **state)
{
    (void)state;
    struct buf out;
    struct err err;
    struct pane_pattern filter = {.text = (char[]){"order [0-9]+"}, .invert = true};
    char query[] = "{a=\"b\"}", wish[] = "container app of shop/web-1, previous";
    struct model_logs m = {.lines = lines_new(1 << 20),
                           .query = query,
                           .from = NOON,
                           .older = {.state = MODEL_EDGE_MORE, .time = NOON + CLOCK_MINUTE},
                           .newer = {.state = MODEL_EDGE_MORE, .time = NOON + 2 * CLOCK_MINUTE}};
    filter.regex = regex_new(filter.text, REGEX_SMART, &err);
    buf_init(&out, 1 << 16);
    logcli_commands(&out, &m, &filter, false, &rule_labels_default, NOON + CLOCK_HOUR);
    const char *held = strstr(buf_text(&out), "--from=2021-08-27T12:01:00.000000000Z "
                                              "--to=2021-08-27T12:02:00.000000000Z --limit=0 "
                                              "--forward '{a=\"b\"} !~ \"(?i)order [0-9]+\"'\n");
    assert_non_null(held);
    assert_non_null(strstr(held, "--from=2021-08-27T12:00:00.000000000Z "
                                 "--to=2021-08-27T13:00:00.000000000Z"));
    buf_clear(&out);
    m.from_pod = true;
    m.query = wish;
    logcli_commands(&out, &m, NULL, false, &rule_labels_default, NOON);
    assert_null(strstr(buf_text(&out), "logcli"));
    assert_non_null(strstr(buf_text(&out), "kubectl logs --namespace 'shop' 'web-1' --container "
                                           "'app' --timestamps --previous\n"));
    regex_free(filter.regex);
    buf_free(&out);
    lines_free(m.lines);
}

/* Loki refuses a span of more than 30 days and an hour: the empty weeks before are not asked for. */
static void empty_weeks_are_not_asked_for(void **state)
{
    (void)state;
    struct buf out;
    char query[] = "{a=\"b\"}";
    struct model_logs m = {
        .lines = lines_new(1 << 20),
        .query = query,
        .from = NOON - CLOCK_HOUR,
        .older = {.state = MODEL_EDGE_END, .time = NOON - 31 * CLOCK_DAY},
        .newer = {.state = MODEL_EDGE_LIVE},
    };
    add(m.lines, "web-1", NOON);
    add(m.lines, "web-1", NOON + 1);
    buf_init(&out, 1 << 16);
    logcli_commands(&out, &m, NULL, false, &rule_labels_default, NOON + CLOCK_HOUR);
    assert_non_null(strstr(buf_text(&out), "logcli query --from=2021-08-27T12:00:00.000000000Z "
                                           "--to=2021-08-27T13:00:00.000000000Z"));
    assert_null(strstr(buf_text(&out), "2021-07"));
    assert_non_null(strstr(buf_text(&out), "--since-time=2021-08-27T12:00:00Z"));
    buf_free(&out);
    lines_free(m.lines);
}

static void chosen_patterns_are_told(void **state)
{
    (void)state;
    struct buf out;
    char query[] = "{a=\"b\"}";
    struct model_logs m = {.lines = lines_new(1 << 20), .query = query, .from = NOON};
    buf_init(&out, 1 << 16);
    logcli_commands(&out, &m, NULL, false, &rule_labels_default, NOON + CLOCK_HOUR);
    assert_null(strstr(buf_text(&out), "patterns"));
    buf_clear(&out);
    logcli_commands(&out, &m, NULL, true, &rule_labels_default, NOON + CLOCK_HOUR);
    assert_non_null(strstr(buf_text(&out), "these give the lines of all patterns"));
    buf_free(&out);
    lines_free(m.lines);
}

static void many_pods_are_not_all_named(void **state)
{
    (void)state;
    struct buf out;
    char query[] = "{a=\"b\"}", pod[32];
    struct model_logs m = {.lines = lines_new(1 << 20), .query = query};
    for (int i = 0; i < LOGCLI_PODS + 5; i++) {
        snprintf(pod, sizeof pod, "web-%d", i);
        add(m.lines, pod, i);
    }
    buf_init(&out, 1 << 16);
    logcli_commands(&out, &m, NULL, false, &rule_labels_default, NOON);
    int n = 0;
    for (const char *t = buf_text(&out); (t = strstr(t, "kubectl logs")); t++)
        n++;
    assert_int_equal(n, LOGCLI_PODS);
    assert_non_null(strstr(buf_text(&out), "# and more"));
    buf_free(&out);
    lines_free(m.lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_are_exact_and_quoted), cmocka_unit_test(what_is_held_is_named),
        cmocka_unit_test(empty_weeks_are_not_asked_for), cmocka_unit_test(chosen_patterns_are_told),
        cmocka_unit_test(many_pods_are_not_all_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
