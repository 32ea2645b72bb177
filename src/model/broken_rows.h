/*
 * What is broken, as the board keeps it over time: rows stay in their places while a thing flaps, say
 * for a while what changed about them, and linger when they are well again. Who fills it puts all
 * that is broken now, between begin and end.
 */
#ifndef MODEL_BROKEN_ROWS_H
#define MODEL_BROKEN_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/object.h"

enum broken_rows_mark {
    BROKEN_ROWS_SAME,
    BROKEN_ROWS_NEW,  /* was not there when the board began */
    BROKEN_ROWS_MORE, /* objects than before */
    BROKEN_ROWS_FEWER,
    BROKEN_ROWS_OTHER, /* another trouble than before */
    BROKEN_ROWS_WELL,  /* again */
};

/* Texts are interned by the rows. */
struct broken_rows_row {
    int rank;           /* of the trouble: 0 is the most urgent */
    enum health health; /* the worst of its members */
    const char *what;   /* "crash loop" */
    const char *kind, *namespace_,
        *name;                  /* the group: "Deployment"; "" for what has no namespace */
    const char *reason, *words; /* of one member: a word, and in full */
    const char *member_kind, *member;
    size_t count, others; /* members with this trouble, with another */
    bool stuck;           /* its rollout is stuck */
    /* The rows' own. */
    uint64_t id;
    enum broken_rows_mark mark; /* until two minutes after `changed` */
    int64_t changed;            /* wall ns */
    int64_t gone;               /* wall ns: well since; 0: broken */
    int place, size;            /* order: by place, then by size */
    int64_t placed;             /* when its rank was last as urgent as its place */
    bool seen;                  /* since begin */
};

enum { BROKEN_ROWS_MOST = 2000 };

struct broken_rows;
struct broken_rows *broken_rows_new(void);
void broken_rows_free(struct broken_rows *b); /* NULL is allowed */

/* Something else is looked at: empty, and what is put is no news until it has settled again. */
void broken_rows_forget(struct broken_rows *b);

void broken_rows_begin(struct broken_rows *b, int64_t now);
/* Copies the upper part of the row. Beyond BROKEN_ROWS_MOST rows it is dropped and counted. */
void broken_rows_put(struct broken_rows *b, const struct broken_rows_row *row);
/* What was not put is well again; what has been for a minute goes. Whether anything that is shown
 * changed. `settled`: everything was looked at; what is put from then on is news. */
bool broken_rows_end(struct broken_rows *b, bool settled);

/* In no order: place and size say it. Rows are valid until the next begin. */
size_t broken_rows_count(const struct broken_rows *b);
const struct broken_rows_row *broken_rows_at(const struct broken_rows *b, size_t i);
size_t broken_rows_dropped(const struct broken_rows *b);
uint64_t broken_rows_changes(const struct broken_rows *b); /* grows with every change */

#endif
