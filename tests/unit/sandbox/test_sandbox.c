/* The whole: all services on one loop, the files that lead to them, faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/yaml.h"
#include "net/conn.h"
#include "net/http.h"
#include "net/loop.h"
#include "sandbox/sandbox.h"

struct bench {
    struct loop *loop;
    struct http *http;
    struct sandbox *sandbox;
    bool over;
    int status;
    char date[64];
    struct err err;
    struct buf body;
};

static int setup(void **state)
{
    struct bench *b = mem_alloc(sizeof *b);
    struct err err;
    b->loop = loop_new();
    b->http = http_new(b->loop);
    struct sandbox_conf conf = {.seed = 4, .tenant = "shop"};
    b->sandbox = sandbox_new(b->loop, &conf, &err);
    if (!b->sandbox)
        fail_msg("%s", err.what);
    buf_init(&b->body, 64 << 20);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    sandbox_free(b->sandbox);
    http_free(b->http);
    loop_free(b->loop);
    buf_free(&b->body);
    free(b);
    return 0;
}

static void done(void *context, struct http_request *r, int status, struct str body,
                 const struct err *err)
{
    struct bench *b = context;
    b->over = true;
    b->status = status;
    b->err = *err;
    str_copy(b->date, sizeof b->date, http_header(r, "Date"));
    buf_clear(&b->body);
    buf_add(&b->body, body.p, body.n);
}

static int ask(struct bench *b, enum sandbox_service service, const char *method, const char *path,
               const char *form)
{
    char *token = mem_dup(service == SANDBOX_KUBE ? sandbox_admin_token(b->sandbox) : NULL);
    char *url = mem_dup(sandbox_url(b->sandbox, service));
    struct conn conn = {
        .name = "sandbox", .url = url, .proxy = "", .token = token, .tenant = "shop"};
    struct http_target *t = http_target_new(b->http, &conn);
    struct http_call call = {.target = t,
                             .method = method,
                             .path = path,
                             .body = str_of(form),
                             .content_type = form ? "application/x-www-form-urlencoded" : NULL,
                             .context = b,
                             .done = done};
    b->over = false;
    http_send(b->http, &call);
    for (int i = 0; i < 1000 && !b->over; i++)
        loop_turn(b->loop, 10);
    assert_true(b->over);
    http_target_free(t);
    free(token);
    free(url);
    return b->status;
}

static bool has(const struct bench *b, const char *text)
{
    return str_find(buf_str(&b->body), str_of(text)) >= 0;
}

static void every_service_answers(void **state)
{
    struct bench *b = *state;
    assert_int_equal(ask(b, SANDBOX_KUBE, "GET", "/version", NULL), 200);
    assert_int_equal(ask(b, SANDBOX_LOKI, "GET", "/ready", NULL), 200);
    assert_int_equal(ask(b, SANDBOX_PROMETHEUS, "GET", "/-/ready", NULL), 200);
    assert_int_equal(ask(b, SANDBOX_ALERTMANAGER, "GET", "/api/v2/alerts", NULL), 200);
    assert_true(has(b, "\"state\":\"active\""));
    assert_in_range(ask(b, SANDBOX_S3, "GET", "/kubeboard-raw", NULL), 400, 403);
    assert_in_range(ask(b, SANDBOX_STS, "POST", "/", "Action=Nonsense"), 400, 403);
    assert_int_equal(ask(b, SANDBOX_CONTROL, "GET", "/faults", NULL), 200);
}

/* The API server reaches Loki and Prometheus for those who cannot. */
static void the_service_proxy_leads_to_loki_and_prometheus(void **state)
{
    struct bench *b = *state;
    assert_int_equal(
        ask(b, SANDBOX_KUBE, "GET",
            "/api/v1/namespaces/monitoring/services/loki:3100/proxy/loki/api/v1/labels", NULL),
        200);
    assert_true(has(b, "\"namespace\""));
    assert_int_equal(
        ask(b, SANDBOX_KUBE, "GET",
            "/api/v1/namespaces/monitoring/services/prometheus:9090/proxy/api/v1/query?query=up",
            NULL),
        200);
    assert_int_equal(
        ask(b, SANDBOX_KUBE, "GET", "/api/v1/namespaces/monitoring/services/nobody:1/proxy/", NULL),
        503);
    assert_true(has(b, "no endpoints available for service"));
}

static char *written(const char *dir, const char *name)
{
    struct buf text;
    struct err err;
    struct stat st;
    char *path = mem_printf("%s/%s", dir, name);
    buf_init(&text, 1 << 20);
    if (!file_read(path, &text, &err))
        fail_msg("%s", err.what);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    unlink(path);
    free(path);
    return buf_take(&text, NULL);
}

