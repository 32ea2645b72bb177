/* The pretend Prometheus: errors as recorded from a real 2.42, and every shape of query that
 * kubeboard sends. */
#include "serving.h"

#include "recording.h"

#include <math.h>

#include "net/conn.h"
#include "sandbox/prometheus/promd.h"
#include "sandbox/world/founding.h"
#include "sandbox/world/world.h"

#define START INT64_C(1795363200000000000)

struct bench {
    struct serving s;
    struct world *world;
    struct promd *promd;
    struct json_doc *doc;
};

static void handle(void *service, struct reply *p)
{
    promd_handle(service, p);
}

static int setup(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    clock_freeze(START);
    b->world = founding_world(1, START, 0, 0);
    serving_open(&b->s, SANDBOX_PROMETHEUS, handle, NULL);
    b->promd = promd_new(b->world, &b->s.faults);
    b->s.handler = b->promd;
    b->doc = json_doc_new();
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    serving_close(&b->s);
    promd_free(b->promd);
    world_free(b->world);
    json_doc_free(b->doc);
    free(b);
    clock_freeze(0);
    return 0;
}

static const struct json *answer(struct bench *b)
{
    struct err err;
    const struct json *j = json_parse(b->doc, buf_text(&b->s.body), b->s.body.n, &err);
    if (!j)
        fail_msg("%s: %.200s", err.what, buf_text(&b->s.body));
    return j;
}

static const struct json *get(struct bench *b, const char *path)
{
    serving_ask(&b->s, &(struct serving_ask){.path = path});
    return answer(b);
}

/* By a form, as kubeboard asks; the result array. */
static const struct json *query(struct bench *b, const char *text, const char *more)
{
    struct buf form;
    bool first = false;
    buf_init(&form, 1 << 16);
    buf_adds(&form, more);
    conn_query(&form, &first, "query", text);
    serving_ask(&b->s, &(struct serving_ask){.method = "POST",
                                             .path = strstr(more, "step=") ? "/api/v1/query_range"
                                                                           : "/api/v1/query",
                                             .body = buf_str(&form),
                                             .content_type = "application/x-www-form-urlencoded"});
    buf_free(&form);
    if (b->s.status != 200)
        fail_msg("%s: %d %s", text, b->s.status, buf_text(&b->s.body));
    return json_get(answer(b), "data.result");
}

#define NOW "time=1795363200"

static double value(const struct json *sample)
{
    return json_number(sample, "value.1", NAN);
}

static double total(struct bench *b, const char *text)
{
    double sum = 0;
    for (const struct json *s = json_first(query(b, text, NOW)); s; s = json_next(s))
        sum += value(s);
    return sum;
}

static void errors_are_worded_as_recorded(void **state)
{
    struct bench *b = *state;
    static const char *const files[] = {"prom-bad-query",
                                        "prom-bad-query-empty",
                                        "prom-bad-query-type",
                                        "prom-bad-query-unknown-fn",
                                        "prom-query_range-no-step",
                                        "prom-query_range-step-zero",
                                        "prom-query_range-step-too-small",
                                        "prom-query_range-end-before-start",
                                        "prom-bad-time",
                                        "prom-unknown",
                                        "prom-unknown-path"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct recordings all;
        char *path = mem_printf("loki/%s.txt", files[i]);
        recordings_loki(&all, path);
        b->s.wanted = "Content-Type";
        serving_ask(&b->s, &(struct serving_ask){.path = all.list[0].target});
        struct str got = str_trim(buf_str(&b->s.body)),
                   recorded = str_trim(str_of(all.list[0].answer));
        if (b->s.status != all.list[0].status || !str_eq(got, recorded))
            fail_msg("%s: %d %.*s\n recorded %d %.*s", files[i], b->s.status, (int)got.n, got.p,
                     all.list[0].status, (int)recorded.n, recorded.p);
        assert_string_equal(b->s.header, all.list[0].type);
        recordings_free(&all);
        free(path);
    }
}

