/* Leader election and access reviews: a Lease kept by the rules of the API server, and its recorded answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/access/review.h"
#include "kube/lease.h"
#include "tests/wire/kube_bench.h"

struct test {
    struct kube_bench *bench;
    /* the server's lease */
    char *spec; /* NULL: there is none */
    int version;
    int status; /* answers everything with it; 0: by the rules */
    int writes, conflicts;
    const char *recording;
    size_t recorded;
    /* what the electors said */
    struct lease *a, *b;
    bool a_held, b_held;
    char a_sees[64], b_sees[64];
    int a_told, b_told;
    struct err a_err;
    bool released;
    /* the review */
    bool done, allowed;
    char reason[256], body[1024];
    struct err err;
};

/* Exactly six decimals, or the server refuses it: "cannot be handled as a Lease". */
static bool is_micro_time(const char *text)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd.ddddddZ";
    for (size_t i = 0; i < sizeof shape; i++)
        if (shape[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != shape[i])
            return false;
    return true;
}

static void reply_lease(struct test *t, struct server_request *r, int status)
{
    char *text = mem_printf("{\"kind\":\"Lease\",\"apiVersion\":\"coordination.k8s.io/"
                            "v1\",\"metadata\":{\"name\":\"kubeboard\",\"namespace\":\"shop\","
                            "\"resourceVersion\":\"%d\"},\"spec\":%s}",
                            t->version, t->spec);
    server_reply(r, status, "application/json", NULL, str_of(text));
    free(text);
}

static void write_lease(struct test *t, struct server_request *r, const struct json *lease,
                        bool create)
{
    const char *version = json_string(lease, "metadata.resourceVersion", "");
    assert_string_equal(json_string(lease, "apiVersion", ""), "coordination.k8s.io/v1");
    assert_true(is_micro_time(json_string(lease, "spec.renewTime", "")));
    assert_true(is_micro_time(json_string(lease, "spec.acquireTime", "")));
    char now[16];
    snprintf(now, sizeof now, "%d", t->version);
    if (create ? t->spec != NULL : strcmp(version, now) != 0) {
        t->conflicts++;
        kube_bench_replay(r, "v1.20/lease-leader-election.http", create ? 2 : 4);
        return;
    }
    struct buf spec;
    buf_init(&spec, 4096);
    json_out_json(&(struct json_out){.b = &spec}, NULL, json_member(lease, "spec"));
    free(t->spec);
    t->spec = buf_take(&spec, NULL);
    t->version++;
    t->writes++;
    reply_lease(t, r, create ? 201 : 200);
}

static void handle(void *context, struct server_request *r)
{
    struct test *t = context;
    struct str body = server_body(r);
    struct json_doc *doc = json_doc_new();
    struct err err;
    snprintf(t->body, sizeof t->body, "%.*s", (int)body.n, body.n ? body.p : "");
    if (t->recording)
        kube_bench_replay(r, t->recording, t->recorded);
    else if (t->status)
        server_reply(r, t->status, "text/plain", NULL, str_of("no"));
    else if (strcmp(server_method(r), "POST") == 0)
        write_lease(t, r, json_parse(doc, body.p, body.n, &err), true);
    else if (strcmp(server_method(r), "PUT") == 0)
        write_lease(t, r, json_parse(doc, body.p, body.n, &err), false);
    else if (!t->spec)
        kube_bench_replay(r, "v1.20/not-found.http", 0);
    else
        reply_lease(t, r, 200);
    json_doc_free(doc);
}

static void a_changed(void *context, bool held, const char *holder, const struct err *err)
{
    struct test *t = context;
    t->a_held = held;
    t->a_told++;
    t->a_err = *err;
    str_copy(t->a_sees, sizeof t->a_sees, holder);
}

static void b_changed(void *context, bool held, const char *holder, const struct err *err)
{
    struct test *t = context;
    (void)err;
    t->b_held = held;
    t->b_told++;
    str_copy(t->b_sees, sizeof t->b_sees, holder);
}

static void on_released(void *context)
{
    ((struct test *)context)->released = true;
}

