#include "ui/query/querywords.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "ui/keys.h"

#define NOW INT64_C(1630072032000000000)

static struct querywords words;

static void offers(void *context, struct prompt *p, struct str before)
{
    (void)context;
    (void)before;
    querywords_offer(&words, p);
}

/* Types the text, then Tab so often; what then stands there. */
static void expect(struct model *m, const char *typed, int tabs, const char *text)
{
    struct prompt *p = prompt_new();
    words.model = m;
    words.now = NOW;
    words.to = NOW;
    words.from = NOW - CLOCK_HOUR;
    prompt_open(p, words.language == QUESTION_PROMQL ? PROMPT_PROMQL : PROMPT_QUERY, "", "", offers,
                NULL);
    for (size_t i = 0, n = strlen(typed); i < n;) {
        uint32_t key;
        i += utf8_decode(typed + i, n - i, &key);
        prompt_key(p, key);
    }
    for (int i = 0; i < tabs; i++)
        prompt_key(p, KEYS_TAB);
    assert_string_equal(prompt_text(p), text);
    prompt_free(p);
}

static struct model *model(void)
{
    static const char *const names[] = {"app", "namespace", "node", "pod"};
    static const char *const pods[] = {"cart-1", "checkout-1", "say \"a\\b\""};
    struct model *m = model_new();
    char key[VOCABULARY_KEY];
    vocabulary_set(m->vocabulary, " ", names, 4, NOW);
    vocabulary_key(QUESTION_LOGQL, "", "{app=\"x\"}", key);
    vocabulary_set(m->vocabulary, key, names + 3, 1, NOW);
    vocabulary_set(m->vocabulary, "pod ", pods, 3, NOW);
    return m;
}

static void words_come_where_they_may_stand(void **state)
{
    (void)state;
    static const struct querywords_saved saved[] = {{"slow-ones", "{a=\"b\"}"}, {NULL, NULL}};
    static const struct {
        const char *typed;
        int tabs;
        const char *text;
    } cases[] = {
        {"{na", 1, "{namespace"},
        {"{n", 2, "{node"},
        {"{n", 3, "{namespace"},          /* around */
        {"{namespace", 1, "{namespace="}, /* a whole name is offered with the operators */
        {"{namespace", 3, "{namespace=~"},
        {"{pod=", 1, "{pod=\"cart-1\""}, /* the quote that is missing */
        {"{pod=\"ch", 1, "{pod=\"checkout-1\""},
        {"{pod=\"out", 1, "{pod=\"checkout-1\""}, /* by its middle */
        {"{pod=\"say", 1, "{pod=\"say \\\"a\\\\b\\\"\""},
        {"{pod=`car", 1, "{pod=`cart-1`"},
        {"{app=\"x\", ", 1, "{app=\"x\", pod"}, /* among the streams of the others */
        {"{a=\"b\"", 1, "{a=\"b\"}"},
        {"{a=\"b\"}", 1, "{a=\"b\"} |= \""},
        {"{a=\"b\"} | lo", 1, "{a=\"b\"} | logfmt"},
        {"rate({a=\"b\"}[5", 1, "rate({a=\"b\"}[5m]"},
        {"count_", 1, "count_over_time("},
        {"sum b", 1, "sum by ("},
        {"@s", 1, "@slow-ones"},
    };
    words.saved = saved;
    struct model *m = model();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect(m, cases[i].typed, cases[i].tabs, cases[i].text);
    model_free(m);
}

