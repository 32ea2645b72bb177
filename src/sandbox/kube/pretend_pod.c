/* Pods: spec and status as the API server shows them, from the phase that they are in. */
#include <stdio.h>
#include <string.h>

#include "sandbox/kube/pretend.h"
#include "sandbox/world/dice.h"

/* What server-side apply notes about each pod: a third of the bytes of a real list. */
static const char managed[] =
    "{\"f:metadata\":{\"f:annotations\":{\".\":{},\"f:prometheus.io/port\":{},\"f:prometheus.io/"
    "scrape\":{}},\"f:generateName\":"
    "{},\"f:labels\":{\".\":{},\"f:app\":{},\"f:app.kubernetes.io/name\":{},\"f:app.kubernetes.io/"
    "part-of\":{},"
    "\"f:pod-template-hash\":{},\"f:version\":{}},\"f:ownerReferences\":{\".\":{},\"k:{\\\"uid\\\":"
    "\\\"0\\\"}\":{\".\":{},"
    "\"f:apiVersion\":{},\"f:blockOwnerDeletion\":{},\"f:controller\":{},\"f:kind\":{},\"f:name\":{"
    "},\"f:uid\":{}}}},\"f:spec\":{"
    "\"f:containers\":{\"k:{\\\"name\\\":\\\"app\\\"}\":{\".\":{},\"f:env\":{\".\":{},\"k:{"
    "\\\"name\\\":\\\"LOG_LEVEL\\\"}\":{"
    "\".\":{},\"f:name\":{},\"f:value\":{}},\"k:{\\\"name\\\":\\\"POD_NAME\\\"}\":{\".\":{},\"f:"
    "name\":{},\"f:valueFrom\":{\".\":"
    "{},\"f:fieldRef\":{\".\":{},\"f:apiVersion\":{},\"f:fieldPath\":{}}}}},\"f:image\":{},\"f:"
    "imagePullPolicy\":{},"
    "\"f:livenessProbe\":{\".\":{},\"f:failureThreshold\":{},\"f:httpGet\":{\".\":{},\"f:path\":{},"
    "\"f:port\":{},\"f:scheme\":{}},"
    "\"f:periodSeconds\":{},\"f:successThreshold\":{},\"f:timeoutSeconds\":{}},\"f:name\":{},\"f:"
    "ports\":{\".\":{},"
    "\"k:{\\\"containerPort\\\":8080,\\\"protocol\\\":\\\"TCP\\\"}\":{\".\":{},\"f:containerPort\":"
    "{},\"f:name\":{},\"f:protocol\":{}"
    "}},\"f:resources\":{\".\":{},\"f:limits\":{\".\":{},\"f:cpu\":{},\"f:memory\":{}},\"f:"
    "requests\":{\".\":{},\"f:cpu\":{},"
    "\"f:memory\":{}}},\"f:terminationMessagePath\":{},\"f:terminationMessagePolicy\":{}}},\"f:"
    "dnsPolicy\":{},"
    "\"f:enableServiceLinks\":{},\"f:restartPolicy\":{},\"f:schedulerName\":{},\"f:"
    "securityContext\":{},"
    "\"f:terminationGracePeriodSeconds\":{}},\"f:status\":{\"f:conditions\":{\".\":{},\"k:{"
    "\\\"type\\\":\\\"Ready\\\"}\":{\".\":{},"
    "\"f:lastProbeTime\":{},\"f:lastTransitionTime\":{},\"f:status\":{},\"f:type\":{}}},\"f:"
    "containerStatuses\":{},\"f:hostIP\":{},"
    "\"f:phase\":{},\"f:podIP\":{},\"f:podIPs\":{\".\":{},\"k:{\\\"ip\\\":\\\"0\\\"}\":{\".\":{},"
    "\"f:ip\":{}}},\"f:startTime\":{}}}";

