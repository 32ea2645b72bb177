/* Loki's own count of the lines of a query over a span, by level where anything says the level. */
#ifndef SOURCE_LOKI_VOLUME_H
#define SOURCE_LOKI_VOLUME_H

#include "model/volume.h"
#include "source/loki/loki.h"

struct loki_volume;

struct loki_volume_conf {
    const char *query; /* a log query */
    int64_t from, to,
        step; /* bins [from + i × step, …): whole milliseconds, from and to multiples of step */
    enum volume_how
        how; /* what to begin with: what the last answer was, at first VOLUME_BY_LABELS */
    void *context;
    /* Once, never from inside loki_volume_ask. counts: a row a bin, until it returns; NULL with an
     * error. */
    void (*done)(void *context, enum volume_how how, const double (*counts)[LEVEL_COUNT],
                 size_t bins, const struct err *err);
};

/*
 * By labels: the label `level`, and `detected_level` which Loki 3 finds out, one question. Where there
 * is neither (Loki 2, levels it cannot read) or they have too many values: by the words of the line,
 * three questions. Copies the query. After `done` it is gone.
 */
struct loki_volume *loki_volume_ask(struct loki *l, const struct loki_volume_conf *conf);
void loki_volume_cancel(struct loki_volume *v); /* NULL is allowed */

#endif
