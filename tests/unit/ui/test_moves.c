#include "ui/moves.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ui/query/logquery.h"

#define NOW INT64_C(1630072032000000000) /* 2021-08-27T13:47:12Z */
#define MS(n) ((n)*CLOCK_MS)

static struct model *model(void)
{
    struct model *m = model_new();
    m->windows.rules[0] = mem_dup("errors");
    m->windows.rule_count = 1;
    m->windows.width = 10 * CLOCK_MINUTE;
    upstream_live(&m->windows.upstream);
    return m;
}

/* The next intent must be this one. */
static void expect(struct model *m, enum intent_type type, const char *text, int64_t from,
                   int64_t to)
{
    struct intent got;
    assert_true(intents_take(m->intents, &got));
    assert_int_equal(got.type, type);
    if (text)
        assert_string_equal(got.text, text);
    assert_int_equal(got.from, from);
    assert_int_equal(got.to, to);
    free(got.text);
}

static void expect_nothing(struct model *m)
{
    struct intent got;
    assert_false(intents_take(m->intents, &got));
}

static void drain(struct model *m)
{
    struct intent got;
    while (intents_take(m->intents, &got))
        free(got.text);
}

static const char everything[] = "{namespace=~\".+\"} |~ \"(?i)(error|fatal|panic|exception)\"";

static void the_first_wishes_are_sent_at_once(void **state)
{
    (void)state;
    struct model *m = model();
    struct moves *v = moves_new(m, &rule_labels_default, CLOCK_HOUR);
    int64_t day = clock_align(NOW, CLOCK_DAY);
    assert_int_equal(moves_due(v, NOW, 0), INT64_MAX);
    expect(m, INTENT_WINDOW_DAY, "errors", day, day + CLOCK_DAY);
    expect(m, INTENT_METRICS, NULL, NOW - CLOCK_HOUR, 0);
    expect(m, INTENT_LOGS, everything, NOW - CLOCK_HOUR, 0);
    moves_due(v, NOW + CLOCK_MINUTE, MS(60000));
    expect_nothing(m); /* time alone is no new wish */
    moves_due(v, NOW + CLOCK_DAY, MS(90000));
    expect(m, INTENT_WINDOW_DAY, "errors", day + CLOCK_DAY, day + 2 * CLOCK_DAY);
    expect_nothing(m);
    moves_free(v);
    model_free(m);
}

static void a_cursor_that_moves_waits(void **state)
{
    (void)state;
    struct model *m = model();
    struct moves *v = moves_new(m, &rule_labels_default, CLOCK_HOUR);
    moves_due(v, NOW, 0);
    drain(m);
    moves_pod(v, "shop", "a", true);
    assert_int_equal(moves_due(v, NOW, MS(1000)), MS(1150));
    expect_nothing(m);
    moves_pod(v, "shop", "b", true);
    assert_int_equal(moves_due(v, NOW, MS(1100)), MS(1250)); /* each move begins the wait anew */
    expect_nothing(m);
    assert_true(moves_is_asking(v));
    assert_int_equal(moves_due(v, NOW, MS(1250)), INT64_MAX);
    expect(m, INTENT_LOGS, "{namespace=\"shop\", pod=\"b\"}", NOW - CLOCK_HOUR, 0);
    expect_nothing(m);
    moves_pod(v, "shop", "c", false); /* Enter does not wait */
    moves_due(v, NOW, MS(1300));
    expect(m, INTENT_LOGS, "{namespace=\"shop\", pod=\"c\"}", NOW - CLOCK_HOUR, 0);
    assert_true(moves_undo(v)); /* "a" was passed by, no place to come back to */
    moves_due(v, NOW, MS(1400));
    expect(m, INTENT_LOGS, "{namespace=\"shop\", pod=\"b\"}", NOW - CLOCK_HOUR, 0);
    assert_true(moves_undo(v));
    assert_false(moves_undo(v));
    assert_true(moves_redo(v));
    assert_string_equal(m->scope.pod, "b");
    moves_free(v);
    model_free(m);
}

static struct window *make_window(const char *query, int64_t from)
{
    struct window *w = mem_alloc(sizeof *w);
    w->cluster = mem_dup("c");
    w->rule = mem_dup("errors");
    w->query = mem_dup(query);
    w->from = from;
    w->to = from + 10 * CLOCK_MINUTE;
    w->groups = mem_array(1, sizeof *w->groups);
    w->group_count = 1;
    str_copy(w->groups[0].id, sizeof w->groups[0].id, "0123456789abcdef");
    w->groups[0].template_text = mem_dup("dial <*>: connection refused, say \"no\" to <*> ok");
    return w;
}