static void metrics_and_their_labels_are_offered(void **state)
{
    (void)state;
    static const char *const metrics[] = {"kube_pod_info", "node_cpu_seconds_total", "up"};
    static const char *const labels[] = {"__name__", "cpu", "mode"}, *const modes[] = {"idle"};
    static const struct {
        const char *typed;
        int tabs;
        const char *text;
    } cases[] = {
        {"hist", 1, "histogram_quantile("},
        {"node_c", 1, "node_cpu_seconds_total"},
        {"seconds", 1, "node_cpu_seconds_total"}, /* by its middle */
        {"rate(node_cpu_seconds_total", 1, "rate(node_cpu_seconds_total{"},
        {"rate(node_cpu_seconds_total", 2, "rate(node_cpu_seconds_total[5m]"},
        {"rate(node_cpu_seconds_total{m", 1, "rate(node_cpu_seconds_total{mode"},
        {"rate(node_cpu_seconds_total{mode=", 1, "rate(node_cpu_seconds_total{mode=\"idle\""},
        {"rate(node_cpu_seconds_total{mode=\"idle\"}", 1,
         "rate(node_cpu_seconds_total{mode=\"idle\"}[5m]"},
        {"sum by (po", 1, "sum by (pod"},
    };
    struct model *m = model();
    struct intent wish;
    static const char *const any[] = {"pod"};
    vocabulary_set(m->vocabulary, ":__name__ ", metrics, 3, NOW);
    vocabulary_set(m->vocabulary, ": node_cpu_seconds_total", labels, 3, NOW);
    vocabulary_set(m->vocabulary, ":mode node_cpu_seconds_total", modes, 1, NOW);
    vocabulary_set(m->vocabulary, ": ", any, 1, NOW);
    words.language = QUESTION_PROMQL;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect(m, cases[i].typed, cases[i].tabs, cases[i].text);
    assert_false(intents_take(m->intents, &wish)); /* Loki is asked nothing */
    words.language = QUESTION_LOGQL;
    model_free(m);
}

static void expect_wish(struct model *m, const char *key)
{
    struct intent wish;
    assert_true(intents_take(m->intents, &wish));
    assert_int_equal(wish.type, INTENT_WORDS);
    assert_string_equal(wish.text, key);
    assert_int_equal(wish.from, NOW - CLOCK_HOUR);
    assert_int_equal(wish.to, NOW);
    free(wish.text);
}

static void what_is_missing_is_asked_once(void **state)
{
    (void)state;
    struct model *m = model();
    struct intent wish;
    expect(m, "{node=\"", 1, "{node=\"");
    expect_wish(m, "node "); /* the names are known */
    assert_false(intents_take(m->intents, &wish));
    vocabulary_asked(m->vocabulary, "node ", NOW);
    expect(m, "{node=\"", 1, "{node=\"");
    assert_false(intents_take(m->intents, &wish));
    vocabulary_set(m->vocabulary, "node ", NULL, 0, NOW); /* could not be had: not at once again */
    expect(m, "{node=\"", 1, "{node=\"");
    assert_false(intents_take(m->intents, &wish));
    vocabulary_set(m->vocabulary, "node ", NULL, 0, NOW - CLOCK_MINUTE);
    expect(m, "{node=\"", 0, "{node=\"");
    expect_wish(m, "node ");
    model_free(m);
}

static void fields_of_the_lines_are_offered(void **state)
{
    (void)state;
    struct model *m = model();
    struct line json = {.time = NOW, .text = str_of("{\"status\":500,\"took\":\"5s\",\"a b\":1}")};
    struct line pairs = {.time = NOW, .text = str_of("level=warn msg=\"x y=1\" order=7 a==b")};
    lines_add(m->logs.lines, &json);
    lines_add(m->logs.lines, &pairs);
    expect(m, "{app=\"x\"} | json | sta", 1, "{app=\"x\"} | json | status");
    expect(m, "{app=\"x\"} | logfmt | ord", 1, "{app=\"x\"} | logfmt | order");
    expect(m, "{app=\"x\"} | json | status", 5, "{app=\"x\"} | json | status>");
    expect(m, "{app=\"x\"} | logfmt | zz", 1, "{app=\"x\"} | logfmt | zz");
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_come_where_they_may_stand),
        cmocka_unit_test(metrics_and_their_labels_are_offered),
        cmocka_unit_test(what_is_missing_is_asked_once),
        cmocka_unit_test(fields_of_the_lines_are_offered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
