#include "model/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"

#define NOW INT64_C(1630072032000000000) /* 2021-08-27T13:47:12Z */

static struct address full(void)
{
    struct address a = {0};
    struct scope *s = &a.scope;
    str_copy(s->cluster, sizeof s->cluster, "prod-seoul");
    str_copy(s->namespace_, sizeof s->namespace_, "shop");
    str_copy(s->node, sizeof s->node, "ip-10-0-1-23.ec2.internal");
    str_copy(s->workload, sizeof s->workload, "Deployment/web");
    str_copy(s->workload_namespace, sizeof s->workload_namespace, "shop");
    str_copy(s->pod, sizeof s->pod, "web-7d9f8c6b5-bfx2k");
    str_copy(s->pod_namespace, sizeof s->pod_namespace, "shop");
    str_copy(s->container, sizeof s->container, "web");
    str_copy(s->group, sizeof s->group, "0123456789abcdef");
    str_copy(s->rule, sizeof s->rule, "gateway-5xx");
    s->from = NOW - 10 * CLOCK_MINUTE;
    s->to = s->at = NOW + 123456789;
    str_copy(a.query, sizeof a.query, "{namespace=\"상점\"} |~ `a+b% /'\\d` != \"x\"");
    str_copy(a.graph, sizeof a.graph, "sum(rate(http_total[5m])) / 2");
    a.promql = true;
    str_copy(a.pane, sizeof a.pane, "logs");
    str_copy(a.filter, sizeof a.filter, "!level=info");
    return a;
}

static char *written(const struct address *a)
{
    struct buf out;
    buf_init(&out, ADDRESS_MOST);
    address_write(a, &out);
    assert_false(out.over);
    return buf_take(&out, NULL);
}

static void expect_same(const struct address *a, const char *text)
{
    struct address *b = mem_alloc(sizeof *b);
    struct err err = {0};
    if (!address_read(str_of(text), b, &err))
        print_message("%s: %s\n", text, err.what);
    assert_int_equal(err.kind, ERR_NONE);
    assert_string_equal(a->scope.cluster, b->scope.cluster);
    assert_string_equal(a->scope.namespace_, b->scope.namespace_);
    assert_string_equal(a->scope.node, b->scope.node);
    assert_string_equal(a->scope.workload, b->scope.workload);
    assert_string_equal(a->scope.workload_namespace, b->scope.workload_namespace);
    assert_string_equal(a->scope.pod, b->scope.pod);
    assert_string_equal(a->scope.pod_namespace, b->scope.pod_namespace);
    assert_string_equal(a->scope.container, b->scope.container);
    assert_string_equal(a->scope.group, b->scope.group);
    assert_string_equal(a->scope.rule, b->scope.rule);
    assert_int_equal(a->scope.at, b->scope.at);
    if (a->scope.at) {
        assert_int_equal(a->scope.from, b->scope.from);
        assert_int_equal(a->scope.to, b->scope.to);
    }
    assert_string_equal(a->query, b->query);
    assert_string_equal(a->graph, b->graph);
    assert_int_equal(a->promql, b->promql);
    assert_string_equal(a->pane, b->pane);
    assert_string_equal(a->filter, b->filter);
    free(b);
}

static void a_view_comes_back(void **state)
{
    (void)state;
    struct address a = full(), live = {0};
    char *text = written(&a);
    expect_same(&a, text);
    for (const char *c = text; *c; c++) /* no quotes needed in a shell, nothing more in a URL */
        assert_true(isalnum((unsigned char)*c) || strchr("-._~:,=+/%", *c));
    char *quoted = mem_printf("  '%s'\n", text);
    expect_same(&a, quoted);
    free(quoted);
    free(text);
    str_copy(live.scope.cluster, sizeof live.scope.cluster, "a");
    text = written(&live);
    expect_same(&live, text);
    assert_string_equal(text, "kb1/a/c67ea705"); /* for ever the same */
    free(text);
}

