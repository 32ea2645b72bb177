/*
 * Writing to what the world plans: delete, scale, restart, cordon, evict, run. What a patch may change are the
 * fields behind those; any other change is refused aloud, since it would not be done.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/server.h"
#include "sandbox/kube/apiserver_call.h"
#include "sandbox/kube/shelf.h"
#include "sandbox/world/dice.h"
#include "sandbox/world/world_edit.h"

#define RESTARTED "kubectl.kubernetes.io/restartedAt"
enum { REPLICAS_MOST = 200, GRACE = 30 };

static struct world_workload *workload_of(struct world *w, const struct pretend_object *o)
{
    return &w->workloads[o->index];
}

static bool is_workload(int kind)
{
    return kind == PRETEND_DEPLOYMENTS || kind == PRETEND_STATEFULSETS ||
           kind == PRETEND_DAEMONSETS || kind == PRETEND_CRONJOBS;
}

static bool scales(int kind)
{
    return kind == PRETEND_DEPLOYMENTS || kind == PRETEND_STATEFULSETS ||
           kind == PRETEND_REPLICASETS;
}

/* Lets what was just planned happen. */
static void let_happen(struct apiserver_call *c)
{
    struct shelf *s = c->conf->shelf;
    shelf_tick(s, c->t + 1);
    c->t = shelf_time(s);
}

static void answer_object(struct apiserver_call *c, int status, const struct pretend_object *o)
{
    struct buf json;
    buf_init(&json, 4 << 20);
    struct json_out out = {.b = &json};
    pretend_write(c->conf->world, o, c->t, true, &out);
    buf_addc(&json, '\n');
    apiserver_call_answer(c, status, buf_str(&json));
    buf_free(&json);
}

static void answer_named(struct apiserver_call *c, int status, int kind, const char *name)
{
    const struct pretend_object *o =
        shelf_find(c->conf->shelf, (enum pretend_kinds)kind, c->ns, name);
    if (o)
        answer_object(c, status, o);
    else
        apiserver_status_not_found(c);
}

static void answer_success(struct apiserver_call *c, uint64_t id, int code)
{
    char uid[37];
    struct buf json;
    buf_init(&json, 8192);
    struct json_out o = {.b = &json};
    json_out_object(&o, NULL);
    json_out_text(&o, "kind", "Status");
    json_out_text(&o, "apiVersion", "v1");
    pretend_raw(&o, "metadata", "{}");
    json_out_text(&o, "status", "Success");
    if (code == 200) {
        json_out_object(&o, "details");
        json_out_text(&o, "name", c->name);
        if (*c->group)
            json_out_text(&o, "group", c->group);
        json_out_text(&o, "kind", c->resource);
        json_out_text(&o, "uid", dice_uuid(id, uid));
        json_out_end_object(&o);
    } else {
        json_out_int(&o, "code", code);
    }
    json_out_end_object(&o);
    buf_addc(&json, '\n');
    apiserver_call_answer(c, code, buf_str(&json));
    buf_free(&json);
}

static void not_here(struct apiserver_call *c, const char *what)
{
    apiserver_status(c, 403, "Forbidden", "{}", "kubeboard's sandbox %s", what);
}

/* A precondition of DeleteOptions; false when it has been answered. */
static bool is_same(struct apiserver_call *c, const struct pretend_object *o, const char *wanted)
{
    char uid[37];
    dice_uuid(o->id, uid);
    if (!*wanted || strcmp(wanted, uid) == 0)
        return true;
    apiserver_status(c, 409, "Conflict", NULL,
                     "Operation cannot be fulfilled on %s \"%s\": the UID in the precondition (%s) "
                     "does not match the UID in record (%s). The object might have been deleted "
                     "and then recreated",
                     c->resource, c->name, wanted, uid);
    return false;
}

/* ---- deleting ---- */

static void delete_pod(struct apiserver_call *c, const struct pretend_object *o, int grace)
{
    struct world *w = c->conf->world;
    struct pretend_object before = *o;
    world_edit_end_pod(w, &w->pods[o->index], c->t + 1, grace);
    let_happen(c);
    const struct pretend_object *now = shelf_find(c->conf->shelf, PRETEND_PODS, c->ns, c->name);
    answer_object(c, 200, now ? now : &before);
}

