/* What the asker may do: SelfSubjectAccessReview and SelfSubjectRulesReview. */
#include <string.h>

#include "net/server.h"
#include "sandbox/kube/apiserver_call.h"

static void access_review(struct apiserver_call *c, const struct json *body, struct json_out *out)
{
    const struct json *a = json_get(body, "spec.resourceAttributes"),
                      *n = json_get(body, "spec.nonResourceAttributes");
    const char *resource = json_string(a, "resource", ""), *ns = json_string(a, "namespace", "");
    bool allowed =
        n ? c->user.admin || strcmp(json_string(n, "verb", ""), "get") == 0
          : apiserver_user_may(&c->user, json_string(a, "verb", ""), json_string(a, "group", ""),
                               resource, json_string(a, "subresource", ""), ns);
    json_out_json(out, "spec", json_member(body, "spec"));
    json_out_object(out, "status");
    json_out_bool(out, "allowed", allowed);
    if (allowed && c->user.restricted)
        json_out_text(out, "reason",
                      "RBAC: allowed by RoleBinding \"reader/shop\" of Role \"reader\" to "
                      "ServiceAccount \"reader/shop\"");
    json_out_end_object(out);
}

static void rules_review(struct apiserver_call *c, const struct json *body, struct json_out *out)
{
    const char *ns = json_string(body, "spec.namespace", "");
    bool shop = c->user.restricted && strcmp(ns, "shop") == 0;
    pretend_raw(out, "spec", "{}");
    json_out_object(out, "status");
    pretend_raw(out, "resourceRules",
                c->user.admin ? "[{\"verbs\":[\"create\"],\"apiGroups\":[\"authorization.k8s.io\"],"
                                "\"resources\":[\"selfsubjectaccessreviews\","
                                "\"selfsubjectrulesreviews\"]},{\"verbs\":[\"*\"],\"apiGroups\":["
                                "\"*\"],\"resources\":[\"*\"]}]"
                : shop        ? "[{\"verbs\":[\"create\"],\"apiGroups\":[\"authorization.k8s.io\"],"
                                "\"resources\":[\"selfsubjectaccessreviews\","
                                "\"selfsubjectrulesreviews\"]},{\"verbs\":[\"get\",\"list\",\"watch\"],"
                                "\"apiGroups\":[\"\"],\"resources\":[\"pods\","
                                "\"pods/"
                                "log\",\"events\",\"services\",\"configmaps\",\"persistentvolumeclaims\"]}"
                                ",{\"verbs\":[\"get\",\"list\",\"watch\"],"
                                "\"apiGroups\":[\"apps\"],\"resources\":[\"deployments\",\"replicasets\","
                                "\"statefulsets\",\"daemonsets\"]},{\"verbs\":["
                                "\"get\",\"list\",\"watch\"],\"apiGroups\":[\"events.k8s.io\"],"
                                "\"resources\":[\"events\"]}]"
                              : "[{\"verbs\":[\"create\"],\"apiGroups\":[\"authorization.k8s.io\"],"
                                "\"resources\":[\"selfsubjectaccessreviews\","
                                "\"selfsubjectrulesreviews\"]}]");
    pretend_raw(
        out, "nonResourceRules",
        c->user.admin
            ? "[{\"verbs\":[\"*\"],\"nonResourceURLs\":[\"*\"]}]"
            : "[{\"verbs\":[\"get\"],\"nonResourceURLs\":[\"/api\",\"/api/*\",\"/apis\",\"/apis/"
              "*\",\"/healthz\","
              "\"/livez\",\"/openapi\",\"/openapi/*\",\"/readyz\",\"/version\",\"/version/\"]}]");
    json_out_bool(out, "incomplete", false);
    json_out_end_object(out);
}

void apiserver_review(struct apiserver_call *c)
{
    struct str text = server_body(c->p->r);
    bool rules = strcmp(c->resource, "selfsubjectrulesreviews") == 0;
    struct json_doc *d = json_doc_new();
    const struct json *body = json_parse(d, text.p ? text.p : "", text.n, NULL);
    if (strcmp(c->verb, "create") != 0) {
        apiserver_status(c, 405, "MethodNotAllowed", "{}",
                         "the server does not allow this method on the requested resource");
    } else if (!rules && strcmp(c->resource, "selfsubjectaccessreviews") != 0) {
        apiserver_status_no_resource(c);
    } else if (!json_member(body, "spec")) {
        apiserver_status(c, 400, "BadRequest", NULL, "the object provided is unrecognized");
    } else {
        struct buf json;
        buf_init(&json, 1 << 20);
        struct json_out out = {.b = &json};
        json_out_object(&out, NULL);
        json_out_text(&out, "kind", rules ? "SelfSubjectRulesReview" : "SelfSubjectAccessReview");
        json_out_text(&out, "apiVersion", "authorization.k8s.io/v1");
        pretend_raw(&out, "metadata", "{\"creationTimestamp\":null}");
        if (rules)
            rules_review(c, body, &out);
        else
            access_review(c, body, &out);
        json_out_end_object(&out);
        buf_addc(&json, '\n');
        apiserver_call_answer(c, 201, buf_str(&json));
        buf_free(&json);
    }
    json_doc_free(d);
}
