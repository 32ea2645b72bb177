#include "source/loki/loki_volume.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/http.h"
#include "net/loop.h"
#include "tests/wire/canned.h"

#define FROM (INT64_C(1795361400) * CLOCK_SECOND)
#define STEP (30 * CLOCK_SECOND)
enum { BINS = 3 };

struct bench {
    struct loop *loop;
    struct http *http;
    struct canned *server;
    struct loki *loki;
    bool done;
    struct err err;
    enum volume_how how;
    double counts[BINS][LEVEL_COUNT];
    enum { LABELS, NO_LABELS, TOO_MANY, OLD, DOWN } server_is;
    size_t asked;
};

static int set_up(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    b->loop = loop_new();
    b->http = http_new(b->loop);
    b->server = canned_new(b->loop);
    struct conn c = {.name = "loki", .url = (char *)(uintptr_t)canned_url(b->server)};
    b->loki = loki_new(b->http, &c, NULL);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    loki_free(b->loki);
    http_free(b->http);
    canned_free(b->server);
    loop_free(b->loop);
    free(b);
    return 0;
}

static void add_series(struct buf *out, const char *labels, int value)
{
    buf_printf(out, "%s{\"metric\":{%s},\"values\":[[%lld,\"%d\"],[%lld,\"1\"]]}",
               out->p[out->n - 1] == '[' ? "" : ",", labels,
               (long long)((FROM + STEP) / CLOCK_SECOND), value,
               (long long)((FROM + 3 * STEP) / CLOCK_SECOND));
}

/* What Loki 3.4 answers to the questions of this file. */
static void answer(void *context, const struct canned_request *r, struct canned_answer *a)
{
    struct bench *b = context;
    char query[2000];
    snprintf(query, sizeof query, "%s", canned_field(r, "query"));
    b->asked++;
    assert_int_equal(canned_number(r, "start", 0), FROM + STEP);
    assert_int_equal(canned_number(r, "end", 0), FROM + 3 * STEP);
    assert_string_equal(canned_field(r, "step"), "30000ms");
    assert_non_null(strstr(query, "[30000ms]"));
    a->type = "text/plain";
    bool by = strstr(query, "sum by (level, detected_level)") != NULL;
    if (b->server_is == DOWN || (b->server_is == OLD && strstr(query, "| drop"))) {
        a->status = b->server_is == DOWN ? 500 : 400;
        buf_adds(&a->body, b->server_is == DOWN ? "too many outstanding requests"
                                                : "parse error at line 2, col 9: syntax error: "
                                                  "unexpected IDENTIFIER");
        return;
    }
    if (by && b->server_is == TOO_MANY) {
        a->status = 400;
        buf_adds(&a->body, "maximum of series (500) reached for a single query");
        return;
    }
    a->type = "application/json";
    buf_adds(&a->body, "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[");
    if (by && b->server_is == LABELS) {
        add_series(&a->body, "\"detected_level\":\"error\"", 4);
        add_series(&a->body, "\"detected_level\":\"unknown\",\"level\":\"WARNING\"", 3);
        add_series(&a->body, "\"level\":\"err\"", 10);
        add_series(&a->body, "\"detected_level\":\"unknown\"", 100);
    } else if (by) {
        add_series(&a->body, "", 100);
    } else {
        add_series(&a->body, "", strstr(query, "warn") ? 5 : strstr(query, "(error|") ? 20 : 100);
    }
    buf_adds(&a->body, "],\"stats\":{}}}");
}

static void on_done(void *context, enum volume_how how, const double (*counts)[LEVEL_COUNT],
                    size_t bins, const struct err *err)
{
    struct bench *b = context;
    b->done = true;
    b->err = *err;
    b->how = how;
    assert_int_equal(bins, BINS);
    assert_int_equal(counts == NULL, err->kind != ERR_NONE);
    if (counts)
        memcpy(b->counts, counts, sizeof b->counts);
}

static void ask(struct bench *b, enum volume_how how)
{
    struct loki_volume_conf conf = {.query = "{namespace=\"shop\"} | json # a comment",
                                    .from = FROM,
                                    .to = FROM + BINS * STEP,
                                    .step = STEP,
                                    .how = how,
                                    .context = b,
                                    .done = on_done};
    canned_on(b->server, "/loki/api/v1/query_range", answer, b);
    b->done = false;
    b->asked = 0;
    loki_volume_ask(b->loki, &conf);
    int64_t until = clock_monotonic() + 5 * CLOCK_SECOND;
    while (!b->done && clock_monotonic() < until)
        loop_turn(b->loop, 50);
    assert_true(b->done);
}

static void labels_say_the_level(void **state)
{
    struct bench *b = *state;
    ask(b, VOLUME_BY_LABELS);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->asked, 1);
    assert_int_equal(b->how, VOLUME_BY_LABELS);
    assert_true(b->counts[0][LEVEL_ERROR] == 14);
    assert_true(b->counts[0][LEVEL_WARN] == 3);
    assert_true(b->counts[0][LEVEL_UNKNOWN] == 100);
    assert_true(b->counts[1][LEVEL_ERROR] == 0); /* a step that is absent */
    assert_true(b->counts[2][LEVEL_ERROR] == 2);
}

static void words_say_it_else(void **state)
{
    struct bench *b = *state;
    static const int servers[] = {NO_LABELS, TOO_MANY};
    for (size_t i = 0; i < 2; i++) {
        b->server_is = servers[i];
        ask(b, VOLUME_BY_LABELS);
        assert_int_equal(b->err.kind, ERR_NONE);
        assert_int_equal(b->asked, 4);
        assert_int_equal(b->how, VOLUME_BY_WORDS);
        assert_true(b->counts[0][LEVEL_ERROR] == 20);
        assert_true(b->counts[0][LEVEL_WARN] == 5);
        assert_true(b->counts[0][LEVEL_UNKNOWN] == 75); /* what is left of all 100 */
        ask(b, VOLUME_BY_WORDS);                        /* as the last time */
        assert_int_equal(b->asked, 3);
    }
}

static void an_older_server_knows_no_drop(void **state)
{
    struct bench *b = *state;
    b->server_is = OLD;
    ask(b, VOLUME_BY_LABELS);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_int_equal(b->how, VOLUME_BY_WORDS);
    assert_int_equal(b->asked, 5);
    ask(b, VOLUME_BY_LABELS); /* it is remembered */
    assert_int_equal(b->asked, 4);
}

static void failures_are_told(void **state)
{
    struct bench *b = *state;
    b->server_is = DOWN;
    ask(b, VOLUME_BY_LABELS);
    assert_int_equal(b->err.kind, ERR_AWAY);
    ask(b, VOLUME_BY_WORDS);
    assert_int_equal(b->err.kind, ERR_AWAY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(labels_say_the_level, set_up, tear_down),
        cmocka_unit_test_setup_teardown(words_say_it_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_older_server_knows_no_drop, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failures_are_told, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
