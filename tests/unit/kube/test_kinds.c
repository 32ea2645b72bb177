#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/intern.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/kinds/kinds.h"
#include "net/splitter.h"
#include "tests/unit/kube/making.h"

/* ---- the table of kinds ---- */

static void kinds_by_their_names(void **state)
{
    (void)state;
    assert_int_equal(kinds_count(), 17);
    assert_ptr_equal(kinds_find("po"), kinds_find("pods"));
    assert_ptr_equal(kinds_find("Pod"), kinds_find("pods.v1."));
    assert_ptr_equal(kinds_find("NO"), kinds_find("nodes.v1"));
    assert_null(kinds_find("pods.metrics.k8s.io"));
    assert_ptr_equal(kinds_find("deploy"), kinds_find("deployments.apps"));
    assert_ptr_equal(kinds_find("deploy"), kinds_find("Deployment.v1.apps"));
    assert_null(kinds_find("deployments.v1"));
    assert_null(kinds_find("deployments.v1.extensions"));
    assert_null(kinds_find("deployments.app"));
    assert_null(kinds_find("services.serving.knative.dev"));
    assert_null(kinds_find("secrets"));
    assert_null(kinds_find(""));
    for (size_t i = 0; i < kinds_count(); i++)
        assert_ptr_equal(&kinds_row_of(kinds_at(i))->kind, kinds_at(i));
    struct kind foreign = {.name = "pods"};
    assert_null(kinds_row_of(&foreign));
}

/* One resource, several API versions: all are rows of ours, the newest is found first. */
static void versions_of_one_resource(void **state)
{
    (void)state;
    const struct kind *newest = kinds_find("cj"), *older = kinds_find("cj.v1beta1.batch");
    assert_string_equal(newest->api, "/apis/batch/v1");
    assert_string_equal(older->api, "/apis/batch/v1beta1");
    assert_ptr_equal(kinds_of("/apis/batch/v1beta1", "cronjobs"), older);
    assert_null(kinds_of("/apis/batch/v2alpha1", "cronjobs"));
    assert_ptr_equal(&kinds_row_of(older)->kind, older);
    assert_ptr_equal(kinds_row_of(newest)->older, kinds_row_of(older));
    assert_int_equal(older->column_count, newest->column_count);
    assert_string_equal(kinds_find("hpa.v1.autoscaling")->api, "/apis/autoscaling/v1");
    assert_string_equal(kinds_find("ing.v1beta1.networking.k8s.io")->api,
                        "/apis/networking.k8s.io/v1beta1");
}

/* What is nothing in a column of kubectl's, and what is <none>. */
static void empty_cells(void **state)
{
    static const struct kind foreign = {.name = "widgets"};
    const struct kind *claims = kinds_find("pvc"), *pods = kinds_find("pods");
    (void)state;
    assert_true(kinds_is_blank(claims, (size_t)objects_column(claims, "VOLUME")));
    assert_false(kinds_is_blank(pods, (size_t)objects_column(pods, "NODE")));
    assert_true(kinds_is_blank(&foreign, 0));
}

static void paths_of_collections(void **state)
{
    static const struct kind deployments = {
        .name = "deployments", .api = "/apis/apps/v1", .namespaced = true};
    static const struct {
        const char *ns, *name, *path;
    } cases[] = {{"", NULL, "/apis/apps/v1/deployments"},
                 {"shop", NULL, "/apis/apps/v1/namespaces/shop/deployments"},
                 {"shop", "api", "/apis/apps/v1/namespaces/shop/deployments/api"},
                 {"a/../b", "x?y", "/apis/apps/v1/namespaces/a%2F..%2Fb/deployments/x%3Fy"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *path = kinds_path(&deployments, cases[i].ns, cases[i].name);
        assert_string_equal(path, cases[i].path);
        free(path);
    }
    char *path = kinds_path(kinds_find("nodes"), "shop", NULL);
    assert_string_equal(path, "/api/v1/nodes");
    free(path);
}

/* ---- pods: every state of the recorded server against the API server's own table ---- */

struct recorded {
    struct buf expected;
    struct str rest;
    struct objects *table;
    struct json_doc *doc;
    size_t rows;
};

static void check_cell(const struct object *row, const char *title, struct str expected)
{
    const struct kind *kind = kinds_find("pods");
    char shown[512];
    object_cell_text(kind, row, (size_t)objects_column(kind, title), 0, shown, sizeof shown);
    if (!str_is(expected, shown))
        fail_msg("%s %s: '%s', expected '%.*s'", row->name, title, shown, (int)expected.n,
                 expected.p);
}

static bool check_element(void *context, struct str json, struct err *err)
{
    static const char *const titles[] = {"READY", "STATUS",         "RESTARTS",       "IP",
                                         "NODE",  "NOMINATED NODE", "READINESS GATES"};
    struct recorded *r = context;
    struct str line, part;
    const struct json *element = json_parse(r->doc, json.p, json.n, err);
    assert_non_null(element);
    struct object *row = kinds_make(kinds_find("pods"), r->table, element);
    assert_non_null(row);
    assert_true(str_cut(&r->rest, '\n', &line));
    str_cut(&line, '\t', &part);
    assert_true(str_is(part, row->namespace_));
    str_cut(&line, '\t', &part);
    assert_true(str_is(part, row->name));
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        part = (struct str){"", 0};
        str_cut(&line, '\t', &part);
        check_cell(row, titles[i], part);
    }
    objects_discard(r->table, row);
    r->rows++;
    return true;
}