static void delete_planned(struct apiserver_call *c, const struct pretend_object *o,
                           const struct json *options)
{
    const struct apiserver_conf *conf = c->conf;
    uint64_t id = o->id;
    int64_t grace = json_int(options, "gracePeriodSeconds", GRACE);
    const char *asked = apiserver_call_param(c, "gracePeriodSeconds");
    str_to_int(str_of(asked), &grace);
    if (c->kind == PRETEND_PODS) {
        delete_pod(c, o, grace > 0 ? (int)(grace < GRACE ? grace : GRACE) : 0);
        return;
    }
    if (c->kind == PRETEND_NODES || c->kind == PRETEND_NAMESPACES ||
        c->kind == PRETEND_REPLICASETS) {
        not_here(c, "keeps its nodes, namespaces and replica sets");
        return;
    }
    if (is_workload(c->kind))
        world_edit_delete(conf->world, workload_of(conf->world, o), c->t + 1);
    else if (c->kind == PRETEND_JOBS)
        world_edit_end_pod(conf->world, &conf->world->pods[o->index], c->t + 1, 0);
    else
        shelf_delete(conf->shelf, (enum pretend_kinds)c->kind, c->ns, c->name);
    let_happen(c);
    answer_success(c, id, 200);
}

/* ---- scaling ---- */

static void answer_scale(struct apiserver_call *c, const struct pretend_object *o)
{
    const struct world *w = c->conf->world;
    const struct world_workload *wl = &w->workloads[o->index];
    char uid[37];
    struct buf json;
    buf_init(&json, 8192);
    struct json_out out = {.b = &json};
    json_out_object(&out, NULL);
    json_out_text(&out, "kind", "Scale");
    json_out_text(&out, "apiVersion", "autoscaling/v1");
    json_out_object(&out, "metadata");
    json_out_text(&out, "name", o->name);
    json_out_text(&out, "namespace", o->ns);
    json_out_text(&out, "uid", dice_uuid(o->id, uid));
    pretend_textf(&out, "resourceVersion", "%llu", (unsigned long long)o->version);
    pretend_time(&out, "creationTimestamp", o->created);
    json_out_end_object(&out);
    json_out_object(&out, "spec");
    json_out_int(&out, "replicas", world_wish_at(wl, c->t).replicas);
    json_out_end_object(&out);
    json_out_object(&out, "status");
    json_out_int(&out, "replicas", world_wish_at(wl, c->t).replicas);
    pretend_textf(&out, "selector", "app=%s", wl->name);
    json_out_end_object(&out);
    json_out_end_object(&out);
    buf_addc(&json, '\n');
    apiserver_call_answer(c, 200, buf_str(&json));
    buf_free(&json);
}

/* False when it has been answered. */
static bool set_replicas(struct apiserver_call *c, const struct pretend_object *o,
                         const struct json *value)
{
    struct world *w = c->conf->world;
    int64_t replicas = (int64_t)json_as_number(value, -1);
    if (replicas < 0 || replicas > REPLICAS_MOST) {
        apiserver_status(c, 422, "Invalid", NULL,
                         "%s \"%s\" is invalid: spec.replicas: Invalid value: %lld: must be from 0 "
                         "to %d in kubeboard's sandbox",
                         pretend_row((enum pretend_kinds)c->kind)->kind, c->name,
                         (long long)replicas, REPLICAS_MOST);
        return false;
    }
    if (replicas != world_wish_at(workload_of(w, o), c->t).replicas)
        world_edit_scale(w, workload_of(w, o), c->t + 1, (int)replicas);
    return true;
}

static void scale(struct apiserver_call *c, const struct pretend_object *o, const struct json *body)
{
    if (strcmp(c->verb, "get") == 0) {
        answer_scale(c, o);
        return;
    }
    if (c->kind == PRETEND_REPLICASETS) {
        not_here(c, "scales replica sets through their deployments only");
        return;
    }
    if (!set_replicas(c, o, json_get(body, "spec.replicas")))
        return;
    let_happen(c);
    answer_scale(c, shelf_find(c->conf->shelf, (enum pretend_kinds)c->kind, c->ns, c->name));
}

/* ---- patching ---- */

