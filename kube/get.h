/* One question, one answer: `kubeboard get RESOURCE [NAME]`. */
#ifndef KUBE_GET_H
#define KUBE_GET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "model/object.h"

struct client;
struct get;

struct get_conf {
    const struct kind
        *kind; /* of kinds.h or discovery. Secrets end with ERR_USAGE before any request */
    const char *namespace_; /* "": all. Of no matter for kinds without namespaces */
    const char *name;       /* NULL: a list */
    const char *label_selector, *field_selector; /* NULL: none */
    void *context;
    /* Rows: the kind with its columns, once, before the first row (also when there is none; not
     * after an error). */
    void (*columns)(void *context, const struct kind *kind);
    bool (*row)(
        void *context,
        const struct object *row); /* in the server's order; valid during the call; false stops */
    /* Whole objects instead of rows: set this, and columns and row to NULL. Compact JSON as kubectl
     * prints it (whole.h); json_parse it for -o yaml and indented JSON. False stops. */
    bool (*object)(void *context, struct str json);
    /* The end, once, never from inside get_start; ERR_NONE when all came; ERR_CANCELLED after a
     * false. */
    void (*done)(void *context, size_t count, const struct err *err);
};

struct get *get_start(struct client *c, const struct get_conf *conf); /* copies conf */
void get_cancel(struct get *g); /* `done` is not called any more; NULL is allowed; not after done */

/* "pod/web-1", "deployment.apps/api": what -o name prints. free() it. */
char *get_name(const struct kind *kind, const char *name);

#endif
