/* Which windows there are to do: missing ones, ones that were not complete, and young ones that may
 * have got late lines. */
#ifndef COLLECT_DUE_H
#define COLLECT_DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/rule.h"

struct window_store;
struct due;

enum due_kind {
    DUE_EXTRACT, /* missing */
    DUE_RECOUNT, /* stored; counted again, and done again when due_is_worth it */
    DUE_REINDEX, /* stored, but not in its day's index: killed between the two */
    DUE_CHECK,   /* stored and in its day's index: does it still read, and say the same? */
};

struct due_window {
    size_t rule; /* index in the rules asked for */
    int64_t from, to;
    uint64_t counted, lines;
    bool young;  /* late lines may still come */
    bool proved; /* stored as complete, or cut: only more lines than `counted` make it worth doing
                    again */
    enum due_kind kind;
};

/* How long after its end a window is counted again, so that lines which agents send late are not
 * lost. */
#define DUE_RECOUNT_SPAN (70 * INT64_C(60000000000))

struct due_conf {
    struct window_store *store;
    const struct rule *rules;
    size_t rule_count;
    int64_t width;
    int64_t from, to;     /* windows that lie whole in [from, to) */
    int64_t missing_from; /* missing ones only from here on */
    int64_t recount_from; /* windows that end behind this are counted again */
    int64_t check_from; /* stored ones from here on are to be checked, behind all others; 0: none */
    bool raw;           /* windows whose raw object is there, as DUE_EXTRACT, and no others */
    void *context;
    /* Oldest first, of equal times in the order of the rules (checks last): so a run with interruptions ends like
     * one without. Once, not from inside due_start; the list lasts until the callback returns. err:
     * the store cannot be read. */
    void (*done)(void *context, const struct due_window *list, size_t count, const struct err *err);
};

struct due *due_start(const struct due_conf *conf);
void due_free(struct due *d); /* cancels; NULL is allowed */

/* Whether a stored window is to be done again now that Loki counts so many. */
bool due_is_worth(const struct due_window *w, uint64_t counted);

#endif
