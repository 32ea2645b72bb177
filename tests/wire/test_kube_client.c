/* The client: login by plugin and token file, one repeat after a 401, errors in the server's words, the probe. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "net/loop.h"
#include "tests/wire/kube_bench.h"

struct test {
    struct kube_bench *bench;
    char accepted[64]; /* the Authorization that is good; "": any */
    const char *file;  /* a recording to answer with; NULL: {} */
    size_t index;
    int status; /* without a recording */
    const char *const *headers;
    char agent[64], accept[256], authorization[128];
    /* the end of a request */
    bool done;
    int ends, heads, seen_status;
    struct err err;
    char body[512];
};

static void handle(void *context, struct server_request *r)
{
    struct test *t = context;
    const char *authorization = server_header(r, "Authorization");
    str_copy(t->agent, sizeof t->agent, server_header(r, "User-Agent"));
    str_copy(t->accept, sizeof t->accept, server_header(r, "Accept"));
    str_copy(t->authorization, sizeof t->authorization, authorization ? authorization : "");
    if (*t->accepted && strcmp(t->authorization, t->accepted) != 0)
        kube_bench_replay(r, "v1.20/401-bad-token.http", 0);
    else if (t->file)
        kube_bench_replay(r, t->file, t->index);
    else
        server_reply(r, t->status ? t->status : 200, "application/json", t->headers,
                     str_of("{\"ok\":true}"));
}

static void on_head(void *context, struct http_request *r, int status)
{
    struct test *t = context;
    assert_non_null(r);
    t->heads++;
    t->seen_status = status;
}

static void on_done(void *context, struct http_request *r, int status, struct str body,
                    const struct err *err)
{
    struct test *t = context;
    (void)r;
    t->done = true;
    t->ends++;
    t->seen_status = status;
    t->err = *err;
    snprintf(t->body, sizeof t->body, "%.*s", (int)body.n, body.n ? body.p : "");
}

static struct client_request *send_path(struct test *t, const char *path)
{
    t->done = false;
    t->ends = t->heads = 0;
    return client_send(
        t->bench->client,
        &(struct http_call){.path = path, .context = t, .head = on_head, .done = on_done});
}

static void ask(struct test *t, const char *path)
{
    send_path(t, path);
    assert_true(kube_bench_until(t->bench, &t->done, 15000));
    assert_int_equal(t->ends, 1);
}

static int set_up(void **state)
{
    struct test *t = mem_alloc(sizeof *t);
    t->bench = kube_bench_new(t, handle);
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct test *t = *state;
    kube_bench_free(t->bench);
    free(t);
    return 0;
}

/* A plugin that prints `status` and counts its runs in a file. */
static void use_plugin(struct test *t, char *counter, const char *status)
{
    struct kubeconfig_exec *e = mem_alloc(sizeof *e);
    str_copy(counter, 64, "/tmp/test_kube_client.XXXXXX");
    close(mkstemp(counter));
    *e = (struct kubeconfig_exec){.command = mem_dup("sh"),
                                  .args = mem_array(3, sizeof(char *)),
                                  .env = mem_array(1, sizeof(char *)),
                                  .api_version = mem_dup("client.authentication.k8s.io/v1beta1"),
                                  .install_hint = mem_dup("")};
    e->args[0] = mem_dup("-c");
    e->args[1] = mem_printf("echo run >>%s; N=$(grep -c run %s); %s", counter, counter, status);
    t->bench->context.exec = e;
    kube_bench_client(t->bench);
}

#define CREDENTIAL(status)                                                                         \
    "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/"            \
    "v1beta1\",\"status\":{" status "}}'"

static int runs(const char *counter)
{
    struct buf text;
    struct err err;
    buf_init(&text, 4096);
    assert_true(file_read(counter, &text, &err));
    int n = (int)(text.n / 4);
    buf_free(&text);
    return n;
}

