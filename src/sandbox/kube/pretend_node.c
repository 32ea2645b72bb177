/* Nodes, as an EKS cluster of 2021 shows them. */
#include <string.h>

#include "base/clock.h"
#include "sandbox/kube/pretend.h"

#define VERSION "v1.20.7-eks-135321"

static void fill_meta(const struct world *w, const struct pretend_object *o, int64_t t,
                      struct pretend_meta *m)
{
    const struct world_node *n = &w->nodes[o->index];
    (void)t;
    struct pretend_pair *l = m->labels;
    size_t *c = &m->label_count;
    pretend_pair_add(l, c, "beta.kubernetes.io/arch", "amd64");
    pretend_pair_add(l, c, "eks.amazonaws.com/capacityType",
                     o->index % 4 == 3 ? "SPOT" : "ON_DEMAND");
    pretend_pair_add(l, c, "eks.amazonaws.com/nodegroup", n->cpu > 4 ? "large" : "general");
    pretend_pair_add(l, c, "failure-domain.beta.kubernetes.io/region", "ap-northeast-2");
    pretend_pair_add(l, c, "kubernetes.io/arch", "amd64");
    pretend_pair_add(l, c, "kubernetes.io/hostname", n->name);
    pretend_pair_add(l, c, "kubernetes.io/os", "linux");
    pretend_pair_add(l, c, "node.kubernetes.io/instance-type", n->type);
    pretend_pair_add(l, c, "topology.kubernetes.io/region", "ap-northeast-2");
    pretend_pair_add(l, c, "topology.kubernetes.io/zone", n->zone);
    pretend_pair_add(m->annotations, &m->annotation_count, "node.alpha.kubernetes.io/ttl", "0");
    pretend_pair_add(m->annotations, &m->annotation_count,
                     "volumes.kubernetes.io/controller-managed-attach-detach", "true");
}

static void condition(struct json_out *out, const char *type, bool is, const char *reason,
                      const char *message, int64_t beat, int64_t since)
{
    json_out_object(out, NULL);
    json_out_text(out, "type", type);
    json_out_text(out, "status", is ? "True" : "False");
    pretend_time(out, "lastHeartbeatTime", beat);
    pretend_time(out, "lastTransitionTime", since);
    json_out_text(out, "reason", reason);
    json_out_text(out, "message", message);
    json_out_end_object(out);
}

static void capacity(struct json_out *out, const char *name, const struct world_node *n,
                     bool allocatable)
{
    json_out_object(out, name);
    json_out_text(out, "attachable-volumes-aws-ebs", "25");
    if (allocatable)
        pretend_textf(out, "cpu", "%dm", n->cpu * 1000 - 80);
    else
        pretend_textf(out, "cpu", "%d", n->cpu);
    json_out_text(out, "ephemeral-storage", allocatable ? "18242267924" : "20959212Ki");
    json_out_text(out, "hugepages-1Gi", "0");
    json_out_text(out, "hugepages-2Mi", "0");
    pretend_textf(out, "memory", "%lldKi",
                  (long long)(n->memory / 1024 - (allocatable ? 1040000 : 0)));
    json_out_text(out, "pods", "58");
    json_out_end_object(out);
}

static void addresses(struct json_out *out, const struct world_node *n)
{
    static const char *const types[] = {"InternalIP", "Hostname", "InternalDNS"};
    json_out_array(out, "addresses");
    for (int i = 0; i < 3; i++) {
        json_out_object(out, NULL);
        json_out_text(out, "type", types[i]);
        json_out_text(out, "address", i ? n->name : n->ip);
        json_out_end_object(out);
    }
    json_out_end_array(out);
}

static void taint(struct json_out *out, const char *key, int64_t since)
{
    json_out_object(out, NULL);
    json_out_text(out, "key", key);
    json_out_text(out, "effect", "NoSchedule");
    pretend_time(out, "timeAdded", since);
    json_out_end_object(out);
}

