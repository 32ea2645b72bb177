/*
 * The objects that the pretend API server holds at this moment, sorted as lists show them, with
 * their resourceVersions, and the last changes, for watches. What the world plans appears here when
 * its time has come; what clients write is kept here.
 */
#ifndef SANDBOX_SHELF_H
#define SANDBOX_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "sandbox/kube/pretend.h"

struct world;
struct shelf;

enum shelf_type { SHELF_ADDED, SHELF_MODIFIED, SHELF_DELETED };

/* A change. Both objects are copies: writing `now` at `time` gives what the object was then. */
struct shelf_change {
    uint64_t version;
    int64_t time;
    enum shelf_type type;
    struct pretend_object now, before; /* before: not for ADDED */
};

enum { SHELF_CHANGES = 20000, SHELF_OBJECT_MAX = 1 << 20, SHELF_STORED_MAX = 5000 };

struct shelf *shelf_new(const struct world *w, int64_t now);
void shelf_free(struct shelf *s);
const struct world *shelf_world(const struct shelf *s);

/* Lets time pass. Changes are told in order. */
void shelf_tick(struct shelf *s, int64_t now);
int64_t shelf_time(const struct shelf *s); /* of the last tick */
void shelf_listen(struct shelf *s, void (*changed)(void *context, const struct shelf_change *c),
                  void *context); /* one listener */

uint64_t shelf_version(const struct shelf *s);
uint64_t
shelf_oldest(const struct shelf *s); /* a watch from a version before it has to list again */
uint64_t shelf_version_before(const struct shelf *s,
                              int64_t span); /* what it was so long ago, in steps of a minute */
/* The i-th change kept, oldest first; NULL behind the last. */
const struct shelf_change *shelf_change_at(const struct shelf *s, size_t i);
size_t shelf_change_after(const struct shelf *s,
                          uint64_t version); /* index of the first newer one */

/* Objects by namespace and name. */
size_t shelf_count(const struct shelf *s, enum pretend_kinds kind);
const struct pretend_object *shelf_at(const struct shelf *s, enum pretend_kinds kind, size_t i);
size_t shelf_lower(const struct shelf *s, enum pretend_kinds kind, const char *ns,
                   const char *name); /* first at or behind */
const struct pretend_object *shelf_find(const struct shelf *s, enum pretend_kinds kind,
                                        const char *ns, const char *name);

/* Creates or replaces a written object; the texts (JSON) are copied, labels and annotations may be
 * empty. created 0: now. NULL when SHELF_STORED_MAX objects are held already. */
const struct pretend_object *shelf_put(struct shelf *s, enum pretend_kinds kind, const char *ns,
                                       const char *name, int64_t created, struct str labels,
                                       struct str annotations, struct str rest);
bool shelf_delete(struct shelf *s, enum pretend_kinds kind, const char *ns,
                  const char *name); /* what the world plans for it later is not seen any more */

#endif