static void fill_meta(const struct world *w, const struct pretend_object *o, int64_t t,
                      struct pretend_meta *m)
{
    const struct world_pod *p = &w->pods[o->index];
    const struct world_workload *wl = &w->workloads[p->workload];
    static const char *const owners[] = {"ReplicaSet", "StatefulSet", "DaemonSet", "Job"};
    int generation = world_pod_generation(p);
    const char *hash = world_hash(wl, generation);
    struct world_phase phase;
    pretend_pair_add(m->labels, &m->label_count, "app", wl->name);
    pretend_pair_add(m->labels, &m->label_count, "app.kubernetes.io/name", wl->name);
    pretend_pair_add(m->labels, &m->label_count, "app.kubernetes.io/part-of", wl->ns);
    m->owner_kind = owners[wl->kind];
    m->owner_api = wl->kind == WORLD_CRONJOB ? "batch/v1" : "apps/v1";
    m->owner_id = wl->id;
    snprintf(m->owner, sizeof m->owner, "%s", wl->name);
    if (wl->kind == WORLD_DEPLOYMENT) {
        pretend_pair_add(m->labels, &m->label_count, "pod-template-hash", hash);
        snprintf(m->owner, sizeof m->owner, "%s-%s", wl->name, hash);
        m->owner_id =
            wl->id + (generation > 0 ? 2 + (uint64_t)generation * 100000 : 1 + (uint64_t)p->old);
    } else if (wl->kind == WORLD_STATEFULSET) {
        pretend_pair_add(m->labels, &m->label_count, "statefulset.kubernetes.io/pod-name", p->name);
    } else if (wl->kind == WORLD_DAEMONSET) {
        pretend_pair_add(m->labels, &m->label_count, "controller-revision-hash", hash);
    } else {
        const char *dash = strrchr(p->name, '-');
        snprintf(m->owner, sizeof m->owner, "%.*s", (int)(dash - p->name), p->name);
        m->owner_id = wl->id + 1000 + (uint64_t)p->job;
        pretend_pair_add(m->labels, &m->label_count, "job-name", m->owner);
    }
    pretend_pair_add(m->labels, &m->label_count, "version", p->old ? wl->old_version : wl->version);
    snprintf(m->scratch[0], sizeof m->scratch[0], "%d", wl->port);
    snprintf(m->scratch[1], sizeof m->scratch[1], "%s-", m->owner);
    if (wl->port) {
        pretend_pair_add(m->annotations, &m->annotation_count, "prometheus.io/port", m->scratch[0]);
        pretend_pair_add(m->annotations, &m->annotation_count, "prometheus.io/scrape", "true");
    }
    m->generate_name = m->scratch[1];
    m->managed = managed;
    if (world_pod_at(w, p, t, &phase) && phase.state == WORLD_TERMINATING)
        m->deleted = phase.from;
}

static void container(struct json_out *out, const struct world_workload *wl,
                      const struct world_pod *p, bool sidecar)
{
    json_out_object(out, NULL);
    json_out_text(out, "name", sidecar ? wl->sidecar : wl->name);
    if (sidecar)
        json_out_text(out, "image", "envoyproxy/envoy:v1.19.1");
    else
        pretend_textf(out, "image", "%s:%s", wl->image, p->old ? wl->old_version : wl->version);
    if (wl->port) {
        json_out_array(out, "ports");
        json_out_object(out, NULL);
        json_out_text(out, "name", sidecar ? "envoy-admin" : "http");
        json_out_int(out, "containerPort", sidecar ? 9901 : wl->port);
        json_out_text(out, "protocol", "TCP");
        json_out_end_object(out);
        json_out_end_array(out);
    }
    pretend_raw(out, "env",
                "[{\"name\":\"POD_NAME\",\"valueFrom\":{\"fieldRef\":{\"apiVersion\":\"v1\","
                "\"fieldPath\":\"metadata.name\"}}},"
                "{\"name\":\"LOG_LEVEL\",\"value\":\"info\"}]");
    json_out_object(out, "resources");
    for (int limits = 1; limits >= 0; limits--) {
        int cpu = (sidecar ? 100 : wl->cpu) * (limits + 1),
            memory = (sidecar ? 64 : wl->memory) * (limits + 1);
        json_out_object(out, limits ? "limits" : "requests");
        pretend_textf(out, "cpu", cpu % 1000 ? "%dm" : "%d", cpu % 1000 ? cpu : cpu / 1000);
        pretend_textf(out, "memory", "%dMi", memory);
        json_out_end_object(out);
    }
    json_out_end_object(out);
    pretend_raw(out, "volumeMounts",
                "[{\"name\":\"kube-api-access\",\"readOnly\":true,\"mountPath\":\"/var/run/secrets/"
                "kubernetes.io/serviceaccount\"}]");
    if (wl->port) {
        pretend_raw(out, "livenessProbe",
                    "{\"httpGet\":{\"path\":\"/"
                    "healthz\",\"port\":\"http\",\"scheme\":\"HTTP\"},\"timeoutSeconds\":1,"
                    "\"periodSeconds\":10,\"successThreshold\":1,\"failureThreshold\":3}");
        pretend_raw(out, "readinessProbe",
                    "{\"httpGet\":{\"path\":\"/"
                    "readyz\",\"port\":\"http\",\"scheme\":\"HTTP\"},\"timeoutSeconds\":1,"
                    "\"periodSeconds\":5,\"successThreshold\":1,\"failureThreshold\":3}");
    }
    json_out_text(out, "terminationMessagePath", "/dev/termination-log");
    json_out_text(out, "terminationMessagePolicy", "File");
    json_out_text(out, "imagePullPolicy", "IfNotPresent");
    json_out_end_object(out);
}

