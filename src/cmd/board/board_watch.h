/*
 * A table of the board that follows the server, and narrows itself: who may not see all namespaces
 * may see the one that was seen last, else the context's own, and nobody has to name it. It widens
 * again when the right to all comes.
 */
#ifndef CMD_BOARD_WATCH_H
#define CMD_BOARD_WATCH_H

#include <stdbool.h>

#include "kube/watch.h"

struct board_watch;

/* ns "": all namespaces, or the one of client_home where all are denied. `into` and what conf points to
 * must outlive it. */
struct board_watch *board_watch_new(struct client *c, const struct kind *kind, const char *ns,
                                    const struct watch_conf *conf, struct resource *into);
/* The namespace that is looked at, "" for all: what is not watched yet is, the rows of the old one go
 * when those of the new have come. Nothing to do while all of them are watched. Cheap. Whether there
 * was something to do. */
bool board_watch_scope(struct board_watch *w, const char *ns);
void board_watch_free(struct board_watch *w); /* NULL is allowed; leaves the rows */
bool board_watch_settled(const struct board_watch *w);
/* The namespace that it narrowed itself to, or NULL. */
const char *board_watch_narrowed(const struct board_watch *w);

#endif
