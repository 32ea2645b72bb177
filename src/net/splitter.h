/*
 * Finds each element of one array inside a JSON text ("items", "data.result") as the bytes arrive
 * and hands it alone to the caller, less what the caller does not want; so a list of 400 MB needs
 * no more memory than one of 4 MB.
 */
#ifndef NET_SPLITTER_H
#define NET_SPLITTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct splitter;

#define SPLITTER_COUNT "/"

struct splitter_conf {
    const char *array; /* where the array lies: member names joined by dots */
    const char *const
        *keep; /* paths inside an element that are wanted ("metadata.name", "spec.containers.name";
                * arrays are transparent, a path includes all below it); NULL-terminated; NULL:
                * everything. Members that are not wanted are left out, in an array null stands in
                * their place; a path that ends in SPLITTER_COUNT ("data./") keeps of each member
                * there a null without its name */
    size_t max_element; /* bytes of one element after filtering, or of an item (0: 4 MiB): a larger
                         * one fails the whole with ERR_LIMIT */
    size_t max_rest;    /* bytes kept of what lies outside the array (0: 1 MiB) */
    void *context;
    /* One element, whole. False stops (splitter_feed returns false with ERR_CANCELLED unless the
     * callback set *err). */
    bool (*element)(void *context, struct str json, struct err *err);
    /* A member of the elements (NULL: none; `keep` must be NULL too) that is an array, whose values
     * are handed alone as well, each before its element, in which the array is left empty. */
    const char *items;
    bool (*item)(void *context, struct str json, struct err *err);
};

struct splitter *
splitter_new(const struct splitter_conf *conf); /* the strings of conf must outlive it */
void splitter_free(struct splitter *s);
/* ERR_PROTOCOL for what cannot be JSON (unbalanced, over 200 levels). After false nothing more may
 * be fed. */
bool splitter_feed(struct splitter *s, struct str bytes, struct err *err);
/* At the end: false (ERR_AWAY: "the body was cut off") unless the text was closed. */
bool splitter_finish(struct splitter *s, struct err *err);
/* The text outside the array, with the array left empty: small JSON (metadata, status). It grows
 * while feeding; valid until the next call. */
struct str splitter_rest(const struct splitter *s);
size_t splitter_count(const struct splitter *s); /* elements so far */

/* The same for a stream of whole JSON values, one behind another (a watch): conf->array must be
 * NULL, each value is an element. */

#endif