static void headers_that_the_server_wants(void **state)
{
    struct test *t = *state;
    ask(t, "/api");
    /* An agent that begins with "curl" gets indented JSON, half as large again. */
    assert_string_equal(t->agent, "kubeboard/" KUBEBOARD_VERSION);
    assert_string_equal(t->accept, "application/json");
    assert_string_equal(t->body, "{\"ok\":true}");
    assert_int_equal(t->err.kind, ERR_NONE);
    assert_int_equal(client_login(t->bench->client, NULL), CLIENT_READY);
}

static void errors_in_the_servers_words(void **state)
{
    static const struct {
        const char *file;
        size_t index;
        enum err_kind kind;
        int http;
        const char *what;
    } cases[] = {
        {"v1.20/401-bad-token.http", 0, ERR_DENIED, 401,
         "You must be logged in to the server (Unauthorized)"},
        {"v1.20/401-bad-token.http", 1, ERR_DENIED, 403,
         "pods is forbidden: User \"system:anonymous\" cannot list resource \"pods\" in API group "
         "\"\" at the cluster scope"},
        {"v1.36/403-forbidden.http", 2, ERR_DENIED, 403,
         "pods is forbidden: User \"system:serviceaccount:shop:reader\" cannot watch resource "
         "\"pods\" in API group \"\" in the namespace \"shop\""},
        {"v1.20/not-found.http", 0, ERR_NOT_FOUND, 404, "pods \"no-such-pod\" not found"},
        {"v1.20/not-found.http", 2, ERR_NOT_FOUND, 404,
         "the server could not find the requested resource"},
        {"v1.20/bad-requests.http", 2, ERR_REFUSED, 400,
         "found '==', expected: !, identifier, or 'end of string'"},
        {"v1.20/bad-requests.http", 3, ERR_REFUSED, 406, "406: Not Acceptable"},
        {"v1.20/watch-bad-resource-version.http", 0, ERR_AWAY, 500,
         "resourceVersion: Invalid value: \"abc\": strconv.ParseUint: parsing \"abc\": invalid "
         "syntax"},
        {"v1.20/lease-leader-election.http", 2, ERR_CONFLICT, 409,
         "leases.coordination.k8s.io \"kubeboard\" already exists"},
        {"v1.20/410-expired.http", 2, ERR_GONE, 410,
         "The resourceVersion for the provided list is too old."},
    };
    struct test *t = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        t->file = cases[i].file;
        t->index = cases[i].index;
        ask(t, "/api/v1/pods");
        if (t->err.kind != cases[i].kind || t->err.http != cases[i].http ||
            strcmp(t->err.what, cases[i].what) != 0)
            fail_msg("%s %zu: %d %d '%s'", cases[i].file, cases[i].index, t->err.kind, t->err.http,
                     t->err.what);
        assert_int_equal(t->seen_status, cases[i].http);
        assert_non_null(strstr(t->err.where, "kubernetes http://127.0.0.1"));
        if (cases[i].kind == ERR_DENIED)
            assert_string_not_equal(t->err.mend, "");
    }
}

static void retry_after_is_passed_on(void **state)
{
    static const char *const headers[] = {"Retry-After: 7", NULL};
    struct test *t = *state;
    t->status = 429;
    t->headers = headers;
    ask(t, "/api");
    assert_int_equal(t->err.kind, ERR_AWAY);
    assert_int_equal(t->err.retry_after_ms, 7000);
}

static void requests_wait_for_the_plugin(void **state)
{
    struct test *t = *state;
    char counter[64];
    use_plugin(t, counter, CREDENTIAL("\"token\":\"good\""));
    str_copy(t->accepted, sizeof t->accepted, "Bearer good");
    assert_int_equal(client_login(t->bench->client, NULL), CLIENT_PENDING);
    assert_int_equal(runs(counter), 0); /* not before the first request */
    send_path(t, "/a");
    send_path(t, "/b");
    for (int i = 0; i < 500 && t->ends < 2; i++)
        kube_bench_wait(t->bench, 10);
    assert_int_equal(t->ends, 2);
    assert_int_equal(t->err.kind, ERR_NONE);
    assert_int_equal(runs(counter), 1);
    assert_int_equal(client_login(t->bench->client, NULL), CLIENT_READY);
    ask(t, "/c");
    assert_int_equal(runs(counter), 1); /* no expirationTimestamp: good until a 401 */
    unlink(counter);
}