static void a_window_is_asked_by_its_own_query(void **state)
{
    (void)state;
    struct model *m = model();
    struct moves *v = moves_new(m, &rule_labels_default, CLOCK_HOUR);
    int64_t open = clock_align(NOW, 10 * CLOCK_MINUTE), from = open - 20 * CLOCK_MINUTE;
    moves_due(v, NOW, 0);
    drain(m);
    moves_window(v, "errors", from, from + 10 * CLOCK_MINUTE);
    assert_int_equal(moves_due(v, NOW, MS(1000)), MS(3000));
    expect(m, INTENT_WINDOW, "errors", from, from + 10 * CLOCK_MINUTE);
    expect(m, INTENT_METRICS, NULL, from + 25 * CLOCK_MINUTE - CLOCK_HOUR,
           from + 25 * CLOCK_MINUTE);
    expect_nothing(m); /* its query is not known yet */
    m->windows.chosen = make_window("{app=\"x\"} | json", from);
    assert_int_equal(moves_due(v, NOW, MS(1400)), INT64_MAX);
    expect(m, INTENT_LOGS, "{app=\"x\"} | json", from, from + 10 * CLOCK_MINUTE);
    moves_group(v, "0123456789abcdef");
    moves_due(v, NOW, MS(1500));
    expect(m, INTENT_LOGS, "{app=\"x\"} | json |= \"connection\" |= \"refused,\" |= \"dial\"", from,
           from + 10 * CLOCK_MINUTE);
    moves_namespace(v, "shop");
    moves_due(v, NOW, MS(1600));
    expect(m, INTENT_LOGS, NULL, from, from + 10 * CLOCK_MINUTE);
    moves_step(v, 1, NOW); /* the window behind it; its content never comes */
    m->scope.group[0] = '\0';
    moves_due(v, NOW, MS(2000));
    drain(m);
    assert_int_equal(moves_due(v, NOW, MS(3999)), MS(4000));
    expect_nothing(m);
    moves_due(v, NOW, MS(4000));
    expect(m, INTENT_LOGS, "{namespace=\"shop\"}", from + 10 * CLOCK_MINUTE, open);
    moves_step(v, 1, NOW); /* behind the last one it is live */
    assert_true(scope_is_live(&m->scope));
    assert_string_equal(m->scope.rule, "");
    moves_free(v);
    model_free(m);
}

/* The longest literal parts that stand in the sample, escaped; none of what was redacted. */
static void a_group_is_asked_by_its_text(void **state)
{
    (void)state;
    struct model *m = model();
    struct window w = {.query = (char *)"{namespace!=\"\"} |~ \"x\""};
    const char *text = "level=error  msg=\"cannot say \\ to a@b.c\" took=5s";
    struct group g = {.sample_text = (char *)text, .sample_n = strlen(text)};
    struct buf q;
    buf_init(&q, 10000);
    scope_set_namespace(&m->scope, "shop");
    const char *template_text = "level=error msg=\"cannot say \\ to <redacted:emails>\" took=<*>";
    logquery_of_group(m, &rule_labels_default, &w, template_text, &g, &q);
    assert_string_equal(buf_text(&q), "{namespace=\"shop\", namespace!=\"\"} |~ \"x\" "
                                      "|= \"level=error\" |= \"msg=\\\"cannot\" |= \"\\\" took=\"");
    buf_clear(&q);
    logquery_of_group(m, &rule_labels_default, &w, "abc <*> no blanks be sure", NULL, &q);
    assert_string_equal(buf_text(&q), "{namespace=\"shop\", namespace!=\"\"} |~ \"x\" "
                                      "|= \"blanks\" |= \"sure\" |= \"abc\"");
    buf_free(&q);
    model_free(m);
}

static void a_day_back_and_forth(void **state)
{
    (void)state;
    struct model *m = model();
    struct moves *v = moves_new(m, &rule_labels_default, CLOCK_HOUR);
    int64_t width = 10 * CLOCK_MINUTE, open = clock_align(NOW, width);
    moves_window(v, "errors", open - 3 * width, open - 2 * width);
    moves_day(v, -1, NOW);
    assert_true(m->scope.from == open - 3 * width - CLOCK_DAY);
    assert_string_equal(m->scope.rule, "errors");
    moves_day(v, 1, NOW);
    assert_true(m->scope.from == open - 3 * width);
    moves_day(v, 1, NOW); /* tomorrow is live */
    assert_true(scope_is_live(&m->scope));
    moves_free(v);
    model_free(m);
}

