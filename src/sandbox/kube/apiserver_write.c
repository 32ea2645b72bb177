/* Writing: leases, config maps and the other kept kinds; for what the world plans apiserver_change.c. */
#include <ctype.h>
#include <string.h>

#include "net/server.h"
#include "sandbox/kube/apiserver_call.h"
#include "sandbox/kube/shelf.h"

static bool is_kept(int kind)
{
    return kind == PRETEND_LEASES || kind == PRETEND_CONFIGMAPS || kind == PRETEND_SECRETS ||
           kind == PRETEND_SERVICEACCOUNTS || kind == PRETEND_PDBS;
}

static void details_of(const struct apiserver_call *c, const char *name, const char *causes,
                       struct buf *out)
{
    struct json_out o = {.b = out};
    json_out_object(&o, NULL);
    json_out_text(&o, "name", name);
    if (*c->group)
        json_out_text(&o, "group", c->group);
    json_out_text(&o, "kind", c->resource);
    if (causes)
        pretend_raw(&o, "causes", causes);
    json_out_end_object(&o);
}

static void refuse(struct apiserver_call *c, int code, const char *reason, const char *name,
                   const char *causes, const char *format_name, const char *text)
{
    struct buf details;
    char resource[160];
    buf_init(&details, 8192);
    details_of(c, name, causes, &details);
    apiserver_call_resource(c, resource, sizeof resource);
    apiserver_status(c, code, reason, buf_text(&details), "%s%s \"%s\"%s", format_name, resource,
                     name, text);
    buf_free(&details);
}

static void conflict(struct apiserver_call *c, const char *name)
{
    refuse(c, 409, "Conflict", name, NULL, "Operation cannot be fulfilled on ",
           ": the object has been modified; please apply your changes to the latest version and "
           "try again");
}

/* MicroTime wants exactly six decimals. */
static bool is_micro_time(const char *text)
{
    const char *dot = strchr(text, '.');
    if (!dot)
        return false;
    int digits = 0;
    while (isdigit((unsigned char)dot[1 + digits]))
        digits++;
    return digits == 6 && (dot[7] == 'Z' || dot[7] == '+' || dot[7] == '-');
}

static bool check_lease(struct apiserver_call *c, const struct json *body)
{
    static const char *const fields[] = {"spec.renewTime", "spec.acquireTime"};
    static const char *const names[] = {"RenewTime", "AcquireTime"};
    for (int i = 0; c->kind == PRETEND_LEASES && i < 2; i++) {
        const char *value = json_string(body, fields[i], NULL);
        if (!value || is_micro_time(value))
            continue;
        apiserver_status(
            c, 400, "BadRequest", NULL,
            "Lease in version \"v1\" cannot be handled as a Lease: v1.Lease.Spec: v1.LeaseSpec.%s: "
            "unmarshalerDecoder: "
            "parsing time \"\\\"%s\\\"\" as \"\\\"2006-01-02T15:04:05.000000Z07:00\\\"\": cannot "
            "parse \"%s\" as \".000000\"",
            names[i], value, strlen(value) > 19 ? value + 19 : value);
        return false;
    }
    return true;
}

static void add_json(struct buf *out, const struct json *value)
{
    struct json_out o = {.b = out};
    if (value && json_count(value))
        json_out_json(&o, NULL, value);
}

/* Puts the object there and answers with it. */
static void store(struct apiserver_call *c, const char *name, const struct json *body, int status)
{
    const struct apiserver_conf *conf = c->conf;
    struct buf labels, annotations, rest, reply;
    buf_init(&labels, SHELF_OBJECT_MAX);
    buf_init(&annotations, SHELF_OBJECT_MAX);
    buf_init(&rest, SHELF_OBJECT_MAX);
    buf_init(&reply, 4 * SHELF_OBJECT_MAX);
    add_json(&labels, json_get(body, "metadata.labels"));
    add_json(&annotations, json_get(body, "metadata.annotations"));
    struct json_out o = {.b = &rest};
    for (const struct json *m = json_first(body); m; m = json_next(m))
        if (strcmp(json_name(m), "kind") != 0 && strcmp(json_name(m), "apiVersion") != 0 &&
            strcmp(json_name(m), "metadata") != 0)
            json_out_json(&o, json_name(m), m);
    const struct pretend_object *object =
        shelf_put(conf->shelf, (enum pretend_kinds)c->kind, c->ns, name, 0, buf_str(&labels),
                  buf_str(&annotations), buf_str(&rest));
    if (!object || rest.over) {
        apiserver_status(c, 413, "RequestEntityTooLarge", NULL, "etcdserver: request is too large");
    } else {
        struct json_out whole = {.b = &reply};
        pretend_write(conf->world, object, c->t, true, &whole);
        buf_addc(&reply, '\n');
        apiserver_call_answer(c, status, buf_str(&reply));
    }
    buf_free(&labels);
    buf_free(&annotations);
    buf_free(&rest);
    buf_free(&reply);
}

static void create(struct apiserver_call *c, const struct json *body)
{
    const struct apiserver_conf *conf = c->conf;
    const char *name = json_string(body, "metadata.name", "");
    if (!*name)
        apiserver_status(
            c, 422, "Invalid", NULL,
            "%s \"\" is invalid: metadata.name: Required value: name or generateName is required",
            pretend_row((enum pretend_kinds)c->kind)->kind);
    else if (pretend_row((enum pretend_kinds)c->kind)->namespaced &&
             !shelf_find(conf->shelf, PRETEND_NAMESPACES, "", c->ns))
        apiserver_status(c, 404, "NotFound", NULL, "namespaces \"%s\" not found", c->ns);
    else if (shelf_find(conf->shelf, (enum pretend_kinds)c->kind, c->ns, name))
        refuse(c, 409, "AlreadyExists", name, NULL, "", " already exists");
    else if (check_lease(c, body))
        store(c, name, body, 201);
}

