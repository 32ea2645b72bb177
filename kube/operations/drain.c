/*
 * Rounds: list the node's pods, evict those that have to go and were not asked to yet, list again two
 * seconds later, until none is left or the time is up. An eviction that a disruption budget holds
 * back (429) is asked for again after the server's Retry-After, or 5 s; one that got no answer is
 * asked for again as well, since it names the pod's uid: a second one cannot hit another pod.
 */
#include "kube/operations/drain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "kube/access/client.h"
#include "kube/get.h"
#include "kube/kinds/kinds.h"
#include "kube/operations/operation.h"
#include "kube/operations/operation_facts.h"
#include "net/loop.h"

enum { PODS_MOST = 2048, AT_ONCE = 8, ROUND_MS = 2000, HELD_MS = 5000, LIMIT_SECONDS = 300 };
enum { NAMED_MOST = 3, VERSIONS_LONGEST = 4 << 20 };

struct pod {
    struct drain *of;
    char *namespace_, *name, uid[64];
    struct client_request *request;
    int64_t again; /* monotonic: not asked before; 0: at once */
    bool asked;    /* the server agreed: it is going */
    bool seen, held;
    char why[200]; /* why it has not gone */
};

struct drain {
    struct client *client;
    struct drain_conf conf;
    char *node, *uid;
    void (*told)(void *context, const struct drain_plan *plan, const struct err *err); /* looking */
    void *told_context;
    struct drain_plan plan;
    struct get *list;
    struct operation *cordon;
    struct client_request *versions;
    const char *version; /* "policy/v1" */
    struct pod *pods[PODS_MOST];
    size_t count, flying, evicted, over;
    bool listed; /* once */
    struct loop_timer *round;
    int64_t until; /* monotonic */
    struct json_doc *doc;
    char said[200];
};

static void free_pod(struct pod *p)
{
    client_cancel(p->request);
    free(p->namespace_);
    free(p->name);
    free(p);
}

void drain_stop(struct drain *d)
{
    if (!d)
        return;
    get_cancel(d->list);
    operation_cancel(d->cordon);
    client_cancel(d->versions);
    for (size_t i = 0; i < d->count; i++)
        free_pod(d->pods[i]);
    loop_timer_free(d->round);
    json_doc_free(d->doc);
    free(d->node);
    free(d->uid);
    free(d);
}

static void end(struct drain *d, const struct err *err)
{
    char outcome[200];
    snprintf(outcome, sizeof outcome, "%zu of %zu pods are gone", d->evicted,
             d->evicted + d->count);
    if (!err->kind)
        snprintf(outcome, sizeof outcome, "drained: %zu pods evicted, %zu stay", d->evicted,
                 d->plan.stay);
    if (d->told)
        d->told(d->told_context, &d->plan, err);
    else
        d->conf.done(d->conf.context, outcome, err);
    drain_stop(d);
}

static void say(struct drain *d)
{
    char text[200];
    size_t held = 0;
    for (size_t i = 0; i < d->count; i++)
        held += d->pods[i]->held;
    snprintf(text, sizeof text, "%zu evicted, %zu to go%s", d->evicted, d->count,
             held ? ", held back by a disruption budget" : "");
    if (strcmp(text, d->said) == 0)
        return;
    str_copy(d->said, sizeof d->said, text);
    d->conf.progress(d->conf.context, text);
}

/* ---- the pods of the node ---- */

static void add_name(char names[DRAIN_NAMES], size_t nth, const char *ns, const char *name)
{
    size_t n = strlen(names);
    if (nth < NAMED_MOST)
        snprintf(names + n, DRAIN_NAMES - n, "%s%s/%s", nth ? ", " : "", ns, name);
    else if (nth == NAMED_MOST)
        snprintf(names + n, DRAIN_NAMES - n, " …");
}

static struct pod *find_pod(const struct drain *d, const char *uid)
{
    for (size_t i = 0; i < d->count; i++)
        if (strcmp(d->pods[i]->uid, uid) == 0)
            return d->pods[i];
    return NULL;
}

static void add_pod(struct drain *d, const struct operation_facts *f, const char *ns,
                    const char *name)
{
    struct pod *p = find_pod(d, f->uid);
    /* What is there at first has to go; what comes later was put there past the cordon. */
    if (!p && d->listed)
        return;
    if (!p && d->count == PODS_MOST) {
        d->over++;
        return;
    }
    if (!p) {
        p = mem_alloc(sizeof *p);
        p->of = d;
        p->namespace_ = mem_dup(ns);
        p->name = mem_dup(name);
        str_copy(p->uid, sizeof p->uid, f->uid);
        d->pods[d->count++] = p;
    }
    p->seen = true;
    p->asked = p->asked || f->leaving;
}

