/* The wish behind a operation, and the question that is put before it is done. */
#ifndef KUBE_OPERATION_QUESTION_H
#define KUBE_OPERATION_QUESTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "kube/operations/operation_facts.h"
#include "kube/operations/operation_table.h"

struct drain_plan;

struct operation_wish {
    enum operation_table_id id;
    int64_t replicas;              /* SCALE */
    char container[64];            /* SHELL */
    int local, remote;             /* FORWARD */
    bool lose_alone, lose_scratch; /* DRAIN: the question says that such pods are lost */
};

/* Reads what was typed for the operation wish->id ("" where nothing is asked for); false and *err (ERR_USAGE) when it
 * is no such thing. */
bool operation_wish_read(struct operation_wish *wish, struct str typed,
                         const struct operation_facts *f, struct err *err);

/* "Delete pod shop/web-1 of cluster prod-seoul? …" (`cluster` is "cluster prod-seoul"): what is done to which object of which cluster, and what comes of
 * it. Names are foreign text. `plan` is of a node to be drained, else NULL. */
void operation_question(struct buf *out, const struct operation_wish *wish,
                        const struct operation_target *t, const char *cluster,
                        const struct operation_facts *f, const struct drain_plan *plan);
/* "scale deployment shop/web of cluster prod-seoul to 3": for the list of what was done and for the log. free() it. */
char *operation_wish_text(const struct operation_wish *wish, const struct operation_target *t,
                          const char *cluster);

#endif
