/* The pretend Loki held against recordings of a real Loki 3.4.0, with the clock of the recording.
 */
#include "serving.h"

#include "recording.h"

#include "net/websocket.h"
#include "sandbox/loki/lokid.h"
#include "sandbox/world/founding.h"
#include "sandbox/world/history.h"
#include "sandbox/world/world.h"

#define RECORDED INT64_C(1795362318915263191) /* when the pushes were recorded */

struct bench {
    struct serving s;
    struct world *world;
    struct history *history;
    struct lokid *lokid;
};

static void handle(void *service, struct reply *p)
{
    lokid_handle(service, p);
}

static int open_bench(void **state, const char *tenant, int64_t now)
{
    struct bench *b = mem_alloc(sizeof *b);
    clock_freeze(now);
    b->world = founding_world(1, now, 0, 0);
    b->history = history_new(b->world);
    serving_open(&b->s, SANDBOX_LOKI, handle, NULL);
    b->lokid = lokid_new(b->s.loop, b->history, &b->s.faults, tenant);
    b->s.handler = b->lokid;
    *state = b;
    return 0;
}

static int setup(void **state)
{
    return open_bench(state, NULL, RECORDED);
}

static int setup_tenant(void **state)
{
    return open_bench(state, "shop", RECORDED);
}

static int teardown(void **state)
{
    struct bench *b = *state;
    lokid_tail_free_all(b->lokid);
    serving_close(&b->s);
    lokid_free(b->lokid);
    history_free(b->history);
    world_free(b->world);
    free(b);
    clock_freeze(0);
    return 0;
}

static int get(struct bench *b, const char *path)
{
    return serving_ask(&b->s, &(struct serving_ask){.path = path});
}

static void push(struct bench *b, const char *json)
{
    serving_ask(&b->s, &(struct serving_ask){.method = "POST",
                                             .path = "/loki/api/v1/push",
                                             .body = str_of(json),
                                             .content_type = "application/json"});
}

/* Sends what was sent then; the answer must be the same, to the letter when it is text. */
static void replay(struct bench *b, const char *name, const struct recording *r)
{
    struct serving_ask ask = {
        .method = r->method, .path = r->target, .body = str_of(r->body ? r->body : "")};
    char *tenant = recording_header(r->headers, "X-Scope-OrgID"),
         *type = recording_header(r->headers, "Content-Type");
    char *upgrade = recording_header(r->headers, "Upgrade"),
         *header = mem_printf("X-Scope-OrgID: %s", tenant);
    ask.content_type = *type ? type : NULL;
    if (*tenant)
        ask.headers[0] = header;
    b->s.wanted = "Content-Type";
    serving_ask(&b->s, &ask);
    if (b->s.status != r->status)
        fail_msg("%s: %s %s: %d, recorded %d: %s", name, r->method, r->target, b->s.status,
                 r->status, buf_text(&b->s.body));
    struct str got = str_trim(buf_str(&b->s.body)), recorded = str_trim(str_of(r->answer));
    if (str_starts(str_of(r->type), "text/plain") && !r->trimmed && !str_eq(got, recorded))
        fail_msg("%s: %s\n got      %.*s\n recorded %.*s", name, r->target, (int)got.n, got.p,
                 (int)recorded.n, recorded.p);
    if (*r->type && strcasecmp(b->s.header, r->type) != 0)
        fail_msg("%s: %s: type %s, recorded %s", name, r->target, b->s.header, r->type);
    free(tenant);
    free(type);
    free(upgrade);
    free(header);
}

static void replay_file(struct bench *b, const char *name)
{
    struct recordings all;
    char *path = mem_printf("loki/%s.txt", name);
    recordings_loki(&all, path);
    assert_true(all.count > 0);
    for (size_t i = 0; i < all.count; i++)
        replay(b, name, &all.list[i]);
    recordings_free(&all);
    free(path);
}