static bool on_pod(void *context, struct str json)
{
    struct drain *d = context;
    struct operation_facts f;
    const struct json *pod = json_parse(d->doc, json.p, json.n, NULL);
    const char *ns = json_string(pod, "metadata.namespace", ""),
               *name = json_string(pod, "metadata.name", "");
    operation_facts_read(&f, pod);
    if (f.mirror || (f.daemon && !f.finished)) {
        d->plan.stay++;
        return true;
    }
    /* What has ended already loses nothing. */
    if (!*f.owner && !f.finished)
        add_name(d->plan.alone_names, d->plan.alone++, ns, name);
    if (f.scratch && !f.finished)
        add_name(d->plan.scratch_names, d->plan.scratch++, ns, name);
    d->plan.evict++;
    if (!d->told)
        add_pod(d, &f, ns, name);
    return true;
}

static void on_listed(void *context, size_t count, const struct err *err);

static void list_pods(struct drain *d)
{
    char selector[400];
    snprintf(selector, sizeof selector, "spec.nodeName=%s", d->node);
    memset(&d->plan, 0, sizeof d->plan);
    for (size_t i = 0; i < d->count; i++)
        d->pods[i]->seen = false;
    d->list = get_start(d->client, &(struct get_conf){.kind = kinds_find("pods"),
                                                      .namespace_ = "",
                                                      .field_selector = selector,
                                                      .context = d,
                                                      .object = on_pod,
                                                      .done = on_listed});
}

/* ---- evicting ---- */

static void on_evicted(void *context, struct http_request *r, int status, struct str body,
                       const struct err *err)
{
    struct pod *p = context;
    struct drain *d = p->of;
    (void)r;
    (void)body;
    p->request = NULL;
    d->flying--;
    p->held = status == 429;
    if (!err->kind || err->kind == ERR_NOT_FOUND) {
        p->asked = true;
    } else {
        int64_t wait = err->retry_after_ms > 0 ? err->retry_after_ms : HELD_MS;
        p->again = clock_monotonic() + wait * CLOCK_MS;
        str_copy(p->why, sizeof p->why, err->what);
        log_event(LOG_INFO, "eviction not done", "pod", p->name, "why", p->why, NULL);
        /* Another pod of that name, or the right taken away: asking again would not help. */
        if (!err_is_transient(err) && !p->held)
            p->again = INT64_MAX;
    }
    say(d);
    loop_timer_set(d->round, p->asked ? 500 : ROUND_MS);
}

static void evict(struct drain *d, struct pod *p)
{
    struct buf body;
    char *object = kinds_path(kinds_find("pods"), p->namespace_, p->name);
    char *path = mem_printf("%s/eviction", object);
    buf_init(&body, 8192);
    struct json_out o = {.b = &body};
    json_out_object(&o, NULL);
    json_out_text(&o, "apiVersion", d->version);
    json_out_text(&o, "kind", "Eviction");
    json_out_object(&o, "metadata");
    json_out_text(&o, "name", p->name);
    json_out_text(&o, "namespace", p->namespace_);
    json_out_end_object(&o);
    json_out_object(&o, "deleteOptions");
    json_out_object(&o, "preconditions");
    json_out_text(&o, "uid", p->uid);
    json_out_end_object(&o);
    json_out_end_object(&o);
    json_out_end_object(&o);
    d->flying++;
    p->request = client_send(d->client, &(struct http_call){.method = "POST",
                                                            .path = path,
                                                            .body = buf_str(&body),
                                                            .content_type = "application/json",
                                                            .context = p,
                                                            .done = on_evicted});
    buf_free(&body);
    free(path);
    free(object);
}

static void evict_some(struct drain *d)
{
    int64_t now = clock_monotonic();
    for (size_t i = 0; i < d->count && d->flying < AT_ONCE; i++) {
        struct pod *p = d->pods[i];
        if (!p->asked && !p->request && p->again <= now)
            evict(d, p);
    }
}

static void drop_gone(struct drain *d)
{
    for (size_t i = d->count; i-- > 0;) {
        struct pod *p = d->pods[i];
        if (p->seen || p->request)
            continue;
        d->evicted++;
        free_pod(p);
        d->pods[i] = d->pods[--d->count];
    }
}

static bool is_hopeless(const struct drain *d)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->pods[i]->again != INT64_MAX)
            return false;
    return true;
}

