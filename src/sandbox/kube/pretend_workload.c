/* Deployments, replica sets, stateful sets and daemon sets: what they count follows from their
 * pods. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "sandbox/kube/pretend.h"

/* Of a replica set: see shelf.c for its number. */
static int generation_of(const struct pretend_object *o)
{
    return o->kind != PRETEND_REPLICASETS ? 0
           : o->number == 1               ? WORLD_OLD
           : o->number                    ? (int)o->number - 1
                                          : 0;
}

static bool is_old(const struct pretend_object *o)
{
    return generation_of(o) == WORLD_OLD;
}

/* The rollout has begun: the deployment wants the new version. */
static bool rolled(const struct world *w, const struct world_workload *wl, int64_t t)
{
    return !wl->old_version || t >= w->rollout;
}

struct counts {
    int wanted, pods, ready, updated, updated_ready;
};

static struct counts count(const struct world *w, const struct pretend_object *o, int64_t t)
{
    const struct world_workload *wl = &w->workloads[o->index];
    const struct world_wish wish = world_wish_at(wl, t);
    struct counts c = {.wanted = wish.replicas};
    bool set = o->kind == PRETEND_REPLICASETS;
    for (int g = wl->old_version ? WORLD_OLD : 0; g <= wish.generation; g++) {
        int pods, ready;
        if (set && g != generation_of(o))
            continue;
        world_count_pods(w, wl, g, t, &pods, &ready);
        c.pods += pods;
        c.ready += ready;
        if (g == wish.generation) {
            c.updated = pods;
            c.updated_ready = ready;
        }
    }
    if (set && (wl->old_version || generation_of(o) != wish.generation))
        c.wanted = c.pods;
    else if (!set && !rolled(w, wl, t))
        c.updated = c.pods;
    return c;
}

/* How often its spec was changed, the plan's changes and the clients'. */
static int changes_of(const struct world_workload *wl, bool now, int64_t t)
{
    int n = wl->revision + (wl->old_version ? now : 0);
    for (size_t i = 0; i < wl->wish_count && wl->wishes[i].from <= t; i++)
        n++;
    return n;
}

static void fill_meta(const struct world *w, const struct pretend_object *o, int64_t t,
                      struct pretend_meta *m)
{
    const struct world_workload *wl = &w->workloads[o->index];
    bool now = rolled(w, wl, t) && !is_old(o);
    pretend_pair_add(m->labels, &m->label_count, "app", wl->name);
    if (o->kind == PRETEND_REPLICASETS) {
        pretend_pair_add(m->labels, &m->label_count, "pod-template-hash",
                         world_hash(wl, generation_of(o)));
        m->owner_kind = "Deployment";
        m->owner_api = "apps/v1";
        m->owner_id = wl->id;
        snprintf(m->owner, sizeof m->owner, "%s", wl->name);
        snprintf(m->scratch[1], sizeof m->scratch[1], "%d", world_wish_at(wl, t).replicas);
        pretend_pair_add(m->annotations, &m->annotation_count,
                         "deployment.kubernetes.io/desired-replicas", m->scratch[1]);
    }
    pretend_pair_add(m->labels, &m->label_count, "app.kubernetes.io/part-of", wl->ns);
    if (o->kind == PRETEND_DEPLOYMENTS || o->kind == PRETEND_REPLICASETS) {
        snprintf(m->scratch[0], sizeof m->scratch[0], "%d",
                 wl->revision + (wl->old_version ? now : 0) +
                     (o->kind == PRETEND_REPLICASETS ? generation_of(o) > 0 ? generation_of(o) : 0
                                                     : world_wish_at(wl, t).generation));
        pretend_pair_add(m->annotations, &m->annotation_count, "deployment.kubernetes.io/revision",
                         m->scratch[0]);
        snprintf(m->scratch[2], sizeof m->scratch[2], "release %s (pipeline %d)",
                 now ? wl->version : wl->old_version, 4000 + wl->revision);
        if (wl->old_version)
            pretend_pair_add(m->annotations, &m->annotation_count, "kubernetes.io/change-cause",
                             m->scratch[2]);
    }
    m->generation = changes_of(wl, now, t);
}

static void selector(struct json_out *out, const struct world_workload *wl, const char *hash)
{
    json_out_object(out, "selector");
    json_out_object(out, "matchLabels");
    json_out_text(out, "app", wl->name);
    if (hash)
        json_out_text(out, "pod-template-hash", hash);
    json_out_end_object(out);
    json_out_end_object(out);
}

