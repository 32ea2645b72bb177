/* Finds templates that are one message with a value of several words: a title, a reason, a query. */
#ifndef TRIAGE_FAMILY_GAP_H
#define TRIAGE_FAMILY_GAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "triage/grouping/pattern.h"

struct family_gap_item {
    struct str text; /* a template */
    uint64_t loose;  /* as in struct pattern */
    bool known;      /* counts as evidence only */
};

/*
 * Looks for items that begin alike, and may end alike, with so many different texts between that
 * these must be values. Sorts the items and returns the patterns found, *count of them, each with a
 * place of many words, their texts in `memory`; they do not depend on the items' order. NULL when
 * there are none.
 */
struct pattern *family_gap_find(struct family_gap_item *items, size_t item_count,
                                struct arena *memory, size_t *count);

#endif
