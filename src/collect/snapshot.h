/*
 * The cluster's state, taken once and stored under `at` (CONTRACT.md, "The store"):
 *
 * {"schema":1,"cluster":"prod","at":"…Z","taken":"…Z",
 *  "nodes":[…],"namespaces":[…],"pods":[…],"workloads":[…],"services":[…],"ingresses":[…],"hpas":[…],"jobs":[…],"pvcs":[…],
 *  "configs":[…],"events":[…],
 *  "usage":{"nodes":[{"name","cpu","memory"}],"pods":[{"namespace","name","cpu","memory"}]},
 *  "missing":[{"what","why"}]}
 *
 * The elements are Kubernetes' own objects, less everything that snapshot_kinds.c does not name, in
 * the server's order (by namespace and name); elements of workloads and jobs begin with "kind".
 * Messages are redacted. Usage of nodes is a share of the node (0…1), of pods cores and bytes; what
 * is not known is left out. `missing` says what could not be had (rights, a kind that the server
 * lacks). Config maps are asked for without their contents, Secrets never.
 */
#ifndef COLLECT_SNAPSHOT_H
#define COLLECT_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { SNAPSHOT_SCHEMA = 1 };

struct client;
struct prometheus;
struct redactor;
struct snapshot;
struct window_store;

struct snapshot_conf {
    struct client *client;
    struct prometheus *prometheus; /* NULL: no usage */
    struct window_store *store;
    struct redactor *redactor; /* NULL: messages stay as they are */
    int64_t at;                /* whole minutes */
    int64_t events_from;       /* events seen last before it are left out */
    void *context;
    /* Once, never from inside snapshot_start; gone afterwards. objects: written; missing: lists
     * that could not be had. */
    void (*done)(void *context, size_t objects, size_t missing, const struct err *err);
};

struct snapshot *snapshot_start(const struct snapshot_conf *conf);
void snapshot_free(struct snapshot *s); /* cancels, stores nothing; NULL is allowed */

#endif
