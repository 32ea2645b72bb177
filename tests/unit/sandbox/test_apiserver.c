/* The pretend API server held against recordings of a real kube-apiserver 1.20.2. */
#include "serving.h"

#include "recording.h"

#include "sandbox/kube/apiserver.h"
#include "sandbox/kube/shelf.h"
#include "sandbox/sandbox_seed.h"
#include "sandbox/world/founding.h"
#include "sandbox/world/history.h"
#include "sandbox/world/world.h"

#define START INT64_C(1795363200000000000) /* 2026-11-22T16:00:00Z */
#define TABLE "Accept: application/json;as=Table;v=v1;g=meta.k8s.io,application/json"

struct bench {
    struct serving s;
    struct world *world;
    struct history *history;
    struct shelf *shelf;
    struct apiserver *api;
    struct json_doc *doc, *other;
};

static void handle(void *service, struct reply *p)
{
    apiserver_handle(service, p);
}

static int setup(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    clock_freeze(START);
    b->world = founding_world(1, START, 0, 0);
    b->history = history_new(b->world);
    b->shelf = shelf_new(b->world, START);
    sandbox_seed_objects(b->shelf);
    serving_open(&b->s, SANDBOX_KUBE, handle, NULL);
    struct apiserver_conf conf = {.world = b->world,
                                  .shelf = b->shelf,
                                  .history = b->history,
                                  .faults = &b->s.faults,
                                  .loop = b->s.loop};
    b->api = apiserver_new(&conf);
    b->s.handler = b->api;
    b->doc = json_doc_new();
    b->other = json_doc_new();
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    serving_close(&b->s);
    apiserver_free(b->api);
    shelf_free(b->shelf);
    history_free(b->history);
    world_free(b->world);
    json_doc_free(b->doc);
    json_doc_free(b->other);
    free(b);
    clock_freeze(0);
    return 0;
}

static int ask_as(struct bench *b, const char *token, const char *method, const char *path,
                  const char *body, const char *header)
{
    char *authorization = mem_printf("Authorization: Bearer %s", token ? token : "");
    int status = serving_ask(
        &b->s, &(struct serving_ask){.method = method,
                                     .path = path,
                                     .body = str_of(body),
                                     .content_type = body ? "application/json" : NULL,
                                     .headers = {token ? authorization : "X-No: token", header}});
    free(authorization);
    return status;
}

static const struct json *answer(struct bench *b)
{
    struct err err;
    const struct json *j = json_parse(b->doc, buf_text(&b->s.body), b->s.body.n, &err);
    if (!j)
        fail_msg("%s: %.300s", err.what, buf_text(&b->s.body));
    return j;
}

static const struct json *get(struct bench *b, const char *path)
{
    ask_as(b, apiserver_token(b->api, APISERVER_ADMIN), "GET", path, NULL, NULL);
    return answer(b);
}

static const char *checkout_pod(struct bench *b, int i)
{
    const struct world_workload *wl = world_find_workload(b->world, "shop", "checkout");
    return b->world->pods[wl->first_pod + 4 + (size_t)i].name;
}

/* ---- shapes ---- */

/* Members that an object may have or not, in the real cluster too. */
static bool may_lack(const char *path)
{
    static const char *const optional[] = {"managedFields",
                                           "labels",
                                           "annotations",
                                           "ownerReferences",
                                           "env",
                                           "volumes",
                                           "volumeMounts",
                                           "continue",
                                           "remainingItemCount",
                                           "lastState",
                                           "description",
                                           "startTime",
                                           "podIP",
                                           "podIPs",
                                           "nodeName",
                                           "fieldPath",
                                           "generateName",
                                           "action",
                                           "series",
                                           "configMap",
                                           "hostIP",
                                           "containerStatuses",
                                           "source",
                                           "deprecatedSource",
                                           "host"};
    const char *last = strrchr(path, '.');
    last = last ? last + 1 : path;
    for (size_t i = 0; i < sizeof optional / sizeof *optional; i++)
        if (strcmp(last, optional[i]) == 0)
            return true;
    return false;
}

static void same_shape(const struct json *recorded, const struct json *ours, const char *path)
{
    if (may_lack(path))
        return;
    if (json_is_object(recorded)) {
        if (!json_is_object(ours))
            fail_msg("%s is no object", path);
        for (const struct json *m = json_first(recorded); m; m = json_next(m)) {
            char *name = mem_printf("%s.%s", path, json_name(m));
            const struct json *o = json_member(ours, json_name(m));
            if (!o && !may_lack(name))
                fail_msg("%s is missing", name);
            if (o)
                same_shape(m, o, name);
            free(name);
        }
    } else if (json_is_array(recorded)) {
        if (!json_is_array(ours))
            fail_msg("%s is no array", path);
        if (json_first(recorded) && json_first(ours))
            same_shape(json_first(recorded), json_first(ours), path);
    } else if (!json_is_null(recorded) && !json_is_null(ours) &&
               (!!json_value(recorded) != !!json_value(ours) ||
                json_is_number(recorded) != json_is_number(ours))) {
        fail_msg("%s is of another type", path);
    }
}

