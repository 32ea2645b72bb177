#include "kube/access/review.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "kube/access/client.h"

#define PATH "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"

enum { BODY_LONGEST = 8192 };

struct review {
    struct client_request *request;
    void *context;
    void (*done)(void *context, bool allowed, const char *reason, const struct err *err);
};

static void on_done(void *context, struct http_request *r, int status, struct str body,
                    const struct err *err)
{
    struct review *v = context;
    struct err end = *err;
    struct json_doc *doc = json_doc_new();
    (void)r;
    (void)status;
    const struct json *answer =
        err->kind == ERR_NONE ? json_parse(doc, body.p, body.n, &end) : NULL;
    bool allowed = json_bool(answer, "status.allowed", false);
    v->done(v->context, allowed, json_string(answer, "status.reason", ""), &end);
    json_doc_free(doc);
    free(v);
}

static void add(struct json_out *o, const char *name, const char *value)
{
    if (value && *value)
        json_out_text(o, name, value);
}

static void write_body(struct buf *body, const struct review_conf *conf)
{
    struct json_out o = {.b = body};
    json_out_object(&o, NULL);
    json_out_text(&o, "kind", "SelfSubjectAccessReview");
    json_out_text(&o, "apiVersion", "authorization.k8s.io/v1");
    json_out_object(&o, "spec");
    json_out_object(&o, "resourceAttributes");
    add(&o, "namespace", conf->namespace_);
    add(&o, "verb", conf->verb);
    add(&o, "group", conf->group);
    add(&o, "resource", conf->resource);
    add(&o, "subresource", conf->subresource);
    add(&o, "name", conf->name);
    json_out_end_object(&o);
    json_out_end_object(&o);
    json_out_end_object(&o);
}

struct review *review_ask(struct client *c, const struct review_conf *conf)
{
    struct review *v = mem_alloc(sizeof *v);
    struct buf body;
    v->context = conf->context;
    v->done = conf->done;
    buf_init(&body, BODY_LONGEST);
    write_body(&body, conf);
    v->request = client_send(c, &(struct http_call){.method = "POST",
                                                    .path = PATH,
                                                    .body = buf_str(&body),
                                                    .content_type = "application/json",
                                                    .context = v,
                                                    .done = on_done});
    buf_free(&body);
    return v;
}

void review_cancel(struct review *v)
{
    if (!v)
        return;
    client_cancel(v->request);
    free(v);
}