static void pods_are_printed_as_kubectl_does(void **state)
{
    struct recorded r = {.table = objects_new(kinds_find("pods")), .doc = json_doc_new()};
    struct buf list;
    struct err err;
    (void)state;
    buf_init(&list, 1 << 20);
    buf_init(&r.expected, 1 << 20);
    assert_true(file_read(TEST_DATA "/kube/pods-1.20.json", &list, &err));
    assert_true(file_read(TEST_DATA "/kube/pods-1.20.tsv", &r.expected, &err));
    r.rest = buf_str(&r.expected);
    struct splitter *s =
        splitter_new(&(struct splitter_conf){.array = "items",
                                             .keep = kinds_row_of(kinds_find("pods"))->keep,
                                             .context = &r,
                                             .element = check_element});
    assert_true(splitter_feed(s, buf_str(&list), &err));
    assert_true(splitter_finish(s, &err));
    assert_int_equal(r.rows, 26);
    splitter_free(s);
    buf_free(&list);
    buf_free(&r.expected);
    objects_free(r.table);
    json_doc_free(r.doc);
}

static void amounts_owner_and_times_of_a_pod(void **state)
{
    (void)state;
    struct made m = making_json(
        "pods",
        "{\"metadata\":{\"name\":\"api-1\",\"namespace\":\"shop\",\"resourceVersion\":\"7\","
        "\"creationTimestamp\":\"2021-08-27T13:00:00Z\",\"labels\":{\"app\":\"api\"},"
        "\"ownerReferences\":[{\"kind\":\"Other\",\"name\":\"x\"},{\"kind\":\"ReplicaSet\","
        "\"name\":\"api-rs\",\"controller\":true}]},"
        "\"spec\":{\"nodeName\":\"n1\",\"overhead\":{\"cpu\":\"50m\",\"memory\":\"1Mi\"},"
        "\"containers\":[{\"name\":\"a\",\"resources\":{\"requests\":{\"cpu\":\"100m\",\"memory\":"
        "\"64Mi\"},\"limits\":{\"memory\":\"128Mi\"}}},"
        "{\"name\":\"b\",\"resources\":{\"requests\":{\"cpu\":\"0.2\"}}}],"
        "\"initContainers\":[{\"name\":\"i\",\"resources\":{\"requests\":{\"memory\":\"1Gi\"}}},"
        "{\"name\":\"side\",\"restartPolicy\":\"Always\",\"resources\":{\"requests\":{\"cpu\":"
        "\"1\"}}}]},"
        "\"status\":{\"phase\":\"Running\",\"qosClass\":\"Burstable\",\"podIP\":\"10.0.0.1\","
        "\"initContainerStatuses\":[{\"name\":\"i\",\"state\":{\"terminated\":{\"exitCode\":0}}},"
        "{\"name\":\"side\",\"started\":true,\"ready\":true,\"restartCount\":2,\"state\":{"
        "\"running\":{}},"
        "\"lastState\":{\"terminated\":{\"finishedAt\":\"2021-08-27T13:05:00Z\"}}}],"
        "\"containerStatuses\":[{\"name\":\"a\",\"ready\":true,\"restartCount\":1,\"state\":{"
        "\"running\":{}},"
        "\"lastState\":{\"terminated\":{\"finishedAt\":\"2021-08-27T13:04:00Z\"}}},"
        "{\"name\":\"b\",\"ready\":true,\"state\":{\"running\":{}}}]}}");
    assert_string_equal(m.row->owner, "ReplicaSet/api-rs");
    assert_int_equal(m.row->created, INT64_C(1630069200) * CLOCK_SECOND);
    assert_int_equal(m.row->deleted, 0);
    assert_int_equal(making_number(&m, "CPU REQUEST"), 100 + 200 + 1000 + 50);
    assert_int_equal(making_number(&m, "MEMORY REQUEST"), (1 << 30) + (1 << 20));
    assert_int_equal(making_number(&m, "CPU LIMIT"), -1);
    assert_int_equal(making_number(&m, "MEMORY LIMIT"), (129 << 20));
    assert_int_equal(making_cell(&m, "READY")->pair.part, 3);
    assert_int_equal(making_cell(&m, "READY")->pair.whole, 3);
    assert_int_equal(making_number(&m, "RESTARTS"), 3);
    assert_int_equal(making_number(&m, "LAST RESTART"), INT64_C(1630069500) * CLOCK_SECOND);
    assert_string_equal(making_text(&m, "CONTAINERS"), "a b");
    assert_string_equal(making_text(&m, "APP"), "api");
    assert_string_equal(making_text(&m, "IP"), "10.0.0.1");
    assert_string_equal(making_text(&m, "QOS"), "Burstable");
    assert_int_equal(m.row->health, HEALTH_OK);
    assert_string_equal(m.row->trouble, "");
    making_done(&m);
}

