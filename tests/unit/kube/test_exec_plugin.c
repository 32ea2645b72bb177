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
#include "base/mem.h"
#include "kube/access/exec_plugin.h"
#include "net/loop.h"

#define ANSWER(status)                                                                             \
    "printf "                                                                                      \
    "'{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/"                 \
    "v1\",\"status\":" status "}'"

struct bench {
    struct loop *loop;
    int ends;
    char token[64], cert[64], key[64];
    int64_t expires;
    struct err err;
};

static void on_done(void *context, const struct exec_plugin_credentials *c, const struct err *err)
{
    struct bench *b = context;
    b->ends++;
    b->err = *err;
    b->token[0] = b->cert[0] = b->key[0] = '\0';
    if (c) {
        str_copy(b->token, sizeof b->token, c->token ? c->token : "");
        str_copy(b->cert, sizeof b->cert, c->cert_pem ? c->cert_pem : "");
        str_copy(b->key, sizeof b->key, c->key_pem ? c->key_pem : "");
        b->expires = c->expires;
    }
    loop_stop(b->loop);
}

/* Runs `script` as the plugin, at most limit_ms. */
static void run(struct bench *b, struct kubeconfig_exec *e, const char *script, int64_t limit_ms)
{
    char *args[] = {"-c", (char *)(uintptr_t)script, NULL}, *env[] = {"PLUGIN_COLOUR=green", NULL};
    struct kubeconfig_exec own = {.command = "sh",
                                  .args = args,
                                  .env = env,
                                  .api_version = "client.authentication.k8s.io/v1",
                                  .install_hint = ""};
    struct kubeconfig_context c = {
        .name = "x",
        .user = "u",
        .file = "f",
        .exec = e ? e : &own,
        .conn = {.url = "https://a", .ca_pem = "CA", .server_name = "s", .insecure = true}};
    if (e && !e->args)
        e->args = args;
    *b = (struct bench){.loop = b->loop};
    struct exec_plugin *p = exec_plugin_new(b->loop, &c, on_done, b);
    exec_plugin_limit(p, limit_ms);
    exec_plugin_run(p);
    exec_plugin_run(p); /* it runs already: no second child */
    assert_true(exec_plugin_running(p));
    assert_int_equal(b->ends, 0);
    loop_run(b->loop);
    assert_false(exec_plugin_running(p));
    exec_plugin_free(p);
    assert_int_equal(b->ends, 1);
}

static void a_token_and_its_end(void **state)
{
    struct bench *b = *state;
    run(b, NULL, ANSWER("{\"token\":\"abc\",\"expirationTimestamp\":\"2021-08-27T13:00:00Z\"}"),
        5000);
    assert_int_equal(b->err.kind, ERR_NONE);
    assert_string_equal(b->token, "abc");
    assert_int_equal(b->expires, INT64_C(1630069200) * CLOCK_SECOND);
}

static void a_certificate(void **state)
{
    struct bench *b = *state;
    run(b, NULL, ANSWER("{\"clientCertificateData\":\"C\",\"clientKeyData\":\"K\"}"), 5000);
    assert_string_equal(b->cert, "C");
    assert_string_equal(b->key, "K");
    assert_int_equal(b->expires, 0);
}

static void check_denied(struct bench *b, const char *script, const char *what)
{
    run(b, NULL, script, 5000);
    if (b->err.kind == ERR_NONE || !strstr(b->err.what, what))
        fail_msg("%s: %d '%s'", script, b->err.kind, b->err.what);
    assert_non_null(strstr(b->err.where, "login of user \"u\""));
    assert_string_not_equal(b->err.mend, "");
}

static void failures_in_its_own_words(void **state)
{
    struct bench *b = *state;
    check_denied(b, "echo 'Unable to locate credentials' >&2; exit 255",
                 "sh: Unable to locate credentials");
    check_denied(b, "exit 3", "ended with status 3");
    check_denied(b, "kill -9 $$", "ended by signal 9");
    check_denied(b, "echo hello", "it printed no JSON");
    check_denied(b, "echo '{}'", "it printed no ExecCredential");
    check_denied(b, ANSWER("{}"), "neither a token nor a certificate");
    check_denied(b, ANSWER("{\"token\":\"\"}"), "neither a token nor a certificate");
    check_denied(b, ANSWER("null"), "neither a token nor a certificate");
    check_denied(b, ANSWER("{\"clientKeyData\":\"K\"}"), "a certificate without a key");
    check_denied(b, ANSWER("{\"token\":\"a\",\"expirationTimestamp\":\"soon\"}"), "is no time");
    check_denied(b,
                 "printf "
                 "'{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/"
                 "v1beta1\",\"status\":{\"token\":\"a\"}}'",
                 "the kubeconfig says client.authentication.k8s.io/v1");
    check_denied(b, "head -c 3000000 /dev/zero | tr '\\0' x", "more than 1 MiB");
    /* Of much standard error the end is kept. */
    check_denied(b, "head -c 100000 /dev/zero | tr '\\0' x >&2; echo 'the reason' >&2; exit 1",
                 "the reason");
}