/* Each pod of a stateful set has its own: "data-" and the pod's name. */
static void claim(struct json_out *out, const struct world_pod *p)
{
    json_out_object(out, NULL);
    json_out_text(out, "name", "data");
    json_out_object(out, "persistentVolumeClaim");
    pretend_textf(out, "claimName", "data-%s", p->name);
    json_out_end_object(out);
    json_out_end_object(out);
}

static void spec(const struct world *w, const struct world_workload *wl, const struct world_pod *p,
                 bool bound, struct json_out *out)
{
    json_out_object(out, "spec");
    json_out_array(out, "volumes");
    pretend_raw(out, NULL,
                "{\"name\":\"kube-api-access\",\"projected\":{\"sources\":[{"
                "\"serviceAccountToken\":{\"expirationSeconds\":3607,"
                "\"path\":\"token\"}}],\"defaultMode\":420}}");
    if (wl->kind == WORLD_STATEFULSET)
        claim(out, p);
    json_out_end_array(out);
    json_out_array(out, "containers");
    container(out, wl, p, false);
    if (wl->sidecar)
        container(out, wl, p, true);
    json_out_end_array(out);
    json_out_text(out, "restartPolicy", p->job >= 0 ? "Never" : "Always");
    json_out_int(out, "terminationGracePeriodSeconds", 30);
    json_out_text(out, "dnsPolicy", "ClusterFirst");
    json_out_text(out, "serviceAccountName", "default");
    json_out_text(out, "serviceAccount", "default");
    if (bound)
        json_out_text(out, "nodeName", w->nodes[p->node].name);
    pretend_raw(out, "securityContext", "{}");
    json_out_text(out, "schedulerName", "default-scheduler");
    pretend_raw(out, "tolerations",
                "[{\"key\":\"node.kubernetes.io/"
                "not-ready\",\"operator\":\"Exists\",\"effect\":\"NoExecute\","
                "\"tolerationSeconds\":300},{\"key\":\"node.kubernetes.io/"
                "unreachable\",\"operator\":\"Exists\","
                "\"effect\":\"NoExecute\",\"tolerationSeconds\":300}]");
    json_out_int(out, "priority", 0);
    json_out_bool(out, "enableServiceLinks", true);
    json_out_text(out, "preemptionPolicy", "PreemptLowerPriority");
    json_out_end_object(out);
}

static bool is_ready(const struct world_phase *ph)
{
    return ph->state == WORLD_RUNNING || ph->state == WORLD_TERMINATING;
}

static void condition(struct json_out *out, const char *type, bool is, int64_t since,
                      const char *names)
{
    json_out_object(out, NULL);
    json_out_text(out, "type", type);
    json_out_text(out, "status", is ? "True" : "False");
    json_out_text(out, "lastProbeTime", NULL);
    pretend_time(out, "lastTransitionTime", since);
    if (!is && names) {
        json_out_text(out, "reason", "ContainersNotReady");
        pretend_textf(out, "message", "containers with unready status: [%s]", names);
    }
    json_out_end_object(out);
}

