#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "kube/access/kubeconfig.h"

/* A folder of its own for each test, with HOME in it and no KUBECONFIG. */
struct place {
    char folder[64];
    char *paths[16];
    size_t count;
};

static int set_up(void **state)
{
    struct place *p = mem_alloc(sizeof *p);
    str_copy(p->folder, sizeof p->folder, "/tmp/test_kubeconfig.XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    setenv("HOME", p->folder, 1);
    unsetenv("KUBECONFIG");
    unsetenv("KUBERNETES_SERVICE_HOST");
    unsetenv("KUBERNETES_SERVICE_PORT");
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    struct place *p = *state;
    for (size_t i = 0; i < p->count; i++) {
        unlink(p->paths[i]);
        free(p->paths[i]);
    }
    char *kube = mem_printf("%s/.kube", p->folder);
    rmdir(kube);
    rmdir(p->folder);
    free(kube);
    free(p);
    return 0;
}

static const char *put(struct place *p, const char *name, const char *text)
{
    struct err err;
    char *path = mem_printf("%s/%s", p->folder, name);
    assert_true(file_write_atomic(path, text, strlen(text), 0600, &err));
    p->paths[p->count++] = path;
    return path;
}

static const char whole[] =
    "apiVersion: v1\n"
    "kind: Config\n"
    "current-context: prod\n"
    "clusters:\n"
    "- name: c1\n"
    "  cluster:\n"
    "    server: https://10.0.0.1:6443/prefix/\n"
    "    certificate-authority: ca.pem\n"
    "    tls-server-name: kubernetes.default\n"
    "    proxy-url: socks5://proxy:1080\n"
    "- name: c2\n"
    "  cluster: {server: \"https://two\", insecure-skip-tls-verify: true}\n"
    "- name: c3\n"
    "  cluster: {server: \"https://three\", certificate-authority-data: Q0EK, "
    "certificate-authority: nowhere.pem}\n"
    "contexts:\n"
    "- name: prod\n"
    "  context: {cluster: c1, user: u1, namespace: shop}\n"
    "- name: arn:aws:eks:ap-northeast-2:123456789012:cluster/prod-seoul\n"
    "  context: {cluster: c2, user: u2}\n"
    "- name: third\n"
    "  context: {cluster: c3, user: u3}\n"
    "- name: anonymous\n"
    "  context: {cluster: c2, user: \"\"}\n"
    "- name: no-cluster\n"
    "  context: {cluster: nope, user: u1}\n"
    "- name: no-user\n"
    "  context: {cluster: c2, user: nope}\n"
    "users:\n"
    "- name: u1\n"
    "  user: {client-certificate-data: Q0VSVA==, client-key-data: S0VZ}\n"
    "- name: u2\n"
    "  user: {token: abc, as: root, as-groups: [admins, ops], as-user-extra: {reason: [night]}}\n"
    "- name: u3\n"
    "  user: {username: bob, password: pass word}\n";

static struct kubeconfig_context *get(const char *path, const char *name)
{
    struct err err;
    struct kubeconfig_context *c = kubeconfig_resolve(path, name, &err);
    if (!c)
        print_error("%s: %s: %s\n", err.where, err.what, err.mend);
    assert_non_null(c);
    return c;
}

static void everything_of_a_context(void **state)
{
    struct place *p = *state;
    char expected[128];
    put(p, "ca.pem", "CA");
    const char *path = put(p, "config", whole);
    struct kubeconfig_context *c = get(path, NULL);
    assert_string_equal(c->name, "prod");
    assert_string_equal(c->cluster, "c1");
    assert_string_equal(c->user, "u1");
    assert_string_equal(c->namespace_, "shop");
    assert_string_equal(c->conn.url, "https://10.0.0.1:6443/prefix");
    snprintf(expected, sizeof expected, "%s/ca.pem", p->folder);
    assert_string_equal(c->conn.ca_file, expected);
    assert_null(c->conn.ca_pem);
    assert_string_equal(c->conn.server_name, "kubernetes.default");
    assert_string_equal(c->conn.proxy, "socks5://proxy:1080");
    assert_string_equal(c->conn.cert_pem, "CERT");
    assert_string_equal(c->conn.key_pem, "KEY");
    assert_false(c->conn.insecure);
    assert_null(c->exec);
    kubeconfig_context_free(c);
}

static void other_ways_to_log_in(void **state)
{
    struct place *p = *state;
    put(p, "ca.pem", "CA");
    const char *path = put(p, "config", whole);
    struct kubeconfig_context *c =
        get(path, "arn:aws:eks:ap-northeast-2:123456789012:cluster/prod-seoul");
    assert_string_equal(c->conn.token, "abc");
    assert_true(c->conn.insecure);
    assert_string_equal(c->namespace_, "default");
    assert_string_equal(c->conn.headers[0], "Impersonate-User: root");
    assert_string_equal(c->conn.headers[1], "Impersonate-Group: admins");
    assert_string_equal(c->conn.headers[2], "Impersonate-Group: ops");
    assert_string_equal(c->conn.headers[3], "Impersonate-Extra-reason: night");
    assert_null(c->conn.headers[4]);
    kubeconfig_context_free(c);
    c = get(path, "third");
    assert_string_equal(c->conn.user, "bob");
    assert_string_equal(c->conn.password, "pass word");
    assert_string_equal(c->conn.ca_pem, "CA\n"); /* …-data comes before the file */
    assert_null(c->conn.ca_file);
    struct kubeconfig_context *copy = kubeconfig_context_copy(c);
    kubeconfig_context_free(c);
    assert_string_equal(copy->conn.password, "pass word");
    kubeconfig_context_free(copy);
    c = get(path, "anonymous");
    assert_null(c->conn.token);
    kubeconfig_context_free(c);
}

static void contexts_are_listed(void **state)
{
    struct place *p = *state;
    struct err err;
    struct kubeconfig *k = kubeconfig_load(put(p, "config", whole), &err);
    assert_non_null(k);
    assert_int_equal(kubeconfig_count(k), 6);
    assert_string_equal(kubeconfig_name(k, 0), "prod");
    assert_string_equal(kubeconfig_name(k, 2), "third");
    assert_null(kubeconfig_name(k, 6));
    assert_string_equal(kubeconfig_part(k, 0, "cluster"), "c1");
    assert_string_equal(kubeconfig_part(k, 6, "cluster"), "");
    assert_string_equal(kubeconfig_part(k, 0, "namespace"), "shop");
    assert_string_equal(kubeconfig_current(k), "prod");
    kubeconfig_free(k);
}

/* Of a name in several files the first counts, and of current-context the first that is set. */
static void files_are_merged_as_kubectl_does(void **state)
{
    struct place *p = *state;
    const char *a = put(p, "a",
                        "contexts:\n- {name: x, context: {cluster: c, user: u}}\n"
                        "clusters:\n- {name: c, cluster: {server: https://first}}\n");
    const char *b = put(p, "b",
                        "current-context: x\n"
                        "contexts:\n- {name: x, context: {cluster: other, user: other}}\n"
                        "- {name: y, context: {cluster: c, user: u}}\n"
                        "clusters:\n- {name: c, cluster: {server: https://second}}\n"
                        "users:\n- {name: u, user: {token: t, tokenFile: token}}\n");
    put(p, "token", "fresh");
    char *list = mem_printf("/nonexistent/config:%s::%s", a, b), token[128];
    setenv("KUBECONFIG", list, 1);
    struct kubeconfig_context *c = get(NULL, NULL);
    assert_string_equal(c->conn.url, "https://first");
    snprintf(token, sizeof token, "%s/token", p->folder);
    assert_string_equal(c->conn.token_file, token); /* relative to the file that names it */
    assert_null(c->conn.token);
    kubeconfig_context_free(c);
    struct err err;
    struct kubeconfig *k = kubeconfig_load(NULL, &err);
    assert_int_equal(kubeconfig_count(k), 2);
    kubeconfig_free(k);
    free(list);
}

static void home_is_the_last_resort(void **state)
{
    struct place *p = *state;
    put(p, ".kube/config",
        "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\n"
        "clusters: [{name: c, cluster: {server: http://127.0.0.1:8080}}]\n"
        "users: null\n");
    struct kubeconfig_context *c = get(NULL, NULL);
    assert_string_equal(c->conn.url, "http://127.0.0.1:8080");
    kubeconfig_context_free(c);
}

static void check_error(const char *path, const char *context, enum err_kind kind, const char *what,
                        const char *mend)
{
    struct err err;
    struct kubeconfig_context *c = kubeconfig_resolve(path, context, &err);
    assert_null(c);
    if (!strstr(err.what, what) || !strstr(err.mend, mend) || err.kind != kind)
        fail_msg("%d %s: %s: %s", err.kind, err.where, err.what, err.mend);
}

static void errors_say_where_and_what_to_do(void **state)
{
    struct place *p = *state;
    struct err err;
    const char *path = put(p, "config", whole);
    check_error(path, "nope", ERR_CONFIG, "context \"nope\" does not exist", "prod, arn:aws");
    check_error(path, "no-cluster", ERR_CONFIG, "the cluster \"nope\", which no file has",
                "add it");
    check_error(path, "no-user", ERR_CONFIG, "the user \"nope\", which no file has", "add it");
    check_error(path, "prod", ERR_CONFIG, "ca.pem cannot be read", "mend the path");
    assert_null(kubeconfig_resolve(path, "no-user", &err));
    char *place = mem_printf("%s:26", path);
    assert_string_equal(err.where, place);
    free(place);
    check_error("/nonexistent/config", NULL, ERR_CONFIG, "", "--kubeconfig");
    check_error(NULL, NULL, ERR_CONFIG, "", "kubeconfig");
    check_error("/", NULL, ERR_CONFIG, "cannot read it", "--kubeconfig");
    setenv("KUBECONFIG", "/nonexistent/a:/nonexistent/b", 1);
    check_error(NULL, NULL, ERR_CONFIG, "none of its files exists", "mend the variable");
    setenv("KUBECONFIG", "/", 1);
    check_error(NULL, NULL, ERR_CONFIG, "cannot read it", "");
}

static void broken_files_are_refused(void **state)
{
    static const struct {
        const char *text, *what, *mend;
    } cases[] = {
        {"just text", "", ""},
        {"{unclosed: [", "", ""},
        {"contexts: {a: b}", "\"contexts\" is no list", "write a list"},
        {"clusters: [{name: a, cluster: {server: x}}, {name: a, cluster: {}}]", "stands twice",
         "rename"},
        {"current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, "
         "cluster: {}}]",
         "the cluster has no server", "add server"},
        {"current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, "
         "cluster: {server: 10.0.0.1}}]",
         "is no http or https URL", ""},
        {"current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, "
         "cluster: {server: https://a, certificate-authority-data: '***'}}]",
         "this is no base 64", "base 64"},
        {"current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, "
         "cluster: {server: https://a, proxy-url: ftp://x}}]",
         "not a proxy's URL", ""},
        {"current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, "
         "cluster: {server: https://a, insecure-skip-tls-verify: true, certificate-authority-data: "
         "Q0E=}}]",
         "a certificate authority is set too", "remove one"},
        {"current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: "
         "[{name: c, cluster: {server: https://a}}]\nusers: [{name: u, user: {client-key-data: "
         "S0VZ}}]",
         "the client key has no certificate", ""},
        {"current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: "
         "[{name: c, cluster: {server: https://a}}]\nusers: [{name: u, user: {token: t, username: "
         "b}}]",
         "both a token and a user name", "remove one"},
        {"current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: "
         "[{name: c, cluster: {server: https://a}}]\nusers: [{name: u, user: {auth-provider: "
         "{name: gcp}}}]",
         "\"gcp\" is not supported", "exec"},
        {"current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: "
         "[{name: c, cluster: {server: https://a}}]\nusers: [{name: u, user: {exec: {command: x, "
         "apiVersion: v9}}}]",
         "\"v9\" is not known", "client.authentication.k8s.io/v1"},
        {"current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: "
         "[{name: c, cluster: {server: https://a}}]\nusers: [{name: u, user: {exec: {apiVersion: "
         "client.authentication.k8s.io/v1}}}]",
         "has no command", "add command"},
        {"current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: "
         "[{name: c, cluster: {server: https://a}}]\nusers: [{name: u, user: {as: \"x\\r\\nY: "
         "z\"}}]",
         "has a line break", ""},
        {"contexts: []", "no current-context is set", "name no context"},
    };
    struct place *p = *state;
    const char *path = put(p, "config", "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err;
        assert_true(file_write_atomic(path, cases[i].text, strlen(cases[i].text), 0600, &err));
        check_error(path, NULL, ERR_CONFIG, cases[i].what, cases[i].mend);
    }
}

static void plugins_are_read(void **state)
{
    struct place *p = *state;
    const char *path =
        put(p, "config",
            "current-context: a\n"
            "contexts: [{name: a, context: {cluster: c, user: u}}]\n"
            "clusters:\n- name: c\n  cluster:\n    server: https://a\n    extensions:\n"
            "    - {name: client.authentication.k8s.io/exec, extension: {audience: x, n: 5, on: "
            "true, list: [\"1\", null]}}\n"
            "users:\n- name: u\n  user:\n    exec:\n      apiVersion: "
            "client.authentication.k8s.io/v1beta1\n"
            "      command: ./bin/login\n      args: [get-token, --cluster, c]\n"
            "      env: [{name: A, value: b}]\n      provideClusterInfo: true\n      "
            "interactiveMode: Never\n"
            "      installHint: get it there\n");
    struct kubeconfig_context *c = get(path, "a");
    char command[128];
    snprintf(command, sizeof command, "%s/bin/login", p->folder);
    assert_non_null(c->exec);
    assert_non_null(strstr(c->exec->command, "/bin/login"));
    assert_int_equal(strncmp(c->exec->command, p->folder, strlen(p->folder)), 0);
    assert_string_equal(c->exec->args[0], "get-token");
    assert_string_equal(c->exec->args[2], "c");
    assert_null(c->exec->args[3]);
    assert_string_equal(c->exec->env[0], "A=b");
    assert_true(c->exec->cluster_info);
    assert_false(c->exec->needs_terminal);
    assert_string_equal(c->exec->install_hint, "get it there");
    assert_string_equal(c->exec_config,
                        "{\"audience\":\"x\",\"n\":5,\"on\":true,\"list\":[\"1\",null]}");
    kubeconfig_context_free(c);
}

static void the_service_account_of_a_pod(void **state)
{
    struct place *p = *state;
    struct err err;
    assert_null(kubeconfig_in_cluster(p->folder, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    setenv("KUBERNETES_SERVICE_HOST", "fd00::1", 1);
    setenv("KUBERNETES_SERVICE_PORT", "443", 1);
    assert_null(kubeconfig_in_cluster(p->folder, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    put(p, "token", "t");
    put(p, "ca.crt", "CA");
    put(p, "namespace", "kubeboard\n");
    struct kubeconfig_context *c = kubeconfig_in_cluster(p->folder, &err);
    assert_non_null(c);
    assert_string_equal(c->conn.url, "https://[fd00::1]:443");
    assert_string_equal(c->namespace_, "kubeboard");
    assert_non_null(strstr(c->conn.token_file, "/token"));
    assert_non_null(strstr(c->conn.ca_file, "/ca.crt"));
    kubeconfig_context_free(c);
}

static void names_of_clusters(void **state)
{
    char out[KUBECONFIG_CLUSTER_NAME];
    (void)state;
    assert_string_equal(
        kubeconfig_cluster_name("arn:aws:eks:ap-northeast-2:123456789012:cluster/prod-seoul", out),
        "prod-seoul");
    assert_string_equal(kubeconfig_cluster_name("gke_project_zone_name", out),
                        "gke_project_zone_name");
    assert_string_equal(kubeconfig_cluster_name("user@c1.eu/x y", out), "user-c1.eu-x-y");
    assert_string_equal(kubeconfig_cluster_name("서울", out), "------");
    assert_string_equal(kubeconfig_cluster_name("", out), "kubernetes");
    assert_string_equal(kubeconfig_cluster_name("arn:aws:eks:x/", out), "arn-aws-eks-x-");
    char long_name[200];
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    assert_int_equal(strlen(kubeconfig_cluster_name(long_name, out)), 63);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(everything_of_a_context),      TEST(other_ways_to_log_in),
        TEST(contexts_are_listed),          TEST(files_are_merged_as_kubectl_does),
        TEST(home_is_the_last_resort),      TEST(errors_say_where_and_what_to_do),
        TEST(broken_files_are_refused),     TEST(plugins_are_read),
        TEST(the_service_account_of_a_pod), cmocka_unit_test(names_of_clusters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
