/* Endpoint slices: where the pods of a service listen, and which of them are ready. */
#include <stdio.h>

#include "base/buf.h"
#include "sandbox/kube/pretend.h"
#include "sandbox/world/dice.h"

enum { SHOWN = 3, TEXT_LONGEST = 1024 };

/* Whether the pod has an address that the slice names. */
static bool listens(const struct world *w, const struct world_pod *p, int64_t t, bool *ready)
{
    struct world_phase phase;
    bool there = world_pod_at(w, p, t, &phase);
    *ready = there && phase.state == WORLD_RUNNING;
    return there && (world_is_running(phase.state) || phase.state == WORLD_FAILED ||
                     phase.state == WORLD_BACKOFF);
}

/* The pods of the workload one after another: *i counts from 0, then names the next of those that
 * clients caused. NULL: no more. */
static const struct world_pod *next_pod(const struct world *w, const struct world_workload *wl,
                                        size_t *i, uint32_t *more)
{
    if (*i < wl->pod_count)
        return &w->pods[wl->first_pod + (*i)++];
    if (*i == wl->pod_count) {
        *more = wl->more_pods;
        ++*i;
    }
    const struct world_pod *p = *more ? &w->pods[*more - 1] : NULL;
    *more = p ? p->next_pod : 0;
    return p;
}

static void fill_meta(const struct world *w, const struct pretend_object *o, int64_t t,
                      struct pretend_meta *m)
{
    const struct world_workload *wl = &w->workloads[o->index];
    (void)t;
    pretend_pair_add(m->labels, &m->label_count, "endpointslice.kubernetes.io/managed-by",
                     "endpointslice-controller.k8s.io");
    pretend_pair_add(m->labels, &m->label_count, "kubernetes.io/service-name", wl->name);
    m->owner_api = "v1";
    m->owner_kind = "Service";
    m->owner_id = wl->id + 3;
    snprintf(m->owner, sizeof m->owner, "%s", wl->name);
    snprintf(m->scratch[0], sizeof m->scratch[0], "%s-", wl->name);
    m->generate_name = m->scratch[0];
    m->generation = 1;
}

static void write_endpoint(const struct world *w, const struct world_workload *wl,
                           const struct world_pod *p, bool ready, struct json_out *out)
{
    char uid[37];
    json_out_object(out, NULL);
    json_out_array(out, "addresses");
    json_out_text(out, NULL, p->ip);
    json_out_end_array(out);
    json_out_object(out, "conditions");
    json_out_bool(out, "ready", ready);
    json_out_end_object(out);
    json_out_object(out, "targetRef");
    json_out_text(out, "kind", "Pod");
    json_out_text(out, "namespace", wl->ns);
    json_out_text(out, "name", p->name);
    json_out_text(out, "uid", dice_uuid(p->id, uid));
    json_out_end_object(out);
    json_out_object(out, "topology");
    json_out_text(out, "kubernetes.io/hostname", w->nodes[p->node].name);
    json_out_text(out, "topology.kubernetes.io/zone", w->nodes[p->node].zone);
    json_out_end_object(out);
    json_out_end_object(out);
}

static void write_body(const struct world *w, const struct pretend_object *o, int64_t t,
                       struct json_out *out)
{
    const struct world_workload *wl = &w->workloads[o->index];
    const struct world_pod *p;
    size_t i = 0;
    uint32_t more = 0;
    bool ready;
    json_out_text(out, "addressType", "IPv4");
    json_out_array(out, "endpoints");
    while ((p = next_pod(w, wl, &i, &more)))
        if (listens(w, p, t, &ready))
            write_endpoint(w, wl, p, ready, out);
    json_out_end_array(out);
    json_out_array(out, "ports");
    json_out_object(out, NULL);
    json_out_text(out, "name", "http");
    json_out_text(out, "protocol", "TCP");
    json_out_int(out, "port", wl->port);
    json_out_end_object(out);
    json_out_end_array(out);
}

static void write_cells(const struct world *w, const struct pretend_object *o, int64_t t,
                        struct json_out *out)
{
    const struct world_workload *wl = &w->workloads[o->index];
    const struct world_pod *p;
    struct buf addresses;
    size_t i = 0, count = 0;
    uint32_t more = 0;
    bool ready;
    buf_init(&addresses, TEXT_LONGEST);
    while ((p = next_pod(w, wl, &i, &more))) {
        if (!listens(w, p, t, &ready) || count++ >= SHOWN)
            continue;
        buf_adds(&addresses, count > 1 ? "," : "");
        buf_adds(&addresses, p->ip);
    }
    if (count > SHOWN)
        buf_printf(&addresses, " + %zu more...", count - SHOWN);
    json_out_text(out, NULL, o->name);
    json_out_text(out, NULL, "IPv4");
    pretend_textf(out, NULL, "%d", wl->port);
    json_out_text(out, NULL, count ? buf_text(&addresses) : "<unset>");
    pretend_age(out, t, o->created);
    buf_free(&addresses);
}

const struct pretend_source pretend_slice = {
    .meta = fill_meta, .body = write_body, .cells = write_cells};
