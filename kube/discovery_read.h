/* Inside of discovery: the resources known so far, and the server's lists read into them. */
#ifndef KUBE_DISCOVERY_READ_H
#define KUBE_DISCOVERY_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "kube/kinds/columns.h"

struct kinds_row;

struct discovery_resource {
    struct kind kind; /* first: a kind of discovery's is its resource */
    char *group, *version;
    char *categories; /* blanks between; NULL: none were told */
    int rank; /* core, the groups in the server's order; of each its preferred version first */
    enum columns_use use; /* COLUMNS_PANE but of what discovery_printed made */
    struct columns columns;
    bool has_columns;
    const struct kinds_row *own; /* of what is printed wide: our rows of it; else NULL */
    char **keep;   /* with `own`: what a row of the Table must hold; NULL-terminated */
    bool listed;   /* one of its verbs is list */
    unsigned seen; /* discovery_list.round when the server named it last */
    bool outdated; /* its Tables have other columns by now: named again, it is another resource */
};

/* Resources stay where they are as long as the list lives: kinds are handed out. */
struct discovery_list {
    struct discovery_resource **list;
    size_t count, cap, here; /* here: those before it are not gone; as last sorted */
    unsigned round;          /* the reader's */
    unsigned whole; /* the last round in which all answered: what was not named since is gone */
};
/* The server names it no more, or names another in its place. */
bool discovery_read_is_gone(const struct discovery_list *l, const struct discovery_resource *r);
void discovery_read_free(struct discovery_list *l);

/* Versions of a group stand DISCOVERY_RANK_VERSION apart, groups DISCOVERY_RANK_GROUP. */
enum { DISCOVERY_RANK_VERSION = 1, DISCOVERY_RANK_GROUP = 1000 };

/* Reads an answer: APIGroupDiscoveryList, APIResourceList, or a list of versions and groups, of
 * which each is told to `more` with the path that lists its resources. What is known already stays.
 * False with ERR_PROTOCOL for anything else. */
bool discovery_read(struct discovery_list *l, const char *path, int rank, struct str body,
                    void (*more)(void *context, const char *path, int rank), void *context,
                    struct err *err);
void discovery_read_sort(struct discovery_list *l); /* by rank, what is gone last */

/* Whether the list, as last sorted, holds the resource of that API version ("/apis/batch/v1") and
 * plural, and it is not gone. */
bool discovery_read_has(const struct discovery_list *l, const char *api, const char *plural);

/* A resource of the list that is `kind` once more, as discovery_printed has it. */
struct discovery_resource *discovery_read_printed(struct discovery_list *l, const struct kind *kind,
                                                  bool wide);

/* The resource that a user means by `name`, by kubectl's rules, of those that are not gone; or NULL. */
const struct kind *discovery_read_match(const struct discovery_list *l, const char *name);

#endif
