/* What a real Loki 3.4.0 answered to the same queries on the same lines, in a table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "sandbox/loki/logql.h"
#include "sandbox/loki/logql_extract.h"

static struct logql *parsed(const char *text)
{
    char error[600];
    struct logql *q = logql_parse(text, error, sizeof error);
    if (!q)
        fail_msg("%s: %s", text, error);
    return q;
}

/* Runs a line of {app="a",pod="p"} through the query; the labels that it gets besides, as
 * name=value,… or NULL: filtered. */
static char *run(const char *text, const char *line)
{
    struct logql *q = parsed(text);
    struct logql_line *l = mem_alloc(sizeof *l);
    struct buf out;
    buf_init(&out, 65536);
    logql_line_init(l);
    l->list[0] = (struct logql_label){str_of("app"), str_of("a"), LOGQL_STREAM};
    l->list[1] = (struct logql_label){str_of("pod"), str_of("p"), LOGQL_STREAM};
    l->list[2] = (struct logql_label){str_of("detected_level"),
                                      str_of(logql_extract_level(str_of(line))), LOGQL_STRUCTURED};
    l->count = 3;
    l->text = str_of(line);
    bool stays = logql_run(q, l, false);
    for (size_t i = 0; i < l->count; i++)
        if (l->list[i].kind == LOGQL_PARSED || l->list[i].kind == LOGQL_STREAM)
            buf_printf(&out, "%s%.*s=%.*s", out.n ? "," : "", (int)l->list[i].name.n,
                       l->list[i].name.p, (int)l->list[i].value.n, l->list[i].value.p);
    logql_line_free(l);
    free(l);
    logql_free(q);
    char *labels = buf_take(&out, NULL);
    if (stays)
        return labels;
    free(labels);
    return NULL;
}

#define JSON                                                                                       \
    "{\"level\":\"error\",\"msg\":\"boom \\u00e9 "                                                 \
    "\\\"q\\\"\",\"status\":501,\"duration\":\"1500ms\",\"size\":\"20KB\",\"n\":{\"a\":{\"b\":7}," \
    "\"l\":[1]},\"ok\":true,\"nul\":null}"
#define JSON_LABELS                                                                                \
    "app=a,pod=p,level=error,msg=boom \xc3\xa9 "                                                   \
    "\"q\",status=501,duration=1500ms,size=20KB,n_a_b=7,ok=true"
#define LOGFMT "ts=1 lvl=ERROR err=\"bad \\\"quoted\\\" thing\" n=12 empty= flag"

