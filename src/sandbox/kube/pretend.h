/* The kinds that the pretend API serves: their names, and how an object of each is written. */
#ifndef SANDBOX_PRETEND_H
#define SANDBOX_PRETEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"
#include "sandbox/world/world.h"

enum pretend_kinds {
#define KIND(id, plural, singular, kind, group, version, namespaced, shorts, source, columns)      \
    PRETEND_##id,
#include "sandbox/kube/pretend_kinds.def"
#undef KIND
    PRETEND_COUNT
};

/* An object that was written by a client, or made once at start. */
struct pretend_stored {
    int references;
    char *labels, *annotations; /* JSON objects, NULL when there are none */
    char *rest; /* the members besides kind, apiVersion and metadata: "\"spec\":{…}"; may be "" */
};

struct pretend_object {
    enum pretend_kinds kind;
    const char *ns, *name; /* ns "" for kinds without */
    uint64_t id, version;  /* uid and resourceVersion */
    int64_t created;
    uint32_t index; /* into the world's table */
    uint32_t
        /* of several that belong to one index: a replica set's generation, a claim's or volume's ordinal */
        number;
    struct pretend_stored *stored;
    int64_t deleted; /* by a client: moment of deletion; 0 */
};

enum { PRETEND_PAIRS = 16 };
struct pretend_pair {
    const char *name, *value;
};

/* What metadata holds besides name, namespace, uid, version and creation. */
struct pretend_meta {
    struct pretend_pair labels[PRETEND_PAIRS], annotations[PRETEND_PAIRS];
    size_t label_count, annotation_count;
    const char *owner_api, *owner_kind; /* NULL: no owner */
    char owner[128];
    uint64_t owner_id;
    const char *generate_name;
    int64_t deleted;
    int generation;
    const char *managed; /* fieldsV1 of the kind, or NULL */
    char scratch[6][160];
};

/* What a file of the table knows of its kinds' objects at t. */
struct pretend_source {
    void (*meta)(const struct world *w, const struct pretend_object *o, int64_t t,
                 struct pretend_meta *m);
    /* The members behind metadata. */
    void (*body)(const struct world *w, const struct pretend_object *o, int64_t t,
                 struct json_out *out);
    /* The value of a field for selectors; false when this kind has no such field. NULL: only name
     * and namespace. */
    bool (*field)(const struct world *w, const struct pretend_object *o, int64_t t,
                  const char *path, struct buf *out);
    /* The cells of a Table's row. */
    void (*cells)(const struct world *w, const struct pretend_object *o, int64_t t,
                  struct json_out *out);
};
extern const struct pretend_source pretend_pod, pretend_node, pretend_workload, pretend_batch,
    pretend_small, pretend_event, pretend_stored, pretend_slice;

struct pretend_kind {
    const char *plural, *singular, *kind, *group, *version;
    bool namespaced;
    const char *short_names, *columns;
    const struct pretend_source *source;
};

/* The volume of a claim: its name, and how far its id lies behind the claim's. */
enum { PRETEND_VOLUME_IDS = 1000 };
void pretend_volume_name(uint64_t claim, char *out, size_t size);

const struct pretend_kind *pretend_row(enum pretend_kinds id);
/* By group, version and plural; -1. */
int pretend_find(const char *group, const char *version, const char *plural);

/* The whole object. `typed` writes kind and apiVersion (not wanted in list items). */
void pretend_write(const struct world *w, const struct pretend_object *o, int64_t t, bool typed,
                   struct json_out *out);
/* Only its metadata, as PartialObjectMetadata. */
void pretend_write_partial(const struct world *w, const struct pretend_object *o, int64_t t,
                           struct json_out *out);
void pretend_write_cells(const struct world *w, const struct pretend_object *o, int64_t t,
                         struct json_out *out);
/* A label's value appended; false when the object has no such label. */
bool pretend_label(const struct world *w, const struct pretend_object *o, int64_t t,
                   const char *name, struct buf *out);
/* A field's value for selectors; false when the kind does not know the field. */
bool pretend_field(const struct world *w, const struct pretend_object *o, int64_t t,
                   const char *path, struct buf *out);

/* Small helpers for those who write objects. */
void pretend_raw(struct json_out *out, const char *name,
                 const char *json); /* text that is JSON already */
void pretend_time(struct json_out *out, const char *name,
                  int64_t t); /* RFC 3339 in seconds; null for 0 */
void pretend_textf(struct json_out *out, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void pretend_age(struct json_out *out, int64_t t, int64_t since); /* a cell */
void pretend_pair_add(struct pretend_pair *list, size_t *count, const char *name,
                      const char *value);

#endif