static void update(struct apiserver_call *c, const struct json *body)
{
    const struct apiserver_conf *conf = c->conf;
    const struct pretend_object *old =
        shelf_find(conf->shelf, (enum pretend_kinds)c->kind, c->ns, c->name);
    const char *version = json_string(body, "metadata.resourceVersion", ""),
               *name = json_string(body, "metadata.name", "");
    int64_t number = 0;
    if (strcmp(name, c->name) != 0)
        apiserver_status(
            c, 400, "BadRequest", NULL,
            "the name of the object (%s based on URL) was undeterminable: name must be provided",
            c->name);
    else if (!old)
        apiserver_status_not_found(c);
    else if (!*version && c->kind == PRETEND_LEASES)
        refuse(c, 422, "Invalid", c->name,
               "[{\"reason\":\"FieldValueInvalid\",\"message\":\"Invalid value: 0x0: must be "
               "specified for an update\",\"field\":"
               "\"metadata.resourceVersion\"}]",
               "",
               " is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for "
               "an update");
    else if (*version &&
             (!str_to_int(str_of(version), &number) || (uint64_t)number != old->version))
        conflict(c, c->name);
    else if (check_lease(c, body))
        store(c, c->name, body, 200);
}

/* RFC 7386: writes `base` with `patch` put over it. */
static void merge(struct json_out *out, const char *name, const struct json *base,
                  const struct json *patch)
{
    if (!json_is_object(patch) || !json_is_object(base)) {
        json_out_json(out, name, patch);
        return;
    }
    json_out_object(out, name);
    for (const struct json *m = json_first(base); m; m = json_next(m)) {
        const struct json *over = json_member(patch, json_name(m));
        if (!over)
            json_out_json(out, json_name(m), m);
        else if (!json_is_null(over))
            merge(out, json_name(m), m, over);
    }
    for (const struct json *m = json_first(patch); m; m = json_next(m))
        if (!json_is_null(m) && !json_member(base, json_name(m)))
            json_out_json(out, json_name(m), m);
    json_out_end_object(out);
}

static void patch(struct apiserver_call *c, const struct json *body)
{
    const struct apiserver_conf *conf = c->conf;
    const struct pretend_object *old =
        shelf_find(conf->shelf, (enum pretend_kinds)c->kind, c->ns, c->name);
    int64_t version = json_int(body, "metadata.resourceVersion", -1);
    if (!old) {
        apiserver_status_not_found(c);
        return;
    }
    if (version >= 0 && (uint64_t)version != old->version) {
        conflict(c, c->name);
        return;
    }
    struct buf before, merged;
    buf_init(&before, SHELF_OBJECT_MAX);
    buf_init(&merged, 2 * SHELF_OBJECT_MAX);
    struct json_out o = {.b = &before}, m = {.b = &merged};
    pretend_write(conf->world, old, c->t, true, &o);
    struct json_doc *old_doc = json_doc_new(), *new_doc = json_doc_new();
    merge(&m, NULL, json_parse(old_doc, before.p, before.n, NULL), body);
    const struct json *whole = json_parse(new_doc, merged.p, merged.n, NULL);
    if (!whole)
        apiserver_status(c, 400, "BadRequest", NULL, "the patch cannot be applied");
    else if (check_lease(c, whole))
        store(c, c->name, whole, 200);
    json_doc_free(old_doc);
    json_doc_free(new_doc);
    buf_free(&before);
    buf_free(&merged);
}

static void delete_object(struct apiserver_call *c)
{
    const struct apiserver_conf *conf = c->conf;
    struct buf reply;
    if (!shelf_find(conf->shelf, (enum pretend_kinds)c->kind, c->ns, c->name)) {
        apiserver_status_not_found(c);
        return;
    }
    buf_init(&reply, 8192);
    buf_adds(&reply, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":"
                     "\"Success\",\"details\":");
    details_of(c, c->name, NULL, &reply);
    buf_adds(&reply, "}\n");
    shelf_delete(conf->shelf, (enum pretend_kinds)c->kind, c->ns, c->name);
    apiserver_call_answer(c, 200, buf_str(&reply));
    buf_free(&reply);
}

void apiserver_write(struct apiserver_call *c)
{
    struct str body = server_body(c->p->r);
    if (!is_kept(c->kind) && strcmp(c->verb, "deletecollection") != 0) {
        apiserver_change(c);
        return;
    }
    if (strcmp(c->verb, "deletecollection") == 0) {
        apiserver_status(c, 405, "MethodNotAllowed", "{}",
                         "the server does not allow this method on the requested resource");
        return;
    }
    if (strcmp(c->verb, "delete") == 0) {
        delete_object(c);
        return;
    }
    struct err err;
    struct json_doc *d = json_doc_new();
    const struct json *json = json_parse(d, body.p ? body.p : "", body.n, &err);
    if (!json_is_object(json))
        apiserver_status(c, 400, "BadRequest", NULL,
                         "the object provided is unrecognized (must be of type %s): %s",
                         pretend_row((enum pretend_kinds)c->kind)->kind,
                         json ? "no object" : err.what);
    else if (strcmp(c->verb, "create") == 0)
        create(c, json);
    else if (strcmp(c->verb, "update") == 0)
        update(c, json);
    else
        patch(c, json);
    json_doc_free(d);
}