static void terminated(struct json_out *out, const struct world_phase *ph, const char *id)
{
    json_out_object(out, "terminated");
    json_out_int(out, "exitCode", ph->exit_code);
    json_out_text(out, "reason", ph->reason);
    pretend_time(out, "startedAt", ph->before);
    pretend_time(out, "finishedAt", ph->ended);
    json_out_text(out, "containerID", id);
    json_out_end_object(out);
}

static void waiting(struct json_out *out, const char *reason, const char *message)
{
    json_out_object(out, "waiting");
    json_out_text(out, "reason", reason);
    if (message)
        json_out_text(out, "message", message);
    json_out_end_object(out);
}

static void state(struct json_out *out, const struct world_workload *wl, const struct world_pod *p,
                  const struct world_phase *ph, const char *id, const char *before)
{
    char text[300];
    bool over = ph->state == WORLD_FAILED || ph->state == WORLD_COMPLETED;
    json_out_object(out, "state");
    if (ph->state == WORLD_CREATING) {
        waiting(out, "ContainerCreating", NULL);
    } else if (ph->state == WORLD_BACKOFF) {
        int seconds = ph->restarts < 5 ? 10 << ph->restarts : 300;
        snprintf(text, sizeof text, "back-off %dm%ds restarting failed container=%s pod=%s_%s",
                 seconds / 60, seconds % 60, wl->name, p->name, wl->ns);
        if (seconds < 60)
            snprintf(text, sizeof text, "back-off %ds restarting failed container=%s pod=%s_%s",
                     seconds, wl->name, p->name, wl->ns);
        waiting(out, "CrashLoopBackOff", text);
    } else if (over) {
        terminated(out, ph, id);
    } else {
        json_out_object(out, "running");
        pretend_time(out, "startedAt", ph->started);
        json_out_end_object(out);
    }
    json_out_end_object(out);
    json_out_object(out, "lastState");
    if (ph->reason && !over)
        terminated(out, ph, before);
    json_out_end_object(out);
}

static void container_status(struct json_out *out, const struct world_workload *wl,
                             const struct world_pod *p, const struct world_phase *ph, bool sidecar)
{
    char id[96], before[96], hex[65];
    struct dice d = dice_of(p->id, (uint64_t)ph->restarts, sidecar);
    snprintf(id, sizeof id, "docker://%s", dice_hex(&d, hex, 64));
    d = dice_of(p->id, (uint64_t)(ph->restarts - 1), sidecar);
    snprintf(before, sizeof before, "docker://%s", dice_hex(&d, hex, 64));
    bool made = ph->state != WORLD_CREATING;
    json_out_object(out, NULL);
    json_out_text(out, "name", sidecar ? wl->sidecar : wl->name);
    state(out, wl, p, ph, id, before);
    json_out_bool(out, "ready", is_ready(ph));
    json_out_int(out, "restartCount", ph->restarts);
    if (sidecar)
        json_out_text(out, "image", "envoyproxy/envoy:v1.19.1");
    else
        pretend_textf(out, "image", "%s:%s", wl->image, p->old ? wl->old_version : wl->version);
    d = dice_of(wl->id, p->old, sidecar);
    dice_hex(&d, hex, 64);
    if (made)
        pretend_textf(out, "imageID", "docker-pullable://%s@sha256:%s",
                      sidecar ? "envoyproxy/envoy" : wl->image, hex);
    else
        json_out_text(out, "imageID", "");
    if (made)
        json_out_text(out, "containerID", id);
    json_out_bool(out, "started", world_is_running(ph->state));
    json_out_end_object(out);
}