static struct lease *elect(struct test *t, const char *holder, int seconds)
{
    bool a = strcmp(holder, "a") == 0;
    return lease_new(t->bench->client, &(struct lease_conf){.namespace_ = "shop",
                                                            .name = "kubeboard",
                                                            .holder = holder,
                                                            .seconds = seconds,
                                                            .context = t,
                                                            .changed = a ? a_changed : b_changed});
}

static int set_up(void **state)
{
    struct test *t = mem_alloc(sizeof *t);
    t->bench = kube_bench_new(t, handle);
    t->version = 100;
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct test *t = *state;
    lease_free(t->a);
    lease_free(t->b);
    kube_bench_free(t->bench);
    free(t->spec);
    free(t);
    return 0;
}

static void one_of_two_holds_it(void **state)
{
    struct test *t = *state;
    t->a = elect(t, "a", 3);
    assert_true(kube_bench_until(t->bench, &t->a_held, 2000));
    assert_string_equal(t->a_sees, "a");
    assert_true(lease_held(t->a));
    t->b = elect(t, "b", 3);
    kube_bench_wait(t->bench, 4000); /* longer than the duration: it is renewed all the time */
    assert_true(lease_held(t->a));
    assert_false(t->b_held);
    assert_string_equal(t->b_sees, "a");
    assert_true(t->writes >= 4);
    assert_int_equal(t->a_told, 1);
    assert_int_equal(t->b_told, 1);
    assert_non_null(strstr(t->spec, "\"leaseTransitions\":0"));
}

/* The holder dies without a word: the other waits a whole duration by its own clock, whatever the times in the lease say. */
static void a_dead_holder_is_succeeded(void **state)
{
    struct test *t = *state;
    t->spec = mem_dup(
        "{\"holderIdentity\":\"a\",\"leaseDurationSeconds\":2,\"acquireTime\":\"1999-01-01T00:00:"
        "00.000000Z\",\"renewTime\":\"1999-01-01T00:00:00.000000Z\",\"leaseTransitions\":4}");
    int64_t begun = clock_monotonic();
    t->b = elect(t, "b", 2);
    assert_true(kube_bench_until(t->bench, &t->b_held, 6000));
    int64_t took = clock_monotonic() - begun;
    assert_true(took >= 2 * CLOCK_SECOND && took < 4 * CLOCK_SECOND);
    assert_non_null(strstr(t->spec, "\"leaseTransitions\":5"));
    assert_non_null(strstr(t->spec, "\"holderIdentity\":\"b\""));
}

/* The server is away: the holder must not think that it holds on when another may take over. */
static void a_holder_that_cannot_renew(void **state)
{
    struct test *t = *state;
    t->a = elect(t, "a", 2);
    assert_true(kube_bench_until(t->bench, &t->a_held, 2000));
    int64_t lost = clock_monotonic();
    t->status = 500;
    while (lease_held(t->a) && clock_monotonic() - lost < 5 * CLOCK_SECOND)
        kube_bench_wait(t->bench, 20);
    assert_true(clock_monotonic() - lost < 1500 * CLOCK_MS);
    kube_bench_wait(t->bench, 1000);
    assert_false(t->a_held);
    assert_int_equal(t->a_err.kind, ERR_AWAY);
    t->status = 0;
    assert_true(kube_bench_until(t->bench, &t->a_held, 5000)); /* it is still its own */
    assert_int_equal(t->a_err.kind, ERR_NONE);
}

/* Another took the lease while we slept: our renewal is a conflict, and we are no holder. */
static void a_holder_that_was_succeeded(void **state)
{
    struct test *t = *state;
    t->a = elect(t, "a", 2);
    assert_true(kube_bench_until(t->bench, &t->a_held, 2000));
    free(t->spec);
    t->spec =
        mem_dup("{\"holderIdentity\":\"c\",\"leaseDurationSeconds\":60,\"leaseTransitions\":1}");
    t->version = 200;
    for (int i = 0; i < 300 && t->a_held; i++)
        kube_bench_wait(t->bench, 10);
    assert_false(lease_held(t->a));
    assert_int_equal(t->conflicts, 1);
    for (int i = 0; i < 300 && strcmp(t->a_sees, "c") != 0; i++)
        kube_bench_wait(t->bench, 10);
    assert_string_equal(t->a_sees, "c");
    assert_false(t->a_held);
}