static void errors_are_worded_as_recorded(void **state)
{
    static const char *const files[] = {"query_range-limit-5001",
                                        "query_range-limit-0",
                                        "query_range-bad-direction",
                                        "query_range-end-before-start",
                                        "query_range-too-long",
                                        "query_range-matrix-too-many-points",
                                        "query_range-step-zero",
                                        "query-instant-log-query",
                                        "query_range-start-bad",
                                        "query_range-delete-method",
                                        "unknown-path",
                                        "ready-ok",
                                        "tail-error-empty",
                                        "tail-error-delay6",
                                        "tail-error-limit0",
                                        "tail-error-start-bad"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        replay_file(*state, files[i]);
}

static void parse_errors_are_worded_and_placed_as_recorded(void **state)
{
    struct bench *b = *state;
    struct recordings all;
    recordings_loki(&all, "loki/parse-errors.txt");
    assert_in_range(all.count, 10, 40);
    size_t compared = 0;
    for (size_t i = 0; i < all.count; i++) {
        if (strstr(all.list[i].target, "unwrap"))
            continue; /* unwrap is not evaluated here */
        replay(b, "parse-errors", &all.list[i]);
        compared++;
    }
    assert_in_range(compared, 10, 40);
    recordings_free(&all);
}

static void tenants_are_asked_for_as_recorded(void **state)
{
    replay_file(*state, "tenant-missing");
    replay_file(*state, "tenant-bad");
    replay_file(*state, "tenant-two");
}

static void pushes_are_judged_as_recorded(void **state)
{
    struct bench *b = *state;
    struct recordings all;
    size_t compared = 0;
    recordings_loki(&all, "loki/push-rejections.txt");
    for (size_t i = 0; i < all.count; i++) {
        struct recording *r = &all.list[i];
        bool json = r->body && r->body[0] == '{' && strlen(r->body) < 2000 &&
                    !strstr(r->body, "xxxxxx") &&
                    !strstr(r->body, "\\x"); /* bytes are written so */
        /* How the parser words what it cannot read is its own affair. */
        bool parser =
            strstr(r->answer, "PushRequest") || strstr(r->answer, "couldn't parse labels");
        if (!json)
            continue;
        if (parser) {
            serving_ask(&b->s, &(struct serving_ask){.method = "POST",
                                                     .path = r->target,
                                                     .body = str_of(r->body),
                                                     .content_type = "application/json"});
            assert_int_equal(b->s.status, r->status);
        } else {
            replay(b, "push-rejections", r);
        }
        compared++;
    }
    assert_in_range(compared, 10, 30);
    recordings_free(&all);
}

/* Every member of the recorded JSON is there, with the same type; arrays by their first element. */
static void same_shape(const struct json *recorded, const struct json *ours, const char *path)
{
    if (json_is_object(recorded)) {
        if (!json_is_object(ours))
            fail_msg("%s is no object", path);
        for (const struct json *m = json_first(recorded); m; m = json_next(m)) {
            char *name = mem_printf("%s.%s", path, json_name(m));
            const struct json *o = json_member(ours, json_name(m));
            if (!o)
                fail_msg("%s is missing", name);
            same_shape(m, o, name);
            free(name);
        }
    } else if (json_is_array(recorded)) {
        if (!json_is_array(ours))
            fail_msg("%s is no array", path);
        if (json_first(recorded) && json_first(ours))
            same_shape(json_first(recorded), json_first(ours), path);
    } else if (!!json_value(recorded) != !!json_value(ours) ||
               json_is_number(recorded) != json_is_number(ours)) {
        fail_msg("%s is of another type", path);
    }
}

static const struct json *parse(struct json_doc *d, const char *text)
{
    struct err err;
    const struct json *j = json_parse(d, text, strlen(text), &err);
    if (!j)
        fail_msg("%s: %.200s", err.what, text);
    return j;
}

static void small_answers_have_the_recorded_shape(void **state)
{
    struct bench *b = *state;
    static const char *const files[] = {"labels-empty-range", "label-values-unknown", "index-stats",
                                        "format_query-bad"};
    struct json_doc *a = json_doc_new(), *c = json_doc_new();
    for (size_t i = 0; i < 4; i++) {
        struct recordings all;
        char *path = mem_printf("loki/%s.txt", files[i]);
        recordings_loki(&all, path);
        assert_int_equal(get(b, all.list[0].target), all.list[0].status);
        const struct json *recorded = parse(a, all.list[0].answer),
                          *ours = parse(c, buf_text(&b->s.body));
        same_shape(recorded, ours, files[i]);
        assert_int_equal(json_count(recorded), json_count(ours));
        recordings_free(&all);
        free(path);
    }
    json_doc_free(a);
    json_doc_free(c);
}

/* The longer ones were cut when they were recorded: their beginnings are compared by hand. */
static void streams_have_the_recorded_shape(void **state)
{
    struct bench *b = *state;
    struct json_doc *d = json_doc_new();
    char *path = mem_printf("/loki/api/v1/"
                            "query_range?query=%%7Bnamespace%%3D%%22edge%%22%%7D%%20%%7C%%20json&"
                            "limit=3&direction=forward"
                            "&start=%lld&end=%lld",
                            (long long)(RECORDED - CLOCK_HOUR), (long long)RECORDED);
    assert_int_equal(get(b, path), 200);
    const struct json *j = parse(d, buf_text(&b->s.body)),
                      *first = json_first(json_get(j, "data.result"));
    assert_string_equal(json_string(j, "data.resultType", ""), "streams");
    assert_string_equal(json_string(first, "stream.namespace", ""), "edge");
    assert_non_null(json_value(json_get(first, "stream.detected_level")));
    assert_non_null(json_value(json_get(first, "stream.status")));
    assert_int_equal(strlen(json_value(json_get(first, "values.0.0"))), 19);
    assert_null(json_get(j, "data.encodingFlags"));
    assert_true(json_is_object(json_get(j, "data.stats.summary")));
    serving_ask(
        &b->s, &(struct serving_ask){
                   .path = path, .headers = {"X-Loki-Response-Encoding-Flags: categorize-labels"}});
    j = parse(d, buf_text(&b->s.body));
    first = json_first(json_get(j, "data.result"));
    assert_string_equal(json_string(j, "data.encodingFlags.0", ""), "categorize-labels");
    assert_null(json_get(first, "stream.detected_level"));
    assert_non_null(json_value(json_get(first, "values.0.2.structuredMetadata.detected_level")));
    assert_non_null(json_value(json_get(first, "values.0.2.parsed.status")));
    free(path);
    json_doc_free(d);
}

/* Start counts, end does not; a count at the end less a nanosecond counts the same lines. */
static void ranges_are_half_open(void **state)
{
    struct bench *b = *state;
    int64_t at = RECORDED - CLOCK_MINUTE;
    char *json = mem_printf("{\"streams\":[{\"stream\":{\"t\":\"edge\"},\"values\":[[\"%lld\","
                            "\"a\"],[\"%lld\",\"b\"],[\"%lld\",\"c\"]]}]}",
                            (long long)at, (long long)at + 1, (long long)at + CLOCK_SECOND);
    push(b, json);
    assert_int_equal(b->s.status, 204);
    char *path =
        mem_printf("/loki/api/v1/query_range?query=%%7Bt%%3D%%22edge%%22%%7D&start=%lld&end=%lld",
                   (long long)at, (long long)at + CLOCK_SECOND);
    assert_int_equal(get(b, path), 200);
    assert_true(serving_has(&b->s, "\"a\"]") && serving_has(&b->s, "\"b\"]") &&
                !serving_has(&b->s, "\"c\"]"));
    free(path);
    path = mem_printf(
        "/loki/api/v1/"
        "query?query=sum(count_over_time(%%7Bt%%3D%%22edge%%22%%7D%%5B1000ms%%5D))&time=%lld",
        (long long)at + CLOCK_SECOND - 1);
    assert_int_equal(get(b, path), 200);
    assert_true(serving_has(&b->s, "\"2\"]"));
    free(path);
    path = mem_printf(
        "/loki/api/v1/"
        "query?query=sum(count_over_time(%%7Bt%%3D%%22edge%%22%%7D%%5B1s%%5D))&time=%lld",
        (long long)at + CLOCK_SECOND);
    get(b, path);
    assert_true(
        serving_has(&b->s, "\"2\"]")); /* b and c: the line at T - 1 s is out, the one at T in */
    free(path);
    push(b, json); /* the same lines again are kept once */
    path = mem_printf(
        "/loki/api/v1/query?query=count_over_time(%%7Bt%%3D%%22edge%%22%%7D%%5B5m%%5D)&time=%lld",
        (long long)RECORDED);
    get(b, path);
    assert_true(serving_has(&b->s, "\"3\"]"));
    free(path);
    free(json);
}

static void a_page_over_four_mebibytes_fails(void **state)
{
    struct bench *b = *state;
    struct buf json;
    char *line = mem_alloc(200001);
    memset(line, 'x', 200000);
    buf_init(&json, 64 << 20);
    for (int part = 0; part < 2; part++) {
        buf_clear(&json);
        buf_adds(&json, "{\"streams\":[{\"stream\":{\"t\":\"big\"},\"values\":[");
        for (int i = 0; i < 13; i++)
            buf_printf(&json, "%s[\"%lld\",\"%d%s\"]", i ? "," : "",
                       (long long)(RECORDED - CLOCK_MINUTE) + part * 100 + i, i, line);
        buf_adds(&json, "]}]}");
        push(b, buf_text(&json));
        assert_int_equal(b->s.status, 204);
    }
    assert_int_equal(get(b, "/loki/api/v1/query_range?query=%7Bt%3D%22big%22%7D&limit=100"), 500);
    assert_true(serving_has(&b->s, "ResourceExhausted") && serving_has(&b->s, "vs. 4194304"));
    assert_int_equal(get(b, "/loki/api/v1/query_range?query=%7Bt%3D%22big%22%7D&limit=10"), 200);
    buf_free(&json);
    free(line);
}

static void pages_end_at_their_limit(void **state)
{
    struct bench *b = *state;
    struct json_doc *d = json_doc_new();
    static const char *const directions[] = {"forward", "backward"};
    for (int i = 0; i < 2; i++) {
        char *path =
            mem_printf("/loki/api/v1/"
                       "query_range?query=%%7Bnamespace%%3D~%%22.%%2B%%22%%7D&limit=1000&direction="
                       "%s&start=%lld&end=%lld",
                       directions[i], (long long)(RECORDED - CLOCK_HOUR), (long long)RECORDED);
        assert_int_equal(get(b, path), 200);
        const struct json *j = parse(d, buf_text(&b->s.body));
        size_t lines = 0;
        int64_t first = INT64_MAX, last = 0;
        for (const struct json *s = json_first(json_get(j, "data.result")); s; s = json_next(s))
            for (const struct json *v = json_first(json_member(s, "values")); v; v = json_next(v)) {
                int64_t t = json_int(v, "0", 0);
                lines++;
                first = t < first ? t : first;
                last = t > last ? t : last;
            }
        assert_int_equal(lines, 1000);
        assert_in_range(i ? RECORDED - last : first - (RECORDED - CLOCK_HOUR), 0, 5 * CLOCK_SECOND);
        assert_in_range(last - first, CLOCK_SECOND, 10 * CLOCK_MINUTE);
        free(path);
    }
    json_doc_free(d);
}

/* Of what is stored: a real one's memory has nothing for it. */
static void an_empty_span_is_a_nanosecond(void **state)
{
    struct bench *b = *state;
    int64_t at = RECORDED - CLOCK_MINUTE;
    char *json = mem_printf("{\"streams\":[{\"stream\":{\"t\":\"empty\"},\"values\":[[\"%lld\","
                            "\"a\"],[\"%lld\",\"b\"]]}]}",
                            (long long)at, (long long)at + 1);
    push(b, json);
    for (int i = 0; i < 3; i++) {
        char *path = mem_printf(
            "/loki/api/v1/query_range?query=%%7Bt%%3D%%22empty%%22%%7D&start=%lld&end=%lld",
            (long long)at + (i > 0), (long long)at + (i == 2));
        assert_int_equal(get(b, path), i == 1 ? 400 : 200);
        assert_int_equal(serving_has(&b->s, "\"a\"]"), i == 0);
        assert_int_equal(serving_has(&b->s, "\"b\"]"), i == 2);
        free(path);
    }
    free(json);
}

/* A line a second of one stream about a whole hour, and thirty of five others. */
static char *lines_about(int64_t hour)
{
    static const signed char quiet[][6] = {{-18, -5, 29, 33, 38, 44},
                                           {-47, -19, 9, 17, 33, 49},
                                           {-44, -36, -30, -19, -3, 10},
                                           {-49, -37, -19, -2, 19, 23},
                                           {-27, -23, -15, 2, 43, 48}};
    struct buf json;
    buf_init(&json, 1 << 20);
    buf_adds(&json, "{\"streams\":[{\"stream\":{\"t\":\"join\",\"s\":\"busy\"},\"values\":[");
    for (int i = 0; i < 100; i++)
        buf_printf(&json, "%s[\"%lld\",\"busy %d\"]", i ? "," : "",
                   (long long)(hour + (i - 50) * CLOCK_SECOND), i - 50);
    for (int s = 0; s < 5; s++) {
        buf_printf(&json, "]},{\"stream\":{\"t\":\"join\",\"s\":\"q%d\"},\"values\":[", s);
        for (int i = 0; i < 6; i++)
            buf_printf(&json, "%s[\"%lld\",\"q%d %d\"]", i ? "," : "",
                       (long long)(hour + quiet[s][i] * CLOCK_SECOND + s + 1), s, quiet[s][i]);
    }
    buf_adds(&json, "]}]}");
    return buf_take(&json, NULL);
}

/* As a real 3.4.0 answers, asked for the same lines: those before the hour are 66. */
static void parts_of_a_query_are_joined_as_badly(void **state)
{
    struct bench *b = *state;
    static const struct {
        const char *direction;
        int limit;
        const char *given, *lacking;
    } asked[] = {{"forward", 60, "\"busy -50\"", "\"q1 49\""},
                 {"forward", 80, "\"q1 49\"", "\"busy 3\""},
                 {"backward", 80, "\"q3 -49\"", "\"busy -5\""},
                 {"backward", 60, "\"busy 49\"", "\"q3 -49\""}};
    int64_t hour = RECORDED / CLOCK_HOUR * CLOCK_HOUR;
    char *json = lines_about(hour);
    push(b, json);
    assert_int_equal(b->s.status, 204);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        char *path =
            mem_printf("/loki/api/v1/query_range?query=%%7Bt%%3D%%22join%%22%%7D%%7Cdrop%%20"
                       "detected_level&start=%lld&end=%lld&limit=%d&direction=%s",
                       (long long)(hour - CLOCK_MINUTE), (long long)(hour + CLOCK_MINUTE),
                       asked[i].limit, asked[i].direction);
        assert_int_equal(get(b, path), 200);
        assert_true(serving_has(&b->s, asked[i].given));
        assert_false(serving_has(&b->s, asked[i].lacking));
        free(path);
    }
    free(json);
}