static void nodes_have_cpu_and_memory(void **state)
{
    struct bench *b = *state;
    static const char *const queries[] = {
        "100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[2m]))) * on "
        "(instance) group_left (nodename) node_uname_info",
        "100 * (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes) * on (instance) "
        "group_left (nodename) node_uname_info"};
    for (int i = 0; i < 2; i++) {
        size_t n = 0;
        double most = 0;
        for (const struct json *s = json_first(query(b, queries[i], NOW)); s;
             s = json_next(s), n++) {
            assert_non_null(strstr(json_string(s, "metric.nodename", ""), ".compute.internal"));
            assert_true(value(s) > 1 && value(s) < 100);
            most = value(s) > most ? value(s) : most;
        }
        assert_int_equal(n, 6);
        if (i)
            assert_true(most > 90); /* the one under pressure */
    }
}

static void pods_have_cpu_and_memory(void **state)
{
    struct bench *b = *state;
    size_t pods =
        json_count(query(b,
                         "sum by (namespace,pod) "
                         "(container_memory_working_set_bytes{container!=\"\",container!=\"POD\"})",
                         NOW));
    assert_in_range(pods, 40, 70);
    double sum = total(
        b, "sum(rate(container_cpu_usage_seconds_total{container!=\"\",container!=\"POD\"}[2m]))");
    double by = total(
        b, "sum by (namespace) "
           "(rate(container_cpu_usage_seconds_total{container!=\"\",container!=\"POD\"}[2m]))");
    assert_true(sum > 1 && fabs(sum - by) < 1e-9);
    /* Without the filter every pod counts twice. */
    double twice = total(b, "sum(rate(container_cpu_usage_seconds_total[2m]))");
    assert_true(fabs(twice - 2 * sum) < 0.01 * sum);
    const struct json *share = json_first(
        query(b,
              "sum by (namespace,pod) "
              "(container_memory_working_set_bytes{container!=\"\",container!=\"POD\"}) / "
              "sum by (namespace,pod) (kube_pod_container_resource_limits{resource=\"memory\"})",
              NOW));
    assert_true(value(share) > 0 && value(share) <= 1);
}

static void requests_are_joined_to_phases_and_nodes(void **state)
{
    struct bench *b = *state;
    size_t n = 0;
    for (const struct json *s = json_first(
             query(b,
                   "100 * sum by (node) (kube_pod_container_resource_requests{resource=\"cpu\"} * "
                   "on (namespace,pod) group_left () max by "
                   "(namespace,pod) (kube_pod_status_phase{phase=~\"Pending|Running\"} == 1)) / on "
                   "(node) max by (node) "
                   "(kube_node_status_allocatable{resource=\"cpu\"})",
                   NOW));
         s; s = json_next(s), n++)
        assert_true(value(s) > 5 && value(s) < 100);
    assert_int_equal(n, 6);
}

static void restarts_are_counted(void **state)
{
    struct bench *b = *state;
    const struct world_workload *wl = world_find_workload(b->world, "shop", "checkout");
    int restarts = 0;
    for (size_t i = 0; i < wl->pod_count; i++) {
        struct world_phase phase;
        if (world_pod_at(b->world, &b->world->pods[wl->first_pod + i], START, &phase))
            restarts += phase.restarts;
    }
    assert_true(restarts > 10);
    assert_true(fabs(total(b, "sum by (namespace,pod) "
                              "(increase(kube_pod_container_status_restarts_total[1h])) > 0") -
                     restarts) < 0.001);
}

