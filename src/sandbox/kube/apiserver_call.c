#include "sandbox/kube/apiserver_call.h"

#include <stdio.h>
#include <stdlib.h>

#include "net/server.h"

void apiserver_call_free(struct apiserver_call *c)
{
    free(c->group);
    free(c->version);
    free(c->ns);
    free(c->resource);
    free(c->name);
    free(c->sub);
    free(c);
}

const char *apiserver_call_param(const struct apiserver_call *c, const char *name)
{
    const char *value = server_query(c->p->r, name);
    return value ? value : "";
}

const char *const *apiserver_call_headers(void)
{
    static const char *const headers[] = {
        "Cache-Control: no-cache, private",
        "X-Kubernetes-Pf-Flowschema-Uid: 1d0819cb-f576-4fcb-bc39-9882ae98ce39",
        "X-Kubernetes-Pf-Prioritylevel-Uid: 322a824a-db20-402d-b2d4-e2d606040734", NULL};
    return headers;
}

void apiserver_call_answer(struct apiserver_call *c, int status, struct str json)
{
    reply_body(c->p, status, "application/json", apiserver_call_headers(), json);
    apiserver_call_free(c);
}

void apiserver_call_resource(const struct apiserver_call *c, char *out, size_t size)
{
    snprintf(out, size, "%s%s%s", c->resource, *c->group ? "." : "", c->group);
}