static void template_of(struct json_out *out, const struct world_workload *wl, const char *version,
                        const char *hash, const char *restarted)
{
    json_out_object(out, "template");
    json_out_object(out, "metadata");
    json_out_text(out, "creationTimestamp", NULL);
    if (*restarted) {
        json_out_object(out, "annotations");
        json_out_text(out, "kubectl.kubernetes.io/restartedAt", restarted);
        json_out_end_object(out);
    }
    json_out_object(out, "labels");
    json_out_text(out, "app", wl->name);
    if (hash)
        json_out_text(out, "pod-template-hash", hash);
    json_out_text(out, "version", version);
    json_out_end_object(out);
    json_out_end_object(out);
    json_out_object(out, "spec");
    json_out_array(out, "containers");
    json_out_object(out, NULL);
    json_out_text(out, "name", wl->name);
    pretend_textf(out, "image", "%s:%s", wl->image, version);
    json_out_object(out, "resources");
    for (int limits = 1; limits >= 0; limits--) {
        json_out_object(out, limits ? "limits" : "requests");
        pretend_textf(out, "cpu", "%dm", wl->cpu * (limits + 1));
        pretend_textf(out, "memory", "%dMi", wl->memory * (limits + 1));
        json_out_end_object(out);
    }
    json_out_end_object(out);
    json_out_text(out, "imagePullPolicy", "IfNotPresent");
    json_out_end_object(out);
    if (wl->sidecar) {
        json_out_object(out, NULL);
        json_out_text(out, "name", wl->sidecar);
        json_out_text(out, "image", "envoyproxy/envoy:v1.19.1");
        json_out_end_object(out);
    }
    json_out_end_array(out);
    json_out_text(out, "restartPolicy", "Always");
    json_out_end_object(out);
    json_out_end_object(out);
}

static void deployment_condition(struct json_out *out, const char *type, bool is,
                                 const char *reason, const char *message, int64_t since)
{
    json_out_object(out, NULL);
    json_out_text(out, "type", type);
    json_out_text(out, "status", is ? "True" : "False");
    pretend_time(out, "lastUpdateTime", since);
    pretend_time(out, "lastTransitionTime", since);
    json_out_text(out, "reason", reason);
    json_out_text(out, "message", message);
    json_out_end_object(out);
}

static void deployment_status(const struct world *w, const struct world_workload *wl,
                              const struct counts *c, int64_t t, int generation,
                              struct json_out *out)
{
    bool available = c->ready * 4 >= c->wanted * 3;
    int64_t since = wl->old_version && t >= w->rollout ? w->rollout : wl->created + CLOCK_MINUTE;
    json_out_int(out, "observedGeneration", generation);
    json_out_int(out, "replicas", c->pods);
    json_out_int(out, "updatedReplicas", c->updated);
    if (c->ready) {
        json_out_int(out, "readyReplicas", c->ready);
        json_out_int(out, "availableReplicas", c->ready);
    }
    if (c->ready < c->wanted)
        json_out_int(out, "unavailableReplicas", c->wanted - c->ready);
    json_out_array(out, "conditions");
    char text[200];
    snprintf(text, sizeof text, "ReplicaSet \"%s-%s\" has successfully progressed.", wl->name,
             world_wish_at(wl, t).hash);
    deployment_condition(out, "Progressing", true, "NewReplicaSetAvailable", text, since);
    deployment_condition(out, "Available", available,
                         available ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                         available ? "Deployment has minimum availability."
                                   : "Deployment does not have minimum availability.",
                         available ? since : w->rollout + 2 * CLOCK_MINUTE);
    json_out_end_array(out);
}

static void status(const struct world *w, const struct pretend_object *o, const struct counts *c,
                   int64_t t, int generation, struct json_out *out)
{
    const struct world_workload *wl = &w->workloads[o->index];
    json_out_object(out, "status");
    if (o->kind == PRETEND_DEPLOYMENTS) {
        deployment_status(w, wl, c, t, generation, out);
    } else if (o->kind == PRETEND_DAEMONSETS) {
        json_out_int(out, "currentNumberScheduled", c->pods);
        json_out_int(out, "numberMisscheduled", 0);
        json_out_int(out, "desiredNumberScheduled", c->wanted);
        json_out_int(out, "numberReady", c->ready);
        json_out_int(out, "observedGeneration", generation);
        json_out_int(out, "updatedNumberScheduled", c->pods);
        json_out_int(out, "numberAvailable", c->ready);
    } else {
        json_out_int(out, "replicas", c->pods);
        if (o->kind == PRETEND_REPLICASETS)
            json_out_int(out, "fullyLabeledReplicas", c->pods);
        if (c->ready)
            json_out_int(out, "readyReplicas", c->ready);
        if (o->kind == PRETEND_REPLICASETS && c->ready)
            json_out_int(out, "availableReplicas", c->ready);
        if (o->kind == PRETEND_STATEFULSETS) {
            json_out_int(out, "currentReplicas", c->pods);
            json_out_int(out, "updatedReplicas", c->pods);
            pretend_textf(out, "currentRevision", "%s-%s", wl->name, wl->hash);
            pretend_textf(out, "updateRevision", "%s-%s", wl->name, wl->hash);
            json_out_int(out, "collisionCount", 0);
        }
        json_out_int(out, "observedGeneration", generation);
    }
    json_out_end_object(out);
}

