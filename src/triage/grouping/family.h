/* Finds templates that are one message with a value which no mask could know. */
#ifndef TRIAGE_FAMILY_H
#define TRIAGE_FAMILY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"
#include "triage/grouping/pattern.h"

struct family_member {
    struct str text; /* a template */
    bool known;      /* counts as evidence only: it has its group already */
};

/*
 * Looks for members that differ in one word (or two) only, and decides where so many different
 * words stand that they must be values. Returns the patterns, *count of them, their texts in
 * `memory`; their order depends on the members' order alone. Patterns are made for members that are
 * not known. Prefers not to merge: see the reasons at the top of family.c.
 */
struct pattern *family_find(const struct family_member *members, size_t member_count,
                            struct arena *memory, size_t *count);

#endif
