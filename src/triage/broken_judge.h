/* Inside of broken: whether one object is broken, and how. */
#ifndef TRIAGE_BROKEN_JUDGE_H
#define TRIAGE_BROKEN_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/map.h"
#include "model/object.h"
#include "triage/broken.h"

/* What the objects' neighbours say. Tables may be NULL. */
struct broken_judge {
    const struct objects *nodes, *jobs, *replicasets, *events;
    struct map *succeeded; /* "namespace/CronJob/name" -> created of its newest job that is done */
    struct map *evicted;   /* "namespace/pod/name" of those that an event of late says so of */
    int64_t now;
};
/* Finds the tables by their kinds. */
void broken_judge_open(struct broken_judge *j, const struct objects *const *tables, size_t count,
                       int64_t now);
void broken_judge_close(struct broken_judge *j);

enum { BROKEN_JUDGE_REASON = 64, BROKEN_JUDGE_WORDS = 512 };
struct broken_judge_verdict {
    enum broken_class class;
    char reason[BROKEN_JUDGE_REASON];
    char words[BROKEN_JUDGE_WORDS];
};
/* False: nothing is wrong with it, as far as anyone need care. */
bool broken_judge_object(const struct broken_judge *j, const struct objects *table,
                         const struct object *o, struct broken_judge_verdict *v);

/* The workload that the object belongs to, as "Kind" and name: itself when there is none. `kind` is
 * the object's own. Valid as long as the tables, or until the next call. */
struct broken_judge_owner {
    const char *kind, *name;
    char text[512];
};
void broken_judge_owner(const struct broken_judge *j, const char *kind, const struct object *o,
                        struct broken_judge_owner *owner);

/* The text or number of a column by its title; "" and 0 when the kind has none. */
const char *broken_judge_text(const struct objects *t, const struct object *o, const char *title);
int64_t broken_judge_number(const struct objects *t, const struct object *o, const char *title);

#endif
