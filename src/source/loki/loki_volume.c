/*
 * count_over_time(q[step]) at T counts (T − step, T]: the bin that ends at T, but for the nanosecond at
 * its edge. Loki rounds start and end of a range to the step, so both must be multiples of it.
 */
#include "source/loki/loki_volume.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "source/loki/loki_query.h"

enum { ERRORS, WARNINGS, TOTAL, PARTS };

struct part {
    struct loki_volume *volume;
    struct loki_call *call;
};

struct loki_volume {
    struct loki *loki;
    struct loki_volume_conf conf;
    char *query;
    size_t bins;
    double (*counts)[LEVEL_COUNT];
    bool levels;  /* a label told one */
    bool dropped; /* `drop` was sent */
    struct loki_call *call;
    struct part parts[PARTS];
    int open; /* parts under way */
    struct err err;
};

#define ERROR_WORDS "\"(?i)(error|fatal|panic|exception)\""
static const char *const filters[PARTS] = {
    [ERRORS] = " |~ " ERROR_WORDS,
    [WARNINGS] = " |~ \"(?i)warn\" !~ " ERROR_WORDS,
    [TOTAL] = "",
};
static const enum level part_level[PARTS] = {LEVEL_ERROR, LEVEL_WARN, LEVEL_UNKNOWN};

static void finish(struct loki_volume *v, enum volume_how how, const struct err *err)
{
    v->conf.done(v->conf.context, how, err->kind ? NULL : (const double(*)[LEVEL_COUNT])v->counts,
                 v->bins, err);
    loki_volume_cancel(v);
}

static double *cell(struct loki_volume *v, int64_t time, enum level level)
{
    int64_t i = (time - v->conf.from) / v->conf.step - 1;
    return i >= 0 && i < (int64_t)v->bins ? &v->counts[i][level] : NULL;
}

/* ---- by words ---- */

static void on_part_point(void *context, const struct labels *series, int64_t time, double value)
{
    struct part *p = context;
    double *at = cell(p->volume, time, part_level[p - p->volume->parts]);
    (void)series;
    if (at && value > 0)
        *at += value;
}

/* What is neither error nor warning is left of the total. */
static void finish_words(struct loki_volume *v)
{
    for (size_t i = 0; i < v->bins; i++) {
        double rest =
            v->counts[i][LEVEL_UNKNOWN] - v->counts[i][LEVEL_ERROR] - v->counts[i][LEVEL_WARN];
        v->counts[i][LEVEL_UNKNOWN] = rest > 0 ? rest : 0;
    }
    finish(v, VOLUME_BY_WORDS, &v->err);
}

static void on_part(void *context, size_t series, const struct err *err)
{
    struct part *p = context;
    struct loki_volume *v = p->volume;
    (void)series;
    p->call = NULL;
    if (err->kind && !v->err.kind)
        v->err = *err;
    if (--v->open == 0)
        finish_words(v);
}

static void ask_words(struct loki_volume *v)
{
    memset(v->counts, 0, v->bins * sizeof *v->counts);
    v->open = PARTS;
    for (int i = 0; i < PARTS; i++) {
        struct part *p = &v->parts[i];
        char *filtered = loki_query_with(v->query, filters[i]);
        char *counted = loki_counted(v->loki, filtered, v->conf.step);
        char *query = mem_printf("sum(%s)", counted);
        p->volume = v;
        p->call = loki_matrix(v->loki, query, v->conf.from + v->conf.step, v->conf.to, v->conf.step,
                              on_part_point, on_part, p);
        free(query);
        free(counted);
        free(filtered);
    }
}

/* ---- by labels ---- */

static void ask_labels(struct loki_volume *v);

static enum level level_of(const struct labels *series)
{
    static const char *const names[] = {"level", "detected_level"};
    enum level level = LEVEL_UNKNOWN;
    for (size_t i = 0; i < 2 && level == LEVEL_UNKNOWN; i++)
        level = level_of_name(str_of(labels_value(series, names[i])));
    return level;
}

static void on_point(void *context, const struct labels *series, int64_t time, double value)
{
    struct loki_volume *v = context;
    enum level level = level_of(series);
    double *at = cell(v, time, level);
    v->levels |= level != LEVEL_UNKNOWN;
    if (at && value > 0)
        *at += value;
}

static void on_labels(void *context, size_t series, const struct err *err)
{
    struct loki_volume *v = context;
    v->call = NULL;
    if (err->kind && loki_learn_no_drop(v->loki, v->query, v->dropped, err))
        ask_labels(v);
    else if (err->kind == ERR_REFUSED && strstr(err->what, "maximum of series"))
        ask_words(v);
    else if (err->kind)
        finish(v, VOLUME_BY_LABELS, err);
    else if (series && !v->levels)
        ask_words(v);
    else
        finish(v, VOLUME_BY_LABELS, err);
}

static void ask_labels(struct loki_volume *v)
{
    v->dropped = loki_knows_drop(v->loki);
    char *counted = loki_counted(v->loki, v->query, v->conf.step);
    char *query = mem_printf("sum by (level, detected_level) (%s)", counted);
    memset(v->counts, 0, v->bins * sizeof *v->counts);
    v->levels = false;
    v->call = loki_matrix(v->loki, query, v->conf.from + v->conf.step, v->conf.to, v->conf.step,
                          on_point, on_labels, v);
    free(query);
    free(counted);
}

struct loki_volume *loki_volume_ask(struct loki *l, const struct loki_volume_conf *conf)
{
    struct loki_volume *v = mem_alloc(sizeof *v);
    v->loki = l;
    v->conf = *conf;
    v->query = mem_dup(conf->query);
    v->bins = conf->to > conf->from ? (size_t)((conf->to - conf->from) / conf->step) : 0;
    v->counts = mem_array(v->bins + 1, sizeof *v->counts);
    if (conf->how == VOLUME_BY_LABELS)
        ask_labels(v);
    else
        ask_words(v);
    return v;
}

void loki_volume_cancel(struct loki_volume *v)
{
    if (!v)
        return;
    loki_cancel(v->call);
    for (int i = 0; i < PARTS; i++)
        loki_cancel(v->parts[i].call);
    free(v->counts);
    free(v->query);
    free(v);
}
