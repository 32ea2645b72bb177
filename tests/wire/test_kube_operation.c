/* Operations: what is sent, what is said; draining with a disruption budget, a daemon set, a deadline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "kube/kinds/kinds.h"
#include "kube/operations/drain.h"
#include "kube/operations/grants.h"
#include "kube/operations/operation.h"
#include "tests/wire/kube_bench.h"

enum { PODS = 4 };

struct test {
    struct kube_bench *bench;
    /* the server */
    int status;
    const char *answer;
    bool silent, keeps_reviews; /* never answers; allows no review */
    const char *denied;         /* a verb */
    char log[4096], body[4096];
    int held; /* evictions that are refused by a budget */
    int reviews;
    bool gone[PODS], stuck; /* stuck: evicted pods do not go */
    /* what was told */
    bool done;
    char outcome[400], progress[1000];
    struct err err;
    struct drain_plan plan;
    unsigned may;
};

static void reply(struct server_request *r, int status, const char *json)
{
    server_reply(r, status, "application/json", NULL, str_of(json));
}

/* web-0 and web-1 of a replica set (the first with scratch data), one of a daemon set, one alone. */
static void reply_pods(struct test *t, struct server_request *r)
{
    static const char *const owners[PODS] = {"ReplicaSet", "ReplicaSet", "DaemonSet", NULL};
    struct buf json;
    buf_init(&json, 1 << 20);
    buf_adds(&json, "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":"
                    "\"9\"},\"items\":[");
    bool first = true;
    for (int i = 0; i < PODS; i++) {
        if (t->gone[i])
            continue;
        buf_printf(&json,
                   "%s{\"metadata\":{\"name\":\"web-%d\",\"namespace\":\"shop\",\"uid\":\"u%d\"",
                   first ? "" : ",", i, i);
        first = false;
        if (owners[i])
            buf_printf(
                &json,
                ",\"ownerReferences\":[{\"kind\":\"%s\",\"name\":\"o\",\"controller\":true}]",
                owners[i]);
        buf_printf(&json, "},\"spec\":{\"volumes\":[%s]},\"status\":{\"phase\":\"Running\"}}",
                   i ? "" : "{\"name\":\"x\",\"emptyDir\":{}}");
    }
    buf_adds(&json, "]}");
    reply(r, 200, buf_text(&json));
    buf_free(&json);
}

static void evict(struct test *t, struct server_request *r, const char *path)
{
    int i = path[strlen("/api/v1/namespaces/shop/pods/web-")] - '0';
    char expected[60];
    snprintf(expected, sizeof expected, "\"preconditions\":{\"uid\":\"u%d\"}", i);
    assert_non_null(strstr(t->body, expected));
    assert_non_null(strstr(t->body, "\"apiVersion\":\"policy/v1beta1\""));
    assert_true(i < 2 || i == 3);
    if (t->held) {
        t->held--;
        const char *const headers[] = {"Retry-After: 1", NULL};
        server_reply(
            r, 429, "application/json", headers,
            str_of("{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"Cannot evict "
                   "pod as it would violate the pod's disruption budget.\",\"reason\":"
                   "\"TooManyRequests\",\"code\":429}"));
        return;
    }
    t->gone[i] = !t->stuck;
    reply(r, 201, "{\"kind\":\"Status\",\"status\":\"Success\",\"code\":201}");
}

static void handle(void *context, struct server_request *r)
{
    struct test *t = context;
    const char *path = server_path(r);
    struct str body = server_body(r);
    size_t n = strlen(t->log);
    snprintf(t->log + n, sizeof t->log - n, "%s %s\n", server_method(r), path);
    snprintf(t->body, sizeof t->body, "%.*s", (int)body.n, body.p ? body.p : "");
    if (strstr(path, "selfsubjectaccessreviews")) {
        char verb[40];
        snprintf(verb, sizeof verb, "\"verb\":\"%s\"", t->denied ? t->denied : "");
        bool allowed = !strstr(t->body, verb);
        t->reviews++;
        if (t->keeps_reviews)
            reply(r, 403, "{\"kind\":\"Status\",\"code\":403,\"message\":\"no reviews\"}");
        else
            reply(r, 201,
                  allowed ? "{\"status\":{\"allowed\":true}}" : "{\"status\":{\"allowed\":false}}");
    } else if (t->silent) {
        server_drop(r);
    } else if (strcmp(path, "/api/v1") == 0) {
        reply(r, 200,
              "{\"resources\":[{\"name\":\"pods/eviction\",\"group\":\"policy\",\"version\":"
              "\"v1beta1\"}]}");
    } else if (strstr(path, "/eviction")) {
        evict(t, r, path);
    } else if (strcmp(path, "/api/v1/pods") == 0) {
        assert_string_equal(server_query(r, "fieldSelector"), "spec.nodeName=n1");
        reply_pods(t, r);
    } else {
        reply(r, t->status ? t->status : 200, t->answer ? t->answer : "{}");
    }
}

