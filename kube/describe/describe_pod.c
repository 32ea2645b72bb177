#include "kube/describe/describe_pod.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "kube/describe/describe_container.h"
#include "kube/describe/describe_parts.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/label_text.h"
#include "kube/kinds/trouble.h"

enum { TEXT_LONGEST = 4096, TITLE_LONGEST = 300 };

static void add_text(struct page *p, const char *key, const char *text)
{
    if (*text)
        page_field(p, key, PAGE_TEXT, text);
}

static void add_addresses(struct page *p, const struct json *status)
{
    struct buf text;
    buf_init(&text, TEXT_LONGEST);
    for (const struct json *i = json_first(json_member(status, "podIPs")); i; i = json_next(i)) {
        trouble_part(&text, ", ");
        buf_adds(&text, json_string(i, "ip", ""));
    }
    add_text(p, "IP", text.n ? buf_text(&text) : json_string(status, "podIP", ""));
    buf_free(&text);
}

static void add_toleration(struct buf *text, const struct json *t)
{
    const char *key = json_string(t, "key", ""), *value = json_string(t, "value", ""),
               *effect = json_string(t, "effect", "");
    trouble_part(text, ", ");
    buf_printf(text, "%.300s%s%.100s%s%.40s", *key ? key : "everything", *value ? "=" : "", value,
               *effect ? ":" : "", effect);
    if (json_is_number(json_member(t, "tolerationSeconds")))
        buf_printf(text, " for %llds", (long long)json_int(t, "tolerationSeconds", 0));
}

static void add_placement(struct page *p, const struct json *spec)
{
    struct buf text;
    buf_init(&text, TEXT_LONGEST);
    label_text_pairs(&text, json_member(spec, "nodeSelector"));
    add_text(p, "Node selector", buf_text(&text));
    buf_clear(&text);
    const struct json *t = json_first(json_member(spec, "tolerations"));
    for (; t; t = json_next(t))
        add_toleration(&text, t);
    add_text(p, "Tolerates", text.n ? buf_text(&text) : "");
    buf_free(&text);
}

void describe_pod_fields(struct page *p, const struct json *pod, int64_t now)
{
    const struct json *spec = json_member(pod, "spec"), *status = json_member(pod, "status");
    const char *node = json_string(spec, "nodeName", "");
    page_field(p, "Node", *node ? PAGE_TEXT : PAGE_PENDING, *node ? node : "none yet");
    if (*node)
        page_link(p, "Node", "", node);
    describe_parts_time(p, "Started", kinds_time(status, "startTime"), now);
    add_addresses(p, status);
    add_text(p, "QoS", json_string(status, "qosClass", ""));
    add_text(p, "Priority", json_string(spec, "priorityClassName", ""));
    add_text(p, "Service account", json_string(spec, "serviceAccountName", ""));
    add_text(p, "Nominated node", json_string(status, "nominatedNodeName", ""));
    add_placement(p, spec);
}

/* ---- containers ---- */

static const struct json *status_of(const struct json *list, const char *name)
{
    for (const struct json *s = json_first(list); s; s = json_next(s))
        if (strcmp(json_string(s, "name", ""), name) == 0)
            return s;
    return NULL;
}

static void add_containers(struct page *p, const struct json *pod, int64_t now)
{
    static const struct {
        const char *spec, *status, *title;
    } lists[] = {
        {"spec.initContainers", "status.initContainerStatuses", "Init container"},
        {"spec.containers", "status.containerStatuses", "Container"},
        {"spec.ephemeralContainers", "status.ephemeralContainerStatuses", "Ephemeral container"}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const struct json *statuses = json_get(pod, lists[i].status);
        for (const struct json *c = json_first(json_get(pod, lists[i].spec)); c; c = json_next(c)) {
            const char *name = json_string(c, "name", "");
            bool sidecar = i == 0 && strcmp(json_string(c, "restartPolicy", ""), "Always") == 0;
            char title[TITLE_LONGEST];
            snprintf(title, sizeof title, "%s %s", sidecar ? "Sidecar" : lists[i].title, name);
            describe_container(p, title, c, status_of(statuses, name), now);
        }
    }
}

/* ---- volumes ---- */

/* What a volume comes from, and the member of it that names that. */
static const struct {
    const char *member, *words, *name, *kind;
} sources[] = {{"configMap", "config map", "name", "ConfigMap"},
               {"secret", "secret", "secretName", NULL},
               {"persistentVolumeClaim", "claim", "claimName", "PersistentVolumeClaim"},
               {"hostPath", "path on the node", "path", NULL},
               {"nfs", "NFS", "server", NULL},
               {"csi", "CSI", "driver", NULL},
               {"awsElasticBlockStore", "EBS", "volumeID", NULL},
               {"image", "image", "reference", NULL},
               {"emptyDir", "empty directory", "medium", NULL},
               {"downwardAPI", "downward API", NULL, NULL},
               {"projected", "projected", NULL, NULL}};

static void add_projected(struct buf *text, const struct json *list)
{
    const char *before = ": ";
    for (const struct json *s = json_first(list); s; s = json_next(s)) {
        const struct json *source = json_first(s);
        const char *name = json_string(source, "name", "");
        if (!json_name(source))
            continue;
        buf_printf(text, "%s%.60s%s%.300s", before, json_name(source), *name ? " " : "", name);
        before = ", ";
    }
}

static void add_volume(struct page *p, const struct json *v, const char *ns)
{
    size_t i = 0, n = sizeof sources / sizeof *sources;
    while (i < n && !json_is_object(json_member(v, sources[i].member)))
        i++;
    const char *title = json_string(v, "name", "");
    if (i == n) {
        /* A kind of volume that is not in the table: its member beside the name. */
        const struct json *m = json_first(v);
        while (m && json_name(m) && strcmp(json_name(m), "name") == 0)
            m = json_next(m);
        page_field(p, title, PAGE_TEXT, m ? json_name(m) : "");
        return;
    }
    const struct json *source = json_member(v, sources[i].member);
    const char *name = sources[i].name ? json_string(source, sources[i].name, "") : "";
    struct buf text;
    buf_init(&text, TEXT_LONGEST);
    buf_printf(&text, "%s%s%.500s", sources[i].words, *name ? " " : "", name);
    add_projected(&text, json_member(source, "sources"));
    page_field(p, title, PAGE_TEXT, buf_text(&text));
    if (sources[i].kind && *name)
        page_link(p, sources[i].kind, ns, name);
    buf_free(&text);
}

void describe_pod_sections(struct page *p, const struct json *pod, int64_t now)
{
    const struct json *v = json_first(json_get(pod, "spec.volumes"));
    const char *ns = json_string(pod, "metadata.namespace", "");
    add_containers(p, pod, now);
    if (v)
        page_section(p, "Volumes");
    for (; v; v = json_next(v))
        add_volume(p, v, ns);
}