static void write_body(const struct world *w, const struct pretend_object *o, int64_t t,
                       struct json_out *out)
{
    const struct world_node *n = &w->nodes[o->index];
    bool pressure = n->pressure && t >= n->pressure;
    int64_t beat = clock_align(t, 5 * CLOCK_MINUTE);
    json_out_object(out, "spec");
    pretend_textf(out, "providerID", "aws:///%s/%s", n->zone, n->instance);
    bool cordoned = world_is_cordoned(n, t);
    if (pressure || cordoned)
        json_out_array(out, "taints");
    if (pressure)
        taint(out, "node.kubernetes.io/memory-pressure", n->pressure);
    if (cordoned)
        taint(out, "node.kubernetes.io/unschedulable", n->cordons[n->cordon_count - 1]);
    if (pressure || cordoned)
        json_out_end_array(out);
    if (cordoned)
        json_out_bool(out, "unschedulable", true);
    json_out_end_object(out);
    json_out_object(out, "status");
    capacity(out, "capacity", n, false);
    capacity(out, "allocatable", n, true);
    json_out_array(out, "conditions");
    condition(out, "MemoryPressure", pressure,
              pressure ? "KubeletHasInsufficientMemory" : "KubeletHasSufficientMemory",
              pressure ? "kubelet has insufficient memory available"
                       : "kubelet has sufficient memory available",
              beat, pressure ? n->pressure : n->created);
    condition(out, "DiskPressure", false, "KubeletHasNoDiskPressure",
              "kubelet has no disk pressure", beat, n->created);
    condition(out, "PIDPressure", false, "KubeletHasSufficientPID",
              "kubelet has sufficient PID available", beat, n->created);
    condition(out, "Ready", true, "KubeletReady", "kubelet is posting ready status", beat,
              n->created + 30 * CLOCK_SECOND);
    json_out_end_array(out);
    addresses(out, n);
    pretend_raw(out, "daemonEndpoints", "{\"kubeletEndpoint\":{\"Port\":10250}}");
    json_out_object(out, "nodeInfo");
    json_out_text(out, "machineID", n->instance + 2);
    json_out_text(out, "kernelVersion", "5.4.129-63.229.amzn2.x86_64");
    json_out_text(out, "osImage", "Amazon Linux 2");
    json_out_text(out, "containerRuntimeVersion", "docker://19.3.13");
    json_out_text(out, "kubeletVersion", VERSION);
    json_out_text(out, "kubeProxyVersion", VERSION);
    json_out_text(out, "operatingSystem", "linux");
    json_out_text(out, "architecture", "amd64");
    json_out_end_object(out);
    json_out_end_object(out);
}

static bool read_field(const struct world *w, const struct pretend_object *o, int64_t t,
                       const char *path, struct buf *out)
{
    return strcmp(path, "spec.unschedulable") == 0 &&
           buf_adds(out, world_is_cordoned(&w->nodes[o->index], t) ? "true" : "false");
}

static void write_cells(const struct world *w, const struct pretend_object *o, int64_t t,
                        struct json_out *out)
{
    const struct world_node *n = &w->nodes[o->index];
    json_out_text(out, NULL, n->name);
    json_out_text(out, NULL, world_is_cordoned(n, t) ? "Ready,SchedulingDisabled" : "Ready");
    json_out_text(out, NULL, "<none>");
    pretend_age(out, t, n->created);
    json_out_text(out, NULL, VERSION);
    json_out_text(out, NULL, n->ip);
    json_out_text(out, NULL, "<none>");
    json_out_text(out, NULL, "Amazon Linux 2");
    json_out_text(out, NULL, "5.4.129-63.229.amzn2.x86_64");
    json_out_text(out, NULL, "docker://19.3.13");
}

const struct pretend_source pretend_node = {
    .meta = fill_meta, .body = write_body, .field = read_field, .cells = write_cells};
