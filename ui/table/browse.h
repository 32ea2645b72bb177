/*
 * What the resource pane shows: the newest of a stack of views, each of one kind of object. The stack
 * asks for the tables of its newest views (INTENT_BROWSE); those of views far beneath are let go of
 * and come again when one goes back.
 */
#ifndef UI_BROWSE_H
#define UI_BROWSE_H

#include <stdbool.h>

#include "model/model.h"
#include "model/object_ref.h"

enum { BROWSE_DEPTH = 16, BROWSE_OWNER = 320, BROWSE_SELECTOR = 600 };

struct browse_view {
    char resource[OBJECT_REF_KIND]; /* "deployments.apps"; as typed where the names are not known */
    char selector[BROWSE_SELECTOR]; /* of labels; "": all */
    char namespace_[OBJECT_REF_NAME]; /* rows of this one only; "": the scope's */
    char owner[BROWSE_OWNER];         /* rows that "Kind/name" owns only; "": all */
    char of[BROWSE_OWNER];            /* whose they are, for the title: "service/web" */
    /* The row that the cursor goes to as soon as it is there. */
    char at_namespace[OBJECT_REF_NAME], at_name[OBJECT_REF_NAME];
    int sort; /* BROWSE_UNSORTED: the pane's own choice */
    bool descending;
    char filter[256]; /* as typed */
};
enum { BROWSE_UNSORTED = -100 };

struct browse; /* opaque */

struct browse *browse_new(struct model *m);
void browse_free(struct browse *b); /* NULL is allowed */

/* A view with nothing but a resource. False: its name is too long. */
bool browse_view(struct browse_view *out, const char *resource);
void browse_push(struct browse *b,
                 const struct browse_view *view); /* of BROWSE_DEPTH the oldest goes */
void browse_pop(struct browse *b);
struct browse_view *browse_top(struct browse *b); /* NULL: none */
uint64_t browse_changes(const struct browse *b);  /* grows when another view becomes the newest */

/* The table of a view; NULL: not asked for yet. Nodes, pods, namespaces and events are the model's own. */
const struct resource *browse_resource(const struct browse *b, const struct browse_view *view);

/* Pushes the intent when other tables are wanted than at the last time. */
void browse_due(struct browse *b);

#endif
