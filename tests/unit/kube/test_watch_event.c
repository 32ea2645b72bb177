#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/json.h"
#include "kube/watch_event.h"

static void check_object(const char *event, const char *object)
{
    struct str found = watch_event_object(str_of(event));
    if (!str_is(found, object))
        fail_msg("%s gives '%.*s'", event, (int)found.n, found.p);
}

static void the_text_of_the_object(void **state)
{
    (void)state;
    check_object("{\"type\":\"ADDED\",\"object\":{\"a\":\"}\\\"\",\"b\":[1,{}]}}",
                 "{\"a\":\"}\\\"\",\"b\":[1,{}]}");
    check_object("{\"object\":{\"x\":1},\"type\":\"ADDED\"}", "{\"x\":1}");
    check_object(" { \"type\" : \"ADDED\" , \"object\" : {\"object\":2} } ", "{\"object\":2}");
    check_object("{\"other\":{\"object\":1},\"list\":[\"object\"],\"object\":{}}", "{}");
    check_object("{\"object\":null}", "null");
    check_object("{\"object\":\"text\"}", "\"text\"");
    check_object("{\"type\":\"object\"}", "");
    check_object("", "");
    check_object("{\"object", "");
    check_object("{\"object\":{\"cut", "{\"cut");
    check_object("\"\\", "");
}

static struct watch_event_read read_event(struct json_doc *doc, const char *text)
{
    struct watch_event_read e;
    struct err err;
    watch_event_read(&e, json_parse(doc, text, strlen(text), &err));
    return e;
}

static void what_an_event_says(void **state)
{
    (void)state;
    struct json_doc *doc = json_doc_new();
    struct watch_event_read e = read_event(
        doc, "{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{\"resourceVersion\":\"5\"}}}");
    assert_false(e.deleted || e.bookmark || e.error);
    assert_string_equal(e.version, "5");
    e = read_event(doc, "{\"type\":\"DELETED\",\"object\":{\"kind\":\"Table\",\"metadata\":{},"
                        "\"rows\":[{\"object\":{\"metadata\":{\"resourceVersion\":\"6\"}}}]}}");
    assert_true(e.deleted);
    assert_string_equal(e.version, "6");
    e = read_event(doc, "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":"
                        "\"7\",\"creationTimestamp\":null}}}");
    assert_true(e.bookmark);
    assert_string_equal(e.version, "7");
    e = read_event(doc, "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410}}");
    assert_true(e.error);
    assert_string_equal(e.version, "");
    e = read_event(doc, "[]");
    assert_null(e.object);
    assert_string_equal(e.version, "");
    json_doc_free(doc);
}

static bool holds(char **list, const char *path)
{
    for (; *list; list++)
        if (strcmp(*list, path) == 0)
            return true;
    return false;
}

static void paths_of_a_row_below_the_object(void **state)
{
    static const char *const keep[] = {"metadata.name", "status.phase", NULL};
    (void)state;
    char **list = watch_event_keep(keep, false);
    assert_true(holds(list, "type"));
    assert_true(holds(list, "object.status.phase"));
    assert_true(holds(list, "object.metadata.resourceVersion"));
    assert_true(holds(list, "object.code"));
    watch_event_free_keep(list);
    list = watch_event_keep(keep, true);
    assert_true(holds(list, "object.rows.metadata.name"));
    assert_true(holds(list, "object.metadata.resourceVersion"));
    watch_event_free_keep(list);
    watch_event_free_keep(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_of_the_object),
        cmocka_unit_test(what_an_event_says),
        cmocka_unit_test(paths_of_a_row_below_the_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
