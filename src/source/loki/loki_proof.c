#include "source/loki/loki_proof.h"

#include <stdlib.h>

#include "base/mem.h"
#include "source/loki/loki_tally.h"

struct loki_proof {
    struct loki *loki;
    char *query;
    int64_t from, to;
    uint64_t lines, count;
    struct loki_tally *tally;
    void (*done)(void *context, uint64_t counted, uint64_t again, const struct err *err);
    void *context;
};

void loki_proof_free(struct loki_proof *p)
{
    if (!p)
        return;
    loki_tally_free(p->tally);
    free(p->query);
    free(p);
}

static void end(struct loki_proof *p, uint64_t counted, uint64_t again, const struct err *err)
{
    void (*done)(void *, uint64_t, uint64_t, const struct err *) = p->done;
    void *context = p->context;
    loki_proof_free(p);
    done(context, counted, again, err);
}

static void on_distinct(void *context, uint64_t distinct, const struct err *err)
{
    struct loki_proof *p = context;
    struct err missing = {0};
    p->tally = NULL;
    if (!err->kind && distinct <= p->lines) {
        end(p, p->lines, p->count - p->lines, err);
        return;
    }
    uint64_t all = err->kind ? p->count : distinct;
    err_set(&missing, ERR_AWAY, p->query,
            err->kind ? "run it again; lines may still be arriving, or were pushed twice"
                      : "run it again; lines may still be arriving",
            "incomplete: %llu lines printed, Loki counts %llu", (unsigned long long)p->lines,
            (unsigned long long)all);
    end(p, all, p->count - all, &missing);
}

static void on_count(void *context, uint64_t count, const struct err *err)
{
    struct loki_proof *p = context;
    p->tally = NULL;
    p->count = count;
    /* Loki 2.3 gives a line that was pushed twice more often than it counts it. */
    if (err->kind || count <= p->lines)
        end(p, count, 0, err);
    else
        p->tally = loki_tally_distinct(p->loki, p->query, p->from, p->to, p->count, on_distinct, p);
}

struct loki_proof *loki_proof_start(struct loki *l, const char *query, int64_t from, int64_t to,
                                    uint64_t lines,
                                    void (*done)(void *context, uint64_t counted, uint64_t again,
                                                 const struct err *err),
                                    void *context)
{
    struct loki_proof *p = mem_alloc(sizeof *p);
    *p = (struct loki_proof){.loki = l,
                             .query = mem_dup(query),
                             .from = from,
                             .to = to,
                             .lines = lines,
                             .done = done,
                             .context = context};
    p->tally = loki_tally_start(l, query, from, to, on_count, p);
    return p;
}
