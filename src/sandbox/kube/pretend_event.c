/* Events: one storage, two shapes (core/v1 and events.k8s.io/v1). */
#include <string.h>

#include "sandbox/kube/pretend.h"
#include "sandbox/world/dice.h"

static void fill_meta(const struct world *w, const struct pretend_object *o, int64_t t,
                      struct pretend_meta *m)
{
    (void)w;
    (void)o;
    (void)t;
    (void)m;
}

static void about(struct json_out *out, const char *name, const struct world_event *e)
{
    char uid[37];
    bool node = strcmp(e->kind, "Node") == 0;
    json_out_object(out, name);
    json_out_text(out, "kind", e->kind);
    if (!node)
        json_out_text(out, "namespace", e->ns);
    json_out_text(out, "name", e->object);
    json_out_text(out, "uid", node ? e->object : dice_uuid(e->object_id, uid));
    if (*e->api)
        json_out_text(out, "apiVersion", e->api);
    if (*e->field)
        json_out_text(out, "fieldPath", e->field);
    json_out_end_object(out);
}

static void source(struct json_out *out, const char *name, const struct world_event *e)
{
    json_out_object(out, name);
    json_out_text(out, "component", e->component);
    if (*e->host)
        json_out_text(out, "host", e->host);
    json_out_end_object(out);
}

static void write_body(const struct world *w, const struct pretend_object *o, int64_t t,
                       struct json_out *out)
{
    const struct world_event *e = w->events[o->index];
    int64_t first = 0, last = 0;
    size_t count = world_event_at(e, t, &first, &last);
    bool old = o->kind == PRETEND_EVENTS;
    if (!old) {
        json_out_text(out, "eventTime", NULL);
        json_out_text(out, "reason", e->reason);
        about(out, "regarding", e);
        json_out_text(out, "note", e->message);
        json_out_text(out, "type", e->type);
        source(out, "deprecatedSource", e);
    } else {
        about(out, "involvedObject", e);
        json_out_text(out, "reason", e->reason);
        json_out_text(out, "message", e->message);
        source(out, "source", e);
    }
    pretend_time(out, old ? "firstTimestamp" : "deprecatedFirstTimestamp", first);
    pretend_time(out, old ? "lastTimestamp" : "deprecatedLastTimestamp", last);
    json_out_int(out, old ? "count" : "deprecatedCount", (int64_t)count);
    if (!old)
        return;
    json_out_text(out, "type", e->type);
    json_out_text(out, "eventTime", NULL);
    json_out_text(out, "reportingComponent", "");
    json_out_text(out, "reportingInstance", "");
}

static bool read_field(const struct world *w, const struct pretend_object *o, int64_t t,
                       const char *path, struct buf *out)
{
    const struct world_event *e = w->events[o->index];
    const char *prefix = o->kind == PRETEND_EVENTS ? "involvedObject." : "regarding.";
    char uid[37];
    (void)t;
    if (strcmp(path, "reason") == 0)
        return buf_adds(out, e->reason);
    if (strcmp(path, "type") == 0)
        return buf_adds(out, e->type);
    if (strcmp(path, "source") == 0)
        return buf_adds(out, e->component);
    if (strncmp(path, prefix, strlen(prefix)) != 0)
        return false;
    path += strlen(prefix);
    bool node = strcmp(e->kind, "Node") == 0;
    if (strcmp(path, "kind") == 0)
        return buf_adds(out, e->kind);
    if (strcmp(path, "namespace") == 0)
        return buf_adds(out, node ? "" : e->ns);
    if (strcmp(path, "name") == 0)
        return buf_adds(out, e->object);
    if (strcmp(path, "uid") == 0)
        return buf_adds(out, node ? e->object : dice_uuid(e->object_id, uid));
    if (strcmp(path, "apiVersion") == 0)
        return buf_adds(out, e->api);
    if (strcmp(path, "fieldPath") == 0)
        return buf_adds(out, e->field);
    return strcmp(path, "resourceVersion") == 0;
}

static void write_cells(const struct world *w, const struct pretend_object *o, int64_t t,
                        struct json_out *out)
{
    const struct world_event *e = w->events[o->index];
    int64_t first = 0, last = 0;
    size_t count = world_event_at(e, t, &first, &last);
    char kind[64];
    size_t n = 0;
    for (; e->kind[n] && n + 1 < sizeof kind; n++)
        kind[n] = (char)(e->kind[n] | 0x20);
    kind[n] = '\0';
    pretend_age(out, t, last);
    json_out_text(out, NULL, e->type);
    json_out_text(out, NULL, e->reason);
    pretend_textf(out, NULL, "%s/%s", kind, e->object);
    json_out_text(out, NULL, e->field);
    pretend_textf(out, NULL, "%s%s%s", e->component, *e->host ? ", " : "", e->host);
    json_out_text(out, NULL, e->message);
    pretend_age(out, t, first);
    json_out_int(out, NULL, (int64_t)count);
    json_out_text(out, NULL, o->name);
}

const struct pretend_source pretend_event = {
    .meta = fill_meta, .body = write_body, .field = read_field, .cells = write_cells};
