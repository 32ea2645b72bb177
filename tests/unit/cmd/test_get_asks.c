/* What is asked for, in each of the forms that kubectl takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cmd/get_asks.h"
#include "model/object.h"

enum { WORDS = 8 };

/* "pods/web nodes/n1", or what is wrong. */
static void reads(const char *const words[WORDS], const char *expected)
{
    struct get_asks asks;
    struct err err = {0};
    char text[512] = "";
    size_t n = 0, count = 0;
    while (count < WORDS && words[count])
        count++;
    bool ok = get_asks_read(&asks, words, count, &err);
    for (size_t i = 0; ok && i < asks.count; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s%s%s", i ? " " : "",
                              asks.list[i].word, asks.list[i].name ? "/" : "",
                              asks.list[i].name ? asks.list[i].name : "");
    assert_string_equal(ok ? text : err.what, expected);
    assert_true(ok || err.kind == ERR_USAGE);
    get_asks_free(&asks);
}

static void every_form(void **state)
{
    static const struct {
        const char *words[WORDS];
        const char *expected;
    } cases[] = {
        {{"pods"}, "pods"},
        {{"pods", "web"}, "pods/web"},
        {{"pods", "web", "api"}, "pods/web pods/api"},
        {{"pods,nodes"}, "pods nodes"},
        {{"svc,deploy", "web"}, "svc/web deploy/web"},
        {{"pod/web"}, "pod/web"},
        {{"pod/web", "pod/api"}, "pod/web pod/api"},
        {{"pod/web", "node/n1"}, "pod/web node/n1"},
        {{NULL}, "it takes a resource and perhaps a name"},
        {{""}, "it takes a resource and perhaps a name"},
        {{"pods,,nodes"}, "a resource or a name is missing"},
        {{"pod/"}, "a resource or a name is missing"},
        {{"/web"}, "a resource or a name is missing"},
        {{"pods", ""}, "a resource or a name is missing"},
        {{"pod/web", "api"}, "a resource and names, or each with its resource"},
        {{"pods", "node/n1"}, "a resource and names, or each with its resource"},
        {{"secrets"}, "kubeboard never lists, watches or shows Secrets"},
        {{"pods,secrets"}, "kubeboard never lists, watches or shows Secrets"},
        {{"pod/web", "secret/x"}, "kubeboard never lists, watches or shows Secrets"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        reads(cases[i].words, cases[i].expected);
}

/* "all" became two resources, in its place. */
static void one_that_stands_for_several(void **state)
{
    static const struct kind pods = {.name = "pods", .api = "/api/v1"},
                             jobs = {.name = "jobs", .api = "/apis/batch/v1"};
    const struct kind *const two[] = {&pods, &jobs}, *many[GET_ASKS_MOST];
    const char *const arguments[] = {"nodes,all,ns", "x"};
    struct get_asks asks;
    struct err err;
    (void)state;
    assert_true(get_asks_read(&asks, arguments, 2, &err));
    assert_true(get_asks_expand(&asks, 1, two, 2));
    assert_int_equal(asks.count, 4);
    assert_string_equal(asks.list[0].word, "nodes");
    assert_string_equal(asks.list[1].word, "pods.v1.");
    assert_string_equal(asks.list[2].word, "jobs.v1.batch");
    assert_string_equal(asks.list[3].word, "ns");
    assert_string_equal(asks.list[2].name, "x");
    for (size_t i = 0; i < GET_ASKS_MOST; i++)
        many[i] = &pods;
    assert_false(get_asks_expand(&asks, 0, many, GET_ASKS_MOST));
    assert_false(get_asks_expand(&asks, 0, many, 0));
    assert_int_equal(asks.count, 4);
    get_asks_free(&asks);
}

static void not_without_end(void **state)
{
    static char words[2 * GET_ASKS_MOST + 4];
    const char *arguments[WORDS] = {words};
    (void)state;
    for (size_t i = 0; i <= GET_ASKS_MOST; i++)
        memcpy(words + 2 * i, "a,", 3);
    reads(arguments, "more than 256 are asked for");
}

/* "pods,po,nodes": the second asks for what the first asks for. */
static void the_same_by_another_name(void **state)
{
    static const char *const words[] = {"pods,po,nodes", "a", "a"};
    static const struct kind pods = {.name = "pods"}, nodes = {.name = "nodes"};
    struct get_asks asks;
    struct err err = {0};
    (void)state;
    assert_true(get_asks_read(&asks, words, 2, &err));
    assert_true(get_asks_found(&asks, 0, &pods));
    assert_false(get_asks_found(&asks, 1, &pods));
    assert_int_equal(asks.count, 2);
    assert_string_equal(asks.list[1].word, "nodes");
    assert_true(get_asks_found(&asks, 1, &nodes));
    assert_true(get_asks_mixed(&asks));
    get_asks_free(&asks);
    /* Two names are two questions, of one kind. */
    assert_true(get_asks_read(&asks, (const char *const[]){"pods", "a", "b"}, 3, &err));
    assert_true(get_asks_found(&asks, 0, &pods));
    assert_true(get_asks_found(&asks, 1, &pods));
    assert_false(get_asks_mixed(&asks));
    get_asks_free(&asks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form), cmocka_unit_test(one_that_stands_for_several),
        cmocka_unit_test(not_without_end), cmocka_unit_test(the_same_by_another_name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