static void what_is_not_there(void **state)
{
    struct bench *b = *state;
    char *none[] = {NULL};
    struct kubeconfig_exec e = {.command = "/nonexistent/plugin",
                                .args = none,
                                .env = none,
                                .api_version = "client.authentication.k8s.io/v1",
                                .install_hint = "get it at example.org"};
    run(b, &e, "", 5000);
    assert_int_equal(b->err.kind, ERR_CONFIG);
    assert_non_null(strstr(b->err.what, "command not found"));
    assert_string_equal(b->err.mend, "get it at example.org");
    e.needs_terminal = true;
    run(b, &e, "", 5000);
    assert_int_equal(b->err.kind, ERR_DENIED);
    assert_non_null(strstr(b->err.what, "wants a terminal"));
}

/* It waits for an answer that never comes, as an MFA prompt does: also when a helper holds its pipes. */
static void too_slow(void **state)
{
    struct bench *b = *state;
    int64_t before = clock_monotonic();
    run(b, NULL, "echo 'MFA code:' >&2; sleep 60 & wait", 300);
    assert_int_equal(b->err.kind, ERR_DENIED);
    assert_non_null(strstr(b->err.what, "no answer within 0 s"));
    assert_non_null(strstr(b->err.what, "MFA code:"));
    assert_true(clock_monotonic() - before < 5 * CLOCK_SECOND);
    before = clock_monotonic();
    run(b, NULL, "sleep 60 & " ANSWER("{\"token\":\"abc\"}"), 20000);
    assert_string_equal(b->token, "abc");
    assert_true(clock_monotonic() - before < 5 * CLOCK_SECOND);
}

/* Standard input is empty, and no descriptor of ours is open in it. */
static void its_surroundings(void **state)
{
    struct bench *b = *state;
    int fd = dup(0);
    assert_true(fd > 2);
    char *script = mem_printf(
        "read line && exit 9; test \"$PLUGIN_COLOUR\" = green || exit 8; "
        "test -e /proc/$$/fd/%d && exit 7; case \"$KUBERNETES_EXEC_INFO\" in "
        "*'\"kind\":\"ExecCredential\"'*'\"interactive\":false'*) ;; *) exit 5;; esac; " ANSWER(
            "{\"token\":\"abc\"}"),
        fd);
    run(b, NULL, script, 5000);
    close(fd);
    free(script);
    assert_string_equal(b->err.what, "");
    assert_string_equal(b->token, "abc");
}

/* The loop blocks signals for itself (it reads them); a plugin must be born with none blocked. */
static void its_signals(void **state)
{
    struct bench *b = *state;
    char *args[] = {"^SigBlk:.*[1-9a-f]", "/proc/self/status", NULL}, *none[] = {NULL};
    struct kubeconfig_exec e = {.command = "grep",
                                .args = args,
                                .env = none,
                                .api_version = "client.authentication.k8s.io/v1",
                                .install_hint = ""};
    run(b, NULL, "exit 0", 5000); /* from the first child on SIGCHLD is blocked */
    run(b, &e, "", 5000);
    assert_non_null(strstr(b->err.what, "ended with status 1")); /* not found */
}

static void freed_while_it_runs(void **state)
{
    struct bench *b = *state;
    char *args[] = {"-c", "sleep 60", NULL}, *none[] = {NULL};
    struct kubeconfig_exec e = {.command = "sh",
                                .args = args,
                                .env = none,
                                .api_version = "client.authentication.k8s.io/v1",
                                .install_hint = ""};
    struct kubeconfig_context c = {.user = "u", .file = "f", .exec = &e};
    *b = (struct bench){.loop = b->loop};
    struct exec_plugin *p = exec_plugin_new(b->loop, &c, on_done, b);
    exec_plugin_run(p);
    exec_plugin_free(p);
    for (int i = 0; i < 20; i++)
        loop_turn(b->loop, 10);
    assert_int_equal(b->ends, 0);
}

static void what_it_is_told_of_the_cluster(void **state)
{
    (void)state;
    struct kubeconfig_exec e = {.api_version = "client.authentication.k8s.io/v1beta1",
                                .cluster_info = true};
    struct kubeconfig_context c = {
        .exec = &e,
        .exec_config = "{\"audience\":\"x\"}",
        .conn = {.url = "https://a", .ca_pem = "CA", .server_name = "s", .proxy = "http://p"}};
    struct err err;
    char *info = exec_plugin_info(&c, true, &err);
    assert_string_equal(
        info, "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/"
              "v1beta1\",\"spec\":{\"interactive\":true,"
              "\"cluster\":{\"server\":\"https://"
              "a\",\"tls-server-name\":\"s\",\"proxy-url\":\"http://p\","
              "\"certificate-authority-data\":\"Q0E=\",\"config\":{\"audience\":\"x\"}}}}");
    free(info);
    c.conn.ca_pem = NULL;
    c.conn.ca_file = "/nonexistent/ca";
    assert_null(exec_plugin_info(&c, false, &err));
    e.cluster_info = false;
    info = exec_plugin_info(&c, false, &err);
    assert_string_equal(info, "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication."
                              "k8s.io/v1beta1\",\"spec\":{\"interactive\":false}}");
    free(info);
}

static int set_up(void **state)
{
    static struct bench b;
    b.loop = loop_new();
    *state = &b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    loop_free(b->loop);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_and_its_end),
        cmocka_unit_test(a_certificate),
        cmocka_unit_test(failures_in_its_own_words),
        cmocka_unit_test(what_is_not_there),
        cmocka_unit_test(too_slow),
        cmocka_unit_test(its_surroundings),
        cmocka_unit_test(its_signals),
        cmocka_unit_test(freed_while_it_runs),
        cmocka_unit_test(what_it_is_told_of_the_cluster),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
