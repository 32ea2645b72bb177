/* Who may not see all namespaces of a kind may later: a server that starts refuses everything, and roles
 * are given. */
#ifndef CMD_BOARD_WIDEN_H
#define CMD_BOARD_WIDEN_H

struct board_widen;
struct client;
struct kind;

/* Asks nothing yet. client and kind must outlive it. `widened` is called on the loop, once for each
 * board_widen_begin, when all namespaces may be seen. */
struct board_widen *board_widen_new(struct client *c, const struct kind *kind,
                                    void (*widened)(void *context), void *context);
/* They are denied: asks after 5 s, then each minute, until they are not. */
void board_widen_begin(struct board_widen *w);
void board_widen_free(struct board_widen *w); /* NULL is allowed */

#endif
