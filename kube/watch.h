/*
 * A table that follows the server: list in pages, then watch, for ever. Rows never leave the screen
 * because a server is away or a version is too old: `into` says how old they are.
 */
#ifndef KUBE_WATCH_H
#define KUBE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "model/object.h"

struct client;
struct watch;

enum watch_event { WATCH_ADDED, WATCH_MODIFIED, WATCH_DELETED };

struct watch_conf {
    const char *label_selector, *field_selector; /* NULL: none; copied */
    int page;                                    /* objects a page; 0: as in pages.h */
    bool raw; /* `event` gets the whole JSON (nothing is filtered); costs: only for `get -w -o json`
               */
    enum health least; /* rows that are better are left out, unless they are being deleted */
    void *context;
    /* Rows or state of `into` changed: mark the model dirty, nothing else. Once a read, not a row.
     * May be NULL. */
    void (*changed)(void *context);
    /* Every row that came, changed or went, the first list's too; after a list that was done again
     * only rows whose version differs, and none for rows that were gone by then. `row` is valid
     * during the call; `json` is the object ("" unless raw). The watch may not be freed inside. May
     * be NULL. */
    void (*event)(void *context, enum watch_event event, const struct object *row, struct str json);
    /* For tests: 0 takes the real times. */
    int silent_ms; /* a watch silent for so long asks whether the server is there (10 s) */
    int answer_ms; /* one that is not even begun by the server for so long is asked for anew (20 s) */
    int watch_s;   /* timeoutSeconds (300 to 600, by chance) */
};

/*
 * Starts at once. `kind`: one of kinds.h (into->table is made when it is NULL), or one of discovery
 * (the table is made when its columns are known; kept until then). ns "": all. `into` must outlive
 * the watch and is the caller's: watch_free leaves table and rows. Keeps into->upstream
 * (CONNECTING, LIVE, STALE, DENIED with the server's words, FAILED) and into->loading. A 403 is
 * asked again after 5 s, then every minute: rights may come; by backoff where it was allowed before
 * and after an outage, since a server that starts does not know its roles yet.
 */
struct watch *watch_new(struct client *c, const struct kind *kind, const char *ns,
                        const struct watch_conf *conf, struct resource *into);
void watch_free(struct watch *w); /* NULL is allowed; before the client */

/* Forgets the backoff and tries now (the user asked for it). No effect while live. */
void watch_retry(struct watch *w);
/* Figures for tests and `-v`. */
struct watch_stats {
    uint64_t lists, watches, events, probes, expired; /* begun, begun, read, sent, 410s */
};
struct watch_stats watch_stats(const struct watch *w);

#endif
