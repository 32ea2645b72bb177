#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sandbox/kube/apiserver_call.h"

enum { MESSAGE_MAX = 2000 };

void apiserver_status_json(struct buf *out, int code, const char *reason, const char *details,
                           const char *next, const char *message)
{
    struct json_out o = {.b = out};
    json_out_object(&o, NULL);
    json_out_text(&o, "kind", "Status");
    json_out_text(&o, "apiVersion", "v1");
    json_out_object(&o, "metadata");
    if (next)
        json_out_text(&o, "continue", next);
    json_out_end_object(&o);
    json_out_text(&o, "status", "Failure");
    json_out_text(&o, "message", message);
    if (reason)
        json_out_text(&o, "reason", reason);
    if (details)
        pretend_raw(&o, "details", details);
    json_out_int(&o, "code", code);
    json_out_end_object(&o);
    buf_addc(out, '\n');
}

void apiserver_status(struct apiserver_call *c, int code, const char *reason, const char *details,
                      const char *fmt, ...)
{
    char message[MESSAGE_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    struct buf out;
    buf_init(&out, 4 * MESSAGE_MAX);
    apiserver_status_json(&out, code, reason, details, NULL, message);
    apiserver_call_answer(c, code, buf_str(&out));
    buf_free(&out);
}

void apiserver_status_not_found(struct apiserver_call *c)
{
    char resource[160], details[400];
    apiserver_call_resource(c, resource, sizeof resource);
    snprintf(details, sizeof details, "{\"name\":\"%s\",%s%s%s\"kind\":\"%s\"}",
             strpbrk(c->name, "\"\\") ? "" : c->name, *c->group ? "\"group\":\"" : "", c->group,
             *c->group ? "\"," : "", c->resource);
    apiserver_status(c, 404, "NotFound", details, "%s \"%s\" not found", resource, c->name);
}

void apiserver_status_no_resource(struct apiserver_call *c)
{
    apiserver_status(c, 404, "NotFound", "{}", "the server could not find the requested resource");
}

void apiserver_status_match(struct apiserver_call *c, const char *where)
{
    char details[400];
    snprintf(details, sizeof details,
             "{\"group\":\"meta.k8s.io\",\"kind\":\"ListOptions\",\"causes\":[{"
             "\"reason\":\"FieldValueForbidden\",\"message\":\"Forbidden: resourceVersionMatch is "
             "forbidden %s\",\"field\":\"resourceVersionMatch\"}]}",
             where);
    apiserver_status(c, 422, "Invalid", details,
                     "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: "
                     "resourceVersionMatch is forbidden %s",
                     where);
}
