/* Resources by name: what an API server would serve, and the part of a source that answers INTENT_BROWSE. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/screen/fill.h"

static const struct column deployment_columns[] = {
    {.title = "READY", .type = CELL_RATIO},
    {.title = "UP-TO-DATE", .type = CELL_INT},
    {.title = "AVAILABLE", .type = CELL_INT},
    {.title = "CONTAINERS", .type = CELL_TEXT, .wide = true},
    {.title = "IMAGES", .type = CELL_TEXT, .wide = true},
    {.title = "SELECTOR", .type = CELL_TEXT, .wide = true},
};
static const struct column replicaset_columns[] = {{.title = "DESIRED", .type = CELL_INT},
                                                   {.title = "CURRENT", .type = CELL_INT},
                                                   {.title = "READY", .type = CELL_INT}};
static const struct column cronjob_columns[] = {
    {.title = "SCHEDULE", .type = CELL_TEXT},
    {.title = "SUSPEND", .type = CELL_TEXT},
    {.title = "ACTIVE", .type = CELL_INT},
    {.title = "LAST SCHEDULE", .type = CELL_TIME},
};
static const struct column job_columns[] = {{.title = "STATUS", .type = CELL_TEXT},
                                            {.title = "COMPLETIONS", .type = CELL_TEXT},
                                            {.title = "DURATION", .type = CELL_TEXT}};
static const struct column certificate_columns[] = {
    {.title = "READY", .type = CELL_TEXT},
    {.title = "SECRET", .type = CELL_TEXT},
    {.title = "ISSUER", .type = CELL_TEXT, .wide = true},
    {.title = "STATUS", .type = CELL_TEXT, .wide = true},
};
#define KIND(name, one, brief, api, object, ns, columns)                                           \
    {                                                                                              \
        name, one, brief, api, object, ns, columns, sizeof columns / sizeof *columns               \
    }
static const struct kind kinds[] = {
    {"namespaces", "namespace", "ns", "/api/v1", "Namespace", false, NULL, 0},
    {"nodes", "node", "no", "/api/v1", "Node", false, NULL, 0},
    {"pods", "pod", "po", "/api/v1", "Pod", true, NULL, 0},
    {"secrets", "secret", "", "/api/v1", "Secret", true, NULL, 0},
    {"daemonsets", "daemonset", "ds", "/apis/apps/v1", "DaemonSet", true, NULL, 0},
    KIND("deployments", "deployment", "deploy", "/apis/apps/v1", "Deployment", true,
         deployment_columns),
    KIND("replicasets", "replicaset", "rs", "/apis/apps/v1", "ReplicaSet", true,
         replicaset_columns),
    KIND("cronjobs", "cronjob", "cj", "/apis/batch/v1", "CronJob", true, cronjob_columns),
    KIND("jobs", "job", "", "/apis/batch/v1", "Job", true, job_columns),
    KIND("certificates", "certificate", "cert certs", "/apis/cert-manager.io/v1", "Certificate",
         true, certificate_columns),
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* Cells in the order of the columns: numbers as text, a time as minutes ago. */
static const struct {
    const char *kind, *ns, *name, *owner, *trouble;
    enum health health;
    int minutes;
    const char *cells[6];
} rows[] = {
    {"deployments",
     "shop",
     "checkout",
     "",
     "2 of 5 unavailable since 13:35",
     HEALTH_BAD,
     90000,
     {"3/5", "5", "3", "checkout", "registry.example.com/shop/checkout:v1.42.0", "app=checkout"}},
    {"deployments",
     "shop",
     "cart",
     "",
     "",
     HEALTH_OK,
     90000,
     {"4/4", "4", "4", "cart", "registry.example.com/shop/cart:v1.9.1", "app=cart"}},
    {"deployments",
     "payments",
     "gateway",
     "",
     "",
     HEALTH_OK,
     3000,
     {"3/3", "3", "3", "gateway,envoy",
      "registry.example.com/payments/gateway:v3.0.2,docker.io/envoyproxy/envoy:v1.30.1",
      "app=gateway,tier=edge"}},
    {"deployments",
     "kube-system",
     "coredns",
     "",
     "",
     HEALTH_OK,
     400000,
     {"2/2", "2", "2", "coredns", "registry.k8s.io/coredns/coredns:v1.8.0", "k8s-app=kube-dns"}},
    {"replicasets",
     "shop",
     "checkout-7d9f8c6b5",
     "Deployment/checkout",
     "",
     HEALTH_WARN,
     12,
     {"5", "5", "3"}},
    {"replicasets",
     "shop",
     "checkout-5c4b3a291",
     "Deployment/checkout",
     "",
     HEALTH_OK,
     90000,
     {"0", "0", "0"}},
    {"replicasets",
     "shop",
     "cart-5b6c7d8f9",
     "Deployment/cart",
     "",
     HEALTH_OK,
     90000,
     {"4", "4", "4"}},
    {"cronjobs", "shop", "reindex", "", "", HEALTH_OK, 9000, {"*/10 * * * *", "False", "1", "7"}},
    {"jobs",
     "shop",
     "reindex-27168040",
     "CronJob/reindex",
     "",
     HEALTH_DONE,
     17,
     {"Complete", "1/1", "41s"}},
    {"jobs",
     "shop",
     "reindex-27168050",
     "CronJob/reindex",
     "BackoffLimitExceeded",
     HEALTH_BAD,
     7,
     {"Failed", "0/1", "7m"}},
    {"jobs", "shop", "import", "", "", HEALTH_DONE, 70, {"Complete", "1/1", "9m"}},
    {"certificates",
     "shop",
     "shop-example-com",
     "",
     "",
     HEALTH_OK,
     30000,
     {"True", "shop-tls", "letsencrypt", "Certificate is up to date and has not expired"}},
    {"certificates",
     "payments",
     "pay-example-com",
     "",
     "",
     HEALTH_WARN,
     30,
     {"False", "pay-tls", "letsencrypt", "Issuing certificate as Secret does not exist"}},
};