/* The n-th exchange of a recording against our answer to `path`. */
static void compare(struct bench *b, const char *file, size_t n, const char *path,
                    const char *header)
{
    struct recordings all;
    struct err err;
    char *name = mem_printf("kube/v1.20/%s.http", file);
    recordings_kube(&all, name);
    assert_true(n < all.count);
    ask_as(b, apiserver_token(b->api, APISERVER_ADMIN), all.list[n].method, path, all.list[n].body,
           header);
    if (b->s.status != all.list[n].status)
        fail_msg("%s %zu: %s: %d, recorded %d: %.300s", file, n, path, b->s.status,
                 all.list[n].status, buf_text(&b->s.body));
    const struct json *recorded =
        json_parse(b->other, all.list[n].answer, strlen(all.list[n].answer), &err);
    if (!recorded)
        fail_msg("%s %zu: %s: %.100s", file, n, err.what, all.list[n].answer);
    same_shape(recorded, answer(b), file);
    recordings_free(&all);
    free(name);
}

static void lists_and_tables_have_the_recorded_shape(void **state)
{
    struct bench *b = *state;
    compare(b, "version", 0, "/version", NULL);
    compare(b, "pods-limit-continue", 0, "/api/v1/pods?limit=5", NULL);
    compare(b, "pods-table", 0, "/api/v1/pods?limit=5", TABLE);
    compare(b, "pods-table", 1, "/api/v1/pods?limit=5&includeObject=None", TABLE);
    compare(b, "nodes-table", 0, "/api/v1/nodes?includeObject=None", TABLE);
    compare(b, "pods-partial-metadata", 0, "/api/v1/pods?limit=5",
            "Accept: "
            "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json");
    compare(b, "events", 0, "/api/v1/namespaces/shop/events", NULL);
    compare(b, "events", 1, "/apis/events.k8s.io/v1/namespaces/shop/events", NULL);
    compare(b, "api", 0, "/api", NULL);
    compare(b, "api", 1, "/api/v1", NULL);
    compare(b, "apis", 0, "/apis", NULL);
}

static void table_columns_are_the_recorded_ones(void **state)
{
    struct bench *b = *state;
    static const struct {
        const char *file, *path;
    } tables[] = {{"pods-table", "/api/v1/pods"}, {"nodes-table", "/api/v1/nodes"}};
    for (size_t i = 0; i < 2; i++) {
        struct recordings all;
        char *name = mem_printf("kube/v1.20/%s.http", tables[i].file);
        recordings_kube(&all, name);
        const struct json *recorded =
            json_parse(b->other, all.list[0].answer, strlen(all.list[0].answer), NULL);
        ask_as(b, apiserver_token(b->api, APISERVER_ADMIN), "GET", tables[i].path, NULL, TABLE);
        const struct json *x = json_first(json_member(recorded, "columnDefinitions"));
        const struct json *y = json_first(json_member(answer(b), "columnDefinitions"));
        for (; x && y; x = json_next(x), y = json_next(y)) {
            assert_string_equal(json_string(x, "name", ""), json_string(y, "name", ""));
            assert_string_equal(json_string(x, "type", ""), json_string(y, "type", ""));
            assert_int_equal(json_int(x, "priority", -1), json_int(y, "priority", -1));
        }
        assert_true(!x && !y);
        recordings_free(&all);
        free(name);
    }
}

/* Errors: the recorded Status with our names put into its message. */
static void error_is(struct bench *b, const char *file, size_t n, const char *const *names)
{
    struct recordings all;
    char *path = mem_printf("kube/v1.20/%s.http", file);
    recordings_kube(&all, path);
    const struct json *recorded =
        json_parse(b->other, all.list[n].answer, strlen(all.list[n].answer), NULL);
    if (b->s.status != all.list[n].status)
        fail_msg("%s %zu: %d, recorded %d: %s", file, n, b->s.status, all.list[n].status,
                 buf_text(&b->s.body));
    char *message = mem_dup(json_string(recorded, "message", ""));
    for (; names && *names; names += 2) {
        char *at = strstr(message, names[0]);
        assert_non_null(at);
        char *replaced =
            mem_printf("%.*s%s%s", (int)(at - message), message, names[1], at + strlen(names[0]));
        free(message);
        message = replaced;
    }
    const struct json *ours = answer(b);
    assert_string_equal(json_string(ours, "message", ""), message);
    assert_string_equal(json_string(ours, "reason", "none"),
                        json_string(recorded, "reason", "none"));
    assert_int_equal(json_int(ours, "code", 0), json_int(recorded, "code", 0));
    same_shape(recorded, ours, file);
    recordings_free(&all);
    free(message);
    free(path);
}

