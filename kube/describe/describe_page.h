/* An object as a page, from its JSON: pure. kube/describe/describe.h asks the server for what it needs. */
#ifndef KUBE_DESCRIBE_PAGE_H
#define KUBE_DESCRIBE_PAGE_H

#include <stdint.h>

#include "kube/describe/describe_near.h"
#include "model/object.h"
#include "model/page.h"

struct json;

struct describe_page {
    const struct kind *kind;
    const struct objects *events; /* of this object; NULL: no_events says why */
    const struct objects *pods;   /* of this node; of no matter for other kinds */
    const char *no_events, *no_pods;
    struct describe_near_found near[DESCRIBE_NEAR_MOST];
    int64_t now;
};

/*
 * The first line is the object's name, the second what is wrong with it in one line (or that
 * nothing is); then its fields, conditions, what stands near it, what pods and nodes have of their
 * own (any other kind: the columns that kinds.h has for it, spec and status as a tree), and events.
 * What config maps and the like hold is counted, not shown.
 */
struct page *describe_page_make(const struct describe_page *d, const struct json *object);

/* All that is known of its events: head, then each with its time, the newest first. */
struct page *describe_page_events(const struct describe_page *d, const struct json *object);

#endif