static void write_body(const struct world *w, const struct pretend_object *o, int64_t t,
                       struct json_out *out)
{
    const struct world_pod *p = &w->pods[o->index];
    const struct world_workload *wl = &w->workloads[p->workload];
    struct world_phase ph;
    if (!world_pod_at(w, p, t, &ph))
        ph.state = WORLD_TERMINATING;
    bool bound = ph.state != WORLD_PENDING, ready = is_ready(&ph),
         evicted = ph.state == WORLD_EVICTED;
    spec(w, wl, p, bound, out);
    json_out_object(out, "status");
    json_out_text(out, "phase", world_phase_name(p, &ph));
    if (evicted) {
        json_out_text(out, "message",
                      "The node was low on resource: memory. Container recommendation was using "
                      "1164528Ki, which exceeds its "
                      "request of 512Mi. ");
        json_out_text(out, "reason", "Evicted");
        pretend_time(out, "startTime", p->created);
        json_out_end_object(out);
        return;
    }
    json_out_array(out, "conditions");
    if (bound) {
        condition(out, "Initialized", true, p->created, NULL);
        condition(out, "Ready", ready, ph.from, wl->name);
        condition(out, "ContainersReady", ready, ph.from, wl->name);
    }
    condition(out, "PodScheduled", bound, p->created, NULL);
    json_out_end_array(out);
    if (bound) {
        json_out_text(out, "hostIP", w->nodes[p->node].ip);
        if (ph.state != WORLD_CREATING) {
            json_out_text(out, "podIP", p->ip);
            json_out_array(out, "podIPs");
            json_out_object(out, NULL);
            json_out_text(out, "ip", p->ip);
            json_out_end_object(out);
            json_out_end_array(out);
        }
        pretend_time(out, "startTime", p->created);
        json_out_array(out, "containerStatuses");
        container_status(out, wl, p, &ph, false);
        if (wl->sidecar)
            container_status(out, wl, p, &ph, true);
        json_out_end_array(out);
    }
    json_out_text(out, "qosClass", "Burstable");
    json_out_end_object(out);
}

static bool read_field(const struct world *w, const struct pretend_object *o, int64_t t,
                       const char *path, struct buf *out)
{
    const struct world_pod *p = &w->pods[o->index];
    struct world_phase ph;
    if (!world_pod_at(w, p, t, &ph))
        ph.state = WORLD_TERMINATING;
    if (strcmp(path, "spec.nodeName") == 0)
        return buf_adds(out, ph.state == WORLD_PENDING ? "" : w->nodes[p->node].name);
    if (strcmp(path, "status.phase") == 0)
        return buf_adds(out, world_phase_name(p, &ph));
    if (strcmp(path, "spec.restartPolicy") == 0)
        return buf_adds(out, p->job >= 0 ? "Never" : "Always");
    if (strcmp(path, "spec.schedulerName") == 0)
        return buf_adds(out, "default-scheduler");
    if (strcmp(path, "spec.serviceAccountName") == 0)
        return buf_adds(out, "default");
    if (strcmp(path, "status.podIP") == 0)
        return buf_adds(out, p->ip);
    return strcmp(path, "status.nominatedNodeName") == 0;
}

static const char *status_text(const struct world_pod *p, const struct world_phase *ph)
{
    switch (ph->state) {
    case WORLD_PENDING:
        return "Pending";
    case WORLD_CREATING:
        return "ContainerCreating";
    case WORLD_FAILED:
        return ph->reason ? ph->reason : "Error";
    case WORLD_BACKOFF:
        return "CrashLoopBackOff";
    case WORLD_COMPLETED:
        return "Completed";
    case WORLD_EVICTED:
        return "Evicted";
    case WORLD_TERMINATING:
        return "Terminating";
    default:
        (void)p;
        return "Running";
    }
}

static void write_cells(const struct world *w, const struct pretend_object *o, int64_t t,
                        struct json_out *out)
{
    const struct world_pod *p = &w->pods[o->index];
    struct world_phase ph;
    if (!world_pod_at(w, p, t, &ph))
        ph = (struct world_phase){.state = WORLD_TERMINATING};
    int containers = w->workloads[p->workload].sidecar ? 2 : 1;
    bool has_ip =
        ph.state != WORLD_PENDING && ph.state != WORLD_CREATING && ph.state != WORLD_EVICTED;
    json_out_text(out, NULL, p->name);
    pretend_textf(out, NULL, "%d/%d", is_ready(&ph) ? containers : 0, containers);
    json_out_text(out, NULL, status_text(p, &ph));
    json_out_int(out, NULL, ph.restarts * containers);
    pretend_age(out, t, p->created);
    json_out_text(out, NULL, has_ip ? p->ip : "<none>");
    json_out_text(out, NULL, ph.state == WORLD_PENDING ? "<none>" : w->nodes[p->node].name);
    json_out_text(out, NULL, "<none>");
    json_out_text(out, NULL, "<none>");
}

const struct pretend_source pretend_pod = {
    .meta = fill_meta, .body = write_body, .field = read_field, .cells = write_cells};