static void on_done(void *context, const char *outcome, const struct err *err)
{
    struct test *t = context;
    assert_false(t->done);
    t->done = true;
    snprintf(t->outcome, sizeof t->outcome, "%s", outcome);
    t->err = *err;
}

static void on_progress(void *context, const char *text)
{
    struct test *t = context;
    size_t n = strlen(t->progress);
    snprintf(t->progress + n, sizeof t->progress - n, "%s\n", text);
}

static void on_plan(void *context, const struct drain_plan *plan, const struct err *err)
{
    struct test *t = context;
    t->done = true;
    t->plan = *plan;
    t->err = *err;
}

static void on_grants(void *context, unsigned may, const struct err *err)
{
    struct test *t = context;
    t->done = true;
    t->may = may;
    t->err = *err;
}

static int set_up(void **state)
{
    struct test *t = mem_alloc(sizeof *t);
    t->bench = kube_bench_new(t, handle);
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct test *t = *state;
    kube_bench_free(t->bench);
    free(t);
    return 0;
}

static void run(struct test *t, enum operation_table_id id, const char *kind, const char *uid)
{
    const struct kind *k = kinds_find(kind);
    t->done = false;
    operation_start(t->bench->client,
                    &(struct operation_conf){.id = id,
                                             .target = {k, k->namespaced ? "shop" : "", "web", uid},
                                             .replicas = 3,
                                             .context = t,
                                             .done = on_done});
    assert_false(t->done);
    assert_true(kube_bench_until(t->bench, &t->done, 3000));
}

static void a_deletion_names_the_uid(void **state)
{
    struct test *t = *state;
    t->answer = "{\"kind\":\"Pod\",\"metadata\":{\"deletionTimestamp\":\"2021-08-27T13:00:00Z\","
                "\"deletionGracePeriodSeconds\":30}}";
    run(t, OPERATION_DELETE, "pods", "u1");
    assert_string_equal(t->log, "DELETE /api/v1/namespaces/shop/pods/web\n");
    assert_non_null(strstr(t->body, "\"preconditions\":{\"uid\":\"u1\"}"));
    assert_non_null(strstr(t->body, "\"propagationPolicy\":\"Background\""));
    assert_string_equal(t->outcome, "is being deleted (it has up to 30 s to end)");
}

static void another_object_of_the_name_is_left_alone(void **state)
{
    struct test *t = *state;
    t->status = 409;
    t->answer = "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"Operation cannot be "
                "fulfilled on Pod \\\"web\\\": the UID in the precondition (u1) does not match the "
                "UID in record (u2).\",\"reason\":\"Conflict\",\"code\":409}";
    run(t, OPERATION_DELETE, "pods", "u1");
    assert_int_equal(t->err.kind, ERR_CONFLICT);
    assert_string_equal(t->err.mend, "nothing was done");
    t->status = 422;
    t->answer =
        "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"Deployment.apps \\\"web\\\""
        " is invalid: metadata.uid: Invalid value: \\\"u1\\\": field is immutable\","
        "\"reason\":\"Invalid\",\"code\":422}";
    run(t, OPERATION_RESTART, "deployments", "u1");
    assert_int_equal(t->err.kind, ERR_CONFLICT);
}