static const struct {
    const char *query, *line, *labels;
} runs[] = {
    {"{app=\"a\"}", "x", "app=a,pod=p"},
    {"{app=\"a\"} |= \"x\"", "axb", "app=a,pod=p"},
    {"{app=\"a\"} |= \"x\"", "aXb", NULL},
    {"{app=\"a\"} != \"x\"", "axb", NULL},
    {"{app=\"a\"} |~ \"(?i)X\"", "axb", "app=a,pod=p"},
    {"{app=\"a\"} !~ `a.b`", "axb", NULL},
    {"{app=\"a\"} |= \"q\" or \"x\"", "axb", "app=a,pod=p"},
    {"{app=\"a\"} != \"q\" or \"x\"", "axb", NULL},
    {"{app=\"a\"} |= \"x\" |= \"q\"", "axb", NULL},
    {"{app=\"a\"} |~ `^(?s:.{1}[\\x{ac00}-\\x{d7a3}])`", "a\xed\x95\x9c", "app=a,pod=p"},
    {"{app=\"a\"} | json", JSON, JSON_LABELS},
    {"{app=\"a\"} | json | status >= 500", JSON, JSON_LABELS},
    {"{app=\"a\"} | json | status > 501", JSON, NULL},
    {"{app=\"a\"} | json | duration > 1s", JSON, JSON_LABELS},
    {"{app=\"a\"} | json | duration > 2s", JSON, NULL},
    {"{app=\"a\"} | json | size < 21KB", JSON, JSON_LABELS},
    {"{app=\"a\"} | json | size < 20KiB and ok=\"true\"", JSON, JSON_LABELS},
    {"{app=\"a\"} | json | (status=500 or status=501), level=~\"e.+\"", JSON, JSON_LABELS},
    {"{app=\"a\"} | json | nosuch > 1", JSON, NULL},
    {"{app=\"a\"} | json | nosuch=\"\"", JSON, JSON_LABELS},
    {"{app=\"a\"} | json | drop level, msg, status, duration, size, n_a_b", JSON,
     "app=a,pod=p,ok=true"},
    {"{app=\"a\"} | json | drop level=\"warn\" | keep level, app", JSON, "app=a,level=error"},
    {"{app=\"a\"} | json", "{\"app\":\"inner\",\"a-b\":1,\"2x\":\"y\"}",
     "app=a,pod=p,app_extracted=inner,a_b=1,_2x=y"},
    {"{app=\"a\"} | json", "plain",
     "app=a,pod=p,__error__=JSONParserErr,__error_details__=Value looks like object, but can't "
     "find closing '}' symbol"},
    {"{app=\"a\"} | json", "{\"level\":\"error\",\"broken\": ",
     "app=a,pod=p,level=error,__error__=JSONParserErr,__error_details__=Malformed JSON error"},
    {"{app=\"a\"} | json | __error__=\"\"", "plain", NULL},
    {"{app=\"a\"} | json | status != \"200\" | drop __error__, __error_details__", "plain",
     "app=a,pod=p"},
    {"{app=\"a\"} | json | status > 200", "plain", NULL},
    {"{app=\"a\"} | json | msg > 1 | keep __error__", "{\"msg\":\"x\"}",
     "__error__=LabelFilterErr,__error_details__=strconv.ParseFloat: parsing \"x\": invalid "
     "syntax"},
    {"{app=\"a\"} | logfmt", LOGFMT, "app=a,pod=p,ts=1,lvl=ERROR,err=bad \"quoted\" thing,n=12"},
    {"{app=\"a\"} | logfmt | n > 11", LOGFMT,
     "app=a,pod=p,ts=1,lvl=ERROR,err=bad \"quoted\" thing,n=12"},
    {"{app=\"a\"} | logfmt", "k==v a=b=c \"x y\"=z key with space=1 tail=", "app=a,pod=p,space=1"},
    {"{app=\"a\"} | detected_level=\"error\"", LOGFMT, "app=a,pod=p"},
    {"{app=\"a\"} | detected_level=\"error\"", "fine", NULL},
    {"{app=\"a\"} # nothing", "fine", "app=a,pod=p"},
    {"# all\n( ({app=\"a\"} |= \"x\"))", "axb", "app=a,pod=p"},
    {"({app=\"a\"} |= \"x\")", "ab", NULL},
};

static void lines_go_through_the_stages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        char *got = run(runs[i].query, runs[i].line);
        if (!got != !runs[i].labels || (got && strcmp(got, runs[i].labels) != 0))
            fail_msg("%s on %s:\n got      %s\n expected %s", runs[i].query, runs[i].line,
                     got ? got : "(filtered)", runs[i].labels ? runs[i].labels : "(filtered)");
        free(got);
    }
}

static const struct {
    const char *query, *error;
} errors[] = {
    {"", "parse error : syntax error: unexpected $end"},
    {"{a}",
     "parse error at line 1, col 3: syntax error: unexpected }, expecting = or =~ or !~ or !="},
    {"{a=b}",
     "parse error at line 1, col 4: syntax error: unexpected IDENTIFIER, expecting STRING"},
    {"{a=", "parse error at line 1, col 4: syntax error: unexpected $end, expecting STRING"},
    {"{a=\"b\",}",
     "parse error at line 1, col 8: syntax error: unexpected }, expecting IDENTIFIER"},
    {"{a=\"b\"} |=",
     "parse error at line 1, col 11: syntax error: unexpected $end, expecting STRING or ip"},
    {"{a=\"b\"} | json |", "parse error at line 1, col 17: syntax error: unexpected $end"},
    {"sum", "parse error at line 1, col 1: syntax error: unexpected IDENTIFIER"},
    {"sum({a=\"b\"})", "parse error at line 1, col 12: syntax error: unexpected )"},
    {"count_over_time({a=\"b\"}[5x])",
     "parse error at line 0, col 24: unknown unit \"x\" in duration \"5x\""},
    {"{a=\"b\"}[5m]", "parse error at line 0, col 8: syntax error: unexpected RANGE"},
    {"rate({a=\"b\"}[5m]",
     "parse error at line 1, col 17: syntax error: unexpected $end, expecting )"},
    {"{a=\"b\"} | line_format \"x\"",
     "parse error at line 1, col 11: the sandbox does not evaluate line_format"},
    {"sum(count_over_time({a=\"b\"}[5m])) / sum(count_over_time({a=\"c\"}[5m]))",
     "parse error at line 1, col 37: the sandbox does not evaluate operations between two queries"},
};