#define POD(inner) "{\"metadata\":{\"name\":\"p\",\"namespace\":\"n\"}," inner "}"
#define GONE(inner)                                                                                \
    "{\"metadata\":{\"name\":\"p\",\"namespace\":\"n\",\"deletionTimestamp\":\"2021-08-27T13:00:"  \
    "00Z\"}," inner "}"

/* An init container runs beside the sidecars before it: what both need counts when it is most. */
static void init_containers_may_need_most(void **state)
{
    (void)state;
    struct made m = making_json(
        "pods",
        POD("\"spec\":{\"initContainers\":[{\"restartPolicy\":\"Always\",\"resources\":{"
            "\"requests\":{\"cpu\":\"1\"}}},{\"resources\":{\"requests\":{\"cpu\":\"4\"}}}],"
            "\"containers\":[{\"resources\":{\"requests\":{\"cpu\":\"2\"}}}]}"));
    assert_int_equal(making_number(&m, "CPU REQUEST"), 5000);
    making_done(&m);
    /* The pod's own resources come before its containers'. */
    m = making_json(
        "pods", POD("\"spec\":{\"resources\":{\"requests\":{\"cpu\":\"7\"}},\"overhead\":{\"cpu\":"
                    "\"100m\"},\"containers\":[{\"resources\":{\"requests\":{\"cpu\":\"2\"}}}]}"));
    assert_int_equal(making_number(&m, "CPU REQUEST"), 7100);
    making_done(&m);
}