static void the_configuration_leads_to_it(void **state)
{
    struct bench *b = *state;
    struct err err;
    char dir[] = "/tmp/kubeboard-sandbox-XXXXXX";
    assert_non_null(mkdtemp(dir));
    for (int folder = 0; folder < 2; folder++) {
        if (!sandbox_write_config(b->sandbox, dir, folder ? SANDBOX_STORE_FOLDER : SANDBOX_STORE_S3,
                                  &err))
            fail_msg("%s", err.what);
        char *config = written(dir, "config.yaml"), *kubeconfig = written(dir, "kubeconfig"),
             *aws = written(dir, "aws.env");
        struct yaml *y = yaml_parse(config, strlen(config), "config.yaml", &err);
        assert_non_null(y);
        assert_string_equal(yaml_text(yaml_member(y, "loki"), "url", ""),
                            sandbox_url(b->sandbox, SANDBOX_LOKI));
        assert_string_equal(yaml_text(yaml_member(y, "loki"), "tenant", ""), "shop");
        const char *raw = yaml_text(yaml_member(y, "store"), "raw", "");
        char *expected =
            folder ? mem_printf("file://%s/store/raw", dir) : mem_dup("s3://kubeboard-raw/errors");
        assert_string_equal(raw, expected);
        free(expected);
        yaml_free(y);
        y = yaml_parse(kubeconfig, strlen(kubeconfig), "kubeconfig", &err);
        assert_non_null(y);
        assert_string_equal(yaml_text(y, "current-context", ""), "sandbox");
        assert_non_null(strstr(kubeconfig, sandbox_admin_token(b->sandbox)));
        assert_non_null(strstr(aws, sandbox_secret_key(b->sandbox)));
        yaml_free(y);
        free(config);
        free(kubeconfig);
        free(aws);
    }
    rmdir(dir);
}

static void faults_are_switched_at_run_time(void **state)
{
    struct bench *b = *state;
    assert_int_equal(ask(b, SANDBOX_CONTROL, "POST", "/faults", "fault=503%3Dloki:2"), 200);
    assert_true(has(b, "503=loki"));
    assert_int_equal(ask(b, SANDBOX_LOKI, "GET", "/ready", NULL), 503);
    assert_int_equal(ask(b, SANDBOX_KUBE, "GET", "/version", NULL), 200);
    assert_int_equal(ask(b, SANDBOX_LOKI, "GET", "/ready", NULL), 503);
    assert_int_equal(ask(b, SANDBOX_LOKI, "GET", "/ready", NULL), 200); /* two were asked for */
    assert_int_equal(ask(b, SANDBOX_CONTROL, "POST", "/faults", "fault=429"), 200);
    assert_int_equal(ask(b, SANDBOX_KUBE, "GET", "/version", NULL), 429);
    assert_true(has(b, "\"reason\":\"TooManyRequests\""));
    assert_int_equal(ask(b, SANDBOX_CONTROL, "POST", "/faults", "clear=all&fault=500%3Ds3"), 200);
    assert_int_equal(ask(b, SANDBOX_S3, "GET", "/kubeboard-raw", NULL), 500);
    assert_true(has(b, "<Code>InternalError</Code>"));
    assert_int_equal(ask(b, SANDBOX_CONTROL, "POST", "/faults", "fault=nonsense"), 400);
    assert_true(has(b, "there is no fault"));
}

static void slow_means_late_and_cut_means_short(void **state)
{
    struct bench *b = *state;
    struct err err;
    assert_true(sandbox_fault(b->sandbox, "slow=300ms", &err));
    int64_t began = clock_monotonic();
    assert_int_equal(ask(b, SANDBOX_LOKI, "GET", "/ready", NULL), 200);
    assert_in_range((clock_monotonic() - began) / CLOCK_MS, 290, 5000);
    assert_true(sandbox_fault(b->sandbox, "clear=slow", &err));
    assert_true(sandbox_fault(b->sandbox, "cut=loki:50", &err));
    ask(b, SANDBOX_LOKI, "GET", "/loki/api/v1/labels", NULL);
    assert_int_equal(b->err.kind, ERR_AWAY);
    assert_true(b->body.n <= 50);
    assert_true(sandbox_fault(b->sandbox, "clear=all", &err));
    assert_false(sandbox_fault(b->sandbox, "slow=soon", &err));
    assert_int_equal(err.kind, ERR_USAGE);
}

static void the_table_of_faults_is_complete(void **state)
{
    (void)state;
    const char *name, *argument, *help;
    int n = 0;
    for (; sandbox_fault_row(n, &name, &argument, &help); n++)
        assert_true(*name && *help);
    assert_int_equal(n, 12);
}

static void two_can_live_in_one_process(void **state)
{
    struct bench *b = *state;
    struct err err;
    struct sandbox_conf conf = {.seed = 5};
    struct sandbox *other = sandbox_new(b->loop, &conf, &err);
    assert_non_null(other);
    assert_string_not_equal(sandbox_url(other, SANDBOX_LOKI),
                            sandbox_url(b->sandbox, SANDBOX_LOKI));
    sandbox_free(other);
    const char *const faults[] = {"nonsense", NULL};
    conf.faults = faults;
    assert_null(sandbox_new(b->loop, &conf, &err));
    assert_int_equal(err.kind, ERR_USAGE);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(every_service_answers),
        T(the_service_proxy_leads_to_loki_and_prometheus),
        T(the_configuration_leads_to_it),
        T(faults_are_switched_at_run_time),
        T(slow_means_late_and_cut_means_short),
        T(the_table_of_faults_is_complete),
        T(two_can_live_in_one_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
