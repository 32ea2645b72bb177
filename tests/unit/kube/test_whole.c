#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "kube/json_cut.h"
#include "kube/whole.h"

static const struct kind deployments = {
    .name = "deployments", .api = "/apis/apps/v1", .object_kind = "Deployment"};

static void check(const char *json, const char *expected)
{
    struct buf out;
    buf_init(&out, 65536);
    struct str whole = whole_object(&out, &deployments, str_of(json), false);
    if (!str_is(whole, expected))
        fail_msg("%s\ngives    %.*s\nexpected %s", json, (int)whole.n, whole.p, expected);
    buf_free(&out);
}

static void items_get_their_kind(void **state)
{
    (void)state;
    check("{\"metadata\":{\"name\":\"a\"}}",
          "{\"kind\":\"Deployment\",\"apiVersion\":\"apps/v1\",\"metadata\":{\"name\":\"a\"}}");
    check("{\"kind\":\"X\",\"apiVersion\":\"v9\",\"a\":1}",
          "{\"kind\":\"X\",\"apiVersion\":\"v9\",\"a\":1}");
    check("{\"apiVersion\":\"v9\",\"kind\":\"X\"}", "{\"apiVersion\":\"v9\",\"kind\":\"X\"}");
    check("{}", "{\"kind\":\"Deployment\",\"apiVersion\":\"apps/v1\"}");
    check(" { } ", "{\"kind\":\"Deployment\",\"apiVersion\":\"apps/v1\" }");
    /* A kind deeper inside is not the object's. */
    check("{\"spec\":{\"kind\":\"X\"}}",
          "{\"kind\":\"Deployment\",\"apiVersion\":\"apps/v1\",\"spec\":{\"kind\":\"X\"}}");
    assert_string_equal(whole_version(&deployments), "apps/v1");
    assert_string_equal(whole_version(&(struct kind){.api = "/api/v1"}), "v1");
}

static void managed_fields_are_hidden(void **state)
{
    (void)state;
    check(
        "{\"kind\":\"X\",\"metadata\":{\"name\":\"a\",\"managedFields\":[{\"f\":\"]}\"}],\"uid\":"
        "\"u\"},\"s\":12345678901234567890}",
        "{\"kind\":\"X\",\"metadata\":{\"name\":\"a\",\"uid\":\"u\"},\"s\":12345678901234567890}");
    check("{\"kind\":\"X\",\"metadata\":{\"name\":\"a\",\"managedFields\":[]}}",
          "{\"kind\":\"X\",\"metadata\":{\"name\":\"a\"}}");
    check("{\"kind\":\"X\",\"metadata\":{\"managedFields\":null,\"name\":\"a\"}}",
          "{\"kind\":\"X\",\"metadata\":{\"name\":\"a\"}}");
    check("{\"kind\":\"X\",\"metadata\":{\"managedFields\":[]}}",
          "{\"kind\":\"X\",\"metadata\":{}}");
    check("{\"kind\":\"X\",\"spec\":{\"managedFields\":[1]}}",
          "{\"kind\":\"X\",\"spec\":{\"managedFields\":[1]}}");
}

static void check_cut(const char *json, const char *name, const char *value, const char *member)
{
    struct json_cut cut;
    bool found = json_cut_find(str_of(json), name, &cut);
    if (!value) {
        assert_false(found);
        return;
    }
    assert_true(found);
    if (!str_is(cut.value, value) || !str_is(cut.member, member))
        fail_msg("%s: '%.*s' '%.*s'", json, (int)cut.value.n, cut.value.p, (int)cut.member.n,
                 cut.member.p);
}

static void members_as_text(void **state)
{
    (void)state;
    check_cut("{\"a\":1,\"b\":-2.5e3,\"c\":null}", "b", "-2.5e3", "\"b\":-2.5e3,");
    check_cut("{\"a\":1,\"b\":-2.5e3,\"c\":null}", "c", "null", ",\"c\":null");
    check_cut("{\"a\" : \"x\\\"}\" , \"b\" : [ {} , \"]\" ] }", "a", "\"x\\\"}\"",
              "\"a\" : \"x\\\"}\" ,");
    check_cut("{\"a\" : \"x\\\"}\" , \"b\" : [ {} , \"]\" ] }", "b", "[ {} , \"]\" ]",
              ", \"b\" : [ {} , \"]\" ]");
    check_cut("{\"a\":{\"b\":1}}", "b", NULL, NULL);
    check_cut("[{\"a\":1}]", "a", NULL, NULL);
    check_cut("", "a", NULL, NULL);
}

/* Cut anywhere, or with any byte replaced: never a byte outside (the sanitizers look on). */
static void broken_text(void **state)
{
    static const char json[] =
        "{\"kind\":\"X\\u0041\",\"metadata\":{\"name\":\"a\\\\\",\"managedFields\":[{\"f\":\"]}\"},"
        "1,null],\"uid\":\"u\"},\"s\":[[]]}";
    static const char bytes[] = "{}[]\",:\\ 7";
    size_t n = sizeof json - 1;
    (void)state;
    for (size_t cut = 0; cut <= n; cut++) {
        char *tight = mem_alloc(cut ? cut : 1); /* exactly so large: a byte too far is seen */
        struct buf out;
        buf_init(&out, 65536);
        memcpy(tight, json, cut);
        whole_object(&out, &deployments, (struct str){tight, cut}, false);
        for (size_t i = 0; cut && i < sizeof bytes - 1; i++) {
            tight[cut - 1] = bytes[i];
            whole_object(&out, &deployments, (struct str){tight, cut}, false);
        }
        free(tight);
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_get_their_kind),
        cmocka_unit_test(managed_fields_are_hidden),
        cmocka_unit_test(members_as_text),
        cmocka_unit_test(broken_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