static void lines_keep_their_nul(void **state)
{
    struct bench *b = *state;
    char *json = mem_printf("{\"streams\":[{\"stream\":{\"t\":\"nul\"},\"values\":[[\"%lld\","
                            "\"a\\u0000b \\u001b[31m\"]]}]}",
                            (long long)RECORDED - 1);
    push(b, json);
    assert_int_equal(b->s.status, 204);
    get(b, "/loki/api/v1/query_range?query=%7Bt%3D%22nul%22%7D");
    assert_true(serving_has(&b->s, "\"a\\u0000b \\u001b[31m\""));
    free(json);
}

/* A result stream for each level; one, in order, when the level is dropped. */
static void a_dropped_level_splits_no_stream(void **state)
{
    struct bench *b = *state;
    const char *json = "{\"streams\":[{\"stream\":{\"t\":\"mixed\"},\"values\":["
                       "[\"1795362318915263190\",\"level=info 1\"],"
                       "[\"1795362318915263190\",\"level=error 2\"],"
                       "[\"1795362318915263190\",\"level=info 3\"]]}]}";
    push(b, json);
    assert_int_equal(b->s.status, 204);
    get(b, "/loki/api/v1/query_range?query=%7Bt%3D%22mixed%22%7D&direction=forward");
    assert_true(serving_has(&b->s, "\"detected_level\":\"error\""));
    assert_false(serving_has(&b->s, "info 1\"],[\"1795362318915263190\",\"level=error 2"));
    get(b, "/loki/api/v1/query_range?query=%7Bt%3D%22mixed%22%7D%7Cdrop%20detected_level"
           "&direction=forward");
    assert_false(serving_has(&b->s, "detected_level"));
    assert_true(serving_has(&b->s, "info 1\"],[\"1795362318915263190\",\"level=error 2\"],["
                                   "\"1795362318915263190\",\"level=info 3\"]]"));
    get(b, "/loki/api/v1/query_range?query=%7Bt%3D%22mixed%22%7D%7Cdrop%20t&direction=forward");
    assert_true(serving_has(&b->s, "{\"detected_level\":\"error\""));
}

