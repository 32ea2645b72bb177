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

static void group_version(struct json_out *out, const char *member, const char *group,
                          const char *version)
{
    json_out_object(out, member);
    pretend_textf(out, "groupVersion", "%s/%s", group, version);
    json_out_text(out, "version", version);
    json_out_end_object(out);
}

/* Of groups that hold no objects of the world's. */
static const char *only_version(const char *group)
{
    return strcmp(group, "authorization.k8s.io") == 0 ? "v1"
           : strcmp(group, "metrics.k8s.io") == 0     ? "v1beta1"
                                                      : NULL;
}

/* The members of a group: its versions, the preferred one first. False when there is none. */
static bool group(struct json_out *out, const char *name)
{
    const char *only = only_version(name), *first = only, *last = NULL;
    json_out_text(out, "name", name);
    json_out_array(out, "versions");
    if (only)
        group_version(out, NULL, name, only);
    for (int i = 0; i < PRETEND_COUNT && !only; i++) {
        const struct pretend_kind *k = pretend_row((enum pretend_kinds)i);
        if (strcmp(k->group, name) != 0 || (last && strcmp(last, k->version) == 0))
            continue;
        group_version(out, NULL, name, k->version);
        first = first ? first : k->version;
        last = k->version;
    }
    json_out_end_array(out);
    group_version(out, "preferredVersion", name, first ? first : "");
    return first;
}

static void add_group(struct json_out *out, const char *name)
{
    json_out_object(out, NULL);
    group(out, name);
    json_out_end_object(out);
}

static bool is_first_of_group(int kind)
{
    const char *name = pretend_row((enum pretend_kinds)kind)->group;
    for (int i = 0; i < kind; i++)
        if (strcmp(pretend_row((enum pretend_kinds)i)->group, name) == 0)
            return false;
    return *name;
}

static void groups(struct json_out *out)
{
    json_out_object(out, NULL);
    json_out_text(out, "kind", "APIGroupList");
    json_out_text(out, "apiVersion", "v1");
    json_out_array(out, "groups");
    add_group(out, "authorization.k8s.io");
    for (int i = 0; i < PRETEND_COUNT; i++)
        if (is_first_of_group(i))
            add_group(out, pretend_row((enum pretend_kinds)i)->group);
    add_group(out, "metrics.k8s.io"); /* aggregated groups come last */
    json_out_end_array(out);
    json_out_end_object(out);
}

static bool one_group(struct json_out *out, const char *name)
{
    json_out_object(out, NULL);
    json_out_text(out, "kind", "APIGroup");
    json_out_text(out, "apiVersion", "v1");
    bool found = group(out, name);
    json_out_end_object(out);
    return found;
}

void apiserver_discovery(struct apiserver_call *c)
{
    struct buf json;
    buf_init(&json, 1 << 20);
    struct json_out out = {.b = &json};
    bool found = true;
    if (strncmp(c->p->path, "/apis", 5) == 0 && !*c->group) {
        groups(&out);
    } else if (strncmp(c->p->path, "/apis", 5) == 0 && *c->version) {
        found = resources(&out, c->group, c->version);
    } else if (strncmp(c->p->path, "/apis", 5) == 0) {
        found = one_group(&out, c->group);
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
