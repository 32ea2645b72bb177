/*
 * The short address of a view: what someone else pastes behind `kubeboard --open` to see the same.
 *
 *     kb1/prod-seoul/n=shop/p=shop:web-0/t=2021-08-27T12:42:30Z,2021-08-27T13:42:30Z/v=logs/5f3a91c2
 *
 * A version, the cluster, members in any order, and a check of all before it. Only letters, digits and
 * -._~:,=+/% stand in it: it needs no quotes in a shell and nothing more in a URL. It holds names, times
 * and the query as they are on screen, no place and no credential.
 */
#ifndef MODEL_ADDRESS_H
#define MODEL_ADDRESS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/scope.h"

enum { ADDRESS_MOST = 16384, ADDRESS_QUERY = 4097, ADDRESS_PANE = 41, ADDRESS_FILTER = 1025 };

struct address {
    struct scope scope;          /* changes is not part of it; live: from is not either */
    char query[ADDRESS_QUERY];   /* log query that was typed; "": the scope's */
    char graph[ADDRESS_QUERY];   /* metric query; "": none */
    bool promql;                 /* the metric query is PromQL */
    char pane[ADDRESS_PANE];     /* that has the focus; "": as it opens */
    char filter[ADDRESS_FILTER]; /* that pane's, as typed (with its !); "": none */
};

/* Appends the check of what the buffer holds: the end of an address. */
void address_check(struct buf *out);
/* Appends it to an empty buffer. */
void address_write(const struct address *a, struct buf *out);
/* False and *err (ERR_USAGE, one clear line) for what is none, is cut off, was changed, or is of a newer
 * version. Blanks and quotes about it are passed over. */
bool address_read(struct str text, struct address *a, struct err *err);

#endif