/* Whether the patch says anything at a place that is not among those that we do. */
static bool has_other(const struct json *patch)
{
    static const char *const spec[] = {"replicas", "template", "unschedulable", "taints"};
    const struct json *annotations = json_get(patch, "spec.template.metadata.annotations");
    for (const struct json *m = json_first(json_get(patch, "spec")); m; m = json_next(m)) {
        bool known = false;
        for (size_t i = 0; i < sizeof spec / sizeof *spec; i++)
            known |= strcmp(json_name(m), spec[i]) == 0;
        if (!known)
            return true;
    }
    const struct json *template = json_get(patch, "spec.template");
    return json_get(patch, "metadata.labels") || json_get(patch, "metadata.annotations") ||
           (template && (json_count(template) != 1 || json_count(annotations) != 1 ||
                         !json_member(annotations, RESTARTED)));
}

static void patch(struct apiserver_call *c, const struct pretend_object *o, const struct json *body)
{
    struct world *w = c->conf->world;
    const char *uid = json_string(body, "metadata.uid", "");
    char own[37];
    const struct json *replicas = json_get(body, "spec.replicas");
    const char *restarted =
        json_value(json_member(json_get(body, "spec.template.metadata.annotations"), RESTARTED));
    const struct json *unschedulable = json_get(body, "spec.unschedulable");
    bool node = c->kind == PRETEND_NODES;
    if (*uid && strcmp(uid, dice_uuid(o->id, own)) != 0) {
        apiserver_status(c, 422, "Invalid", NULL,
                         "%s \"%s\" is invalid: metadata.uid: Invalid value: \"%s\": field is "
                         "immutable",
                         pretend_row((enum pretend_kinds)c->kind)->kind, c->name, uid);
        return;
    }
    if (has_other(body) || (!node && !is_workload(c->kind)) || (unschedulable && !node) ||
        (replicas && !scales(c->kind)) || (restarted && (node || c->kind == PRETEND_CRONJOBS))) {
        not_here(c, "changes replicas, restartedAt and unschedulable only");
        return;
    }
    if (replicas && !set_replicas(c, o, replicas))
        return;
    if (restarted && strcmp(restarted, world_wish_at(workload_of(w, o), c->t).restarted) != 0)
        world_edit_restart(w, workload_of(w, o), c->t + 1, restarted);
    if (unschedulable)
        world_edit_cordon(w, &w->nodes[o->index], c->t + 1, json_is_true(unschedulable));
    let_happen(c);
    answer_named(c, 200, c->kind, c->name);
}

/* ---- running a job ---- */

static void run_job(struct apiserver_call *c, const struct json *body)
{
    const struct apiserver_conf *conf = c->conf;
    const char *name = json_string(body, "metadata.name", "");
    const struct json *owner = json_first(json_get(body, "metadata.ownerReferences"));
    bool cron = strcmp(json_string(owner, "kind", ""), "CronJob") == 0;
    const struct pretend_object *o =
        cron ? shelf_find(conf->shelf, PRETEND_CRONJOBS, c->ns, json_string(owner, "name", ""))
             : NULL;
    if (!o || !*name || strlen(name) > 60) {
        not_here(c, "runs only jobs of its cron jobs (kubectl create job --from=cronjob/NAME)");
        return;
    }
    if (shelf_find(conf->shelf, PRETEND_JOBS, c->ns, name)) {
        apiserver_status(c, 409, "AlreadyExists", NULL, "jobs.batch \"%s\" already exists", name);
        return;
    }
    char *kept = mem_dup(name);
    if (!world_edit_run(conf->world, workload_of(conf->world, o), c->t + 1, kept)) {
        not_here(c, "has no room for further pods");
    } else {
        let_happen(c);
        answer_named(c, 201, PRETEND_JOBS, kept);
    }
    free(kept);
}

/* ---- evicting ---- */

