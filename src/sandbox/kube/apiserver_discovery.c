/* What the server can do: /api, /apis and the resource lists of 1.20 (no aggregated form). */
#include <string.h>

#include "sandbox/kube/apiserver_call.h"

static bool is_stored(int kind)
{
    return kind == PRETEND_LEASES || kind == PRETEND_CONFIGMAPS || kind == PRETEND_SECRETS ||
           kind == PRETEND_SERVICEACCOUNTS || kind == PRETEND_PDBS;
}

/* What "kubectl get all" means. */
static bool in_all(const char *plural)
{
    static const char *const names[] = {"pods",
                                        "services",
                                        "daemonsets",
                                        "deployments",
                                        "replicasets",
                                        "statefulsets",
                                        "horizontalpodautoscalers",
                                        "jobs",
                                        "cronjobs"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], plural) == 0)
            return true;
    return false;
}

static void resource(struct json_out *out, const struct pretend_kind *k, const char *sub,
                     const char *kind, const char *verbs)
{
    json_out_object(out, NULL);
    pretend_textf(out, "name", "%s%s", k->plural, sub);
    /* Of its own resources the server of 1.20 gives no singular, of custom ones it does. */
    bool custom = k->group && strchr(k->group, '.') && !strstr(k->group, "k8s.io");
    json_out_text(out, "singularName", custom ? k->singular : "");
    json_out_bool(out, "namespaced", k->namespaced);
    json_out_text(out, "kind", kind);
    pretend_raw(out, "verbs", verbs);
    if (*k->short_names && !*sub) {
        struct str rest = str_of(k->short_names), name;
        json_out_array(out, "shortNames");
        while (str_cut(&rest, ' ', &name))
            json_out_string(out, NULL, name);
        json_out_end_array(out);
    }
    if (!*sub && k->kind && in_all(k->plural)) {
        json_out_array(out, "categories");
        json_out_text(out, NULL, "all");
        json_out_end_array(out);
    }
    json_out_end_object(out);
}

/* What apiserver_change.c does. */
static const char *changing(int kind)
{
    switch (kind) {
    case PRETEND_EVENTS:
    case PRETEND_NEW_EVENTS:
    case PRETEND_NAMESPACES:
    case PRETEND_REPLICASETS:
        return "[\"get\",\"list\",\"watch\"]";
    case PRETEND_JOBS:
        return "[\"create\",\"delete\",\"get\",\"list\",\"watch\"]";
    case PRETEND_NODES:
        return "[\"get\",\"list\",\"patch\",\"watch\"]";
    case PRETEND_DEPLOYMENTS:
    case PRETEND_STATEFULSETS:
    case PRETEND_DAEMONSETS:
        return "[\"delete\",\"get\",\"list\",\"patch\",\"watch\"]";
    default:
        return "[\"delete\",\"get\",\"list\",\"watch\"]";
    }
}

static void subresources(struct json_out *out, const struct pretend_kind *k, int kind)
{
    if (kind == PRETEND_PODS) {
        resource(out, k, "/eviction", "Eviction",
                 "[\"create\"],\"group\":\"policy\",\"version\":"
                 "\"v1beta1\"");
        resource(out, k, "/exec", "PodExecOptions", "[\"create\",\"get\"]");
        resource(out, k, "/log", "Pod", "[\"get\"]");
        resource(out, k, "/portforward", "PodPortForwardOptions", "[\"create\",\"get\"]");
    }
    if (kind == PRETEND_DEPLOYMENTS || kind == PRETEND_STATEFULSETS || kind == PRETEND_REPLICASETS)
        resource(out, k, "/scale", "Scale",
                 "[\"get\",\"patch\",\"update\"],\"group\":\"autoscaling\",\"version\":\"v1\"");
}

