/* A window's lines in, the window out: counted, grouped and told by whom. */
#ifndef TRIAGE_WINDOW_BUILD_H
#define TRIAGE_WINDOW_BUILD_H

#include <stdint.h>

#include "model/line.h"
#include "model/rule.h"
#include "model/window.h"

enum {
    WINDOW_BUILD_NAMES = 1000,      /* names in each tally of a group; the rest is "(other)" */
    WINDOW_BUILD_SAMPLE = 8 * 1024, /* bytes of a sample; less when the samples are very many */
};

struct window_build; /* opaque */

/* [from, to) in wall ns. The texts are copied. `labels` says which labels hold namespace, pod, node
 * and app (NULL: rule_labels_default); its texts and `known` (the catalogue; NULL: empty) must live
 * until window_build_finish has returned. */
struct window_build *window_build_new(const char *cluster, const char *rule, const char *query,
                                      int64_t from, int64_t to, const struct rule_labels *labels,
                                      const struct catalogue *known);
void window_build_free(struct window_build *b); /* without finishing; NULL is allowed */

/* Takes a line in (copies what it keeps, holds its labels), in time order. A line outside [from,
 * to) is passed over, as are lines that are no log lines (gaps, notices). */
void window_build_add(struct window_build *b, const struct line *line);

/* Makes the window, sorted as its JSON is, and frees b. `lines` and `bytes` are of the lines added;
 * `counted` is set equal to `lines`, `complete` true: whoever asked Loki corrects these, and `bytes`
 * and `redacted` when lines were redacted first. The same lines and catalogue give the same bytes
 * of JSON; so does the catalogue that window_build_catalogue made of the result. */
struct window *window_build_finish(struct window_build *b);

/* Merges the window's groups into the catalogue (ids, templates, first and last times). */
void window_build_catalogue(const struct window *w, struct catalogue *c);

#endif