/* Healthy pods of a budget's selector. */
static int64_t healthy(const struct apiserver_call *c, const char *ns, const struct json *labels,
                       const struct pretend_object *pod, bool *matches)
{
    const struct apiserver_conf *conf = c->conf;
    int64_t count = 0;
    *matches = false;
    for (size_t i = shelf_lower(conf->shelf, PRETEND_PODS, ns, "");; i++) {
        const struct pretend_object *o = shelf_at(conf->shelf, PRETEND_PODS, i);
        struct world_phase ph;
        bool all = json_count(labels) > 0;
        if (!o || strcmp(o->ns, ns) != 0)
            return count;
        for (const struct json *l = json_first(labels); l && all; l = json_next(l)) {
            struct buf value;
            buf_init(&value, 256);
            all = pretend_label(conf->world, o, c->t, json_name(l), &value) && json_value(l) &&
                  strcmp(buf_text(&value), json_value(l)) == 0;
            buf_free(&value);
        }
        *matches |= all && o == pod;
        count += all && world_pod_at(conf->world, &conf->world->pods[o->index], c->t, &ph) &&
                 ph.state == WORLD_RUNNING;
    }
}

/* Whether a disruption budget forbids it; then it has been answered. */
static bool is_held(struct apiserver_call *c, const struct pretend_object *pod)
{
    const struct apiserver_conf *conf = c->conf;
    for (size_t i = shelf_lower(conf->shelf, PRETEND_PDBS, c->ns, "");; i++) {
        const struct pretend_object *o = shelf_at(conf->shelf, PRETEND_PDBS, i);
        if (!o || strcmp(o->ns, c->ns) != 0)
            return false;
        char *whole = mem_printf("{%s}", o->stored->rest);
        struct json_doc *d = json_doc_new();
        const struct json *spec = json_get(json_parse(d, whole, strlen(whole), NULL), "spec");
        int64_t least = json_int(spec, "minAvailable", 0);
        bool matches;
        int64_t now = healthy(c, c->ns, json_get(spec, "selector.matchLabels"), pod, &matches);
        json_doc_free(d);
        free(whole);
        if (!matches || now > least)
            continue;
        char details[400];
        snprintf(
            details, sizeof details,
            "{\"causes\":[{\"reason\":\"DisruptionBudget\",\"message\":\"The disruption budget "
            "%s needs %lld healthy pods and has %lld currently\"}]}",
            o->name, (long long)least, (long long)now);
        apiserver_status(c, 429, "TooManyRequests", details,
                         "Cannot evict pod as it would violate the pod's disruption budget.");
        return true;
    }
}

static void evict(struct apiserver_call *c, const struct pretend_object *o, const struct json *body)
{
    struct world *w = c->conf->world;
    uint64_t id = o->id;
    if (!is_same(c, o, json_string(body, "deleteOptions.preconditions.uid", "")) || is_held(c, o))
        return;
    world_edit_end_pod(w, &w->pods[o->index], c->t + 1, GRACE);
    let_happen(c);
    answer_success(c, id, 201);
}

/* ---- which of them ---- */

static void change(struct apiserver_call *c, const struct json *body)
{
    const struct apiserver_conf *conf = c->conf;
    if (strcmp(c->verb, "create") == 0 && c->kind == PRETEND_JOBS && !*c->name) {
        run_job(c, body);
        return;
    }
    const struct pretend_object *o =
        *c->name ? shelf_find(conf->shelf, (enum pretend_kinds)c->kind, c->ns, c->name) : NULL;
    if (*c->name && !o)
        apiserver_status_not_found(c);
    else if (o && strcmp(c->sub, "eviction") == 0 && strcmp(c->verb, "create") == 0)
        evict(c, o, body);
    else if (o && strcmp(c->sub, "scale") == 0)
        scale(c, o, body);
    else if (o && !*c->sub && strcmp(c->verb, "delete") == 0) {
        if (is_same(c, o, json_string(body, "preconditions.uid", "")))
            delete_planned(c, o, body);
    } else if (o && !*c->sub && strcmp(c->verb, "patch") == 0)
        patch(c, o, body);
    else
        apiserver_status(c, 405, "MethodNotAllowed", "{}",
                         "the server does not allow this method on the requested resource");
}

void apiserver_change(struct apiserver_call *c)
{
    struct str text = server_body(c->p->r);
    struct json_doc *d = json_doc_new();
    const struct json *body = json_parse(d, text.p ? text.p : "", text.n, NULL);
    if (text.n && !json_is_object(body))
        apiserver_status(c, 400, "BadRequest", NULL, "the object provided is unrecognized");
    else
        change(c, body);
    json_doc_free(d);
}
