/* The small kinds: namespaces, services, claims and volumes, ingresses, autoscalers. */
#include <stdio.h>
#include <string.h>

#include "sandbox/kube/pretend.h"
#include "sandbox/world/incident.h"

static void fill_meta(const struct world *w, const struct pretend_object *o, int64_t t,
                      struct pretend_meta *m)
{
    (void)t;
    if (o->kind != PRETEND_NAMESPACES && o->kind != PRETEND_PVS)
        pretend_pair_add(m->labels, &m->label_count, "app", w->workloads[o->index].name);
}

static void cluster_ip(const struct pretend_object *o, char *out, size_t size)
{
    snprintf(out, size, "10.%u.%u.%u", 172 + (o->index >> 16), o->index >> 8 & 255,
             (o->index & 255) + 1);
}

static void write_service(const struct world *w, const struct pretend_object *o,
                          struct json_out *out)
{
    const struct world_workload *wl = &w->workloads[o->index];
    char ip[32];
    cluster_ip(o, ip, sizeof ip);
    bool headless = wl->kind == WORLD_STATEFULSET && wl->replicas > 1,
         outside = strcmp(wl->ns, "edge") == 0;
    json_out_object(out, "spec");
    json_out_array(out, "ports");
    json_out_object(out, NULL);
    json_out_text(out, "name", "http");
    json_out_text(out, "protocol", "TCP");
    json_out_int(out, "port", wl->port);
    json_out_int(out, "targetPort", wl->port);
    json_out_end_object(out);
    json_out_end_array(out);
    json_out_object(out, "selector");
    json_out_text(out, "app", wl->name);
    json_out_end_object(out);
    json_out_text(out, "clusterIP", headless ? "None" : ip);
    json_out_text(out, "type", outside ? "LoadBalancer" : "ClusterIP");
    json_out_text(out, "sessionAffinity", "None");
    json_out_end_object(out);
    json_out_object(out, "status");
    pretend_raw(
        out, "loadBalancer",
        outside
            ? "{\"ingress\":[{\"hostname\":\"a1b2c3-482117.elb.ap-northeast-2.amazonaws.com\"}]}"
            : "{}");
    json_out_end_object(out);
}

static void write_ingress(const struct world *w, const struct pretend_object *o,
                          struct json_out *out)
{
    const struct world_workload *wl = &w->workloads[o->index];
    json_out_object(out, "spec");
    json_out_array(out, "rules");
    json_out_object(out, NULL);
    json_out_text(out, "host", "shop.example.com");
    json_out_object(out, "http");
    json_out_array(out, "paths");
    json_out_object(out, NULL);
    json_out_text(out, "path", strcmp(wl->name, "web") == 0 ? "/" : "/api");
    json_out_text(out, "pathType", "Prefix");
    json_out_object(out, "backend");
    json_out_object(out, "service");
    json_out_text(out, "name", wl->name);
    json_out_object(out, "port");
    json_out_int(out, "number", wl->port);
    json_out_end_object(out);
    json_out_end_object(out);
    json_out_end_object(out);
    json_out_end_object(out);
    json_out_end_array(out);
    json_out_end_object(out);
    json_out_end_object(out);
    json_out_end_array(out);
    json_out_end_object(out);
    pretend_raw(out, "status",
                "{\"loadBalancer\":{\"ingress\":[{\"hostname\":\"k8s-shop-80a1.ap-northeast-2.elb."
                "amazonaws.com\"}]}}");
}

/* How busy the scaled pods are, in percent of what they ask for. */
static int utilisation(const struct world *w, int64_t t)
{
    return (int)(58 * world_traffic(w, t) + 20 * incident_depth(w, t));
}

static void write_hpa(const struct world *w, const struct pretend_object *o, int64_t t,
                      struct json_out *out)
{
    const struct world_workload *wl = &w->workloads[o->index];
    json_out_object(out, "spec");
    json_out_object(out, "scaleTargetRef");
    json_out_text(out, "kind", "Deployment");
    json_out_text(out, "name", wl->name);
    json_out_text(out, "apiVersion", "apps/v1");
    json_out_end_object(out);
    json_out_int(out, "minReplicas", 2);
    json_out_int(out, "maxReplicas", 12);
    json_out_int(out, "targetCPUUtilizationPercentage", 70);
    json_out_end_object(out);
    json_out_object(out, "status");
    json_out_int(out, "currentReplicas", wl->replicas);
    json_out_int(out, "desiredReplicas", wl->replicas);
    json_out_int(out, "currentCPUUtilizationPercentage", utilisation(w, t));
    json_out_end_object(out);
}

void pretend_volume_name(uint64_t claim, char *out, size_t size)
{
    snprintf(out, size, "pvc-%08llx", (unsigned long long)claim & 0xffffffff);
}

static const char *volume_size(const struct world_workload *wl)
{
    return wl->memory > 1000 ? "100Gi" : "20Gi";
}

static void write_volume(const struct world *w, const struct pretend_object *o,
                         struct json_out *out)
{
    const struct world_workload *wl = &w->workloads[o->index];
    json_out_object(out, "spec");
    json_out_object(out, "capacity");
    json_out_text(out, "storage", volume_size(wl));
    json_out_end_object(out);
    pretend_raw(out, "accessModes", "[\"ReadWriteOnce\"]");
    json_out_object(out, "claimRef");
    json_out_text(out, "kind", "PersistentVolumeClaim");
    json_out_text(out, "namespace", wl->ns);
    pretend_textf(out, "name", "data-%s-%d", wl->name, o->number);
    json_out_end_object(out);
    json_out_text(out, "persistentVolumeReclaimPolicy", "Delete");
    json_out_text(out, "storageClassName", "gp2");
    json_out_text(out, "volumeMode", "Filesystem");
    json_out_end_object(out);
    pretend_raw(out, "status", "{\"phase\":\"Bound\"}");
}

