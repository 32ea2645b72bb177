#include "kube/pod_containers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"

static void read_text(struct pod_parts *c, const char *text)
{
    struct json_doc *doc = json_doc_new();
    const struct json *pod = json_parse(doc, text, strlen(text), NULL);
    assert_non_null(pod);
    pod_containers_read(c, pod);
    json_doc_free(doc);
}

static void in_the_order_in_which_they_run(void **state)
{
    struct pod_parts *c = calloc(1, sizeof *c);
    (void)state;
    read_text(c, "{\"spec\":{\"containers\":[{\"name\":\"app\"},{\"name\":\"proxy\"}],"
                 "\"initContainers\":[{\"name\":\"wait\"}],"
                 "\"ephemeralContainers\":[{\"name\":\"debug\"}]},"
                 "\"status\":{\"containerStatuses\":[{\"name\":\"proxy\",\"restartCount\":3,"
                 "\"state\":{\"waiting\":{\"reason\":\"CrashLoopBackOff\"}}},{\"name\":\"app\","
                 "\"state\":{\"running\":{}}}],\"initContainerStatuses\":[{\"name\":\"wait\","
                 "\"state\":{\"terminated\":{\"reason\":\"Completed\"}}}]}}");
    assert_int_equal(c->count, 4);
    assert_string_equal(c->list[0].name, "wait");
    assert_string_equal(c->list[0].role, "init");
    assert_string_equal(c->list[0].state, "Completed");
    assert_string_equal(c->list[1].name, "app");
    assert_string_equal(c->list[1].state, "running");
    assert_string_equal(c->list[2].state, "CrashLoopBackOff");
    assert_int_equal(c->list[2].restarts, 3);
    assert_string_equal(c->list[3].role, "ephemeral");
    assert_string_equal(c->list[3].state, "");
    free(c);
}

static void odd_pods(void **state)
{
    struct pod_parts *c = calloc(1, sizeof *c);
    struct buf many;
    (void)state;
    read_text(c, "{}");
    assert_int_equal(c->count, 0);
    read_text(c, "{\"spec\":{\"containers\":[{},{\"name\":7},null,{\"name\":\"\"}]},\"status\":3}");
    assert_int_equal(c->count, 0);
    buf_init(&many, 1 << 20);
    buf_adds(&many, "{\"spec\":{\"containers\":[{\"name\":\"a\"}");
    for (int i = 0; i < POD_PARTS_MOST + 5; i++)
        buf_adds(&many, ",{\"name\":\"a\"}");
    buf_adds(&many, "]}}");
    read_text(c, buf_text(&many));
    assert_int_equal(c->count, POD_PARTS_MOST);
    buf_free(&many);
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(in_the_order_in_which_they_run),
                                       cmocka_unit_test(odd_pods)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
