/*
 * The lines about one line: all of its container, whatever the filter or the query keeps. Where the
 * query asked for all lines of it they are there already; else some minutes of it are asked for.
 */
#ifndef UI_LOGAROUND_H
#define UI_LOGAROUND_H

#include "ui/log/logview.h"
#include "ui/pane.h"

struct logaround {
    bool on, asked;              /* asked: the lines are of a query of its own */
    char *selector;              /* {namespace="…", pod="…"} */
    const struct labels *labels; /* of the line; held */
    const struct rule_labels *names;
    bool placing;       /* the cursor has to go to the line as soon as it is there */
    int64_t time, span; /* of the line; asked for before and behind it */
    uint64_t text;      /* its hash */
    const char *back;   /* the pane that sent it, or NULL */
};

void logaround_free(struct logaround *a);
/* Begins with the line that another pane sent here, if there is one. */
void logaround_take(struct logaround *a, struct pane *p, struct logview *v);
/* Begins with the cursor's line; false: there is none. */
bool logaround_start(struct logaround *a, struct pane *p, struct logview *v);
/* Back to the lines from before, the cursor on that line, or to the pane that it came from. */
void logaround_end(struct logaround *a, struct pane *p);
/* After each logview_sync: puts the cursor where it belongs. Ends when the scope moved. */
void logaround_sync(struct logaround *a, struct pane *p, struct logview *v);
bool logaround_admits(void *around, const struct lines *lines, size_t i);

#endif