/* The server stops taking the token: one new login, one repeat, of which the caller sees nothing. */
static void a_401_renews_once(void **state)
{
    struct test *t = *state;
    char counter[64];
    use_plugin(t, counter, "T=token$N; " CREDENTIAL("\"token\":\"'$T'\""));
    str_copy(t->accepted, sizeof t->accepted, "Bearer token1");
    ask(t, "/a");
    assert_int_equal(t->err.kind, ERR_NONE);
    str_copy(t->accepted, sizeof t->accepted, "Bearer token2");
    ask(t, "/b");
    assert_int_equal(t->err.kind, ERR_NONE);
    assert_int_equal(t->heads, 1);
    assert_int_equal(t->seen_status, 200);
    assert_int_equal(runs(counter), 2);
    str_copy(t->accepted, sizeof t->accepted, "Bearer never");
    ask(t, "/c");
    assert_int_equal(t->err.http, 401);
    assert_int_equal(runs(counter), 3); /* once more, no loop */
    unlink(counter);
}

static void credentials_are_renewed_before_they_end(void **state)
{
    struct test *t = *state;
    char counter[64], when[CLOCK_TEXT], *script;
    /* 2 s of life: renewed in the last 0.4 s while requests go on with the old ones. */
    clock_rfc3339(clock_now() + 3 * CLOCK_SECOND, false, when);
    script = mem_printf("[ $N = 1 ] && E=%s || E=2099-01-01T00:00:00Z; T=token$N; " CREDENTIAL(
                            "\"token\":\"'$T'\",\"expirationTimestamp\":\"'$E'\""),
                        when);
    use_plugin(t, counter, script);
    ask(t, "/a");
    assert_string_equal(t->authorization, "Bearer token1");
    ask(t, "/a");
    assert_int_equal(runs(counter), 1);
    int64_t expires;
    clock_parse(str_of(when), false, &expires);
    kube_bench_wait(t->bench, (int)((expires - clock_now()) / CLOCK_MS) - 300);
    ask(t, "/a");
    assert_string_equal(t->authorization, "Bearer token1"); /* it did not wait for the new one */
    kube_bench_wait(t->bench, 250);
    assert_int_equal(runs(counter), 2);
    ask(t, "/a");
    assert_string_equal(t->authorization, "Bearer token2");
    unlink(counter);
    free(script);
}

/* Credentials that have ended are not sent any more: the request waits for new ones. */
static void ended_credentials_are_not_used(void **state)
{
    struct test *t = *state;
    char counter[64];
    use_plugin(t, counter,
               "T=token$N; " CREDENTIAL(
                   "\"token\":\"'$T'\",\"expirationTimestamp\":\"2021-08-27T13:00:00Z\""));
    ask(t, "/a");
    assert_string_equal(t->authorization, "Bearer token1");
    ask(t, "/b");
    assert_string_equal(t->authorization, "Bearer token2");
    unlink(counter);
}