static void refusals_are_worded_as_recorded(void **state)
{
    struct bench *b = *state;
    const char *admin = apiserver_token(b->api, APISERVER_ADMIN),
               *reader = apiserver_token(b->api, APISERVER_RESTRICTED);
    ask_as(b, "nonsense", "GET", "/api/v1/pods", NULL, NULL);
    error_is(b, "401-bad-token", 0, NULL);
    ask_as(b, apiserver_token(b->api, APISERVER_EXPIRED), "GET", "/api/v1/pods", NULL, NULL);
    error_is(b, "401-bad-token", 0, NULL);
    ask_as(b, reader, "GET", "/api/v1/pods", NULL, NULL);
    error_is(b, "403-forbidden", 1, NULL);
    ask_as(b, reader, "DELETE", "/api/v1/namespaces/shop/pods/x", NULL, NULL);
    error_is(b, "403-forbidden", 4, (const char *const[]){"api-cbgchffgx8-4bcmj", "x", NULL});
    ask_as(b, admin, "GET", "/api/v1/namespaces/shop/pods/no-such-pod", NULL, NULL);
    error_is(b, "not-found", 0, NULL);
    ask_as(b, admin, "GET", "/api/v1/nonsense", NULL, NULL);
    error_is(b, "not-found", 1, NULL);
    ask_as(b, admin, "GET", "/api/v1/pods?limit=abc", NULL, NULL);
    error_is(b, "bad-requests", 0, NULL);
    ask_as(b, admin, "GET", "/api/v1/pods?labelSelector=%3D%3D%3D", NULL, NULL);
    error_is(b, "bad-requests", 2, NULL);
    ask_as(b, admin, "GET", "/api/v1/pods", NULL, "Accept: application/nonsense");
    error_is(b, "bad-requests", 3, NULL);
    ask_as(b, admin, "GET", "/api/v1/pods?fieldSelector=status.nonsense%3Dx", NULL, NULL);
    error_is(b, "pods-field-selector", 1, NULL);
    ask_as(b, admin, "GET", "/api/v1/pods?watch=1&resourceVersion=abc", NULL, NULL);
    error_is(b, "watch-bad-resource-version", 0, NULL);
    ask_as(b, admin, "GET", "/api/v1/pods?limit=5&resourceVersion=1&resourceVersionMatch=Exact",
           NULL, NULL);
    error_is(b, "410-expired", 2, NULL);
    ask_as(b, admin, "GET", "/apis/custom.metrics.k8s.io/v1beta1/pods", NULL, NULL);
    assert_int_equal(b->s.status, 404);
}

/* As metrics-server answers: nodes whole, pods by their containers. */
static void metrics_are_served(void **state)
{
    struct bench *b = *state;
    const struct json *list = get(b, "/apis/metrics.k8s.io/v1beta1/nodes");
    assert_string_equal(json_string(list, "kind", ""), "NodeMetricsList");
    assert_int_equal(json_count(json_get(list, "items")), 6);
    const char *cpu = json_string(list, "items.0.usage.cpu", "");
    assert_int_equal(cpu[strspn(cpu, "0123456789")], 'n');
    list = get(b, "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods");
    assert_string_equal(json_string(list, "items.0.metadata.namespace", ""), "shop");
    assert_true(json_count(json_get(list, "items.0.containers")) > 0);
    char *path = mem_printf("/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods/%s",
                            json_string(list, "items.0.metadata.name", ""));
    assert_string_equal(json_string(get(b, path), "kind", ""), "PodMetrics");
    free(path);
    get(b, "/apis/metrics.k8s.io/v1beta1/nodes/nowhere");
    assert_int_equal(b->s.status, 404);
}

/* A slice of a service names the pods that its selector selects. */
static void slices_name_the_pods_of_a_service(void **state)
{
    struct bench *b = *state;
    const struct json *slices =
        get(b, "/apis/discovery.k8s.io/v1beta1/namespaces/shop/endpointslices"
               "?labelSelector=kubernetes.io/service-name%3Dweb");
    assert_int_equal(json_count(json_get(slices, "items")), 1);
    const struct json *first = json_get(slices, "items.0.endpoints.0");
    size_t count = json_count(json_get(slices, "items.0.endpoints"));
    assert_true(json_bool(first, "conditions.ready", false));
    char *path = mem_printf("/api/v1/namespaces/shop/pods/%s",
                            json_string(first, "targetRef.name", "")),
         *ip = mem_dup(json_value(json_first(json_member(first, "addresses"))));
    assert_string_equal(json_string(get(b, path), "status.podIP", ""), ip);
    const struct json *pods = get(b, "/api/v1/namespaces/shop/pods?labelSelector=app%3Dweb");
    assert_int_equal(json_count(json_get(pods, "items")), count);
    free(path);
    free(ip);
}

/* A pod of a stateful set mounts the claim that is its own. */
static void claims_are_mounted(void **state)
{
    struct bench *b = *state;
    const struct json *pod = get(b, "/api/v1/namespaces/data/pods/kafka-1");
    assert_string_equal(json_string(pod, "spec.volumes.1.persistentVolumeClaim.claimName", ""),
                        "data-kafka-1");
    assert_string_equal(
        json_string(get(b, "/api/v1/namespaces/data/persistentvolumeclaims/data-kafka-1"),
                    "status.phase", ""),
        "Bound");
}

static void nobody_is_anonymous(void **state)
{
    struct bench *b = *state;
    assert_int_equal(ask_as(b, NULL, "GET", "/api/v1/pods", NULL, NULL), 403);
    assert_non_null(strstr(json_string(answer(b), "message", ""),
                           "User \"system:anonymous\" cannot list resource \"pods\""));
}