static bool resources(struct json_out *out, const char *group, const char *version)
{
    bool found = false;
    json_out_object(out, NULL);
    json_out_text(out, "kind", "APIResourceList");
    if (*group)
        json_out_text(out, "apiVersion", "v1");
    pretend_textf(out, "groupVersion", "%s%s%s", group, *group ? "/" : "", version);
    json_out_array(out, "resources");
    for (int i = 0; i < PRETEND_COUNT; i++) {
        const struct pretend_kind *k = pretend_row((enum pretend_kinds)i);
        if (strcmp(k->group, group) != 0 || strcmp(k->version, version) != 0)
            continue;
        found = true;
        resource(out, k, "", k->kind,
                 is_stored(i)
                     ? "[\"create\",\"delete\",\"get\",\"list\",\"patch\",\"update\",\"watch\"]"
                     : changing(i));
        subresources(out, k, i);
    }
    if (strcmp(group, "authorization.k8s.io") == 0 && strcmp(version, "v1") == 0) {
        static const struct pretend_kind reviews[] = {
            {.plural = "selfsubjectaccessreviews", .short_names = ""},
            {.plural = "selfsubjectrulesreviews", .short_names = ""}};
        resource(out, &reviews[0], "", "SelfSubjectAccessReview", "[\"create\"]");
        resource(out, &reviews[1], "", "SelfSubjectRulesReview", "[\"create\"]");
        found = true;
    }
    if (strcmp(group, "metrics.k8s.io") == 0 && strcmp(version, "v1beta1") == 0) {
        static const struct pretend_kind measured[] = {
            {.plural = "nodes", .short_names = ""},
            {.plural = "pods", .short_names = "", .namespaced = true}};
        resource(out, &measured[0], "", "NodeMetrics", "[\"get\",\"list\"]");
        resource(out, &measured[1], "", "PodMetrics", "[\"get\",\"list\"]");
        found = true;
    }
    json_out_end_array(out);
    json_out_end_object(out);
    return found;
}

static void group(struct json_out *out, const char *name, const char *version)
{
    json_out_object(out, NULL);
    json_out_text(out, "name", name);
    for (int preferred = 0; preferred < 2; preferred++) {
        if (preferred)
            json_out_object(out, "preferredVersion");
        else {
            json_out_array(out, "versions");
            json_out_object(out, NULL);
        }
        pretend_textf(out, "groupVersion", "%s/%s", name, version);
        json_out_text(out, "version", version);
        json_out_end_object(out);
        if (!preferred)
            json_out_end_array(out);
    }
    json_out_end_object(out);
}

static void groups(struct json_out *out)
{
    json_out_object(out, NULL);
    json_out_text(out, "kind", "APIGroupList");
    json_out_text(out, "apiVersion", "v1");
    json_out_array(out, "groups");
    group(out, "authorization.k8s.io", "v1");
    const char *seen[PRETEND_COUNT];
    size_t count = 0;
    for (int i = 0; i < PRETEND_COUNT; i++) {
        const struct pretend_kind *k = pretend_row((enum pretend_kinds)i);
        bool known = !*k->group;
        for (size_t n = 0; n < count; n++)
            known |= strcmp(seen[n], k->group) == 0;
        if (known)
            continue;
        seen[count++] = k->group;
        group(out, k->group, strcmp(k->group, "batch") == 0 ? "v1" : k->version);
    }
    group(out, "metrics.k8s.io", "v1beta1"); /* aggregated groups come last */
    json_out_end_array(out);
    json_out_end_object(out);
}

/* batch serves two versions in 1.20: jobs in v1, cron jobs in v1beta1. */
static void add_batch_beta(struct buf *json)
{
    static const char one[] =
        "{\"name\":\"batch\",\"versions\":[{\"groupVersion\":\"batch/v1\",\"version\":\"v1\"}";
    const char *at = json->p ? strstr(json->p, one) : NULL;
    if (!at)
        return;
    size_t n = (size_t)(at - json->p) + sizeof one - 1;
    struct buf out;
    buf_init(&out, json->max);
    buf_add(&out, json->p, n);
    buf_adds(&out, ",{\"groupVersion\":\"batch/v1beta1\",\"version\":\"v1beta1\"}");
    buf_add(&out, json->p + n, json->n - n);
    buf_free(json);
    *json = out;
}

void apiserver_discovery(struct apiserver_call *c)
{
    struct buf json;
    buf_init(&json, 1 << 20);
    struct json_out out = {.b = &json};
    bool found = true;
    if (strncmp(c->p->path, "/apis", 5) == 0 && !*c->group) {
        groups(&out);
        add_batch_beta(&json);
    } else if (strncmp(c->p->path, "/apis", 5) == 0 && *c->version) {
        found = resources(&out, c->group, c->version);
    } else if (strncmp(c->p->path, "/apis", 5) == 0) {
        found = false; /* one group alone: nobody asks for it */
    } else if (*c->version) {
        found = resources(&out, "", c->version);
    } else {
        buf_adds(&json, "{\"kind\":\"APIVersions\",\"versions\":[\"v1\"],"
                        "\"serverAddressByClientCIDRs\":[{\"clientCIDR\":\"0.0.0.0/0\","
                        "\"serverAddress\":\"192.0.2.2:443\"}]}");
    }
    buf_addc(&json, '\n');
    if (found) {
        apiserver_call_answer(c, 200, buf_str(&json));
    } else {
        reply_text(c->p, 404, "404 page not found\n");
        apiserver_call_free(c);
    }
    buf_free(&json);
}