static void patches_are_those_of_kubectl(void **state)
{
    struct test *t = *state;
    run(t, OPERATION_RESTART, "deployments", "u1");
    assert_non_null(strstr(t->log, "PATCH /apis/apps/v1/namespaces/shop/deployments/web\n"));
    assert_non_null(strstr(t->body, "{\"metadata\":{\"uid\":\"u1\"},\"spec\":{\"template\":{"
                                    "\"metadata\":{\"annotations\":{\"kubectl.kubernetes.io/"
                                    "restartedAt\":\""));
    run(t, OPERATION_SCALE, "statefulsets", "u1");
    assert_non_null(strstr(t->log, "PATCH /apis/apps/v1/namespaces/shop/statefulsets/web/scale\n"));
    assert_string_equal(t->body, "{\"spec\":{\"replicas\":3}}");
    assert_string_equal(t->outcome, "scaled to 3");
    run(t, OPERATION_CORDON, "nodes", "");
    assert_string_equal(t->body, "{\"spec\":{\"unschedulable\":true}}");
    run(t, OPERATION_UNCORDON, "nodes", "");
    assert_string_equal(t->body, "{\"spec\":{\"unschedulable\":null}}");
}

static void no_answer_is_no_no(void **state)
{
    struct test *t = *state;
    t->silent = true;
    run(t, OPERATION_SCALE, "deployments", "u1");
    assert_int_equal(t->err.kind, ERR_AWAY);
    assert_non_null(strstr(t->err.mend, "it may have been done"));
    assert_string_equal(t->outcome, "");
}

static void a_job_is_made_of_its_cron_job(void **state)
{
    struct test *t = *state;
    t->answer =
        "{\"kind\":\"CronJob\",\"apiVersion\":\"batch/v1beta1\",\"metadata\":{\"name\":"
        "\"web\",\"uid\":\"u1\"},\"spec\":{\"jobTemplate\":{\"metadata\":{\"labels\":{\"a\":"
        "\"b\"},\"annotations\":{\"c\":\"d\"}},\"spec\":{\"template\":{}}}}}";
    run(t, OPERATION_TRIGGER, "cronjobs", "u1");
    assert_non_null(strstr(t->log, "POST /apis/batch/v1/namespaces/shop/jobs\n"));
    assert_non_null(strstr(t->body,
                           "\"annotations\":{\"c\":\"d\",\"cronjob.kubernetes.io/instantiate\":"
                           "\"manual\"},\"labels\":{\"a\":\"b\"},\"ownerReferences\":[{"
                           "\"apiVersion\":\"batch/v1beta1\",\"kind\":\"CronJob\",\"name\":"
                           "\"web\",\"uid\":\"u1\",\"controller\":true}]"));
    assert_non_null(strstr(t->body, "\"spec\":{\"template\":{}}"));
    assert_non_null(strstr(t->outcome, "started as job web-manual-"));
    t->log[0] = '\0';
    run(t, OPERATION_TRIGGER, "cronjobs", "u2");
    assert_null(strstr(t->log, "POST"));
    assert_int_equal(t->err.kind, ERR_CONFLICT);
}

/* ---- draining ---- */

static void drain(struct test *t, bool alone, bool scratch, int limit, int wait)
{
    drain_start(t->bench->client, &(struct drain_conf){.node = "n1",
                                                       .may_lose_alone = alone,
                                                       .may_lose_scratch = scratch,
                                                       .limit_seconds = limit,
                                                       .context = t,
                                                       .progress = on_progress,
                                                       .done = on_done});
    assert_true(kube_bench_until(t->bench, &t->done, wait));
}

static void a_look_tells_what_would_be_lost(void **state)
{
    struct test *t = *state;
    drain_look(t->bench->client, "n1", on_plan, t);
    assert_true(kube_bench_until(t->bench, &t->done, 3000));
    assert_int_equal(t->plan.evict, 3);
    assert_int_equal(t->plan.stay, 1);
    assert_int_equal(t->plan.alone, 1);
    assert_string_equal(t->plan.alone_names, "shop/web-3");
    assert_string_equal(t->plan.scratch_names, "shop/web-0");
    assert_string_equal(t->log, "GET /api/v1/pods\n");
}

static void what_the_question_did_not_say_is_refused(void **state)
{
    struct test *t = *state;
    drain(t, false, true, 5, 5000);
    assert_int_equal(t->err.kind, ERR_REFUSED);
    assert_non_null(strstr(t->err.what, "shop/web-3"));
    t->done = false;
    drain(t, true, false, 5, 5000);
    assert_int_equal(t->err.kind, ERR_REFUSED);
    assert_non_null(strstr(t->err.what, "emptyDir"));
    assert_null(strstr(t->log, "eviction"));
}

