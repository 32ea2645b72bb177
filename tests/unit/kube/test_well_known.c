/* Services as the charts make them, and what only looks like one. */
#include "kube/access/well_known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"

static const char *place_of(enum well_known_source s, const char *name, const char *labels,
                            const char *ports, int *rank)
{
    static char text[200];
    char json[1000];
    struct well_known_place place;
    struct json_doc *doc = json_doc_new();
    snprintf(json, sizeof json,
             "{\"metadata\":{\"namespace\":\"ns\",\"name\":\"%s\",\"labels\":{%s}},"
             "\"spec\":{\"ports\":[%s]}}",
             name, labels, ports);
    const struct json *service = json_parse(doc, json, strlen(json), NULL);
    assert_non_null(service);
    bool found = well_known_read(s, service, &place);
    json_doc_free(doc);
    if (!found)
        return "";
    if (rank)
        *rank = place.rank;
    return well_known_text(&place, text, sizeof text);
}

#define PORT(name, number) "{\"name\":\"" name "\",\"port\":" #number "}"

static const struct chart {
    enum well_known_source source;
    const char *name, *labels, *ports, *expected;
} charts[] = {
    {WELL_KNOWN_LOKI, "loki-gateway", "", PORT("http-metrics", 80), "ns/loki-gateway:80"},
    {WELL_KNOWN_LOKI, "logs-gateway",
     "\"app.kubernetes.io/name\":\"loki\",\"app.kubernetes.io/component\":\"gateway\"",
     PORT("http-metrics", 80), "ns/logs-gateway:80"},
    {WELL_KNOWN_LOKI, "x-grafana-loki-gateway", "", PORT("http", 80),
     "ns/x-grafana-loki-gateway:80"},
    {WELL_KNOWN_LOKI, "loki-read", "", PORT("grpc", 9095) "," PORT("http-metrics", 3100),
     "ns/loki-read:3100"},
    {WELL_KNOWN_LOKI, "loki", "", PORT("grpc", 9095) "," PORT("other", 3200), "ns/loki:3200"},
    {WELL_KNOWN_LOKI, "loki-headless", "", PORT("http-metrics", 3100), ""},
    {WELL_KNOWN_LOKI, "loki-memberlist", "\"app\":\"loki\"", PORT("tcp", 7946), ""},
    {WELL_KNOWN_LOKI, "tempo-query-frontend", "", PORT("http", 3100), ""},
    {WELL_KNOWN_LOKI, "loki", "", "", ""},
    {WELL_KNOWN_PROMETHEUS, "kps-kube-prometheus-stack-prometheus", "", PORT("http-web", 9090),
     "ns/kps-kube-prometheus-stack-prometheus:9090"},
    {WELL_KNOWN_PROMETHEUS, "prometheus-k8s", "", PORT("metrics", 9092) "," PORT("https-web", 9091),
     "https:ns/prometheus-k8s:9091"},
    {WELL_KNOWN_PROMETHEUS, "prometheus-server", "", PORT("http", 80), "ns/prometheus-server:80"},
    {WELL_KNOWN_PROMETHEUS, "prometheus-operated", "", PORT("grpc", 10901) "," PORT("web", 9090),
     "ns/prometheus-operated:9090"},
    {WELL_KNOWN_PROMETHEUS, "prometheus-alertmanager", "", PORT("http", 80), ""},
    {WELL_KNOWN_PROMETHEUS, "prometheus-node-exporter", "", PORT("metrics", 9100), ""},
    {WELL_KNOWN_ALERTMANAGER, "prometheus-alertmanager", "", PORT("http", 9093),
     "ns/prometheus-alertmanager:9093"},
    {WELL_KNOWN_ALERTMANAGER, "alertmanager-operated", "",
     PORT("tcp-mesh", 9094) "," PORT("web", 9093), "ns/alertmanager-operated:9093"},
};

static void test_charts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof charts / sizeof *charts; i++)
        assert_string_equal(
            place_of(charts[i].source, charts[i].name, charts[i].labels, charts[i].ports, NULL),
            charts[i].expected);
}

/* What reads all of Loki goes before a part of it. */
static void test_ranks(void **state)
{
    int gateway, frontend, read, single;
    (void)state;
    place_of(WELL_KNOWN_LOKI, "loki-gateway", "", PORT("http", 80), &gateway);
    place_of(WELL_KNOWN_LOKI, "loki-query-frontend", "", PORT("http", 80), &frontend);
    place_of(WELL_KNOWN_LOKI, "loki-read", "", PORT("http", 80), &read);
    place_of(WELL_KNOWN_LOKI, "loki", "", PORT("http", 80), &single);
    assert_true(gateway < frontend && frontend < read && read < single);
}

static void test_configured(void **state)
{
    static const char *const wrong[] = {"loki",       "ns/loki",    "ns:80",      "ns/:80",
                                        "/loki:80",   "ns/loki:",   "NS/loki:80", "ns/loki:80/x",
                                        "ns/../x:80", "-ns/loki:80"};
    struct well_known_place place;
    struct err err;
    char text[300];
    (void)state;
    assert_true(well_known_parse("https:obs/my-loki:http-metrics", &place, &err));
    assert_string_equal(well_known_path(&place, text, sizeof text),
                        "/api/v1/namespaces/obs/services/https:my-loki:http-metrics/proxy");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(well_known_parse(wrong[i], &place, &err));
        assert_int_equal(err.kind, ERR_CONFIG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_charts), cmocka_unit_test(test_ranks),
                                       cmocka_unit_test(test_configured)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