/* ---- the tail ---- */

struct tail {
    int opened, messages, closed, code;
    struct buf text;
    char reason[200];
};

static void opened(void *context)
{
    ((struct tail *)context)->opened++;
}

static void message(void *context, struct str bytes, bool binary)
{
    struct tail *t = context;
    (void)binary;
    t->messages++;
    buf_add(&t->text, bytes.p, bytes.n);
    buf_addc(&t->text, '\n');
}

static void closed(void *context, int code, const struct err *err)
{
    struct tail *t = context;
    t->closed++;
    t->code = code;
    str_copy(t->reason, sizeof t->reason, err->what);
}

static struct websocket *tail(struct bench *b, struct tail *t, const char *path)
{
    memset(t, 0, sizeof *t);
    buf_init(&t->text, 8 << 20);
    struct websocket_call call = {.target = b->s.target,
                                  .path = path,
                                  .context = t,
                                  .opened = opened,
                                  .message = message,
                                  .closed = closed};
    return websocket_open(b->s.http, &call);
}

static void turn(struct bench *b, int ms)
{
    int64_t end = clock_monotonic() + ms * CLOCK_MS;
    while (clock_monotonic() < end)
        loop_turn(b->s.loop, 5);
}

static void a_tail_shows_history_then_what_comes(void **state)
{
    struct bench *b = *state;
    struct tail t;
    char *json = mem_printf("{\"streams\":[{\"stream\":{\"t\":\"tl\"},\"values\":[[\"%lld\",\"old "
                            "one\"],[\"%lld\",\"old two error\"]]}]}",
                            (long long)RECORDED - 2000, (long long)RECORDED - 1000);
    push(b, json);
    free(json);
    struct websocket *w = tail(b, &t, "/loki/api/v1/tail?query=%7Bt%3D%22tl%22%7D&limit=10");
    turn(b, 300);
    assert_int_equal(t.opened, 1);
    assert_int_equal(t.messages, 1);
    assert_non_null(strstr(buf_text(&t.text),
                           "\"values\":[[\"1795362318915261191\",\"old "
                           "one\"]]},{\"stream\":{\"detected_level\":\"error\""));
    clock_freeze(RECORDED + CLOCK_SECOND);
    json = mem_printf("{\"streams\":[{\"stream\":{\"t\":\"tl\"},\"values\":[[\"%lld\",\"new\"]]}]}",
                      (long long)RECORDED + 5);
    push(b, json);
    free(json);
    turn(b, 900);
    /* Live lines carry no detected_level. */
    assert_non_null(strstr(buf_text(&t.text),
                           "{\"stream\":{\"service_name\":\"unknown_service\",\"t\":\"tl\"},"
                           "\"values\":[[\"1795362318915263196\",\"new\"]]}"));
    assert_int_equal(t.closed, 0);
    websocket_close(w);
    turn(b, 100);
    assert_int_equal(b->lokid->tails.count, 0);
    buf_free(&t.text);
}