static void write_body(const struct world *w, const struct pretend_object *o, int64_t t,
                       struct json_out *out)
{
    const struct world_workload *wl = &w->workloads[o->index];
    struct counts c = count(w, o, t);
    bool old = is_old(o) || !rolled(w, wl, t);
    bool set = o->kind == PRETEND_REPLICASETS;
    const char *hash = set ? world_hash(wl, generation_of(o)) : NULL;
    const struct world_wish wish = world_wish_at(wl, t);
    json_out_object(out, "spec");
    if (o->kind != PRETEND_DAEMONSETS)
        json_out_int(out, "replicas", c.wanted);
    selector(out, wl, hash);
    template_of(out, wl, old ? wl->old_version : wl->version, hash,
                set && generation_of(o) != wish.generation ? "" : wish.restarted);
    if (o->kind == PRETEND_DEPLOYMENTS) {
        pretend_raw(out, "strategy",
                    "{\"type\":\"RollingUpdate\",\"rollingUpdate\":{\"maxUnavailable\":\"25%\","
                    "\"maxSurge\":\"25%\"}}");
        json_out_int(out, "revisionHistoryLimit", 10);
        json_out_int(out, "progressDeadlineSeconds", 600);
    } else if (o->kind == PRETEND_STATEFULSETS) {
        json_out_text(out, "serviceName", wl->name);
        json_out_text(out, "podManagementPolicy", "OrderedReady");
        pretend_raw(out, "updateStrategy",
                    "{\"type\":\"RollingUpdate\",\"rollingUpdate\":{\"partition\":0}}");
    } else if (o->kind == PRETEND_DAEMONSETS) {
        pretend_raw(out, "updateStrategy",
                    "{\"type\":\"RollingUpdate\",\"rollingUpdate\":{\"maxUnavailable\":1}}");
    }
    json_out_end_object(out);
    status(w, o, &c, t, changes_of(wl, !old, t), out);
}

static bool read_field(const struct world *w, const struct pretend_object *o, int64_t t,
                       const char *path, struct buf *out)
{
    struct counts c = count(w, o, t);
    return o->kind == PRETEND_REPLICASETS && strcmp(path, "status.replicas") == 0 &&
           buf_printf(out, "%d", c.pods);
}

static void write_cells(const struct world *w, const struct pretend_object *o, int64_t t,
                        struct json_out *out)
{
    const struct world_workload *wl = &w->workloads[o->index];
    struct counts c = count(w, o, t);
    bool old = is_old(o) || !rolled(w, wl, t);
    json_out_text(out, NULL, o->name);
    if (o->kind == PRETEND_DEPLOYMENTS || o->kind == PRETEND_STATEFULSETS)
        pretend_textf(out, NULL, "%d/%d", c.ready, c.wanted);
    if (o->kind == PRETEND_DEPLOYMENTS) {
        pretend_textf(out, NULL, "%d", c.updated);
        pretend_textf(out, NULL, "%d", c.ready);
    } else if (o->kind == PRETEND_REPLICASETS) {
        json_out_int(out, NULL, c.wanted);
        json_out_int(out, NULL, c.pods);
        json_out_int(out, NULL, c.ready);
    } else if (o->kind == PRETEND_DAEMONSETS) {
        json_out_int(out, NULL, c.wanted);
        json_out_int(out, NULL, c.pods);
        json_out_int(out, NULL, c.ready);
        json_out_int(out, NULL, c.pods);
        json_out_int(out, NULL, c.ready);
        json_out_text(out, NULL, "<none>");
    }
    pretend_age(out, t, o->created);
    pretend_textf(out, NULL, "%s%s%s", wl->name, wl->sidecar ? "," : "",
                  wl->sidecar ? wl->sidecar : "");
    pretend_textf(out, NULL, "%s:%s%s", wl->image, old ? wl->old_version : wl->version,
                  wl->sidecar ? ",envoyproxy/envoy:v1.19.1" : "");
    if (o->kind != PRETEND_STATEFULSETS)
        pretend_textf(out, NULL, "app=%s%s%s", wl->name,
                      o->kind == PRETEND_REPLICASETS ? ",pod-template-hash=" : "",
                      o->kind != PRETEND_REPLICASETS ? "" : world_hash(wl, generation_of(o)));
}

const struct pretend_source pretend_workload = {
    .meta = fill_meta, .body = write_body, .field = read_field, .cells = write_cells};
