#include "kube/operations/operation_facts.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"

static const struct json *controller(const struct json *object)
{
    const struct json *o = json_first(json_get(object, "metadata.ownerReferences"));
    while (o && !json_bool(o, "controller", false))
        o = json_next(o);
    return o;
}

/* kubectl's annotation names the container that is meant when none is named. */
static void read_containers(struct operation_facts *f, const struct json *object)
{
    const char *wanted = json_value(json_member(json_get(object, "metadata.annotations"),
                                                "kubectl.kubernetes.io/default-container"));
    for (const struct json *c = json_first(json_get(object, "spec.containers")); c;
         c = json_next(c)) {
        if (f->container_count < OPERATION_FACTS_MOST) {
            size_t at = f->container_count++;
            const char *name = json_string(c, "name", "");
            str_copy(f->containers[at], sizeof f->containers[at], name);
            if (at && wanted && strcmp(name, wanted) == 0) {
                memmove(f->containers[1], f->containers[0], at * sizeof f->containers[0]);
                str_copy(f->containers[0], sizeof f->containers[0], name);
            }
        }
        for (const struct json *p = json_first(json_member(c, "ports")); p; p = json_next(p))
            if (f->port_count < OPERATION_FACTS_MOST)
                f->ports[f->port_count++] = (int)json_int(p, "containerPort", 0);
    }
}

void operation_facts_read(struct operation_facts *f, const struct json *object)
{
    const struct json *owner = controller(object);
    const char *phase = json_string(object, "status.phase", "");
    memset(f, 0, sizeof *f);
    str_copy(f->uid, sizeof f->uid, json_string(object, "metadata.uid", ""));
    f->replicas = json_int(object, "spec.replicas", -1);
    f->unschedulable = json_bool(object, "spec.unschedulable", false);
    f->paused = json_bool(object, "spec.paused", false);
    f->running = strcmp(phase, "Running") == 0;
    f->finished = strcmp(phase, "Succeeded") == 0 || strcmp(phase, "Failed") == 0;
    f->leaving = json_string(object, "metadata.deletionTimestamp", NULL) != NULL;
    f->daemon = strcmp(json_string(owner, "kind", ""), "DaemonSet") == 0;
    f->mirror = json_member(json_get(object, "metadata.annotations"),
                            "kubernetes.io/config.mirror") != NULL;
    if (owner)
        snprintf(f->owner, sizeof f->owner, "%s %s", json_string(owner, "kind", ""),
                 json_string(owner, "name", ""));
    read_containers(f, object);
    for (const struct json *v = json_first(json_get(object, "spec.volumes")); v; v = json_next(v))
        f->scratch = f->scratch || json_member(v, "emptyDir");
}