static void give_up(struct drain *d, const char *because)
{
    struct err err;
    const struct pod *p = d->pods[0];
    for (size_t i = 0; i < d->count && !*p->why; i++)
        p = d->pods[i];
    err_set(&err, ERR_LIMIT, "drain", "the node stays cordoned; drain it again to go on",
            "%s: %zu pods are left, %s/%s: %s", because, d->count, p->namespace_, p->name,
            *p->why    ? p->why
            : p->asked ? "it has not ended yet"
                       : "it was not evicted yet");
    end(d, &err);
}

static bool refused(struct drain *d, struct err *err)
{
    static const char mend[] = "nothing was evicted; the node stays cordoned";
    if (d->plan.alone && !d->conf.may_lose_alone)
        return !err_set(err, ERR_REFUSED, "drain", mend,
                        "pods without a controller would be lost for good: %s",
                        d->plan.alone_names);
    if (d->plan.scratch && !d->conf.may_lose_scratch)
        return !err_set(err, ERR_REFUSED, "drain", mend, "emptyDir data would be lost: %s",
                        d->plan.scratch_names);
    if (d->over)
        return !err_set(err, ERR_LIMIT, "drain", mend, "more than %d pods are on the node",
                        PODS_MOST);
    return false;
}

static void on_listed(void *context, size_t count, const struct err *err)
{
    struct drain *d = context;
    struct err why;
    (void)count;
    d->list = NULL;
    if (d->told || (err->kind && !err_is_transient(err))) {
        end(d, err);
        return;
    }
    if (!err->kind) {
        drop_gone(d);
        if (!d->listed && refused(d, &why)) {
            end(d, &why);
            return;
        }
        d->listed = true;
        say(d);
    }
    if (!err->kind && !d->count)
        end(d, err);
    else if (clock_monotonic() >= d->until)
        give_up(d, "the time is up");
    else if (is_hopeless(d) && !err->kind)
        give_up(d, "the rest cannot be evicted");
    else {
        evict_some(d);
        loop_timer_set(d->round, ROUND_MS);
    }
}

static void on_round(void *context)
{
    struct drain *d = context;
    if (!d->list)
        list_pods(d);
}

/* ---- before it ---- */

static void on_versions(void *context, struct http_request *r, int status, struct str body,
                        const struct err *err)
{
    struct drain *d = context;
    (void)r;
    (void)status;
    d->versions = NULL;
    if (err->kind) {
        end(d, err);
        return;
    }
    /* The list of the core group's resources says which version of policy its eviction takes. */
    const struct json *list = json_get(json_parse(d->doc, body.p, body.n, NULL), "resources");
    for (const struct json *one = json_first(list); one; one = json_next(one))
        if (strcmp(json_string(one, "name", ""), "pods/eviction") == 0 &&
            strcmp(json_string(one, "version", ""), "v1") == 0)
            d->version = "policy/v1";
    list_pods(d);
}

static void on_cordoned(void *context, const char *outcome, const struct err *err)
{
    struct drain *d = context;
    (void)outcome;
    d->cordon = NULL;
    if (err->kind) {
        end(d, err);
        return;
    }
    d->conf.progress(d->conf.context, "cordoned");
    d->versions = client_send(d->client, &(struct http_call){.path = "/api/v1",
                                                             .max_body = VERSIONS_LONGEST,
                                                             .context = d,
                                                             .done = on_versions});
}

static struct drain *make(struct client *c, const char *node)
{
    struct drain *d = mem_alloc(sizeof *d);
    d->client = c;
    d->node = mem_dup(node);
    d->version = "policy/v1beta1";
    d->doc = json_doc_new();
    d->round = loop_timer_new(client_loop(c), on_round, d);
    return d;
}

struct drain *drain_look(struct client *c, const char *node,
                         void (*told)(void *context, const struct drain_plan *plan,
                                      const struct err *err),
                         void *context)
{
    struct drain *d = make(c, node);
    d->told = told;
    d->told_context = context;
    list_pods(d);
    return d;
}

struct drain *drain_start(struct client *c, const struct drain_conf *conf)
{
    struct drain *d = make(c, conf->node);
    int limit = conf->limit_seconds > 0 ? conf->limit_seconds : LIMIT_SECONDS;
    d->conf = *conf;
    d->uid = mem_dup(conf->uid ? conf->uid : "");
    d->until = clock_monotonic() + limit * CLOCK_SECOND;
    struct operation_target node = {kinds_find("nodes"), "", d->node, d->uid};
    d->cordon = operation_start(
        c, &(struct operation_conf){
               .id = OPERATION_CORDON, .target = node, .context = d, .done = on_cordoned});
    return d;
}