static void a_failed_login_is_told_to_all_who_wait(void **state)
{
    struct test *t = *state;
    char counter[64];
    struct err err;
    use_plugin(t, counter, "echo 'Your SSO session has expired' >&2; exit 1");
    send_path(t, "/a");
    struct client_request *gone = send_path(t, "/b");
    send_path(t, "/c");
    client_cancel(gone);
    for (int i = 0; i < 500 && t->ends < 2; i++)
        kube_bench_wait(t->bench, 10);
    kube_bench_wait(t->bench, 50);
    assert_int_equal(t->ends, 2);
    assert_int_equal(t->err.kind, ERR_DENIED);
    assert_non_null(strstr(t->err.what, "Your SSO session has expired"));
    assert_non_null(strstr(t->err.where, "user \"tester\""));
    assert_int_equal(client_login(t->bench->client, &err), CLIENT_FAILED);
    assert_non_null(strstr(err.what, "SSO"));
    assert_int_equal(t->bench->requests, 0);
    ask(t, "/d"); /* soon after: the same answer without another run */
    assert_non_null(strstr(t->err.what, "SSO"));
    assert_int_equal(runs(counter), 1);
    unlink(counter);
}

static void a_token_file_is_read_again(void **state)
{
    struct test *t = *state;
    char path[] = "/tmp/test_kube_client.XXXXXX";
    struct err err;
    close(mkstemp(path));
    assert_true(file_write_atomic(path, "one\n", 4, 0600, &err));
    t->bench->context.conn.token_file = mem_dup(path);
    kube_bench_client(t->bench);
    str_copy(t->accepted, sizeof t->accepted, "Bearer one");
    ask(t, "/a");
    assert_int_equal(t->err.kind, ERR_NONE);
    assert_true(file_write_atomic(path, "two\n", 4, 0600, &err));
    str_copy(t->accepted, sizeof t->accepted, "Bearer two");
    ask(t, "/a");
    assert_int_equal(t->err.kind, ERR_NONE);
    unlink(path);
}

static void count_end(void *context, const struct err *err)
{
    struct test *t = context;
    t->ends++;
    t->err = *err;
}

static void probes_are_shared(void **state)
{
    struct test *t = *state;
    int other = 0;
    t->status = 403;
    client_probe(t->bench->client, count_end, t);
    client_probe(t->bench->client, count_end, t);
    client_probe(t->bench->client, count_end, &other);
    client_probe_forget(t->bench->client, &other);
    kube_bench_wait(t->bench, 200);
    assert_int_equal(t->ends, 2);
    assert_int_equal(t->err.kind, ERR_NONE); /* not allowed: but there */
    assert_int_equal(t->bench->requests, 1);
    assert_string_equal(t->bench->last, "/readyz");
    client_probe(t->bench->client, count_end, t);
    assert_int_equal(t->ends, 2);
    kube_bench_wait(t->bench, 50);
    assert_int_equal(t->ends, 3);
    assert_int_equal(t->bench->requests, 1); /* the answer was fresh */
}

static void a_probe_finds_nobody(void **state)
{
    struct test *t = *state;
    kube_bench_stop(t->bench);
    client_probe(t->bench->client, count_end, t);
    kube_bench_wait(t->bench, 200);
    assert_int_equal(t->ends, 1);
    assert_int_equal(t->err.kind, ERR_AWAY);
    kube_bench_start(t->bench);
}

static void freed_with_requests_under_way(void **state)
{
    struct test *t = *state;
    char counter[64];
    send_path(t, "/a");
    client_probe(t->bench->client, count_end, t);
    use_plugin(t, counter, "sleep 60"); /* frees the first client */
    send_path(t, "/b");
    kube_bench_wait(t->bench, 50);
    client_free(t->bench->client);
    t->bench->client = NULL;
    kube_bench_wait(t->bench, 50);
    assert_int_equal(t->ends, 0);
    unlink(counter);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(headers_that_the_server_wants),
        TEST(errors_in_the_servers_words),
        TEST(retry_after_is_passed_on),
        TEST(requests_wait_for_the_plugin),
        TEST(a_401_renews_once),
        TEST(credentials_are_renewed_before_they_end),
        TEST(ended_credentials_are_not_used),
        TEST(a_failed_login_is_told_to_all_who_wait),
        TEST(a_token_file_is_read_again),
        TEST(probes_are_shared),
        TEST(a_probe_finds_nobody),
        TEST(freed_with_requests_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