static void queries_name_what_is_chosen(void **state)
{
    (void)state;
    static const struct rule_labels own = {"ns", "pod_name", "box", "host", "app"};
    struct model *m = model();
    struct buf q;
    buf_init(&q, 10000);
    scope_set_namespace(&m->scope, "a\"b\\");
    assert_true(logquery_build(m, &own, true, &q));
    assert_string_equal(buf_text(&q), "{ns=\"a\\\"b\\\\\"}");
    buf_clear(&q);
    scope_set_node(&m->scope, "n1");
    logquery_build(m, &own, true, &q);
    assert_string_equal(buf_text(&q), "{ns=\"a\\\"b\\\\\", host=\"n1\"}");
    buf_clear(&q);
    scope_set_pod(&m->scope, "shop", "p");
    scope_set_container(&m->scope, "c");
    logquery_build(m, &own, true, &q);
    assert_string_equal(buf_text(&q), "{ns=\"shop\", pod_name=\"p\", box=\"c\"}");
    buf_clear(&q);
    /* Matchers of the scope go into the rule's own selector. */
    scope_set_pod(&m->scope, "", "");
    scope_set_window(&m->scope, "errors", 600, 1200);
    m->windows.chosen = make_window("{ns!=\"\"} |= \"}\"", 600);
    logquery_build(m, &own, true, &q);
    assert_string_equal(buf_text(&q), "{ns=\"a\\\"b\\\\\", host=\"n1\", ns!=\"\"} |= \"}\"");
    buf_free(&q);
    model_free(m);
}

static void out_is_one_step_at_a_time(void **state)
{
    (void)state;
    struct model *m = model();
    struct moves *v = moves_new(m, &rule_labels_default, CLOCK_HOUR);
    moves_namespace(v, "shop");
    moves_node(v, "n1");
    moves_pod(v, "shop", "p", false);
    moves_time(v, NOW - CLOCK_HOUR);
    moves_group(v, "0123456789abcdef");
    moves_query(v, "{a=\"b\"}");
    assert_true(moves_out(v));
    assert_null(moves_typed_query(v));
    assert_true(moves_out(v));
    assert_string_equal(m->scope.group, "");
    assert_true(moves_out(v));
    assert_true(scope_is_live(&m->scope));
    assert_true(moves_out(v));
    assert_string_equal(m->scope.pod, "");
    assert_true(moves_out(v));
    assert_string_equal(m->scope.node, "");
    assert_false(moves_out(v));
    assert_string_equal(m->scope.namespace_, "shop");
    moves_free(v);
    model_free(m);
}

static void a_typed_query_stays_until_it_is_given_back(void **state)
{
    (void)state;
    struct model *m = model();
    struct moves *v = moves_new(m, &rule_labels_default, CLOCK_HOUR);
    moves_due(v, NOW, 0);
    drain(m);
    moves_query(v, "{a=\"b\"}");
    moves_namespace(v, "shop");
    moves_pod(v, "shop", "p", false);
    assert_true(moves_is_edited(v));
    moves_due(v, NOW, MS(1000));
    expect(m, INTENT_LOGS, "{a=\"b\"}", NOW - CLOCK_HOUR, 0);
    moves_query(v, NULL);
    moves_due(v, NOW, MS(1100));
    expect(m, INTENT_LOGS, "{namespace=\"shop\", pod=\"p\"}", NOW - CLOCK_HOUR, 0);
    moves_narrow(v, "{c=\"d\"}"); /* a pane's, until the next move */
    assert_false(moves_is_edited(v));
    moves_due(v, NOW, MS(1200));
    expect(m, INTENT_LOGS, "{c=\"d\"}", NOW - CLOCK_HOUR, 0);
    moves_pod(v, "shop", "q", false);
    moves_due(v, NOW, MS(1300));
    expect(m, INTENT_LOGS, "{namespace=\"shop\", pod=\"q\"}", NOW - CLOCK_HOUR, 0);
    moves_free(v);
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_wishes_are_sent_at_once),
        cmocka_unit_test(a_cursor_that_moves_waits),
        cmocka_unit_test(a_window_is_asked_by_its_own_query),
        cmocka_unit_test(queries_name_what_is_chosen),
        cmocka_unit_test(a_group_is_asked_by_its_text),
        cmocka_unit_test(a_day_back_and_forth),
        cmocka_unit_test(out_is_one_step_at_a_time),
        cmocka_unit_test(a_typed_query_stays_until_it_is_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
