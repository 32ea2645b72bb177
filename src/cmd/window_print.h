/* One window as a table of its groups, each with its badge, and of those that have gone. */
#ifndef CMD_WINDOW_PRINT_H
#define CMD_WINDOW_PRINT_H

#include "base/buf.h"
#include "cmd/window_source.h"

struct loop;
struct window_print;

struct window_print_conf {
    struct loop *loop;
    struct window_source source;
    struct window *window; /* taken over */
    struct buf *out;
    void *context;
    /* It stands in `out`; gone afterwards. Windows to compare with that could not be read are no
     * error: badges say what is not known. */
    void (*done)(void *context, const struct err *err);
};

/* Reads what the window is compared with first. */
struct window_print *window_print_start(const struct window_print_conf *conf);
void window_print_free(struct window_print *p); /* without `done`; NULL is allowed */

#endif
