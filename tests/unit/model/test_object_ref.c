#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/object_ref.h"

static const struct kind pods = {.name = "pods", .api = "/api/v1", .namespaced = true};
static const struct kind deployments = {.name = "deployments", .api = "/apis/apps/v1"};

static void test_row(void **state)
{
    (void)state;
    static const char uid[] = "01234567-89ab-cdef-0123-456789abcdef";
    struct object_ref ref, other;
    struct objects *t = objects_new(&pods);
    struct object *o = objects_new_row(t, str_of("shop"), str_of("web-1"));
    assert_true(object_ref_of(&ref, &pods, o));
    assert_string_equal(ref.uid, "");
    object_set_uid(o, uid);
    assert_true(object_ref_of(&ref, &pods, o));
    assert_string_equal(ref.kind, "pods");
    assert_string_equal(ref.namespace_, "shop");
    assert_string_equal(ref.name, "web-1");
    assert_string_equal(ref.uid, uid);
    assert_true(object_ref_of(&other, &deployments, o));
    assert_string_equal(other.kind, "deployments.apps");
    assert_false(object_ref_same(&ref, &other));
    assert_true(object_ref_set(&other, "pods", "shop", "web-1", ""));
    assert_true(object_ref_same(&ref, &other));
    objects_discard(t, o);
    objects_free(t);
}

static void test_no_uuid(void **state)
{
    (void)state;
    static const char *const odd[] = {
        "",
        "x",
        "01234567-89ab-cdef-0123-456789abcde",
        "01234567-89ab-cdef-0123-456789abcdef0",
        "0123456789abcdef0123456789abcdef0123",
        "01234567-89AB-cdef-0123-456789abcdef",
        "01234567-89ab-cdef-0123456789abcdef-0",
    };
    char text[OBJECT_UID_TEXT];
    struct objects *t = objects_new(&pods);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        struct object *o = objects_new_row(t, str_of(""), str_of("x"));
        object_set_uid(o, odd[i]);
        assert_string_equal(object_uid_text(o, text), "");
        objects_discard(t, o);
    }
    objects_free(t);
}

static void test_too_long(void **state)
{
    (void)state;
    struct object_ref ref;
    char name[OBJECT_REF_NAME + 1];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_false(object_ref_set(&ref, "pods", "", name, ""));
    name[OBJECT_REF_NAME - 1] = '\0';
    assert_true(object_ref_set(&ref, "pods", "", name, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row),
        cmocka_unit_test(test_no_uuid),
        cmocka_unit_test(test_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
