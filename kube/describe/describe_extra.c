#include "kube/describe/describe_extra.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "kube/kinds/kinds.h"
#include "kube/kinds/workload_cells.h"

enum { TEXT_LONGEST = 1024 };

/* Whichever version of it the server has. */
static bool is_of(const struct kinds_row *row, const struct kind *kind)
{
    while (row && &row->kind != kind)
        row = row->older;
    return row;
}

/* ---- links ---- */

/* The column of a kind that names another object: where its kind, namespace and name stand. A kind
 * that begins with a capital is one; no path of the namespace: that of the object. */
static const struct {
    const struct kinds_row *of;
    const char *column, *kind, *namespace_, *name;
} links[] = {
    {&kind_horizontalpodautoscaler, "REFERENCE", "spec.scaleTargetRef.kind", "metadata.namespace",
     "spec.scaleTargetRef.name"},
    {&kind_event, "OBJECT", "involvedObject.kind", "involvedObject.namespace",
     "involvedObject.name"},
    {&kind_persistentvolume, "CLAIM", "PersistentVolumeClaim", "spec.claimRef.namespace",
     "spec.claimRef.name"},
    {&kind_persistentvolume, "STORAGECLASS", "StorageClass", "", "spec.storageClassName"},
    {&kind_persistentvolumeclaim, "VOLUME", "PersistentVolume", "", "spec.volumeName"},
    {&kind_persistentvolumeclaim, "STORAGECLASS", "StorageClass", "", "spec.storageClassName"},
    {&kind_ingress, "CLASS", "IngressClass", "", "spec.ingressClassName"},
};

void describe_extra_link(struct page *p, const struct kind *kind, const char *column,
                         const struct json *object)
{
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        if (!is_of(links[i].of, kind) || strcmp(links[i].column, column) != 0)
            continue;
        bool fixed = links[i].kind[0] >= 'A' && links[i].kind[0] <= 'Z';
        const char *to = fixed ? links[i].kind : json_string(object, links[i].kind, ""),
                   *ns = *links[i].namespace_ ? json_string(object, links[i].namespace_, "") : "",
                   *name = json_string(object, links[i].name, "");
        if (*to && *name)
            page_link(p, to, ns, name);
    }
}

/* ---- jobs ---- */

static void job_fields(struct page *p, const struct json *job)
{
    int active = workload_cells_count(job, "status.active", 0),
        failed = workload_cells_count(job, "status.failed", 0);
    struct buf text;
    buf_init(&text, TEXT_LONGEST);
    buf_printf(&text, "%d active", active);
    if (json_is_number(json_get(job, "status.ready")))
        buf_printf(&text, " (%d ready)", workload_cells_count(job, "status.ready", 0));
    buf_printf(&text, ", %d succeeded, %d failed", workload_cells_count(job, "status.succeeded", 0),
               failed);
    page_field(p, "Pods", failed ? PAGE_WARN : PAGE_TEXT, buf_text(&text));
    buf_free(&text);
}

/* ---- ingresses ---- */

/* networking.k8s.io/v1 and the betas before it; a backend may be another object instead. */
static void add_backend(struct page *p, const char *where, const struct json *backend,
                        const char *ns)
{
    const char *service =
                   json_string(backend, "service.name", json_string(backend, "serviceName", "")),
               *kind = json_string(backend, "resource.kind", ""),
               *other = json_string(backend, "resource.name", ""),
               *port = json_string(backend, "service.port.name",
                                   json_string(backend, "servicePort", ""));
    int64_t number = json_int(backend, "service.port.number", json_int(backend, "servicePort", 0));
    struct buf text;
    buf_init(&text, TEXT_LONGEST);
    buf_printf(&text, "%s %.253s", *service ? "service" : kind, *service ? service : other);
    if (number)
        buf_printf(&text, ":%lld", (long long)number);
    else if (*port)
        buf_printf(&text, ":%.63s", port);
    page_field(p, where, PAGE_TEXT, buf_text(&text));
    if (*service || (*kind && *other))
        page_link(p, *service ? "Service" : kind, ns, *service ? service : other);
    buf_free(&text);
}

static void add_rule(struct page *p, const struct json *rule, const char *ns)
{
    const char *host = json_string(rule, "host", "");
    const struct json *path = json_first(json_get(rule, "http.paths"));
    for (; path; path = json_next(path)) {
        struct buf where;
        buf_init(&where, TEXT_LONGEST);
        buf_printf(&where, "%.253s%.500s", *host ? host : "*", json_string(path, "path", "/"));
        add_backend(p, buf_text(&where), json_member(path, "backend"), ns);
        buf_free(&where);
    }
    if (!json_count(json_get(rule, "http.paths")))
        page_field(p, *host ? host : "*", PAGE_DIM, "the default backend");
}

static void ingress_sections(struct page *p, const struct json *ingress)
{
    const struct json *spec = json_member(ingress, "spec"),
                      *otherwise = json_member(spec, "defaultBackend"),
                      *rule = json_first(json_member(spec, "rules"));
    const char *ns = json_string(ingress, "metadata.namespace", "");
    page_section(p, "Rules");
    if (!otherwise)
        otherwise = json_member(spec, "backend");
    for (; rule; rule = json_next(rule))
        add_rule(p, rule, ns);
    if (json_is_object(otherwise))
        add_backend(p, "everything else", otherwise, ns);
}

/* ---- the table ---- */

static const struct {
    const struct kinds_row *of;
    void (*fields)(struct page *p, const struct json *object);
    void (*sections)(struct page *p, const struct json *object);
} kinds[] = {{&kind_job, job_fields, NULL}, {&kind_ingress, NULL, ingress_sections}};

void describe_extra_fields(struct page *p, const struct kind *kind, const struct json *object)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (is_of(kinds[i].of, kind) && kinds[i].fields)
            kinds[i].fields(p, object);
}

void describe_extra_sections(struct page *p, const struct kind *kind, const struct json *object)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (is_of(kinds[i].of, kind) && kinds[i].sections)
            kinds[i].sections(p, object);
}
