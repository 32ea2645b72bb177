/* How many log lines there were over a span, by level: a histogram. */
#ifndef MODEL_VOLUME_H
#define MODEL_VOLUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/level.h"
#include "model/upstream.h"

enum { VOLUME_BINS = 160 };

enum volume_how {
    VOLUME_BY_LABELS, /* the level that Loki or a label says */
    VOLUME_BY_WORDS,  /* error and warning by words in the line, the rest unknown */
    VOLUME_TOTAL,     /* all unknown */
};

struct volume {
    char *query; /* NULL: nothing was asked yet */
    bool live;
    int64_t from, to,
        step; /* multiples of step: bin i is [from + i × step, from + (i + 1) × step) */
    size_t bins;
    double counts[VOLUME_BINS][LEVEL_COUNT];
    enum volume_how how;
    bool known;   /* counts have come */
    bool loading; /* some are on their way */
    bool costly;  /* not asked yet: it would read more than the budget */
    uint64_t streams, bytes, budget;
    struct upstream upstream;
};

/* An empty one over [from, to), widened to whole steps. Copies the query. */
void volume_start(struct volume *v, const char *query, int64_t from, int64_t to, bool live);
void volume_clear(struct volume *v);
/* Moves a live one on so that it ends behind `now`; what falls out on the left is forgotten. Returns
 * where the counts begin that have to be asked for again. */
int64_t volume_slide(struct volume *v, int64_t now);
/* Takes over counts of the bins from `from` on; outside the span: passed over. */
void volume_put(struct volume *v, int64_t from, const double (*counts)[LEVEL_COUNT], size_t bins);
/* The sum over [begin, end) bins of a level, or of all (LEVEL_COUNT). */
double volume_sum(const struct volume *v, size_t begin, size_t end, int level);

#endif
