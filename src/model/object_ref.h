/* An object of the cluster by name: what a pane hands out of the row under its cursor, and what pages
 * and actions are asked for. */
#ifndef MODEL_OBJECT_REF_H
#define MODEL_OBJECT_REF_H

#include <stdbool.h>

#include "model/object.h"

enum { OBJECT_REF_KIND = 320, OBJECT_REF_NAME = 254, OBJECT_REF_UID = 37, OBJECT_REF_OWNER = 360 };

struct object_ref {
    /* The resource as discovery_find takes it: "pods", "deployments.apps"; where only the object's
     * kind is known (an event's object) that, in lower case: "pod". */
    char kind[OBJECT_REF_KIND];
    char namespace_[OBJECT_REF_NAME]; /* of no matter when the kind has none */
    char name[OBJECT_REF_NAME];
    char uid[OBJECT_REF_UID]; /* "" when it is not known */
    char
        owner[OBJECT_REF_OWNER]; /* "ReplicaSet/web-7d9f8c6b5", its controller; "": none is known */
};

/* Without an owner. False when a text is longer than the API server allows; uid may be "". */
bool object_ref_set(struct object_ref *r, const char *kind, const char *ns, const char *name,
                    const char *uid);
/* Names the row of a table of that kind. */
bool object_ref_of(struct object_ref *r, const struct kind *kind, const struct object *o);
/* "deployments.apps", "pods": the plural with its group behind it. False when it is too long. */
bool object_ref_kind(const struct kind *kind, char out[OBJECT_REF_KIND]);
/* As one text, for an intent: its parts with tabs between. And back: false when it is none. */
enum { OBJECT_REF_TEXT = OBJECT_REF_KIND + 2 * OBJECT_REF_NAME + OBJECT_REF_UID };
char *object_ref_text(const struct object_ref *r, char out[OBJECT_REF_TEXT]);
bool object_ref_read(struct object_ref *r, const char *text);
bool object_ref_same(const struct object_ref *a, const struct object_ref *b); /* but for uid */

#endif
