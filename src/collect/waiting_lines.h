/* Lines that wait until it is known whether they are wanted, oldest first; bounded in bytes. */
#ifndef COLLECT_WAITING_LINES_H
#define COLLECT_WAITING_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct waiting_lines {
    struct buf texts;
    struct waiting_line {
        int64_t time;
        size_t at, n; /* in texts */
    } * list;
    size_t count, cap;
};

void waiting_lines_init(struct waiting_lines *w);
void waiting_lines_free(struct waiting_lines *w); /* what it holds */
void waiting_lines_clear(struct waiting_lines *w);
/* The text is copied; false when there is no room. */
bool waiting_lines_keep(struct waiting_lines *w, int64_t time, struct str text);
struct str waiting_lines_text(const struct waiting_lines *w, size_t i); /* until the next change */
void waiting_lines_forget(struct waiting_lines *w, size_t most); /* only the newest `most` stay */

#endif
