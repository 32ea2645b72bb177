/* Which resources the server knows: plural, singular and short names, groups and versions. */
#ifndef KUBE_DISCOVERY_H
#define KUBE_DISCOVERY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "kube/kinds/columns.h"
#include "model/object.h"

struct client;
struct discovery;

/* Owns the kinds that it hands out: it must outlive every watch, get and table made with them, and
 * be freed before the client. Nothing is asked before discovery_find. */
struct discovery *discovery_new(struct client *c);
void discovery_free(struct discovery *d); /* NULL is allowed */

/*
 * Resolves what a user types, as kubectl does: "pods", "po", "Pod", "deployments.apps",
 * "deploy.v1.apps", "certs" of a custom resource. One of our own kinds (kinds.h) is found without
 * asking the server, unless it depends on the server which of its versions is to be asked for
 * (cron jobs, autoscalers, ingresses). `found` comes later, never from inside; once: the kind, or NULL and
 * ERR_NOT_FOUND (the server doesn't have a resource type "x"), ERR_USAGE for secrets (refused
 * before any request), or why the server could not be asked. A kind of the server's has no columns
 * (count 0) until its first Table came.
 */
void discovery_find(struct discovery *d, const char *name,
                    void (*found)(void *context, const struct kind *kind, const struct err *err),
                    void *context);
void discovery_forget(struct discovery *d,
                      void *context); /* `found` with this context is not called any more */

/* The resources that a word such as "all" stands for, each in its preferred version, of those that are
 * known: after discovery_find found no resource of that name. Returns how many, at most `most`. */
size_t discovery_category(const struct discovery *d, const char *category,
                          const struct kind **kinds, size_t most);

/* Asks the server for all of its resources again, unless that is on its way. */
void discovery_refresh(struct discovery *d);
/* `loaded` is called, from the loop, whenever the server has told all that it would. NULL: not any
 * more. */
void discovery_listen(struct discovery *d, void (*loaded)(void *context), void *context);

/* What is known so far, for completion; 0 before the first answer. Core first, then the groups in
 * the server's order. */
size_t discovery_count(const struct discovery *d);
const struct kind *discovery_at(const struct discovery *d, size_t i);
/* Whether the server still named it when it last told all, and lets it be listed. */
bool discovery_is_listed(const struct discovery *d, size_t i);
/* False: the server serves this resource no more in this version, or its Tables have got other
 * columns. What it is now, discovery_find says. */
bool discovery_is_current(const struct discovery *d, const struct kind *kind);

/* For watch and get: the columns of a kind of ours (NULL for kinds.h's), set when the first Table
 * comes. False when a later one names others: its rows would stand under wrong titles, and the kind is
 * not current. A watch's first event names them, the others need not. */
const struct columns *discovery_columns(const struct kind *kind);
bool discovery_set_columns(const struct kind *kind, const struct json *table, struct err *err);

/* The same resource for printing alone: the columns of the server's Tables, as kubectl prints them;
 * `wide`: all of them, and behind them those that only we have (kinds.h). Its rows have no uid, owner
 * or health. */
const struct kind *discovery_printed(struct discovery *d, const struct kind *kind, bool wide);
/* For watch and get: what they need of a Table's row of a kind of ours, and whether its Tables are
 * to bring whole objects. */
const char *const *discovery_keep(const struct kind *kind);
bool discovery_needs_objects(const struct kind *kind);
/* As kinds_is_blank, of whatever kind. */
bool discovery_is_blank(const struct kind *kind, size_t column);

#endif