static void the_restricted_user_sees_one_namespace(void **state)
{
    struct bench *b = *state;
    const char *reader = apiserver_token(b->api, APISERVER_RESTRICTED);
    assert_int_equal(ask_as(b, reader, "GET", "/api/v1/namespaces/shop/pods", NULL, NULL), 200);
    assert_int_equal(ask_as(b, reader, "GET", "/api/v1/nodes", NULL, NULL), 403);
    assert_int_equal(ask_as(b, reader, "GET", "/api/v1/namespaces/payments/pods", NULL, NULL), 403);
    static const char review[] =
        "{\"kind\":\"SelfSubjectAccessReview\",\"apiVersion\":\"authorization.k8s.io/"
        "v1\",\"spec\":{"
        "\"resourceAttributes\":{\"namespace\":\"shop\",\"verb\":\"%s\",\"resource\":\"pods\"}}}";
    for (int i = 0; i < 2; i++) {
        char *body = mem_printf(review, i ? "delete" : "list");
        assert_int_equal(ask_as(b, reader, "POST",
                                "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body,
                                NULL),
                         201);
        assert_int_equal(json_bool(answer(b), "status.allowed", i), !i);
        free(body);
    }
    ask_as(b, reader, "POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
           "{\"spec\":{\"namespace\":\"shop\"}}", NULL);
    assert_int_equal(b->s.status, 201);
    assert_int_equal(json_count(json_get(answer(b), "status.resourceRules")), 4);
    assert_false(json_bool(answer(b), "status.incomplete", true));
}

/* ---- lists ---- */

static void pages_join_to_the_list(void **state)
{
    struct bench *b = *state;
    struct buf whole, joined;
    buf_init(&whole, 1 << 20);
    buf_init(&joined, 1 << 20);
    size_t total = 0, seen = 0;
    for (const struct json *i = json_first(json_member(get(b, "/api/v1/pods"), "items")); i;
         i = json_next(i), total++)
        buf_printf(&whole, "%s/%s ", json_string(i, "metadata.namespace", ""),
                   json_string(i, "metadata.name", ""));
    char *path = mem_dup("/api/v1/pods?limit=7");
    for (int page = 0; page < 50 && path; page++) {
        const struct json *j = get(b, path);
        const char *token = json_string(j, "metadata.continue", NULL);
        size_t n = 0;
        for (const struct json *i = json_first(json_member(j, "items")); i; i = json_next(i), n++)
            buf_printf(&joined, "%s/%s ", json_string(i, "metadata.namespace", ""),
                       json_string(i, "metadata.name", ""));
        seen += n;
        if (token)
            assert_int_equal(json_int(j, "metadata.remainingItemCount", -1), total - seen);
        free(path);
        path = token ? mem_printf("/api/v1/pods?limit=7&continue=%s", token) : NULL;
    }
    assert_string_equal(buf_text(&whole), buf_text(&joined));
    assert_int_equal(total, seen);
    assert_true(total > 40);
    buf_free(&whole);
    buf_free(&joined);
    free(path);
}

static void an_expired_token_comes_with_a_new_one(void **state)
{
    struct bench *b = *state;
    char *token = mem_dup(json_string(get(b, "/api/v1/pods?limit=7"), "metadata.continue", ""));
    serving_fault(&b->s, "410");
    char *path = mem_printf("/api/v1/pods?limit=7&continue=%s", token);
    get(b, path);
    error_is(b, "410-expired", 0, NULL);
    char *again = mem_printf("/api/v1/pods?limit=7&continue=%s",
                             json_string(answer(b), "metadata.continue", ""));
    assert_int_equal(json_count(json_member(get(b, again), "items")), 7);
    assert_int_equal(b->s.status, 200);
    serving_fault(&b->s, "clear=410");
    assert_int_equal(ask_as(b, apiserver_token(b->api, APISERVER_ADMIN), "GET",
                            "/api/v1/pods?continue=nonsense", NULL, NULL),
                     400);
    free(token);
    free(path);
    free(again);
}

/* In the words of 1.20, which differ by kind. */
static void what_is_asked_wrongly_is_refused(void **state)
{
    static const struct {
        const char *path, *message;
        int status;
    } cases[] = {
        {"/api/v1/nodes?fieldSelector=status.x%3Dy", "field label not supported: status.x", 400},
        {"/apis/apps/v1/deployments?fieldSelector=status.x%3Dy",
         "\"status.x\" is not a known field selector: only \"metadata.name\", "
         "\"metadata.namespace\"",
         400},
        {"/apis/batch/v1/jobs?watch=1&fieldSelector=status.x%3Dy",
         "field label \"status.x\" not supported for batchv1.Job", 400},
        {"/api/v1/pods?labelSelector=a%20in%20(b%20c)",
         "unable to parse requirement: found 'c)', expected: ',' or ')'", 400},
        {"/api/v1/pods?resourceVersionMatch=Exact",
         "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: "
         "resourceVersionMatch is forbidden unless resourceVersion is provided",
         422},
        {"/api/v1/pods?resourceVersion=x",
         "resourceVersion: Invalid value: \"x\": strconv.ParseUint: parsing \"x\": invalid syntax",
         500},
        {"/api/v1/pods?includeObject=Nonsense",
         "Unable to convert to Table as requested: includeObject: Invalid value: \"Nonsense\": "
         "must "
         "be 'Metadata', 'Object', 'None', or empty",
         400}};
    struct bench *b = *state;
    const char *token = apiserver_token(b->api, APISERVER_ADMIN);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(ask_as(b, token, "GET", cases[i].path, NULL, TABLE), cases[i].status);
        assert_string_equal(json_string(answer(b), "message", ""), cases[i].message);
    }
}