static void statuses_that_no_recording_has(void **state)
{
    static const struct {
        const char *json, *status, *ready;
        enum health health;
    } cases[] = {
        {POD("\"status\":{\"phase\":\"Pending\",\"conditions\":[{\"type\":\"PodScheduled\","
             "\"status\":\"False\",\"reason\":\"SchedulingGated\"}]}"),
         "SchedulingGated", "0/0", HEALTH_PENDING},
        {GONE("\"status\":{\"phase\":\"Running\",\"reason\":\"NodeLost\"}"), "Unknown", "0/0",
         HEALTH_BAD},
        {GONE("\"status\":{\"phase\":\"Succeeded\",\"containerStatuses\":[{\"state\":{"
              "\"terminated\":{\"reason\":\"Completed\"}}}]}"),
         "Completed", "0/0", HEALTH_DONE},
        {GONE("\"status\":{\"phase\":\"Failed\"}"), "Failed", "0/0", HEALTH_BAD},
        {POD("\"spec\":{\"containers\":[{},{}]},\"status\":{\"phase\":\"Running\",\"conditions\":[{"
             "\"type\":\"Ready\",\"status\":\"True\"}],"
             "\"containerStatuses\":[{\"state\":{\"terminated\":{\"reason\":\"Completed\"}}},{"
             "\"ready\":true,\"state\":{\"running\":{}}}]}"),
         "Running", "1/2", HEALTH_WARN},
        {POD("\"spec\":{\"containers\":[{},{}]},\"status\":{\"phase\":\"Running\","
             "\"containerStatuses\":[{\"state\":{\"terminated\":{\"reason\":\"Completed\"}}},{"
             "\"ready\":true,\"state\":{\"running\":{}}}]}"),
         "NotReady", "1/2", HEALTH_WARN},
        {POD("\"spec\":{\"containers\":[{},{}]},\"status\":{\"phase\":\"Running\","
             "\"containerStatuses\":[{\"state\":{\"terminated\":{\"reason\":\"Completed\"}}},{"
             "\"state\":{\"terminated\":{\"reason\":\"Error\",\"exitCode\":3}}}]}"),
         "Error", "0/2", HEALTH_BAD},
        {POD("\"spec\":{\"containers\":[{}]},\"status\":{\"phase\":\"Running\","
             "\"containerStatuses\":[{\"state\":{\"terminated\":{\"exitCode\":7}}}]}"),
         "ExitCode:7", "0/1", HEALTH_BAD},
        {POD("\"spec\":{\"initContainers\":[{\"name\":\"i\"}]},\"status\":{\"phase\":\"Pending\","
             "\"initContainerStatuses\":[{\"name\":\"i\",\"state\":{\"terminated\":{\"signal\":9,"
             "\"exitCode\":137}}}]}"),
         "Init:Signal:9", "0/0", HEALTH_BAD},
        {POD("\"spec\":{\"initContainers\":[{\"name\":\"i\"}]},\"status\":{\"phase\":\"Pending\","
             "\"initContainerStatuses\":[{\"name\":\"i\",\"state\":{\"terminated\":{\"exitCode\":1}"
             "}}]}"),
         "Init:ExitCode:1", "0/0", HEALTH_BAD},
        {POD("\"spec\":{\"initContainers\":[{\"name\":\"i\"},{\"name\":\"j\"}]},\"status\":{"
             "\"phase\":\"Pending\",\"initContainerStatuses\":[{\"name\":\"i\",\"state\":{"
             "\"terminated\":{\"exitCode\":0}}},"
             "{\"name\":\"j\",\"state\":{\"waiting\":{\"reason\":\"PodInitializing\"}}}]}"),
         "Init:1/2", "0/0", HEALTH_PENDING},
        /* A sidecar that restarts after the pod was initialized does not bring Init:… back. */
        {POD("\"spec\":{\"containers\":[{}],\"initContainers\":[{\"name\":\"s\",\"restartPolicy\":"
             "\"Always\"}]},"
             "\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Initialized\","
             "\"status\":\"True\"}],"
             "\"initContainerStatuses\":[{\"name\":\"s\",\"state\":{\"waiting\":{\"reason\":"
             "\"CrashLoopBackOff\"}}}],"
             "\"containerStatuses\":[{\"ready\":true,\"state\":{\"running\":{}}}]}"),
         "Init:CrashLoopBackOff", "1/2", HEALTH_BAD},
        /* Of containers that have something to say the first in order counts. */
        {POD("\"spec\":{\"containers\":[{},{}]},\"status\":{\"phase\":\"Running\","
             "\"containerStatuses\":[{\"state\":{\"waiting\":{\"reason\":\"ErrImagePull\"}}},"
             "{\"state\":{\"waiting\":{\"reason\":\"CrashLoopBackOff\"}}}]}"),
         "ErrImagePull", "0/2", HEALTH_BAD},
        {POD("\"status\":{}"), "", "0/0", HEALTH_UNKNOWN},
        {POD("\"status\":{\"phase\":\"Failed\",\"reason\":\"Shutdown\",\"message\":\"node is going "
             "down\"}"),
         "Shutdown", "0/0", HEALTH_WARN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made m = making_json("pods", cases[i].json);
        char ready[32];
        object_cell_text(m.kind, m.row, (size_t)objects_column(m.kind, "READY"), 0, ready,
                         sizeof ready);
        if (strcmp(making_text(&m, "STATUS"), cases[i].status) != 0 ||
            strcmp(ready, cases[i].ready) != 0 || m.row->health != cases[i].health)
            fail_msg("%s\n'%s' %s %d", cases[i].json, making_text(&m, "STATUS"), ready,
                     m.row->health);
        making_done(&m);
    }
}

static void troubles_of_pods_in_words(void **state)
{
    static const struct {
        const char *json, *trouble;
        enum health health;
    } cases[] = {
        {POD("\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":"
             "\"False\",\"lastTransitionTime\":\"2021-08-27T13:00:00Z\"}],"
             "\"containerStatuses\":[{\"name\":\"api\",\"restartCount\":54,\"state\":{\"waiting\":{"
             "\"reason\":\"CrashLoopBackOff\",\"message\":\"back-off\"}},"
             "\"lastState\":{\"terminated\":{\"exitCode\":2,\"reason\":\"Error\",\"finishedAt\":"
             "\"2021-08-27T14:00:00Z\"}}}]}"),
         "CrashLoopBackOff: api since 2021-08-27 13:00:00 UTC, 54 restarts, last exit 2 (Error) at "
         "2021-08-27 14:00:00 UTC",
         HEALTH_BAD},
        {POD("\"spec\":{\"containers\":[{\"name\":\"api\",\"resources\":{\"limits\":{\"memory\":"
             "\"512Mi\"}}}]},\"status\":{\"phase\":\"Running\","
             "\"containerStatuses\":[{\"name\":\"api\",\"restartCount\":1,\"state\":{"
             "\"terminated\":{\"exitCode\":137,\"reason\":\"OOMKilled\",\"finishedAt\":\"2021-08-"
             "27T14:00:00Z\"}}}]}"),
         "OOMKilled: api, exit 137 at 2021-08-27 14:00:00 UTC, memory limit 512Mi, 1 restart",
         HEALTH_BAD},
        {POD("\"status\":{\"phase\":\"Pending\",\"containerStatuses\":[{\"name\":\"api\",\"state\":"
             "{\"waiting\":{\"reason\":\"ImagePullBackOff\",\"message\":\"Back-off pulling image "
             "\\\"x\\\"\"}}}]}"),
         "ImagePullBackOff: api: Back-off pulling image \"x\"", HEALTH_BAD},
        {POD("\"status\":{\"phase\":\"Pending\",\"conditions\":[{\"type\":\"PodScheduled\","
             "\"status\":\"False\",\"reason\":\"Unschedulable\",\"message\":\"0/3 nodes are "
             "available:\\n 3 Insufficient cpu.\"}]}"),
         "Unschedulable: 0/3 nodes are available: 3 Insufficient cpu.", HEALTH_BAD},
        {POD("\"status\":{\"phase\":\"Failed\",\"reason\":\"Evicted\",\"message\":\"The node was "
             "low on resource: memory.\"}"),
         "Evicted: The node was low on resource: memory.", HEALTH_WARN},
        {POD("\"spec\":{\"containers\":[{},{}]},\"status\":{\"phase\":\"Running\",\"conditions\":[{"
             "\"type\":\"Ready\",\"status\":\"False\",\"lastTransitionTime\":\"2021-08-27T13:00:"
             "00Z\",\"message\":\"containers with unready status: [b]\"}],"
             "\"containerStatuses\":[{\"ready\":true,\"state\":{\"running\":{}}},{\"ready\":false,"
             "\"state\":{\"running\":{}}}]}"),
         "not ready since 2021-08-27 13:00:00 UTC: containers with unready status: [b]",
         HEALTH_WARN},
        /* Killed for memory within the hour (the clock stands at 14:30), and long ago. */
        {POD("\"spec\":{\"containers\":[{\"name\":\"a\"}]},\"status\":{\"phase\":\"Running\","
             "\"containerStatuses\":[{\"name\":\"a\",\"ready\":true,\"restartCount\":1,\"state\":{"
             "\"running\":{}},"
             "\"lastState\":{\"terminated\":{\"exitCode\":137,\"reason\":\"OOMKilled\","
             "\"finishedAt\":\"2021-08-27T14:00:00Z\"}}}]}"),
         "OOMKilled: a (runs again), exit 137 at 2021-08-27 14:00:00 UTC, 1 restart", HEALTH_WARN},
        {POD("\"spec\":{\"containers\":[{\"name\":\"a\"}]},\"status\":{\"phase\":\"Running\","
             "\"containerStatuses\":[{\"name\":\"a\",\"ready\":true,\"state\":{\"running\":{}},"
             "\"lastState\":{\"terminated\":{\"exitCode\":137,\"reason\":\"OOMKilled\","
             "\"finishedAt\":\"2021-08-27T13:00:00Z\"}}}]}"),
         "", HEALTH_OK},
        {POD("\"status\":{\"phase\":\"Succeeded\"}"), "", HEALTH_DONE},
        {POD("\"status\":{\"phase\":\"Failed\"}"), "Failed", HEALTH_BAD},
    };
    (void)state;
    int64_t now;
    assert_true(clock_parse(str_of("2021-08-27T14:30:00Z"), false, &now));
    clock_freeze(now);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made m = making_json("pods", cases[i].json);
        if (strcmp(m.row->trouble, cases[i].trouble) != 0 || m.row->health != cases[i].health)
            fail_msg("%s\n'%s' %d", cases[i].json, m.row->trouble, m.row->health);
        making_done(&m);
    }
    clock_freeze(0);
}

