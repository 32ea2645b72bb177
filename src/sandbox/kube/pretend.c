#include "sandbox/kube/pretend.h"

#include <string.h>

#include "base/clock.h"
#include "sandbox/world/dice.h"

static const struct pretend_kind kinds[] = {
#define KIND(id_, plural_, singular_, kind_, group_, version_, namespaced_, shorts_, source_,      \
             columns_)                                                                             \
    {.plural = plural_,                                                                            \
     .singular = singular_,                                                                        \
     .kind = kind_,                                                                                \
     .group = group_,                                                                              \
     .version = version_,                                                                          \
     .namespaced = namespaced_,                                                                    \
     .short_names = shorts_,                                                                       \
     .columns = columns_,                                                                          \
     .source = &source_},
#include "sandbox/kube/pretend_kinds.def"
#undef KIND
};

const struct pretend_kind *pretend_row(enum pretend_kinds id)
{
    return &kinds[id];
}

int pretend_find(const char *group, const char *version, const char *plural)
{
    for (int i = 0; i < PRETEND_COUNT; i++)
        if (strcmp(kinds[i].plural, plural) == 0 && strcmp(kinds[i].group, group) == 0 &&
            strcmp(kinds[i].version, version) == 0)
            return i;
    return -1;
}

/* ---- helpers ---- */

/* ---- objects ---- */

static void write_pairs(struct json_out *out, const char *name, const struct pretend_pair *pairs,
                        size_t count)
{
    if (!count)
        return;
    json_out_object(out, name);
    for (size_t i = 0; i < count; i++)
        json_out_text(out, pairs[i].name, pairs[i].value);
    json_out_end_object(out);
}

static void write_owner(struct json_out *out, const struct pretend_meta *m)
{
    char uid[37];
    if (!m->owner_kind)
        return;
    json_out_array(out, "ownerReferences");
    json_out_object(out, NULL);
    json_out_text(out, "apiVersion", m->owner_api);
    json_out_text(out, "kind", m->owner_kind);
    json_out_text(out, "name", m->owner);
    json_out_text(out, "uid", dice_uuid(m->owner_id, uid));
    json_out_bool(out, "controller", true);
    json_out_bool(out, "blockOwnerDeletion", true);
    json_out_end_object(out);
    json_out_end_array(out);
}

static void write_managed(struct json_out *out, const struct pretend_kind *k,
                          const struct pretend_object *o, const char *fields)
{
    if (!fields)
        return;
    json_out_array(out, "managedFields");
    json_out_object(out, NULL);
    json_out_text(out, "manager", *k->group ? "kube-controller-manager" : "kubelet");
    json_out_text(out, "operation", "Update");
    pretend_textf(out, "apiVersion", "%s%s%s", k->group, *k->group ? "/" : "", k->version);
    pretend_time(out, "time", o->created);
    json_out_text(out, "fieldsType", "FieldsV1");
    pretend_raw(out, "fieldsV1", fields);
    json_out_end_object(out);
    json_out_end_array(out);
}

static void write_meta(const struct world *w, const struct pretend_object *o, int64_t t,
                       struct json_out *out)
{
    const struct pretend_kind *k = &kinds[o->kind];
    struct pretend_meta m;
    char uid[37];
    memset(&m, 0, sizeof m);
    k->source->meta(w, o, t, &m);
    json_out_object(out, "metadata");
    json_out_text(out, "name", o->name);
    if (m.generate_name)
        json_out_text(out, "generateName", m.generate_name);
    if (k->namespaced)
        json_out_text(out, "namespace", o->ns);
    json_out_text(out, "uid", dice_uuid(o->id, uid));
    pretend_textf(out, "resourceVersion", "%llu", (unsigned long long)o->version);
    if (m.generation)
        json_out_int(out, "generation", m.generation);
    pretend_time(out, "creationTimestamp", o->created);
    int64_t deleted = o->deleted ? o->deleted : m.deleted;
    if (deleted) {
        pretend_time(out, "deletionTimestamp", deleted + 30 * CLOCK_SECOND);
        json_out_int(out, "deletionGracePeriodSeconds", 30);
    }
    write_pairs(out, "labels", m.labels, m.label_count);
    write_pairs(out, "annotations", m.annotations, m.annotation_count);
    if (o->stored && o->stored->labels)
        pretend_raw(out, "labels", o->stored->labels);
    if (o->stored && o->stored->annotations)
        pretend_raw(out, "annotations", o->stored->annotations);
    write_owner(out, &m);
    write_managed(out, k, o, m.managed);
    json_out_end_object(out);
}

void pretend_write(const struct world *w, const struct pretend_object *o, int64_t t, bool typed,
                   struct json_out *out)
{
    const struct pretend_kind *k = &kinds[o->kind];
    json_out_object(out, NULL);
    if (typed) {
        json_out_text(out, "kind", k->kind);
        pretend_textf(out, "apiVersion", "%s%s%s", k->group, *k->group ? "/" : "", k->version);
    }
    write_meta(w, o, t, out);
    k->source->body(w, o, t, out);
    json_out_end_object(out);
}

void pretend_write_partial(const struct world *w, const struct pretend_object *o, int64_t t,
                           struct json_out *out)
{
    json_out_object(out, NULL);
    json_out_text(out, "kind", "PartialObjectMetadata");
    json_out_text(out, "apiVersion", "meta.k8s.io/v1");
    write_meta(w, o, t, out);
    json_out_end_object(out);
}

void pretend_write_cells(const struct world *w, const struct pretend_object *o, int64_t t,
                         struct json_out *out)
{
    json_out_array(out, "cells");
    kinds[o->kind].source->cells(w, o, t, out);
    json_out_end_array(out);
}

bool pretend_label(const struct world *w, const struct pretend_object *o, int64_t t,
                   const char *name, struct buf *out)
{
    if (o->stored) {
        bool found = false;
        struct json_doc *d = json_doc_new();
        const struct json *labels =
            o->stored->labels ? json_parse(d, o->stored->labels, strlen(o->stored->labels), NULL)
                              : NULL;
        const char *value = json_value(json_member(labels, name));
        if (value) {
            buf_adds(out, value);
            found = true;
        }
        json_doc_free(d);
        return found;
    }
    struct pretend_meta m;
    memset(&m, 0, sizeof m);
    kinds[o->kind].source->meta(w, o, t, &m);
    for (size_t i = 0; i < m.label_count; i++)
        if (strcmp(m.labels[i].name, name) == 0)
            return buf_adds(out, m.labels[i].value);
    return false;
}

bool pretend_field(const struct world *w, const struct pretend_object *o, int64_t t,
                   const char *path, struct buf *out)
{
    if (strcmp(path, "metadata.name") == 0)
        return buf_adds(out, o->name);
    if (strcmp(path, "metadata.namespace") == 0)
        return buf_adds(out, o->ns);
    const struct pretend_source *source = kinds[o->kind].source;
    return source->field && source->field(w, o, t, path, out);
}