static void a_group_names_its_versions(void **state)
{
    struct bench *b = *state;
    const struct json *group = get(b, "/apis/batch");
    assert_string_equal(json_string(group, "kind", ""), "APIGroup");
    assert_string_equal(json_string(group, "versions.0.groupVersion", ""), "batch/v1");
    assert_string_equal(json_string(group, "versions.1.groupVersion", ""), "batch/v1beta1");
    assert_string_equal(json_string(group, "preferredVersion.version", ""), "v1");
}

static void selectors_select(void **state)
{
    struct bench *b = *state;
    static const struct {
        const char *path;
        int least, most;
    } lists[] = {
        {"/api/v1/pods?labelSelector=app%3Dcheckout", 4, 4},
        {"/api/v1/pods?labelSelector=app%20in%20(checkout,cart),version!%3D2.15.0", 3, 3},
        {"/api/v1/pods?labelSelector=app,!job-name&fieldSelector=metadata.namespace%3Dshop", 15,
         17},
        {"/api/v1/pods?fieldSelector=status.phase!%3DRunning", 1, 5},
        {"/api/v1/pods?fieldSelector=status.phase%3DFailed", 1, 2},
        {"/api/v1/namespaces/shop/pods?fieldSelector=metadata.name%3Dnobody", 0, 0},
        {"/api/v1/events?fieldSelector=involvedObject.kind%3DNode", 3, 3},
        {"/apis/apps/v1/deployments?labelSelector=app%3Dcheckout", 1, 1},
        {"/apis/apps/v1/namespaces/shop/replicasets?labelSelector=app%3Dcheckout", 2, 2},
        {"/api/v1/configmaps?labelSelector=app%3Dcheckout", 1, 1},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        int n = (int)json_count(json_member(get(b, lists[i].path), "items"));
        if (b->s.status != 200 || n < lists[i].least || n > lists[i].most)
            fail_msg("%s: %d, %d items", lists[i].path, b->s.status, n);
    }
}

/* Every kind that discovery names can be listed, its objects got one by one, as JSON and as a Table
 * with as many cells as columns. */
static void every_kind_works(void **state)
{
    struct bench *b = *state;
    for (int k = 0; k < PRETEND_COUNT; k++) {
        const struct pretend_kind *kind = pretend_row((enum pretend_kinds)k);
        char *list = mem_printf("/%s%s%s/%s/%s", *kind->group ? "apis" : "api",
                                *kind->group ? "/" : "", kind->group, kind->version, kind->plural);
        const struct json *j = get(b, list);
        assert_int_equal(b->s.status, 200);
        char *kind_name = mem_printf("%sList", kind->kind);
        assert_string_equal(json_string(j, "kind", ""), kind_name);
        const struct json *first = json_first(json_member(j, "items"));
        char *one = NULL;
        if (first) {
            const char *ns = json_string(first, "metadata.namespace", "");
            one = mem_printf("/%s%s%s/%s/%s%s%s%s/%s", *kind->group ? "apis" : "api",
                             *kind->group ? "/" : "", kind->group, kind->version,
                             *ns ? "namespaces/" : "", ns, *ns ? "/" : "", kind->plural,
                             json_string(first, "metadata.name", ""));
            j = get(b, one);
            assert_int_equal(b->s.status, 200);
            assert_string_equal(json_string(j, "kind", ""), kind->kind);
        }
        ask_as(b, apiserver_token(b->api, APISERVER_ADMIN), "GET", list, NULL, TABLE);
        j = answer(b);
        for (const struct json *row = json_first(json_member(j, "rows")); row; row = json_next(row))
            assert_int_equal(json_count(json_member(row, "cells")),
                             json_count(json_member(j, "columnDefinitions")));
        free(list);
        free(one);
        free(kind_name);
    }
}

static void a_future_version_times_out(void **state)
{
    struct bench *b = *state;
    ask_as(b, apiserver_token(b->api, APISERVER_ADMIN), "GET",
           "/api/v1/pods?resourceVersion=99999999", NULL, NULL);
    char *current = mem_printf("%llu", (unsigned long long)shelf_version(b->shelf));
    error_is(b, "pods-field-selector", 2, (const char *const[]){"805", current, NULL});
    free(current);
}

/* ---- watches ---- */

/* The type of the n-th line of a watch's body, its JSON in the bench's doc; "" behind the last. */
static const char *line(struct bench *b, size_t n, const struct json **object)
{
    struct str rest = buf_str(&b->s.body), text;
    while (str_cut(&rest, '\n', &text))
        if (text.n && n-- == 0) {
            const struct json *j = json_parse(b->doc, text.p, text.n, NULL);
            *object = json_member(j, "object");
            return json_string(j, "type", "broken");
        }
    return "";
}

struct advance {
    struct bench *b;
    int64_t to;
};