/* ---- nodes, namespaces, events ---- */

#define NODE(inner) "{\"metadata\":{\"name\":\"n1\"}," inner "}"

static void nodes_and_their_troubles(void **state)
{
    static const struct {
        const char *json, *status, *trouble;
        enum health health;
    } cases[] = {
        {NODE("\"status\":{\"conditions\":[{\"type\":\"MemoryPressure\",\"status\":\"False\"},{"
              "\"type\":\"Ready\",\"status\":\"True\"}]}"),
         "Ready", "", HEALTH_OK},
        /* Of two conditions of a type the last counts, as with the server's own printer. */
        {NODE("\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\",\"reason\":"
              "\"m\"},{\"type\":\"Ready\",\"status\":\"True\"}]}"),
         "Ready", "", HEALTH_OK},
        {NODE("\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"},{\"type\":"
              "\"Ready\",\"status\":\"False\",\"reason\":\"m\"}]}"),
         "NotReady", "NotReady: m", HEALTH_BAD},
        {NODE("\"spec\":{\"unschedulable\":true},\"status\":{\"conditions\":[{\"type\":\"Ready\","
              "\"status\":\"True\"}]}"),
         "Ready,SchedulingDisabled", "cordoned: takes no new pods", HEALTH_WARN},
        {NODE("\"status\":{\"conditions\":[{\"type\":\"MemoryPressure\",\"status\":\"True\","
              "\"lastTransitionTime\":\"2021-08-27T13:00:00Z\",\"message\":\"kubelet has "
              "insufficient memory\"},{\"type\":\"Ready\",\"status\":\"True\"}]}"),
         "Ready", "MemoryPressure since 2021-08-27 13:00:00 UTC: kubelet has insufficient memory",
         HEALTH_WARN},
        {NODE("\"status\":{\"conditions\":[{\"type\":\"PIDPressure\",\"status\":\"True\"},{"
              "\"type\":\"Ready\",\"status\":\"False\",\"reason\":\"KubeletNotReady\"}]}"),
         "NotReady", "NotReady: KubeletNotReady; PIDPressure", HEALTH_BAD},
        {NODE("\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"Unknown\",\"message\":"
              "\"Kubelet stopped posting node "
              "status.\"},{\"type\":\"MemoryPressure\",\"status\":\"Unknown\"}]}"),
         "NotReady", "Unknown whether Ready: Kubelet stopped posting node status.", HEALTH_BAD},
        {NODE("\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"},{\"type\":"
              "\"KernelReady\",\"status\":\"False\",\"message\":\"soft "
              "lockup\"},{\"type\":\"ReadonlyFilesystem\",\"status\":\"True\"}]}"),
         "Ready", "NotKernelReady: soft lockup; ReadonlyFilesystem", HEALTH_WARN},
        {NODE("\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"},{\"type\":"
              "\"NetworkUnavailable\",\"status\":\"True\"}]}"),
         "Ready", "NetworkUnavailable", HEALTH_BAD},
        {NODE("\"status\":{}"), "Unknown", "", HEALTH_UNKNOWN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made m = making_json("nodes", cases[i].json);
        if (strcmp(making_text(&m, "STATUS"), cases[i].status) != 0 ||
            strcmp(m.row->trouble, cases[i].trouble) != 0 || m.row->health != cases[i].health)
            fail_msg("%s\n'%s' '%s' %d", cases[i].json, making_text(&m, "STATUS"), m.row->trouble,
                     m.row->health);
        making_done(&m);
    }
}

static void cells_of_a_node(void **state)
{
    (void)state;
    struct made m = making_json(
        "no", "{\"metadata\":{\"name\":\"n1\",\"labels\":{\"node-role.kubernetes.io/"
              "worker\":\"\",\"node-role.kubernetes.io/\":\"\","
              "\"kubernetes.io/role\":\"master\",\"node-role.kubernetes.io/"
              "master\":\"\",\"topology.kubernetes.io/zone\":\"a\",\"beta.kubernetes.io/"
              "instance-type\":\"m5.large\"}},"
              "\"spec\":{\"taints\":[{\"key\":\"a\"},{\"key\":\"b\"}]},\"status\":{"
              "\"allocatable\":{\"cpu\":\"3930m\",\"memory\":\"15Gi\",\"pods\":\"110\"},"
              "\"addresses\":[{\"type\":\"Hostname\",\"address\":\"h\"},{\"type\":"
              "\"InternalIP\",\"address\":\"10.0.0.1\"},{\"type\":\"InternalIP\",\"address\":"
              "\"fd00::1\"},{\"type\":\"ExternalIP\",\"address\":\"1.2.3.4\"}],"
              "\"nodeInfo\":{\"kubeletVersion\":\"v1.20.2\",\"osImage\":\"Debian\","
              "\"kernelVersion\":\"6.1\",\"containerRuntimeVersion\":\"containerd://1\"}}}");
    assert_string_equal(making_text(&m, "ROLES"), "master,worker");
    assert_string_equal(making_text(&m, "VERSION"), "v1.20.2");
    assert_string_equal(making_text(&m, "INTERNAL-IP"), "10.0.0.1");
    assert_string_equal(making_text(&m, "EXTERNAL-IP"), "1.2.3.4");
    assert_string_equal(making_text(&m, "CONTAINER-RUNTIME"), "containerd://1");
    assert_int_equal(making_number(&m, "CPU"), 3930);
    assert_int_equal(making_number(&m, "MEMORY"), (int64_t)15 << 30);
    assert_int_equal(making_number(&m, "PODS"), 110);
    assert_int_equal(making_number(&m, "TAINTS"), 2);
    assert_string_equal(making_text(&m, "ZONE"), "a");
    assert_string_equal(making_text(&m, "INSTANCE"), "m5.large");
    making_done(&m);
}

static void namespaces_that_do_not_go(void **state)
{
    (void)state;
    struct made m =
        making_json("ns", "{\"metadata\":{\"name\":\"a\"},\"status\":{\"phase\":\"Active\"}}");
    assert_string_equal(making_text(&m, "STATUS"), "Active");
    assert_int_equal(m.row->health, HEALTH_OK);
    making_done(&m);
    m = making_json(
        "ns",
        "{\"metadata\":{\"name\":\"a\",\"deletionTimestamp\":\"2021-08-27T13:00:00Z\"},\"status\":{"
        "\"phase\":\"Terminating\","
        "\"conditions\":[{\"type\":\"NamespaceContentRemaining\",\"status\":\"True\",\"message\":"
        "\"Some resources are remaining: pods. has 1 resource instances\"},"
        "{\"type\":\"NamespaceFinalizersRemaining\",\"status\":\"False\",\"message\":\"none\"}]}}");
    assert_string_equal(making_text(&m, "STATUS"), "Terminating");
    assert_true(m.row->deleted > 0);
    assert_string_equal(m.row->trouble,
                        "Some resources are remaining: pods. has 1 resource instances");
    assert_int_equal(m.row->health, HEALTH_WARN);
    making_done(&m);
}

#define AT(minute) (INT64_C(1630069200) * CLOCK_SECOND + (minute)*CLOCK_MINUTE)

static void times_of_events(void **state)
{
    static const struct {
        const char *json;
        int64_t last, first, count;
    } cases[] = {
        {"{\"metadata\":{\"name\":\"e\",\"creationTimestamp\":\"2021-08-27T13:01:00Z\"},"
         "\"firstTimestamp\":\"2021-08-27T13:02:00Z\",\"lastTimestamp\":\"2021-08-27T13:03:00Z\","
         "\"count\":4,\"eventTime\":null}",
         AT(3), AT(2), 4},
        {"{\"metadata\":{\"name\":\"e\",\"creationTimestamp\":\"2021-08-27T13:01:00Z\"},"
         "\"firstTimestamp\":null,\"lastTimestamp\":null,\"eventTime\":\"2021-08-27T13:04:00."
         "000000Z\"}",
         AT(4), AT(4), 1},
        {"{\"metadata\":{\"name\":\"e\",\"creationTimestamp\":\"2021-08-27T13:01:00Z\"},"
         "\"lastTimestamp\":null,\"eventTime\":\"2021-08-27T13:04:00.000000Z\",\"series\":{"
         "\"count\":7,\"lastObservedTime\":\"2021-08-27T13:05:00.000000Z\"}}",
         AT(5), AT(4), 8},
        /* It says no time: kubectl prints <unknown>. */
        {"{\"metadata\":{\"name\":\"e\",\"creationTimestamp\":\"2021-08-27T13:01:00Z\"}}", 0, 0, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made m = making_json("events", cases[i].json);
        assert_int_equal(making_number(&m, "LAST SEEN"), cases[i].last);
        assert_int_equal(making_number(&m, "FIRST SEEN"), cases[i].first);
        assert_int_equal(making_number(&m, "COUNT"), cases[i].count);
        making_done(&m);
    }
}

static void cells_of_an_event(void **state)
{
    (void)state;
    struct made m = making_json(
        "ev",
        "{\"metadata\":{\"name\":\"e\",\"namespace\":\"n\"},\"type\":\"Warning\",\"reason\":"
        "\"BackOff\",\"message\":\" Back-off\\nsecond line \","
        "\"involvedObject\":{\"kind\":\"ReplicaSet\",\"name\":\"web\",\"fieldPath\":\"spec\"},"
        "\"source\":{\"component\":\"kubelet\",\"host\":\"h\"},\"reportingComponent\":\"x\"}");
    assert_string_equal(making_text(&m, "OBJECT"), "replicaset/web");
    assert_string_equal(making_text(&m, "MESSAGE"), "Back-off\nsecond line");
    assert_string_equal(making_text(&m, "SOURCE"), "kubelet, h");
    assert_string_equal(making_text(&m, "SUBOBJECT"), "spec");
    assert_int_equal(m.row->health, HEALTH_WARN);
    assert_string_equal(m.row->trouble, "BackOff");
    making_done(&m);
    m = making_json(
        "ev", "{\"metadata\":{\"name\":\"e\"},\"type\":\"Normal\",\"involvedObject\":{\"kind\":"
              "\"Node\"},\"source\":{},\"reportingComponent\":\"c\",\"reportingInstance\":\"i\"}");
    assert_string_equal(making_text(&m, "OBJECT"), "node");
    assert_string_equal(making_text(&m, "SOURCE"), "c, i");
    assert_int_equal(m.row->health, HEALTH_OK);
    making_done(&m);
}

/* ---- hostile ---- */

static void wrong_members_break_no_row(void **state)
{
    (void)state;
    size_t held = intern_count();
    making_replace_each(
        "pods",
        "{\"metadata\":{\"name\":\"p\",\"namespace\":\"n\",\"resourceVersion\":\"1\","
        "\"creationTimestamp\":\"2021-08-27T13:00:00Z\",\"deletionTimestamp\":\"2021-08-27T13:00:"
        "00Z\","
        "\"labels\":{\"app\":\"a\"},\"ownerReferences\":[{\"kind\":\"R\",\"name\":\"r\","
        "\"controller\":true}]},"
        "\"spec\":{\"nodeName\":\"n\",\"containers\":[{\"name\":\"a\",\"resources\":{\"requests\":{"
        "\"cpu\":\"1\",\"memory\":\"1Mi\"},\"limits\":{\"cpu\":\"1\"}}}],"
        "\"initContainers\":[{\"name\":\"i\",\"restartPolicy\":\"Always\",\"resources\":{}}],"
        "\"overhead\":{\"cpu\":\"1\"},\"readinessGates\":[{\"conditionType\":\"G\"}]},"
        "\"status\":{\"phase\":\"Running\",\"reason\":\"\",\"message\":\"m\",\"podIP\":\"1\","
        "\"podIPs\":[{\"ip\":\"1\"}],\"nominatedNodeName\":\"n\",\"qosClass\":\"B\","
        "\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\",\"lastTransitionTime\":\"2021-08-"
        "27T13:00:00Z\",\"message\":\"m\"},{\"type\":\"PodScheduled\",\"status\":\"False\","
        "\"reason\":\"U\",\"message\":\"m\"}],"
        "\"initContainerStatuses\":[{\"name\":\"i\",\"ready\":true,\"started\":true,"
        "\"restartCount\":1,\"state\":{\"running\":{}},\"lastState\":{\"terminated\":{"
        "\"finishedAt\":\"2021-08-27T13:00:00Z\"}}}],"
        "\"containerStatuses\":[{\"name\":\"a\",\"ready\":false,\"restartCount\":3,\"state\":{"
        "\"terminated\":{\"exitCode\":1,\"signal\":9,\"reason\":\"OOMKilled\",\"finishedAt\":"
        "\"2021-08-27T13:00:00Z\"},\"waiting\":{\"reason\":\"W\",\"message\":\"m\"}}}]}}");
    making_replace_each(
        "nodes", "{\"metadata\":{\"name\":\"n\",\"labels\":{\"node-role.kubernetes.io/"
                 "x\":\"\",\"kubernetes.io/"
                 "role\":\"y\"}},\"spec\":{\"unschedulable\":true,\"taints\":[{\"key\":\"k\"}]},"
                 "\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\","
                 "\"lastTransitionTime\":\"2021-08-27T13:00:00Z\",\"message\":\"m\"}],"
                 "\"addresses\":[{\"type\":\"InternalIP\",\"address\":\"a\"}],"
                 "\"allocatable\":{\"cpu\":\"1\",\"memory\":\"1\",\"pods\":\"1\"},\"nodeInfo\":{"
                 "\"kubeletVersion\":\"v\"}}}");
    making_replace_each(
        "events",
        "{\"metadata\":{\"name\":\"e\"},\"type\":\"Warning\",\"reason\":\"r\",\"message\":"
        "\"m\",\"involvedObject\":{\"kind\":\"K\",\"name\":\"n\",\"fieldPath\":\"f\"},"
        "\"source\":{\"component\":\"c\",\"host\":\"h\"},"
        "\"firstTimestamp\":\"2021-08-27T13:00:00Z\",\"lastTimestamp\":\"2021-08-27T13:00:"
        "00Z\",\"eventTime\":\"2021-08-27T13:00:00Z\",\"count\":1,\"series\":{\"count\":1,"
        "\"lastObservedTime\":\"2021-08-27T13:00:00Z\"}}");
    making_replace_each("namespaces",
                        "{\"metadata\":{\"name\":\"n\"},\"status\":{\"phase\":\"Terminating\","
                        "\"conditions\":[{\"status\":\"True\",\"message\":\"m\"}]}}");
    assert_int_equal(intern_count(), held);
}

static void no_name_no_row(void **state)
{
    static const char *const nameless[] = {
        "{}", "null", "[]", "7", "{\"metadata\":{}}", "{\"metadata\":{\"name\":\"\"}}",
        "{\"metadata\":{\"name\":7}}",
        /* a bookmark of 1.20 */
        ("{\"kind\":\"Pod\",\"metadata\":{\"resourceVersion\":\"1\",\"creationTimestamp\":null},"
         "\"spec\":{\"containers\":null},\"status\":{}}")};
    (void)state;
    for (size_t i = 0; i < sizeof nameless / sizeof *nameless; i++) {
        struct made m = making_json("pods", nameless[i]);
        assert_null(m.row);
        making_done(&m);
    }
    char *name = mem_alloc(5000), *json;
    memset(name, 'a', 4999);
    json = mem_printf("{\"metadata\":{\"name\":\"%s\"}}", name);
    struct made m = making_json("pods", json);
    assert_null(m.row);
    making_done(&m);
    free(json);
    free(name);
}

/* A megabyte of message makes a bounded row, cut between characters. */
static void long_texts_are_cut(void **state)
{
    enum { LENGTH = 1 << 20 };
    (void)state;
    struct buf json;
    buf_init(&json, 4 * LENGTH);
    buf_adds(&json, "{\"metadata\":{\"name\":\"p\"},\"status\":{\"phase\":\"Failed\",\"reason\":"
                    "\"Evicted\",\"message\":\"");
    for (size_t i = 0; i < LENGTH / 3; i++)
        buf_adds(&json, "한");
    buf_adds(&json, "\"}}");
    struct made m = making_of(kinds_find("pods"), buf_text(&json), json.n);
    assert_true(strlen(m.row->trouble) < 300);
    assert_int_equal(strncmp(m.row->trouble, "Evicted: 한한", 15), 0);
    const char *end = m.row->trouble + strlen(m.row->trouble) - 6;
    assert_string_equal(end, "한…");
    making_done(&m);
    buf_free(&json);
}

static int utc(void **state)
{
    (void)state;
    setenv("TZ", "UTC", 1);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_by_their_names),
        cmocka_unit_test(versions_of_one_resource),
        cmocka_unit_test(empty_cells),
        cmocka_unit_test(paths_of_collections),
        cmocka_unit_test(pods_are_printed_as_kubectl_does),
        cmocka_unit_test(amounts_owner_and_times_of_a_pod),
        cmocka_unit_test(init_containers_may_need_most),
        cmocka_unit_test(statuses_that_no_recording_has),
        cmocka_unit_test(troubles_of_pods_in_words),
        cmocka_unit_test(nodes_and_their_troubles),
        cmocka_unit_test(cells_of_a_node),
        cmocka_unit_test(namespaces_that_do_not_go),
        cmocka_unit_test(times_of_events),
        cmocka_unit_test(cells_of_an_event),
        cmocka_unit_test(wrong_members_break_no_row),
        cmocka_unit_test(no_name_no_row),
        cmocka_unit_test(long_texts_are_cut),
    };
    return cmocka_run_group_tests(tests, utc, NULL);
}
