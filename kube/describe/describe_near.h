/* Inside of describe: what stands near an object and belongs on its page (the replica sets of a
 * deployment, the endpoints of a service, who uses a claim): which list holds it, which of its
 * elements are meant, and how they are drawn. Pure; describe_ask.h asks for it. */
#ifndef KUBE_DESCRIBE_NEAR_H
#define KUBE_DESCRIBE_NEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/object.h"
#include "model/page.h"

struct json;

enum { DESCRIBE_NEAR_MOST = 2, DESCRIBE_NEAR_PLACES = 3 };

/* A list in the object's namespace. */
struct describe_near_place {
    const char *api, *name; /* "/api/v1" "pods" */
    bool namesake;          /* the one element that is called as the object, instead of `select` */
};

struct describe_near {
    const char *of;    /* the kind of the page, "Deployment" */
    const char *title; /* of the section */
    /* The best first: the next is asked where one is not served, not allowed, or empty. */
    struct describe_near_place places[DESCRIBE_NEAR_PLACES];
    const char *const *keep; /* of an element */
    /* Adds the label selector to ask with, "" for all; false: nothing is to be asked. */
    bool (*select)(struct buf *labels, const struct json *object);
    /* Whether this element is meant; NULL: what is selected is. */
    bool (*admits)(const struct json *object, const struct json *element);
    /* The section below its title; `list` is an array and not empty. */
    void (*draw)(struct page *p, const struct json *object, const struct json *list, int64_t now);
    /* What the list says about the object in one line: adds to `words` what is not in them yet, and
     * says how bad it is. `health` is what the object itself says. NULL: nothing. */
    enum health (*judge)(struct buf *words, enum health health, const struct json *object,
                         const struct json *list);
};

/* What was found of it. */
struct describe_near_found {
    const struct describe_near *what; /* NULL: nothing is asked for this kind */
    const struct json *list;          /* an array; NULL: `why` it is not known */
    const char *why;
    size_t dropped; /* that there were too many of */
};

/* The i-th list that the kind's page wants; NULL: there are no more. */
const struct describe_near *describe_near_of(const struct kind *kind, size_t i);

void describe_near_section(struct page *p, const struct describe_near_found *found,
                           const struct json *object, int64_t now);

#endif