/* Time passes while the watch is open. */
static void pass_time(void *context)
{
    struct advance *a = context;
    clock_freeze(a->to);
    apiserver_tick(a->b->api, a->to);
}

static void watch(struct bench *b, const char *path, int64_t until, const char *header)
{
    struct advance a = {b, until};
    struct loop_timer *t = loop_timer_new(b->s.loop, pass_time, &a);
    loop_timer_set(t, 200);
    ask_as(b, apiserver_token(b->api, APISERVER_ADMIN), "GET", path, NULL, header);
    loop_timer_free(t);
    clock_freeze(START);
}

static void a_watch_tells_what_changes(void **state)
{
    struct bench *b = *state;
    const struct json *o;
    char *path =
        mem_printf("/api/v1/namespaces/shop/pods?watch=1&resourceVersion=%llu&timeoutSeconds=1",
                   (unsigned long long)shelf_version(b->shelf));
    watch(b, path, START + 5 * CLOCK_MINUTE, NULL);
    assert_int_equal(b->s.status, 200);
    size_t changes = 0;
    uint64_t last = 0;
    for (; *line(b, changes, &o); changes++) {
        assert_string_equal(line(b, changes, &o), "MODIFIED");
        assert_non_null(strstr(json_string(o, "metadata.name", ""), "checkout-"));
        assert_string_equal(json_string(o, "kind", ""), "Pod");
        uint64_t version = (uint64_t)json_int(o, "metadata.resourceVersion", 0);
        assert_true(version > last);
        last = version;
    }
    assert_in_range(changes, 3, 60);
    free(path);
    /* From a version in between: the rest. */
    path = mem_printf("/api/v1/namespaces/shop/pods?watch=1&resourceVersion=%llu&timeoutSeconds=1",
                      (unsigned long long)last - 1);
    watch(b, path, START, NULL);
    assert_string_equal(line(b, 0, &o), "MODIFIED");
    assert_int_equal(json_int(o, "metadata.resourceVersion", 0), last);
    assert_string_equal(line(b, 1, &o), "");
    free(path);
}

static void a_watch_without_a_version_starts_with_everything(void **state)
{
    struct bench *b = *state;
    const struct json *o;
    size_t n = 0;
    watch(b, "/api/v1/pods?watch=true&timeoutSeconds=1&fieldSelector=metadata.namespace%3Dshop",
          START, NULL);
    for (; *line(b, n, &o); n++)
        assert_string_equal(line(b, n, &o), "ADDED");
    assert_int_equal(n, 16);
}

static void what_leaves_a_selector_is_deleted(void **state)
{
    struct bench *b = *state;
    const struct json *o;
    char *path = mem_printf("/api/v1/"
                            "pods?watch=1&resourceVersion=%llu&timeoutSeconds=1&fieldSelector="
                            "status.phase%%3DRunning,metadata.namespace%%3Ddata",
                            (unsigned long long)shelf_version(b->shelf));
    /* The job of 16:10 starts, runs, completes. */
    watch(b, path, START + 13 * CLOCK_MINUTE, NULL);
    const char *types[8];
    size_t n = 0;
    for (; *line(b, n, &o) && n < 8; n++)
        types[n] = line(b, n, &o)[0] == 'A'   ? "ADDED"
                   : line(b, n, &o)[0] == 'D' ? "DELETED"
                                              : "MODIFIED";
    assert_true(n >= 2);
    size_t added = 0, deleted = 0;
    for (size_t i = 0; i < n; i++) {
        added += strcmp(types[i], "ADDED") == 0;
        deleted += strcmp(types[i], "DELETED") == 0;
    }
    assert_true(added >= 1 && deleted >= 1);
    free(path);
}

static void watches_that_are_too_old_say_so(void **state)
{
    struct bench *b = *state;
    const struct json *o;
    watch(b, "/api/v1/pods?watch=1&resourceVersion=1&timeoutSeconds=3", START, NULL);
    assert_int_equal(b->s.status, 200);
    assert_string_equal(line(b, 0, &o), "ERROR");
    assert_int_equal(json_int(o, "code", 0), 410);
    assert_string_equal(json_string(o, "reason", ""), "Expired");
    assert_non_null(strstr(json_string(o, "message", ""), "too old resource version: 1 ("));
}

static void tables_are_watched_and_bookmarked(void **state)
{
    struct bench *b = *state;
    const struct json *o;
    char *path = mem_printf("/api/v1/namespaces/shop/"
                            "pods?watch=1&resourceVersion=%llu&timeoutSeconds=3&"
                            "allowWatchBookmarks=true&includeObject=None",
                            (unsigned long long)shelf_version(b->shelf));
    watch(b, path, START + 2 * CLOCK_MINUTE, TABLE);
    assert_string_equal(line(b, 0, &o), "MODIFIED");
    assert_string_equal(json_string(o, "kind", ""), "Table");
    assert_int_equal(json_count(json_member(o, "columnDefinitions")), 9);
    size_t bookmarks = 0;
    for (size_t i = 1; *line(b, i, &o); i++) {
        bool bookmark = strcmp(line(b, i, &o), "BOOKMARK") == 0;
        bookmarks += bookmark;
        assert_true(json_is_null(json_member(o, "columnDefinitions")));
        assert_int_equal(json_count(json_get(o, "rows.0.cells")), 9);
    }
    assert_int_equal(bookmarks, 1);
    free(path);
}

