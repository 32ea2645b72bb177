/* Loads the windows that shown ones are compared with, a few at a time, into a cache (model/past.h):
 * the indexes of their days first, which say of most windows all that is asked, or that they are not
 * there. */
#ifndef CMD_WINDOW_HISTORY_H
#define CMD_WINDOW_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmd/window_source.h"
#include "model/past.h"

struct loop;
struct window_history;

enum { WINDOW_HISTORY_WANTS = 256 }; /* that are looked after at a time */

struct window_history_conf {
    struct loop *loop;
    struct window_source source;
    struct pasts *pasts; /* the caller's; must outlive this */
    size_t wants;        /* how many of comparison_wants; 0: all */
    void *context;
    void (*changed)(void *context); /* something came, or all has */
};

struct window_history_want {
    const char *rule;
    int64_t from, width;
};

struct window_history *window_history_new(const struct window_history_conf *conf);
void window_history_free(struct window_history *h); /* NULL is allowed */

/* What is to be compared now, the most important first, in the place of what was: each stands for
 * the windows of comparison_wants. What failed is tried again by calls that come half a minute later. */
void window_history_show(struct window_history *h, const struct window_history_want *list,
                         size_t count);
/* A day that was loaded anyway; copied. */
void window_history_day(struct window_history *h, const struct window_day *day);

bool window_history_settled(const struct window_history *h); /* nothing is under way */

#endif