static void tails_end_as_recorded(void **state)
{
    struct bench *b = *state;
    struct tail t, more[11];
    websocket_close((tail(b, &t, "/loki/api/v1/tail?query=rate(%7Bapp%3D%22tl%22%7D%5B1m%5D)"),
                     turn(b, 400), NULL));
    assert_int_equal(t.closed, 1);
    assert_int_equal(t.code, 1011);
    assert_non_null(strstr(t.reason, "only log selector is supported"));
    buf_free(&t.text);
    struct websocket *open[11];
    for (int i = 0; i < 11; i++)
        open[i] = tail(b, &more[i], "/loki/api/v1/tail?query=%7Bt%3D%22tl%22%7D");
    turn(b, 500);
    int refused = 0;
    for (int i = 0; i < 11; i++) {
        refused += more[i].closed;
        if (more[i].closed)
            assert_non_null(
                strstr(more[i].reason,
                       "max concurrent tail requests limit exceeded, count > limit (11 > 10)"));
        else
            websocket_close(open[i]);
        buf_free(&more[i].text);
    }
    assert_int_equal(refused, 1);
    /* A bad expression in a stage: the tail runs and says nothing. */
    struct websocket *w =
        tail(b, &t, "/loki/api/v1/tail?query=%7Bt%3D%22tl%22%7D%20%7C~%20%22(%22");
    turn(b, 800);
    assert_int_equal(t.opened, 1);
    assert_int_equal(t.messages + t.closed, 0);
    websocket_close(w);
    buf_free(&t.text);
}