/* ---- leases ---- */

static char *lease(const char *version, const char *holder, const char *renewed)
{
    return mem_printf("{\"kind\":\"Lease\",\"apiVersion\":\"coordination.k8s.io/"
                      "v1\",\"metadata\":{\"name\":\"kubeboard\"%s%s%s},\"spec\":{"
                      "\"holderIdentity\":\"%s\",\"leaseDurationSeconds\":15,\"renewTime\":\"%s\","
                      "\"leaseTransitions\":0}}",
                      version ? ",\"resourceVersion\":\"" : "", version ? version : "",
                      version ? "\"" : "", holder, renewed);
}

static void leases_are_fought_over_as_recorded(void **state)
{
    struct bench *b = *state;
    const char *admin = apiserver_token(b->api, APISERVER_ADMIN);
    static const char leases[] = "/apis/coordination.k8s.io/v1/namespaces/shop/leases",
                      one[] = "/apis/coordination.k8s.io/v1/namespaces/shop/leases/kubeboard";
    static const char now[] = "2026-11-22T16:00:48.173935Z";
    get(b, one);
    error_is(b, "lease-leader-election", 0, NULL);
    char *body = lease(NULL, "a", now);
    assert_int_equal(ask_as(b, admin, "POST", leases, body, NULL), 201);
    char *version = mem_dup(json_string(answer(b), "metadata.resourceVersion", ""));
    assert_string_equal(json_string(answer(b), "spec.renewTime", ""), now);
    ask_as(b, admin, "POST", leases, body, NULL);
    error_is(b, "lease-leader-election", 2, NULL);
    ask_as(b, admin, "PUT", one, body, NULL); /* without a version */
    error_is(b, "lease-leader-election", 7, NULL);
    free(body);
    body = lease(version, "a", "2026-11-22T16:01:00.000001Z");
    assert_int_equal(ask_as(b, admin, "PUT", one, body, NULL), 200);
    ask_as(b, admin, "PUT", one, body, NULL); /* its version is old now */
    error_is(b, "lease-leader-election", 4, NULL);
    free(body);
    static const char *const bad[] = {"2026-11-22T16:00:48Z", "2026-11-22T16:00:48.173Z",
                                      "2026-11-22T16:00:48.173935123Z"};
    for (size_t i = 0; i < 3; i++) {
        body = lease(NULL, "b", bad[i]);
        assert_int_equal(ask_as(b, admin, "POST",
                                "/apis/coordination.k8s.io/v1/namespaces/payments/leases", body,
                                NULL),
                         400);
        assert_true(serving_has(&b->s, "cannot be handled as a Lease"));
        free(body);
    }
    ask_as(b, admin, "PATCH", one,
           "{\"metadata\":{\"resourceVersion\":\"1\"},\"spec\":{\"holderIdentity\":\"c\"}}", NULL);
    error_is(b, "lease-leader-election", 8, NULL);
    assert_int_equal(ask_as(b, admin, "PATCH", one,
                            "{\"spec\":{\"holderIdentity\":\"c\",\"renewTime\":null}}", NULL),
                     200);
    assert_string_equal(json_string(answer(b), "spec.holderIdentity", ""), "c");
    assert_null(json_get(answer(b), "spec.renewTime"));
    assert_int_equal(json_int(answer(b), "spec.leaseDurationSeconds", 0), 15);
    assert_int_equal(ask_as(b, admin, "DELETE", one, NULL, NULL), 200);
    assert_int_equal(ask_as(b, admin, "GET", one, NULL, NULL), 404);
    assert_int_equal(ask_as(b, admin, "POST",
                            "/apis/coordination.k8s.io/v1/namespaces/nowhere/leases",
                            "{\"metadata\":{\"name\":\"x\"}}", NULL),
                     404);
    free(version);
}

static void what_is_planned_cannot_be_written(void **state)
{
    struct bench *b = *state;
    assert_int_equal(ask_as(b, apiserver_token(b->api, APISERVER_ADMIN), "POST",
                            "/api/v1/namespaces/shop/pods", "{}", NULL),
                     405);
}

/* kubectl describe asks for events by the uid that the object has. */
static void events_belong_to_their_objects(void **state)
{
    struct bench *b = *state;
    static const char *const objects[] = {
        "/apis/apps/v1/namespaces/shop/deployments?labelSelector=app%3Dcheckout",
        "/apis/apps/v1/namespaces/shop/replicasets?labelSelector=app%3Dcheckout",
        "/api/v1/namespaces/shop/pods?labelSelector=app%3Dcheckout"};
    for (int i = 0; i < 3; i++) {
        const struct json *o = json_first(json_member(get(b, objects[i]), "items"));
        char *path =
            mem_printf("/api/v1/namespaces/shop/"
                       "events?fieldSelector=involvedObject.uid%%3D%s,involvedObject.name%%3D%s",
                       json_string(o, "metadata.uid", ""), json_string(o, "metadata.name", ""));
        assert_true(json_count(json_member(get(b, path), "items")) > 0);
        free(path);
    }
}