static void what_is_wrong_is_said_as_the_real_one_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        char error[600];
        assert_null(logql_parse(errors[i].query, error, sizeof error));
        if (strcmp(error, errors[i].error) != 0)
            fail_msg("%s:\n got      %s\n expected %s", errors[i].query, error, errors[i].error);
    }
}

static void levels_are_found_as_by_loki(void **state)
{
    (void)state;
    static const struct {
        const char *line, *level;
    } lines[] = {
        {"{\"level\":\"error\"}", "error"},
        {"{\"a\":1,\"severity\":\"Warning\"}", "warn"},
        {"{\"a\":{\"level\":\"error\"},\"b\":2}",
         "error"}, /* no level at the top: the words decide */
        {"{\"msg\":\"x\",\"n\":3}", "unknown"},
        {" {\"lvl\":\"DBG\"} ", "debug"},
        {"level=fatal msg=x", "fatal"},
        {"msg=\"a level=error\" lvl=INF", "info"},
        {"x=1 critical: y", "critical"},
        {"INFO something error", "info"},
        {"E1122 error", "error"},
        {"2026 WARNING disk", "warn"},
        {"debug: x", "debug"},
        {"nothing", "unknown"},
        {"", "unknown"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (strcmp(logql_extract_level(str_of(lines[i].line)), lines[i].level) != 0)
            fail_msg("%s: %s, expected %s", lines[i].line,
                     logql_extract_level(str_of(lines[i].line)), lines[i].level);
}

static void metrics_are_taken_apart(void **state)
{
    (void)state;
    struct logql *q = parsed("topk(3, sum by (app, pod) (rate({a=\"b\"} |= \"x\" [1h30m]))) > 0.5");
    assert_true(q->metric);
    assert_int_equal(q->range_op, LOGQL_RATE);
    assert_int_equal(q->range / 1000000000, 5400);
    assert_int_equal(q->aggregations->op, LOGQL_SUM);
    assert_int_equal(q->aggregations->label_count, 2);
    assert_int_equal(q->aggregations->next->op, LOGQL_TOPK);
    assert_int_equal(q->aggregations->next->k, 3);
    assert_int_equal(q->aggregations->next->next->op, LOGQL_SCALAR);
    assert_true(q->aggregations->next->next->scalar == 0.5);
    logql_free(q);
    q = parsed("sum(count_over_time({a=\"b\"}[5m] | json)) without (pod)");
    assert_true(q->aggregations->without);
    assert_true(logql_needs_level(q));
    logql_free(q);
    q = parsed("sum(count_over_time({a=\"b\"} | json [600000ms]))");
    assert_true(logql_needs_no_labels(q));
    assert_false(logql_needs_level(q));
    logql_free(q);
}

/* Hostile text must neither crash nor be taken. */
static void deep_nesting_is_refused(void **state)
{
    (void)state;
    char *text = mem_alloc(4000), error[600];
    memset(text, '(', 3000);
    assert_null(logql_parse(text, error, sizeof error));
    str_copy(text, 4000, "{a=\"b\"} | json | ");
    memset(text + strlen(text), '(', 2000);
    assert_null(logql_parse(text, error, sizeof error));
    for (int i = 0; i < 500; i++)
        snprintf(text + i * 5, 100, "sum( ");
    assert_null(logql_parse(text, error, sizeof error));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_go_through_the_stages),
        cmocka_unit_test(what_is_wrong_is_said_as_the_real_one_does),
        cmocka_unit_test(levels_are_found_as_by_loki),
        cmocka_unit_test(metrics_are_taken_apart),
        cmocka_unit_test(deep_nesting_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
