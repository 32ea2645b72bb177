#include "cmd/logs_range.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "source/loki/loki_merge.h"
#include "source/loki/loki_proof.h"

/* The end of a span is settled once agents had this long to deliver it. */
#define SETTLED (90 * CLOCK_SECOND)

struct logs_range {
    struct logs_range_conf conf;
    int64_t from, to; /* whole milliseconds where a proof is wanted, as Loki counts them */
    struct loki_merge *merge;
    struct loki_proof *proof;
    struct loki_merge_result results[LOKI_MERGE_QUERIES];
    int64_t settled; /* up to there, lines are proved to be all */
    uint64_t before; /* lines up to there, of one query */
    size_t proved;   /* queries, or known not to be whole */
    struct err err;  /* the first that came */
};

static void note(struct logs_range *r, const struct err *err)
{
    if (!r->err.kind)
        r->err = *err;
}

/* For one query: those of several have come to different times. */
static void say_where_to_go_on(const struct logs_range *r, int64_t reached, struct err *err)
{
    char time[CLOCK_TEXT], mend[sizeof err->mend];
    const struct logs_range_conf *c = &r->conf;
    if (c->count > 1 || (c->backward ? reached >= c->to : reached <= c->from))
        return;
    snprintf(mend, sizeof mend, "%.150s%sgo on with %s %s", err->mend, *err->mend ? "; " : "",
             c->backward ? "--to" : "--from", clock_rfc3339(reached, true, time));
    str_copy(err->mend, sizeof err->mend, mend);
}

static void prove_next(struct logs_range *r);

static void on_proof(void *context, uint64_t counted, uint64_t again, const struct err *err)
{
    struct logs_range *r = context;
    const struct logs_range_conf *c = &r->conf;
    (void)counted;
    r->proof = NULL;
    note(r, err);
    if (again && !err->kind)
        c->counted_again(c->context, c->queries[r->proved], again);
    r->proved++;
    prove_next(r);
}

/* Of several queries it is not known which lines lie before what is settled. */
static bool can_be_proved(const struct logs_range *r)
{
    const struct logs_range_conf *c = &r->conf;
    return !c->limit && (c->count > 1 ? r->settled == r->to : r->settled > r->from);
}

static void prove_next(struct logs_range *r)
{
    const struct logs_range_conf *c = &r->conf;
    while (r->proved < c->count && (!can_be_proved(r) || r->results[r->proved].err.kind))
        r->proved++;
    if (r->proved == c->count)
        c->done(c->context, &r->err);
    else
        r->proof =
            loki_proof_start(c->loki, c->queries[r->proved], r->from, r->settled,
                             c->count > 1 ? r->results[r->proved].lines : r->before, on_proof, r);
}

static void on_line(void *context, const struct line *line)
{
    struct logs_range *r = context;
    r->before += line->time < r->settled;
    if (line->time >= r->conf.from && line->time < r->conf.to)
        r->conf.line(r->conf.context, line);
}

static void on_merged(void *context, const struct loki_merge_result *results, bool truncated)
{
    struct logs_range *r = context;
    (void)truncated;
    r->merge = NULL;
    for (size_t i = 0; i < r->conf.count; i++) {
        struct err err = results[i].err;
        r->results[i] = results[i];
        if (err.kind)
            say_where_to_go_on(r, results[i].reached, &err);
        note(r, &err);
    }
    prove_next(r);
}

struct logs_range *logs_range_start(const struct logs_range_conf *conf)
{
    struct logs_range *r = mem_alloc(sizeof *r);
    r->conf = *conf;
    r->from = conf->limit ? conf->from : clock_align(conf->from, CLOCK_MS);
    r->to = conf->limit ? conf->to : clock_align(conf->to + CLOCK_MS - 1, CLOCK_MS);
    int64_t settled = clock_align(loki_now(conf->loki) - SETTLED, CLOCK_MS);
    r->settled = settled < r->to ? settled : r->to;
    r->merge = loki_merge_start(conf->loki,
                                &(struct loki_merge_conf){.queries = conf->queries,
                                                          .count = conf->count,
                                                          .from = r->from,
                                                          .to = r->to,
                                                          .backward = conf->backward,
                                                          .limit = conf->limit,
                                                          .label = loki_labels(conf->loki)->pod,
                                                          .context = r,
                                                          .line = on_line,
                                                          .done = on_merged});
    return r;
}

void logs_range_free(struct logs_range *r)
{
    if (!r)
        return;
    loki_merge_free(r->merge);
    loki_proof_free(r->proof);
    free(r);
}

int64_t logs_range_reached(const struct logs_range *r)
{
    return r->merge ? loki_merge_reached(r->merge) : r->conf.backward ? r->from : r->to;
}
