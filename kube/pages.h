/* One list of the API server in pages, element by element as the bytes arrive. */
#ifndef KUBE_PAGES_H
#define KUBE_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct client;
struct pages;

struct pages_conf {
    const char *path;                            /* of the collection, without a query */
    const char *label_selector, *field_selector; /* NULL: none */
    int limit;                                   /* objects a page; 0: 100 in the first, then 500 */
    int64_t patience_ms; /* a list of which nothing has come ends when its next try would come later
                            than that after its start: the caller tells why, and tries again; 0: it
                            waits */
    bool in_order; /* elements come in the server's order; else the next page is asked as soon as
                    * its token is known, and two pages interleave */
    bool table;    /* ask for a Table: the elements are its rows */
    bool objects;  /* with table: each row brings the whole object, not its metadata alone */
    bool metadata; /* ask for the objects' metadata alone (PartialObjectMetadata): of what else they
                      hold nothing is sent */
    const char *const
        *keep; /* as splitter's: inside an element; must outlive it. NULL: everything */
    void *context;
    /* What lies before the elements ({"kind":…,"metadata":…,"columnDefinitions":…}), once, before
     * the first element; when there is none, before `done`. False with *err set ends the list. May
     * be NULL. */
    bool (*head)(void *context, struct str json, struct err *err);
    bool (*element)(void *context, struct str json, struct err *err); /* false ends the list */
    void (*moved)(void *context); /* after bytes that brought elements; may be NULL */
    /* The end, once. err->kind ERR_NONE: all came, `version` is the resourceVersion to watch from.
     */
    void (*done)(void *context, const char *version, const struct err *err);
};

/* The strings of conf are copied, `keep` is not. A page that fails for want of a connection is
 * asked again (3 times, with backoff) and goes on behind its last element. A token that is too old
 * (410) goes on with the server's new one. */
struct pages *pages_start(struct client *c, const struct pages_conf *conf);
void pages_cancel(
    struct pages *p); /* `done` is not called any more; NULL is allowed; not after done */

#endif