static void a_budget_is_waited_for(void **state)
{
    struct test *t = *state;
    t->held = 2;
    drain(t, true, true, 20, 15000);
    assert_int_equal(t->err.kind, ERR_NONE);
    assert_string_equal(t->outcome, "drained: 3 pods evicted, 1 stay");
    assert_non_null(strstr(t->progress, "held back by a disruption budget"));
    assert_non_null(strstr(t->log, "PATCH /api/v1/nodes/n1\n"));
    assert_false(t->gone[2]);
}

static void the_time_is_bounded(void **state)
{
    struct test *t = *state;
    t->stuck = true;
    drain(t, true, true, 1, 8000);
    assert_int_equal(t->err.kind, ERR_LIMIT);
    assert_non_null(strstr(t->err.what, "3 pods are left"));
    assert_non_null(strstr(t->err.what, "it has not ended yet"));
    assert_non_null(strstr(t->err.mend, "stays cordoned"));
}

/* ---- rights ---- */

static void what_is_not_allowed_is_not_offered(void **state)
{
    struct test *t = *state;
    struct grants *g = grants_new(t->bench->client);
    struct operation_target pod = {kinds_find("pods"), "shop", "web", ""};
    t->denied = "delete";
    grants_ask(g, &pod, on_grants, t);
    assert_true(kube_bench_until(t->bench, &t->done, 3000));
    assert_int_equal(t->may, 1u << OPERATION_SHELL | 1u << OPERATION_FORWARD);
    int asked = t->reviews;
    assert_int_equal(asked, 5);
    t->done = false;
    grants_ask(g, &pod, on_grants, t);
    assert_false(t->done);
    assert_true(kube_bench_until(t->bench, &t->done, 3000));
    assert_int_equal(t->reviews, asked); /* remembered */
    assert_int_equal(t->may, 1u << OPERATION_SHELL | 1u << OPERATION_FORWARD);
    struct operation_target node = {kinds_find("nodes"), "", "n1", ""};
    t->done = false;
    grants_ask(g, &node, on_grants, t);
    assert_true(kube_bench_until(t->bench, &t->done, 3000));
    assert_int_equal(t->may,
                     1u << OPERATION_CORDON | 1u << OPERATION_UNCORDON | 1u << OPERATION_DRAIN);
    grants_free(g);
}

/* From 1.35 on a WebSocket to a container, a GET, must be allowed as a POST is. */
static void who_may_only_get_gets_no_shell(void **state)
{
    static const char *const verbs[] = {"get", "create"};
    struct test *t = *state;
    struct operation_target pod = {kinds_find("pods"), "shop", "web", ""};
    for (int i = 0; i < 2; i++) {
        struct grants *g = grants_new(t->bench->client);
        t->done = false;
        t->denied = verbs[i];
        grants_ask(g, &pod, on_grants, t);
        assert_true(kube_bench_until(t->bench, &t->done, 3000));
        assert_int_equal(t->may, 1u << OPERATION_DELETE);
        grants_free(g);
    }
}

/* Some clusters keep the reviews from their users: the server has the last word anyway. */
static void what_may_not_be_asked_is_offered(void **state)
{
    struct test *t = *state;
    struct grants *g = grants_new(t->bench->client);
    struct operation_target pod = {kinds_find("pods"), "shop", "web", ""};
    t->keeps_reviews = true;
    grants_ask(g, &pod, on_grants, t);
    assert_true(kube_bench_until(t->bench, &t->done, 3000));
    assert_int_equal(t->may,
                     1u << OPERATION_DELETE | 1u << OPERATION_SHELL | 1u << OPERATION_FORWARD);
    assert_int_equal(t->err.kind, ERR_DENIED);
    assert_non_null(strstr(t->err.what, "the last word"));
    grants_free(g);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_deletion_names_the_uid),
        T(another_object_of_the_name_is_left_alone),
        T(patches_are_those_of_kubectl),
        T(no_answer_is_no_no),
        T(a_job_is_made_of_its_cron_job),
        T(a_look_tells_what_would_be_lost),
        T(what_the_question_did_not_say_is_refused),
        T(a_budget_is_waited_for),
        T(the_time_is_bounded),
        T(what_is_not_allowed_is_not_offered),
        T(who_may_only_get_gets_no_shell),
        T(what_may_not_be_asked_is_offered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