static void expect_refused(const char *text, const char *words)
{
    struct address *b = mem_alloc(sizeof *b);
    struct err err = {0};
    assert_false(address_read(str_of(text), b, &err));
    assert_int_equal(err.kind, ERR_USAGE);
    if (!strstr(err.what, words))
        print_message("%s: %s\n", text, err.what);
    assert_non_null(strstr(err.what, words));
    assert_null(strchr(err.what, '\n'));
    free(b);
}

static void what_is_none_is_refused(void **state)
{
    (void)state;
    struct address a = full();
    char *text = written(&a);
    size_t n = strlen(text);
    expect_refused("", "no address");
    expect_refused("https://example.com/", "no address");
    expect_refused("kb", "no address");
    expect_refused("kbx/a/00000000", "no address");
    expect_refused("kb2/a/00000000", "newer kubeboard (version 2");
    expect_refused("kb1/a", "cut off");
    expect_refused("kb1/a/zzzzzzzz", "cut off");
    for (size_t i = 4; i < n; i++) { /* cut anywhere */
        char *cut = mem_dup_n(text, i);
        expect_refused(cut, "cut off");
        free(cut);
    }
    for (size_t i = 4; i + 9 < n; i += 3) { /* changed anywhere */
        char *changed = mem_dup(text);
        changed[i] = changed[i] == 'x' ? 'y' : 'x';
        expect_refused(changed, "cut off");
        free(changed);
    }
    free(text);
}

/* Bytes that steer a terminal, too long names, bad times: with a right check all the same. */
static void hostile_members_are_refused(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "kb1/",
        "kb1/%00",
        "kb1/a%1B%5B31m",
        "kb1/a/n=%FF%FE",
        "kb1/a/n=%4",
        "kb1/a/n=%zz",
        "kb1/a/n=a b",
        "kb1/a/p=nocolon",
        "kb1/a/t=1,2",
        "kb1/a/t=2021-08-27T13:00:00Z,2021-08-27T12:00:00Z",
        "kb1/a/x",
        "kb1/a//",
        "kb1/a/g=0123456789abcdef0",
        "kb1/a/v=%0a",
        "kb1/a/n=\x1b",
    };
    struct address *read = mem_alloc(sizeof *read);
    struct err err;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct buf b;
        buf_init(&b, 1000);
        buf_adds(&b, bodies[i]);
        address_check(&b);
        assert_false(address_read(buf_str(&b), read, &err));
        assert_int_equal(err.kind, ERR_USAGE);
        buf_free(&b);
    }
    struct buf later;
    buf_init(&later, 1000);
    buf_adds(&later, "kb1/a/Z=of+a+later+version/n=shop");
    address_check(&later);
    assert_true(address_read(buf_str(&later), read, &err)); /* what it adds is passed over */
    assert_string_equal(read->scope.namespace_, "shop");
    buf_free(&later);
    char *long_text = mem_alloc(ADDRESS_MOST + 2);
    memset(long_text, 'a', ADDRESS_MOST + 1);
    memcpy(long_text, "kb1/", 4);
    assert_false(address_read(str_of(long_text), read, &err));
    free(long_text);
    uint32_t seed = 7;
    for (int round = 0; round < 20000; round++) {
        char noise[64];
        size_t n = 0;
        for (; n < 40; n++) {
            seed = seed * 1664525 + 1013904223;
            noise[n] = "kb1/=%+:,acnptqvf0\xff\x1b"[(seed >> 8) % 20];
        }
        struct buf b;
        buf_init(&b, 200);
        buf_adds(&b, "kb1/a/");
        buf_add(&b, noise, n);
        address_check(&b);
        if (address_read(buf_str(&b), read, &err))
            assert_true(utf8_valid(str_of(read->query)));
        buf_free(&b);
    }
    free(read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_view_comes_back),
        cmocka_unit_test(what_is_none_is_refused),
        cmocka_unit_test(hostile_members_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