void fill_served(struct model *m)
{
    for (size_t i = 0; i < KINDS; i++)
        served_add(m->served, &kinds[i]);
}

static void set_cell(struct object *o, const struct kind *kind, size_t i, const char *text,
                     int64_t now)
{
    switch (kind->columns[i].type) {
    case CELL_TEXT:
        object_set_text(o, i, str_of(text));
        break;
    case CELL_RATIO:
        o->cells[i].pair.part = (int32_t)strtol(text, NULL, 10);
        o->cells[i].pair.whole = (int32_t)strtol(strchr(text, '/') + 1, NULL, 10);
        break;
    case CELL_TIME:
        o->cells[i].number = now - strtol(text, NULL, 10) * CLOCK_MINUTE;
        break;
    case CELL_INT:
    case CELL_BYTES:
    case CELL_CPU:
        o->cells[i].number = strtol(text, NULL, 10);
        break;
    }
}

static struct objects *table_of(const struct kind *kind, int64_t now)
{
    struct objects *t = objects_new(kind);
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        if (strcmp(rows[r].kind, kind->name) != 0)
            continue;
        struct object *o = objects_new_row(t, str_of(rows[r].ns), str_of(rows[r].name));
        o->created = now - rows[r].minutes * CLOCK_MINUTE;
        o->health = rows[r].health;
        o->version_hash = r + 1;
        object_set_owner(o, str_of(rows[r].owner));
        object_set_trouble(o, str_of(rows[r].trouble));
        for (size_t i = 0; i < kind->column_count; i++)
            set_cell(o, kind, i, rows[r].cells[i], now);
        objects_put(t, o);
    }
    return t;
}

static void take(struct model_browsed *b, const struct model *m, struct str name, int64_t now)
{
    struct err err;
    snprintf(b->name, sizeof b->name, "%.*s", (int)name.n, name.p);
    b->kind = served_find(m->served, b->name);
    for (size_t i = 0; i < KINDS; i++) {
        if (!b->kind || strcmp(kinds[i].name, b->kind->name) != 0)
            continue;
        b->resource.table = table_of(&kinds[i], now);
        upstream_live(&b->resource.upstream);
        return;
    }
    err_set(&err, ERR_NOT_FOUND, b->name, "see kubectl api-resources",
            "the server doesn't have a resource type \"%s\"", b->name);
    upstream_failed(&b->resource.upstream, &err, 0);
}

void fill_browse(struct model *m, int64_t now, const char *wanted)
{
    struct str rest = str_of(wanted), line;
    for (size_t i = 0; i < MODEL_BROWSED; i++) {
        objects_free(m->browsed[i].resource.table);
        m->browsed[i] = (struct model_browsed){.name = ""};
    }
    str_cut(&rest, '\n', &line);
    for (size_t i = 0; i < MODEL_BROWSED && str_cut(&rest, '\n', &line); i++)
        take(&m->browsed[i], m, line, now);
}
