/* What a operation fits, what is typed for it, and the question before it. */
#include "kube/operations/operation_question.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "kube/kinds/kinds.h"
#include "kube/operations/drain.h"

static void read_facts(struct operation_facts *f, const char *json)
{
    struct json_doc *doc = json_doc_new();
    const struct json *object = json_parse(doc, json, strlen(json), NULL);
    assert_non_null(object);
    operation_facts_read(f, object);
    json_doc_free(doc);
}

static const char *ask(enum operation_table_id id, const char *kind, const char *typed,
                       const struct operation_facts *f, const struct drain_plan *plan)
{
    static char text[1600];
    struct operation_wish wish = {.id = id};
    struct buf out;
    struct err err;
    const struct kind *k = kinds_find(kind);
    struct operation_target t = {k, k->namespaced ? "shop" : "", "web", "u1"};
    if (!operation_wish_read(&wish, str_of(typed), f, &err))
        return "?";
    buf_init(&out, sizeof text);
    operation_question(&out, &wish, &t, "cluster prod", f, plan);
    str_copy(text, sizeof text, buf_text(&out));
    buf_free(&out);
    return text;
}

static void each_kind_gets_what_fits(void **state)
{
    (void)state;
    assert_true(operation_table_fits(OPERATION_SHELL, kinds_find("pods")));
    assert_false(operation_table_fits(OPERATION_SCALE, kinds_find("pods")));
    assert_false(operation_table_fits(OPERATION_SCALE, kinds_find("daemonsets")));
    assert_true(operation_table_fits(OPERATION_RESTART, kinds_find("daemonsets")));
    assert_true(operation_table_fits(OPERATION_DRAIN, kinds_find("nodes")));
    assert_true(operation_table_fits(OPERATION_TRIGGER, kinds_find("cronjobs")));
    assert_true(operation_table_fits(OPERATION_DELETE, kinds_find("configmaps")));
    struct kind secrets = {.name = "secrets", .api = "/api/v1", .object_kind = "Secret"};
    assert_false(operation_table_fits(OPERATION_DELETE, &secrets));
    struct kind strange = {.name = "nodes", .api = "/apis/example.com/v1", .object_kind = "Node"};
    assert_false(operation_table_fits(OPERATION_DRAIN, &strange));
    assert_int_equal(operation_table_find("scale"), OPERATION_SCALE);
    assert_int_equal(operation_table_find("format"), OPERATION_COUNT);
}

static void facts_of_a_pod(void **state)
{
    struct operation_facts f;
    (void)state;
    read_facts(&f,
               "{\"metadata\":{\"uid\":\"u1\",\"annotations\":{\"kubectl.kubernetes.io/default-"
               "container\":\"app\"},\"ownerReferences\":[{\"kind\":\"Other\",\"name\":\"x\"},{"
               "\"kind\":\"ReplicaSet\",\"name\":\"web-5\",\"controller\":true}]},\"spec\":{"
               "\"volumes\":[{\"name\":\"a\",\"emptyDir\":{}}],\"containers\":[{\"name\":\"proxy\""
               ",\"ports\":[{\"containerPort\":9901}]},{\"name\":\"app\",\"ports\":[{"
               "\"containerPort\":8080}]}]},\"status\":{\"phase\":\"Running\"}}");
    assert_string_equal(f.uid, "u1");
    assert_string_equal(f.owner, "ReplicaSet web-5");
    assert_int_equal(f.container_count, 2);
    assert_string_equal(f.containers[0], "app"); /* the one that is meant comes first */
    assert_int_equal(f.port_count, 2);
    assert_true(f.scratch && f.running && !f.daemon && !f.finished && !f.mirror);
    assert_int_equal(f.replicas, -1);
    read_facts(
        &f, "{\"metadata\":{\"annotations\":{\"kubernetes.io/config.mirror\":\"x\"},"
            "\"deletionTimestamp\":\"2021-08-27T13:00:00Z\"},\"status\":{\"phase\":\"Failed\"}}");
    assert_true(f.mirror && f.finished && f.leaving && !f.running);
    read_facts(&f, "{\"metadata\":7,\"spec\":[],\"status\":null}");
    assert_string_equal(f.uid, "");
}

static void questions_name_cluster_kind_and_object(void **state)
{
    struct operation_facts f = {.replicas = 4,
                                .owner = "ReplicaSet web-5",
                                .container_count = 2,
                                .containers = {"app", "proxy"}};
    struct drain_plan plan = {.evict = 12,
                              .stay = 3,
                              .alone = 1,
                              .scratch = 2,
                              .alone_names = "shop/alone",
                              .scratch_names = "shop/a, shop/b"};
    (void)state;
    assert_string_equal(
        ask(OPERATION_DELETE, "pods", "", &f, NULL),
        "Delete pod shop/web of cluster prod? Its controller, ReplicaSet web-5, may "
        "make another one.");
    assert_string_equal(ask(OPERATION_DELETE, "namespaces", "", &f, NULL),
                        "Delete namespace web of cluster prod? EVERYTHING in it goes with it.");
    assert_string_equal(
        ask(OPERATION_SCALE, "deployments", " 0 ", &f, NULL),
        "Scale deployment shop/web of cluster prod from 4 to 0 replicas? All of its "
        "pods end.");
    assert_string_equal(ask(OPERATION_SHELL, "pods", "proxy", &f, NULL),
                        "Open a shell in container proxy of pod shop/web of cluster prod?");
    assert_string_equal(ask(OPERATION_FORWARD, "pods", "9090:80", &f, NULL),
                        "Forward 127.0.0.1:9090 to port 80 of pod shop/web of cluster prod?");
    assert_string_equal(
        ask(OPERATION_DRAIN, "nodes", "", &f, &plan),
        "Drain node web of cluster prod? It is cordoned, and 12 pods are evicted; 3 "
        "of daemon sets or static ones stay. 1 without a controller is LOST for "
        "good: shop/alone. emptyDir data of 2 is LOST: shop/a, shop/b.");
    f.owner[0] = '\0';
    assert_non_null(strstr(ask(OPERATION_DELETE, "pods", "", &f, NULL), "Nothing makes it again."));
}

static void what_is_typed_is_checked(void **state)
{
    struct operation_facts f = {.container_count = 1, .containers = {"app"}};
    static const char *const bad[] = {"", "many", "-1", "1.5", "100001", "3 4"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_string_equal(ask(OPERATION_SCALE, "deployments", bad[i], &f, NULL), "?");
    assert_string_equal(ask(OPERATION_SHELL, "pods", "nosuch", &f, NULL), "?");
    assert_string_not_equal(ask(OPERATION_SHELL, "pods", "", &f, NULL), "?");
    assert_string_equal(ask(OPERATION_FORWARD, "pods", "x:80", &f, NULL), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_gets_what_fits),
        cmocka_unit_test(facts_of_a_pod),
        cmocka_unit_test(questions_name_cluster_kind_and_object),
        cmocka_unit_test(what_is_typed_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