static void ranges_have_their_points(void **state)
{
    struct bench *b = *state;
    const struct json *result = query(
        b, "sum by (namespace) (rate(container_cpu_usage_seconds_total{namespace=\"shop\"}[2m]))",
        "start=1795359600&end=1795363200&step=60");
    assert_int_equal(json_count(result), 1);
    const struct json *values = json_get(json_first(result), "values");
    assert_int_equal(json_count(values), 61);
    assert_int_equal(json_int(json_first(values), "0", 0), 1795359600);
    assert_non_null(json_value(json_get(json_first(values), "1")));
    /* The same again gives the same: history does not move. */
    char *once = mem_dup(buf_text(&b->s.body));
    query(b, "sum by (namespace) (rate(container_cpu_usage_seconds_total{namespace=\"shop\"}[2m]))",
          "start=1795359600&end=1795363200&step=60");
    assert_string_equal(once, buf_text(&b->s.body));
    free(once);
}

static void what_cannot_be_joined_is_refused(void **state)
{
    struct bench *b = *state;
    serving_ask(&b->s,
                &(struct serving_ask){
                    .path = "/api/v1/query?query=kube_pod_status_phase+*+on(pod)+kube_pod_info"});
    assert_int_equal(b->s.status, 422);
    assert_string_equal(json_string(answer(b), "errorType", ""), "execution");
    assert_string_equal(json_string(answer(b), "error", ""),
                        "multiple matches for labels: many-to-one matching must be explicit "
                        "(group_left/group_right)");
    serving_ask(&b->s,
                &(struct serving_ask){.path = "/api/v1/query?query=histogram_quantile(0.9,up)"});
    assert_int_equal(b->s.status, 400);
}

static void alerts_and_rules_agree(void **state)
{
    struct bench *b = *state;
    const struct json *j = get(b, "/api/v1/alerts");
    size_t firing = 0, pending = 0;
    for (const struct json *a = json_first(json_get(j, "data.alerts")); a; a = json_next(a)) {
        firing += strcmp(json_string(a, "state", ""), "firing") == 0;
        pending += strcmp(json_string(a, "state", ""), "pending") == 0;
        assert_string_equal(json_string(a, "value", ""), "1e+00");
        assert_true(*json_string(a, "activeAt", ""));
    }
    assert_int_equal(firing, 1);
    assert_int_equal(pending, 1);
    assert_true(total(b, "count(ALERTS{alertstate=\"firing\"})") == 1);
    size_t active = 0;
    for (const struct json *r =
             json_first(json_get(get(b, "/api/v1/rules"), "data.groups.0.rules"));
         r; r = json_next(r))
        active += json_count(json_member(r, "alerts"));
    assert_int_equal(active, 2);
    /* Before the incident there was nothing to tell. */
    assert_int_equal(json_count(query(b, "ALERTS", "time=1795362000")), 0);
}

static void series_and_labels_can_be_looked_up(void **state)
{
    struct bench *b = *state;
    const struct json *j = get(b, "/api/v1/series?match[]=node_uname_info");
    assert_int_equal(json_count(json_member(j, "data")), 6);
    assert_string_equal(json_string(j, "data.0.__name__", ""), "node_uname_info");
    j = get(b, "/api/v1/label/namespace/values");
    assert_int_equal(json_count(json_member(j, "data")), 6);
    assert_true(json_count(json_member(get(b, "/api/v1/labels"), "data")) > 8);
    assert_true(json_count(json_member(get(b, "/api/v1/label/__name__/values"), "data")) > 10);
    serving_ask(&b->s, &(struct serving_ask){.path = "/api/v1/series"});
    assert_int_equal(b->s.status, 400);
    j = get(b, "/api/v1/query?query=1%2B1");
    assert_string_equal(json_string(j, "data.resultType", ""), "scalar");
    assert_string_equal(json_string(j, "data.result.1", ""), "2");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(errors_are_worded_as_recorded),
        T(nodes_have_cpu_and_memory),
        T(pods_have_cpu_and_memory),
        T(requests_are_joined_to_phases_and_nodes),
        T(restarts_are_counted),
        T(ranges_have_their_points),
        T(what_cannot_be_joined_is_refused),
        T(alerts_and_rules_agree),
        T(series_and_labels_can_be_looked_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
