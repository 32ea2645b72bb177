#include "sandbox/prometheus/alertd.h"

#include "base/json.h"
#include "sandbox/prometheus/promd.h"
#include "sandbox/prometheus/silences.h"
#include "sandbox/world/founding.h"
#include "sandbox/world/world.h"
#include "serving.h"

#define T INT64_C(1795363288000000000) /* 2026-11-22T16:01:28Z: the incident */
#define MISSING "00000000-0000-0000-0000-000000000000"

struct bench {
    struct serving serving; /* first */
    struct world *world;
    struct alertd *alertd;
};

static void handle(void *context, struct reply *p)
{
    alertd_handle(context, p);
}

static int setup(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    clock_freeze(T);
    b->world = founding_world(1, T, 0, 0);
    b->alertd = alertd_new(b->world, &b->serving.faults);
    serving_open(&b->serving, SANDBOX_ALERTMANAGER, handle, b->alertd);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    serving_close(&b->serving);
    alertd_free(b->alertd);
    world_free(b->world);
    clock_freeze(0);
    free(b);
    return 0;
}

static int ask(struct bench *b, const char *method, const char *path, const char *body)
{
    return serving_ask(&b->serving,
                       &(struct serving_ask){.method = method,
                                             .path = path,
                                             .body = str_of(body),
                                             .content_type = body ? "application/json" : NULL});
}

static void expect(struct bench *b, const char *method, const char *path, const char *body,
                   int status, const char *answer)
{
    assert_int_equal(ask(b, method, path, body), status);
    assert_string_equal(buf_text(&b->serving.body), answer);
}

/* ---- alerts ---- */

static void only_what_fires(void **state)
{
    struct bench *b = *state;
    struct promd_alert list[PROMD_ALERTS];
    size_t count = promd_alerts(b->world, T, list);
    struct json_doc *doc = json_doc_new();
    struct err err;
    assert_int_equal(ask(b, "GET", "/api/v2/alerts", NULL), 200);
    const struct json *j = json_parse(doc, b->serving.body.p, b->serving.body.n, &err);
    assert_non_null(j);
    assert_true(json_is_array(j));
    size_t firing = 0;
    for (size_t i = 0; i < count; i++)
        firing += list[i].firing;
    assert_int_equal(json_count(j), firing);
    assert_int_equal(firing, 1);
    const struct json *a = json_first(j);
    int64_t starts, ends, updated;
    assert_string_equal(json_string(a, "labels.alertname", ""), "HighErrorRate");
    assert_string_equal(json_string(a, "labels.cluster", ""), "sandbox");
    assert_string_equal(json_string(a, "labels.namespace", ""), "shop");
    assert_string_equal(json_string(a, "labels.severity", ""), "critical");
    assert_string_equal(json_string(a, "status.state", ""), "active");
    assert_int_equal(json_count(json_get(a, "status.silencedBy")), 0);
    /* By the rule that gives a recorded alert (am-alerts.txt) its a47a6d7e46c2c6ab. */
    assert_string_equal(json_string(a, "fingerprint", ""), "2aa798f0ddc25c24");
    assert_true(clock_parse(str_of(json_string(a, "startsAt", "")), false, &starts));
    assert_true(clock_parse(str_of(json_string(a, "endsAt", "")), false, &ends));
    assert_true(clock_parse(str_of(json_string(a, "updatedAt", "")), false, &updated));
    assert_true(starts <= T && updated <= T && ends > T);
    assert_int_equal(starts / CLOCK_MS, list[0].since / CLOCK_MS);
    json_doc_free(doc);
    clock_freeze(T - CLOCK_DAY);
    expect(b, "GET", "/api/v2/alerts", NULL, 200, "[]\n");
}