static void protobuf_is_refused(void **state)
{
    struct bench *b = *state;
    char *token = mem_printf("Authorization: Bearer %s", apiserver_token(b->api, APISERVER_ADMIN));
    serving_ask(&b->s, &(struct serving_ask){.method = "POST",
                                             .path = "/api/v1/namespaces/shop/configmaps",
                                             .body = str_of("k8s"),
                                             .content_type = "application/vnd.kubernetes.protobuf",
                                             .headers = {token}});
    assert_int_equal(b->s.status, 415);
    free(token);
}

/* ---- logs ---- */

static void logs_are_those_of_the_run(void **state)
{
    struct bench *b = *state;
    char *path = mem_printf("/api/v1/namespaces/shop/pods/%s/log?previous=true&timestamps=true",
                            checkout_pod(b, 0));
    assert_int_equal(ask_as(b, apiserver_token(b->api, APISERVER_ADMIN), "GET", path, NULL, NULL),
                     200);
    assert_true(serving_has(&b->s, "starting checkout"));
    assert_true(serving_has(&b->s, "exit status 2"));
    struct str body = buf_str(&b->s.body);
    assert_true(str_starts(body, "2026-11-22T15:"));
    free(path);
    path = mem_printf("/api/v1/namespaces/shop/pods/%s/log?tailLines=2&previous=true",
                      checkout_pod(b, 0));
    ask_as(b, apiserver_token(b->api, APISERVER_ADMIN), "GET", path, NULL, NULL);
    size_t lines = 0;
    for (size_t i = 0; i < b->s.body.n; i++)
        lines += b->s.body.p[i] == '\n';
    assert_int_equal(lines, 2);
    free(path);
}

static void log_requests_are_refused_as_recorded(void **state)
{
    struct bench *b = *state;
    const char *admin = apiserver_token(b->api, APISERVER_ADMIN);
    const struct world_workload *wl = world_find_workload(b->world, "payments", "payments-api");
    const char *two = b->world->pods[wl->first_pod].name;
    char *path = mem_printf("/api/v1/namespaces/payments/pods/%s/log", two);
    ask_as(b, admin, "GET", path, NULL, NULL);
    error_is(b, "pod-log-no-kubelet", 2,
             (const char *const[]){"api-8wc2fdh9cv-vdrtq", two, "[api istio-proxy]",
                                   "[payments-api envoy]", NULL});
    free(path);
    path = mem_printf("/api/v1/namespaces/payments/pods/%s/log?container=nonsense", two);
    ask_as(b, admin, "GET", path, NULL, NULL);
    error_is(b, "pod-log-no-kubelet", 1, (const char *const[]){"api-cbgchffgx8-4bcmj", two, NULL});
    free(path);
    path = mem_printf("/api/v1/namespaces/payments/pods/%s/log?container=envoy&tailLines=1", two);
    assert_int_equal(ask_as(b, admin, "GET", path, NULL, NULL), 200);
    assert_true(serving_has(&b->s, "HTTP/2"));
    free(path);
}

static void faults_reach_the_api(void **state)
{
    struct bench *b = *state;
    serving_fault(&b->s, "expired-token");
    assert_int_equal(
        ask_as(b, apiserver_token(b->api, APISERVER_ADMIN), "GET", "/api/v1/pods", NULL, NULL),
        401);
    serving_fault(&b->s, "clear=all");
    serving_fault(&b->s, "cut=kubernetes:5000");
    assert_int_equal(
        ask_as(b, apiserver_token(b->api, APISERVER_ADMIN), "GET", "/api/v1/pods", NULL, NULL),
        200);
    assert_in_range(b->s.body.n, 4000, 5000);
    serving_fault(&b->s, "clear=all");
    serving_fault(&b->s, "wrong-clock=20m");
    b->s.wanted = "Date";
    ask_as(b, apiserver_token(b->api, APISERVER_ADMIN), "GET", "/version", NULL, NULL);
    assert_string_equal(b->s.header, "Sun, 22 Nov 2026 16:20:00 GMT");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(lists_and_tables_have_the_recorded_shape),
        T(table_columns_are_the_recorded_ones),
        T(refusals_are_worded_as_recorded),
        T(metrics_are_served),
        T(slices_name_the_pods_of_a_service),
        T(claims_are_mounted),
        T(nobody_is_anonymous),
        T(the_restricted_user_sees_one_namespace),
        T(pages_join_to_the_list),
        T(an_expired_token_comes_with_a_new_one),
        T(what_is_asked_wrongly_is_refused),
        T(a_group_names_its_versions),
        T(selectors_select),
        T(every_kind_works),
        T(a_future_version_times_out),
        T(a_watch_tells_what_changes),
        T(a_watch_without_a_version_starts_with_everything),
        T(what_leaves_a_selector_is_deleted),
        T(watches_that_are_too_old_say_so),
        T(tables_are_watched_and_bookmarked),
        T(leases_are_fought_over_as_recorded),
        T(what_is_planned_cannot_be_written),
        T(events_belong_to_their_objects),
        T(protobuf_is_refused),
        T(logs_are_those_of_the_run),
        T(log_requests_are_refused_as_recorded),
        T(faults_reach_the_api),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