/* Of one agent's lines only six streams get through, as grafana/loki#14550 has it. */
static void a_wide_tail_loses_streams(void **state)
{
    struct bench *b = *state;
    struct tail t;
    struct buf json;
    buf_init(&json, 1 << 16);
    struct websocket *w = tail(b, &t, "/loki/api/v1/tail?query=%7Bt%3D%22wide%22%7D");
    turn(b, 200);
    clock_freeze(RECORDED + CLOCK_SECOND);
    buf_adds(&json, "{\"streams\":[");
    for (int i = 0; i < 10; i++)
        buf_printf(
            &json,
            "%s{\"stream\":{\"t\":\"wide\",\"i\":\"%d\"},\"values\":[[\"%lld\",\"line %d\"]]}",
            i ? "," : "", i, (long long)RECORDED + i + 1, i);
    buf_adds(&json, "]}");
    push(b, buf_text(&json));
    turn(b, 900);
    int lines = 0;
    for (const char *p = buf_text(&t.text); (p = strstr(p, "\"line ")); p++)
        lines++;
    assert_int_equal(lines, 6);
    assert_null(strstr(buf_text(&t.text), "dropped_entries"));
    websocket_close(w);
    buf_free(&t.text);
    buf_free(&json);
}

/* The fault takes every second line, says so, and ends the tail. */
static void a_faulty_tail_loses_and_ends(void **state)
{
    struct bench *b = *state;
    struct tail t;
    struct buf json;
    buf_init(&json, 1 << 16);
    serving_fault(&b->s, "dropped-tail");
    struct websocket *w = tail(b, &t, "/loki/api/v1/tail?query=%7Bt%3D%22lossy%22%7D");
    turn(b, 200);
    clock_freeze(RECORDED + CLOCK_SECOND);
    buf_adds(&json, "{\"streams\":[{\"stream\":{\"t\":\"lossy\"},\"values\":[");
    for (int i = 0; i < 10; i++)
        buf_printf(&json, "%s[\"%lld\",\"line %d\"]", i ? "," : "", (long long)RECORDED + i + 1, i);
    buf_adds(&json, "]}]}");
    push(b, buf_text(&json));
    turn(b, 900);
    int lines = 0, dropped = 0;
    for (const char *p = buf_text(&t.text); (p = strstr(p, "\"line ")); p++)
        lines++;
    for (const char *p = buf_text(&t.text); (p = strstr(p, "\"timestamp\":")); p++)
        dropped++;
    assert_int_equal(lines, 5);
    assert_int_equal(dropped, 5);
    clock_freeze(RECORDED + 12 * CLOCK_SECOND);
    turn(b, 900);
    assert_int_equal(t.closed, 1);
    assert_non_null(strstr(t.reason, "all ingesters closed the connection"));
    websocket_close(t.closed ? NULL : w);
    buf_free(&t.text);
    buf_free(&json);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(errors_are_worded_as_recorded),
        T(parse_errors_are_worded_and_placed_as_recorded),
        cmocka_unit_test_setup_teardown(tenants_are_asked_for_as_recorded, setup_tenant, teardown),
        T(pushes_are_judged_as_recorded),
        T(small_answers_have_the_recorded_shape),
        T(streams_have_the_recorded_shape),
        T(ranges_are_half_open),
        T(a_page_over_four_mebibytes_fails),
        T(pages_end_at_their_limit),
        T(an_empty_span_is_a_nanosecond),
        T(parts_of_a_query_are_joined_as_badly),
        T(lines_keep_their_nul),
        T(a_dropped_level_splits_no_stream),
        T(a_tail_shows_history_then_what_comes),
        T(tails_end_as_recorded),
        T(a_wide_tail_loses_streams),
        T(a_faulty_tail_loses_and_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
