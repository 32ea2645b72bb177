/*
 * What is broken and why, over all tables that the board holds: a ranked list, pods and replica sets
 * gathered under the workload that made them, so that 60 pods of one deployment are one row. Pure:
 * everything comes from model/object.h tables, whose columns kube/kinds/kinds.h names. Empty when nothing
 * is wrong: what is only starting, done, cordoned or scaled to nothing is no trouble.
 */
#ifndef TRIAGE_BROKEN_H
#define TRIAGE_BROKEN_H

#include <stddef.h>
#include <stdint.h>

#include "model/object.h"

enum broken_class {
#define CLASS(id, words) BROKEN_##id,
#include "triage/broken.def"
#undef CLASS
    BROKEN_CLASSES
};
const char *broken_class_words(enum broken_class c);

struct broken_row {
    enum broken_class class;
    enum health health; /* the worst of its members */
    /* The group: a workload, a node, or the object itself where nothing owns it. */
    const char *kind, *namespace_, *name; /* "Deployment"; "" for the namespace of a node */
    const char *reason;                   /* a word: "CrashLoopBackOff" */
    const char *words;                    /* of one member, in full: what is wrong and since when */
    /* That member: the one with the first name of those that are worst. */
    const char *member_kind, *member;
    size_t count;  /* members with this class; 1 where only the workload itself complains */
    size_t others; /* members with another */
    bool stuck;    /* the workload itself says that its rollout is stuck */
};

struct broken;
struct broken *broken_new(void);
void broken_free(struct broken *b); /* NULL is allowed */

/*
 * Works it out again. Tables in any order, NULL ones are passed over; what is not given is not
 * concluded from (without replica sets a deployment is known by its pods' names; without jobs a
 * failed pod of a job counts; without events a stuck pod says only how long). Linear in the number
 * of rows: healthy ones cost a comparison.
 */
void broken_make(struct broken *b, const struct objects *const *tables, size_t count, int64_t now);

/* Ranked: by class, by how many (in powers of two, so that rows do not change places for every pod),
 * then by namespace and name. Rows are valid until the next broken_make. */
size_t broken_count(const struct broken *b);
const struct broken_row *broken_at(const struct broken *b, size_t i);

#endif