static void write_claim(const struct world *w, const struct pretend_object *o, struct json_out *out)
{
    const struct world_workload *wl = &w->workloads[o->index];
    const char *size = volume_size(wl);
    char volume[32];
    pretend_volume_name(o->id, volume, sizeof volume);
    json_out_object(out, "spec");
    pretend_raw(out, "accessModes", "[\"ReadWriteOnce\"]");
    json_out_object(out, "resources");
    json_out_object(out, "requests");
    json_out_text(out, "storage", size);
    json_out_end_object(out);
    json_out_end_object(out);
    json_out_text(out, "volumeName", volume);
    json_out_text(out, "storageClassName", "gp2");
    json_out_text(out, "volumeMode", "Filesystem");
    json_out_end_object(out);
    json_out_object(out, "status");
    json_out_text(out, "phase", "Bound");
    pretend_raw(out, "accessModes", "[\"ReadWriteOnce\"]");
    json_out_object(out, "capacity");
    json_out_text(out, "storage", size);
    json_out_end_object(out);
    json_out_end_object(out);
}

static void write_body(const struct world *w, const struct pretend_object *o, int64_t t,
                       struct json_out *out)
{
    switch (o->kind) {
    case PRETEND_SERVICES:
        write_service(w, o, out);
        break;
    case PRETEND_INGRESSES:
        write_ingress(w, o, out);
        break;
    case PRETEND_HPAS:
        write_hpa(w, o, t, out);
        break;
    case PRETEND_PVCS:
        write_claim(w, o, out);
        break;
    case PRETEND_PVS:
        write_volume(w, o, out);
        break;
    default:
        pretend_raw(out, "spec", "{\"finalizers\":[\"kubernetes\"]}");
        pretend_raw(out, "status", "{\"phase\":\"Active\"}");
    }
}

static bool read_field(const struct world *w, const struct pretend_object *o, int64_t t,
                       const char *path, struct buf *out)
{
    (void)w;
    (void)t;
    return o->kind == PRETEND_NAMESPACES && strcmp(path, "status.phase") == 0 &&
           buf_adds(out, "Active");
}

static void service_cells(const struct world *w, const struct pretend_object *o,
                          struct json_out *out)
{
    const struct world_workload *wl = &w->workloads[o->index];
    char ip[32];
    cluster_ip(o, ip, sizeof ip);
    bool outside = strcmp(wl->ns, "edge") == 0;
    json_out_text(out, NULL, outside ? "LoadBalancer" : "ClusterIP");
    json_out_text(out, NULL, wl->kind == WORLD_STATEFULSET && wl->replicas > 1 ? "None" : ip);
    json_out_text(out, NULL, outside ? "a1b2c3-482117.elb.ap-northeast-2.amazonaws.com" : "<none>");
    pretend_textf(out, NULL, "%d/TCP", wl->port);
}

static void write_cells(const struct world *w, const struct pretend_object *o, int64_t t,
                        struct json_out *out)
{
    const struct world_workload *wl = &w->workloads[o->kind == PRETEND_NAMESPACES ? 0 : o->index];
    char volume[32];
    json_out_text(out, NULL, o->name);
    switch (o->kind) {
    case PRETEND_SERVICES:
        service_cells(w, o, out);
        break;
    case PRETEND_INGRESSES:
        json_out_text(out, NULL, "<none>");
        json_out_text(out, NULL, "shop.example.com");
        json_out_text(out, NULL, "k8s-shop-80a1.ap-northeast-2.elb.amazonaws.com");
        json_out_text(out, NULL, "80");
        break;
    case PRETEND_HPAS:
        pretend_textf(out, NULL, "Deployment/%s", wl->name);
        pretend_textf(out, NULL, "%d%%/70%%", utilisation(w, t));
        json_out_text(out, NULL, "2");
        json_out_text(out, NULL, "12");
        pretend_textf(out, NULL, "%d", wl->replicas);
        break;
    case PRETEND_PVCS:
        json_out_text(out, NULL, "Bound");
        pretend_volume_name(o->id, volume, sizeof volume);
        json_out_text(out, NULL, volume);
        json_out_text(out, NULL, volume_size(wl));
        json_out_text(out, NULL, "RWO");
        json_out_text(out, NULL, "gp2");
        break;
    case PRETEND_PVS:
        json_out_text(out, NULL, volume_size(wl));
        json_out_text(out, NULL, "RWO");
        json_out_text(out, NULL, "Delete");
        json_out_text(out, NULL, "Bound");
        pretend_textf(out, NULL, "%s/data-%s-%d", wl->ns, wl->name, o->number);
        json_out_text(out, NULL, "gp2");
        json_out_text(out, NULL, "");
        break;
    default:
        json_out_text(out, NULL, "Active");
    }
    pretend_age(out, t, o->created);
    if (o->kind == PRETEND_SERVICES)
        pretend_textf(out, NULL, "app=%s", wl->name);
    if (o->kind == PRETEND_PVCS || o->kind == PRETEND_PVS)
        json_out_text(out, NULL, "Filesystem");
}

const struct pretend_source pretend_small = {
    .meta = fill_meta, .body = write_body, .field = read_field, .cells = write_cells};
