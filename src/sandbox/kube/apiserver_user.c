#include "sandbox/kube/apiserver_call.h"

#include <stdio.h>
#include <string.h>

static bool one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

/* What the Role "reader" in the namespace shop allows; nodes and other namespaces it does not. */
bool apiserver_user_may(const struct apiserver_user *u, const char *verb, const char *group,
                        const char *resource, const char *sub, const char *ns)
{
    static const char *const reading[] = {"get", "list", "watch", NULL};
    static const char *const core[] = {
        "pods", "events", "services", "configmaps", "persistentvolumeclaims", NULL};
    static const char *const apps[] = {"deployments", "replicasets", "statefulsets", "daemonsets",
                                       NULL};
    if (u->admin)
        return true;
    if (strcmp(group, "authorization.k8s.io") == 0)
        return u->restricted && strcmp(verb, "create") == 0;
    if (!u->restricted || strcmp(ns, "shop") != 0 || !one_of(verb, reading) ||
        (*sub && strcmp(sub, "log") != 0))
        return false;
    if (strcmp(group, "apps") == 0)
        return one_of(resource, apps);
    if (strcmp(group, "metrics.k8s.io") == 0)
        return strcmp(resource, "pods") == 0;
    if (strcmp(group, "events.k8s.io") == 0)
        return strcmp(resource, "events") == 0;
    return !*group && one_of(resource, core);
}

void apiserver_user_forbidden(struct apiserver_call *c)
{
    char resource[160], details[300], where[120], object[160] = "";
    apiserver_call_resource(c, resource, sizeof resource);
    snprintf(where, sizeof where, "at the cluster scope");
    if (*c->ns)
        snprintf(where, sizeof where, "in the namespace \"%s\"", c->ns);
    if (*c->name)
        snprintf(object, sizeof object, " \"%s\"", c->name);
    snprintf(details, sizeof details, "{%s%s%s%s%s%s\"kind\":\"%s\"}",
             *c->name ? "\"name\":\"" : "", c->name, *c->name ? "\"," : "",
             *c->group ? "\"group\":\"" : "", c->group, *c->group ? "\"," : "", c->resource);
    apiserver_status(
        c, 403, "Forbidden", details,
        "%s%s is forbidden: User \"%s\" cannot %s resource \"%s%s%s\" in API group \"%s\" %s",
        resource, object, c->user.name, c->verb, c->resource, *c->sub ? "/" : "", c->sub, c->group,
        where);
}