static void given_back_it_is_free_at_once(void **state)
{
    struct test *t = *state;
    t->a = elect(t, "a", 30);
    assert_true(kube_bench_until(t->bench, &t->a_held, 2000));
    lease_release(t->a, on_released);
    assert_false(t->released);
    assert_false(lease_held(t->a));
    assert_true(kube_bench_until(t->bench, &t->released, 2000));
    assert_non_null(strstr(t->spec, "\"holderIdentity\":\"\""));
    t->b = elect(t, "b", 30);
    assert_true(kube_bench_until(t->bench, &t->b_held, 2000));
    /* Not held: nothing to give back, but told. */
    t->released = false;
    lease_release(t->a, on_released);
    assert_true(kube_bench_until(t->bench, &t->released, 2000));
    assert_non_null(strstr(t->spec, "\"holderIdentity\":\"b\""));
}

/* The body that creates a lease has the members of the recorded one. */
static void the_recorded_lease(void **state)
{
    struct test *t = *state;
    t->recording = "v1.36/lease-leader-election.http";
    t->recorded = 1;
    t->a = elect(t, "a", 15);
    for (int i = 0; i < 100 && !t->a_told; i++)
        kube_bench_wait(t->bench, 10);
    assert_string_equal(t->a_sees, "a");
}

static void on_review(void *context, bool allowed, const char *reason, const struct err *err)
{
    struct test *t = context;
    t->done = true;
    t->allowed = allowed;
    t->err = *err;
    str_copy(t->reason, sizeof t->reason, reason);
}

static void may_i(void **state)
{
    struct test *t = *state;
    struct review_conf conf = {.verb = "list",
                               .group = "",
                               .resource = "pods",
                               .namespace_ = "shop",
                               .context = t,
                               .done = on_review};
    t->recording = "v1.20/self-subject-reviews.http";
    review_ask(t->bench->client, &conf);
    assert_true(kube_bench_until(t->bench, &t->done, 2000));
    assert_true(t->allowed);
    assert_string_equal(t->reason, "RBAC: allowed by RoleBinding \"pod-reader/shop\" of Role "
                                   "\"pod-reader\" to ServiceAccount \"reader/shop\"");
    /* The recorded request, byte for byte. */
    assert_string_equal(
        t->body, "{\"kind\":\"SelfSubjectAccessReview\",\"apiVersion\":\"authorization.k8s.io/"
                 "v1\",\"spec\":{\"resourceAttributes\":{\"namespace\":\"shop\",\"verb\":\"list\","
                 "\"resource\":\"pods\"}}}");
    t->recorded = 1;
    t->done = false;
    conf.verb = "delete";
    review_ask(t->bench->client, &conf);
    assert_true(kube_bench_until(t->bench, &t->done, 2000));
    assert_false(t->allowed);
    assert_int_equal(t->err.kind, ERR_NONE);
    t->recording = NULL;
    t->status = 403;
    t->done = false;
    conf.subresource = "log";
    conf.name = "x";
    conf.group = "apps";
    review_ask(t->bench->client, &conf);
    assert_true(kube_bench_until(t->bench, &t->done, 2000));
    assert_int_equal(t->err.kind, ERR_DENIED);
    assert_non_null(
        strstr(t->body,
               "\"group\":\"apps\",\"resource\":\"pods\",\"subresource\":\"log\",\"name\":\"x\""));
    t->done = false;
    review_cancel(review_ask(t->bench->client, &conf));
    kube_bench_wait(t->bench, 50);
    assert_false(t->done);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_of_two_holds_it),
        TEST(a_dead_holder_is_succeeded),
        TEST(a_holder_that_cannot_renew),
        TEST(a_holder_that_was_succeeded),
        TEST(given_back_it_is_free_at_once),
        TEST(the_recorded_lease),
        TEST(may_i),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