static void the_members_are_the_recorded_ones(void **state)
{
    struct bench *b = *state;
    struct buf names;
    struct json_doc *doc = json_doc_new();
    struct err err;
    ask(b, "GET", "/api/v2/alerts", NULL);
    const struct json *j = json_parse(doc, b->serving.body.p, b->serving.body.n, &err);
    buf_init(&names, 1000);
    for (const struct json *m = json_first(json_first(j)); m; m = json_next(m))
        buf_printf(&names, "%s ", json_name(m));
    assert_string_equal(buf_text(&names),
                        "annotations endsAt fingerprint receivers startsAt status updatedAt "
                        "generatorURL labels ");
    buf_free(&names);
    json_doc_free(doc);
}

static void filters(void **state)
{
    struct bench *b = *state;
    static const struct {
        const char *query;
        bool found;
    } cases[] = {
        {"active=true", true},
        {"active=false", false},
        {"silenced=false", true},
        {"filter=alertname%3D%22HighErrorRate%22&active=true&silenced=false&inhibited=false", true},
        {"filter=alertname%3DHighErrorRate", true},
        {"filter=alertname%3D%22Other%22", false},
        {"filter=alertname!%3D%22Other%22", true},
        {"filter=alertname%3D~%22High.*%22", true},
        {"filter=alertname%3D~%22High%22", false},
        {"filter=alertname!~%22High.*%22", false},
        {"filter=missing%3D%22%22", true},
        {"filter=severity%3D%22critical%22&filter=namespace%3D%22shop%22", true},
        {"filter=severity%3D%22critical%22&filter=namespace%3D%22edge%22", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[300];
        snprintf(path, sizeof path, "/api/v2/alerts?%s", cases[i].query);
        assert_int_equal(ask(b, "GET", path, NULL), 200);
        assert_int_equal(serving_has(&b->serving, "HighErrorRate"), cases[i].found);
    }
    assert_int_equal(ask(b, "GET", "/api/v2/alerts?filter=x%3D~%22(%22", NULL), 400);
    assert_true(serving_has(&b->serving, "\"error parsing regexp: bad pattern: missing closing"));
    assert_true(serving_has(&b->serving, ": `^(?:()$`\"\n"));
    expect(b, "GET", "/api/v2/alerts?filter=nothing", NULL, 400,
           "\"bad matcher format: nothing\"\n");
    expect(b, "GET", "/api/v2/alerts?active=x", NULL, 422,
           "{\"code\":601,\"message\":\"active in query must be of type boolean: \\\"x\\\"\"}");
}

/* ---- silences ---- */

#define MATCHER(name, value, regex)                                                                \
    "{\"name\":\"" name "\",\"value\":\"" value "\",\"isRegex\":" regex "}"
#define BODY(matchers, from, to)                                                                   \
    "{\"matchers\":[" matchers "],\"startsAt\":\"" from "\",\"endsAt\":\"" to                      \
    "\",\"createdBy\":\"kubeboard\",\"comment\":\"study\"}"
#define HIGH MATCHER("alertname", "HighErrorRate", "false")
#define NOON "2026-11-22T16:00:36.000Z"
#define LATER "2026-11-22T17:00:36.000Z"

static char *silence(struct bench *b, const char *body)
{
    assert_int_equal(ask(b, "POST", "/api/v2/silences", body), 200);
    char *id = serving_between(&b->serving, "{\"silenceID\":\"", "\"}\n");
    assert_int_equal(strlen(id), 36);
    return id;
}

static void a_silence_suppresses(void **state)
{
    struct bench *b = *state;
    char *id = silence(b, BODY(HIGH, NOON, LATER)), path[100], want[600];
    assert_int_equal(ask(b, "GET", "/api/v2/alerts", NULL), 200);
    snprintf(want, sizeof want, "\"silencedBy\":[\"%s\"],\"state\":\"suppressed\"", id);
    assert_true(serving_has(&b->serving, want));
    expect(b, "GET", "/api/v2/alerts?silenced=false", NULL, 200, "[]\n");
    snprintf(path, sizeof path, "/api/v2/silence/%s", id);
    snprintf(want, sizeof want,
             "{\"id\":\"%s\",\"status\":{\"state\":\"active\"},\"updatedAt\":"
             "\"2026-11-22T16:01:28.000Z\",\"comment\":\"study\",\"createdBy\":\"kubeboard\","
             "\"endsAt\":\"" LATER "\",\"matchers\":[{\"isEqual\":true,\"isRegex\":false,"
             "\"name\":\"alertname\",\"value\":\"HighErrorRate\"}],\"startsAt\":"
             "\"2026-11-22T16:01:28.000Z\"}\n",
             id);
    expect(b, "GET", path, NULL, 200, want);
    expect(b, "DELETE", path, NULL, 200, "");
    expect(b, "DELETE", path, NULL, 200, "");
    ask(b, "GET", path, NULL);
    assert_true(serving_has(&b->serving, "\"status\":{\"state\":\"expired\"}"));
    assert_true(serving_has(&b->serving, "\"endsAt\":\"2026-11-22T16:01:28.000Z\""));
    ask(b, "GET", "/api/v2/alerts", NULL);
    assert_true(serving_has(&b->serving, "\"state\":\"active\""));
    free(id);
}

static void silences_that_do_not_fit(void **state)
{
    struct bench *b = *state;
    free(silence(b, BODY(MATCHER("alertname", "Other.*", "true"), NOON, LATER)));
    free(silence(b, BODY(HIGH "," MATCHER("namespace", "edge", "false"), NOON, LATER)));
    free(silence(b, BODY(HIGH, "2026-11-22T16:30:00Z", LATER)));
    ask(b, "GET", "/api/v2/alerts", NULL);
    assert_true(serving_has(&b->serving, "\"state\":\"active\""));
    ask(b, "GET", "/api/v2/silences", NULL);
    assert_true(serving_has(&b->serving, "\"state\":\"pending\""));
    clock_freeze(T + 30 * CLOCK_MINUTE);
    ask(b, "GET", "/api/v2/alerts", NULL);
    assert_true(serving_has(&b->serving, "\"state\":\"suppressed\""));
    clock_freeze(T + 2 * CLOCK_HOUR);
    ask(b, "GET", "/api/v2/silences", NULL);
    assert_false(serving_has(&b->serving, "\"state\":\"active\""));
    ask(b, "GET", "/api/v2/silences?filter=alertname%3D%22HighErrorRate%22", NULL);
    assert_false(serving_has(&b->serving, "Other"));
    assert_true(serving_has(&b->serving, "edge"));
}

/* The recorded answers. */
static void refused_silences(void **state)
{
    struct bench *b = *state;
    const char *path = "/api/v2/silences";
    expect(b, "POST", path, BODY(HIGH, NOON, "2026-11-22T14:00:36.000Z"), 400,
           "\"Failed to create silence: start time must be before end time\"\n");
    expect(b, "POST", path, BODY(HIGH, "2026-11-22T13:00:36.000Z", "2026-11-22T14:00:36.000Z"), 400,
           "\"Failed to create silence: end time can't be in the past\"\n");
    expect(b, "POST", path, BODY(MATCHER("a", ".*", "true"), NOON, LATER), 400,
           "\"silence invalid: at least one matcher must not match the empty string\"\n");
    expect(b, "POST", path, BODY("", NOON, LATER), 422,
           "{\"code\":612,\"message\":\"matchers in body should have at least 1 items\"}");
    expect(b, "POST", path,
           "{\"matchers\":[" HIGH "],\"startsAt\":\"" NOON "\",\"endsAt\":\"" LATER
           "\",\"createdBy\":\"kubeboard\"}",
           422, "{\"code\":602,\"message\":\"comment in body is required\"}");
    expect(b, "POST", path, BODY("{\"name\":\"a\",\"isRegex\":false}", NOON, LATER), 422,
           "{\"code\":602,\"message\":\"matchers.0.value in body is required\"}");
    expect(b, "POST", path, BODY(MATCHER("a b", "x", "false"), NOON, LATER), 400,
           "\"silence invalid: invalid label matcher 0: invalid label name \\\"a b\\\"\"\n");
    assert_int_equal(ask(b, "POST", path, BODY(MATCHER("a", "(", "true"), NOON, LATER)), 400);
    assert_int_equal(ask(b, "POST", path, "{"), 400);
    assert_int_equal(ask(b, "POST", path, ""), 400);
    assert_int_equal(ask(b, "POST", path, BODY(HIGH, "now", LATER)), 400);
    expect(b, "GET", "/api/v2/silence/" MISSING, NULL, 404, "");
    expect(b, "DELETE", "/api/v2/silence/" MISSING, NULL, 404, "");
    expect(b, "GET", "/api/v2/silence/xx", NULL, 422,
           "{\"code\":601,\"message\":\"silenceID in path must be of type uuid: \\\"xx\\\"\"}");
    expect(b, "GET", path, NULL, 200, "[]\n");
}

static char *with_id(const char *id, const char *from, const char *to)
{
    return mem_printf("{\"id\":\"%s\",\"matchers\":[" HIGH
                      "],\"startsAt\":\"%s\",\"endsAt\":\"%s\","
                      "\"createdBy\":\"kubeboard\",\"comment\":\"other\"}",
                      id, from, to);
}

/* The start that the server holds keeps the id; the one that was asked for first does not. */
static void changed_silences(void **state)
{
    struct bench *b = *state;
    char *id = silence(b, BODY(HIGH, NOON, LATER));
    char *body = with_id(id, "2026-11-22T16:01:28.000Z", "2026-11-22T18:00:00Z");
    char *same = silence(b, body);
    assert_string_equal(same, id);
    free(body);
    body = with_id(id, NOON, "2026-11-22T18:00:00Z");
    char *other = silence(b, body);
    assert_string_not_equal(other, id);
    free(body);
    ask(b, "GET", "/api/v2/silences", NULL);
    const char *text = buf_text(&b->serving.body);
    assert_true(strstr(text, other) < strstr(text, id)); /* the expired one last */
    body = with_id(MISSING, NOON, LATER);
    expect(b, "POST", "/api/v2/silences", body, 404, "\"silence not found\"\n");
    free(body);
    free(id);
    free(same);
    free(other);
}

static void silences_are_bounded(void **state)
{
    struct bench *b = *state;
    char *first = silence(b, BODY(HIGH, NOON, LATER)), path[100];
    for (int i = 1; i < SILENCES_MAX; i++)
        free(silence(b, BODY(HIGH, NOON, LATER)));
    assert_int_equal(ask(b, "POST", "/api/v2/silences", BODY(HIGH, NOON, LATER)), 400);
    snprintf(path, sizeof path, "/api/v2/silence/%s", first);
    assert_int_equal(ask(b, "DELETE", path, NULL), 200);
    free(silence(b, BODY(HIGH, NOON, LATER)));
    assert_int_equal(ask(b, "GET", path, NULL), 404);
    free(first);
}

/* ---- the rest ---- */

static void status_and_health(void **state)
{
    struct bench *b = *state;
    assert_int_equal(ask(b, "GET", "/api/v2/status", NULL), 200);
    assert_true(serving_has(&b->serving, "\"version\":\"0.25.0\""));
    assert_true(serving_has(&b->serving, "\"cluster\":{\"peers\":[],\"status\":\"disabled\"}"));
    expect(b, "GET", "/-/ready", NULL, 200, "OK");
    expect(b, "GET", "/other", NULL, 404,
           "{\"code\":404,\"message\":\"path /other was not found\"}");
    assert_int_equal(ask(b, "DELETE", "/api/v2/alerts", NULL), 405);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(only_what_fires),
        TEST(the_members_are_the_recorded_ones),
        TEST(filters),
        TEST(a_silence_suppresses),
        TEST(silences_that_do_not_fit),
        TEST(refused_silences),
        TEST(changed_silences),
        TEST(silences_are_bounded),
        TEST(status_and_health),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
