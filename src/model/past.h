/* Windows of the past in short: how often each group was in them. A bounded cache, for comparing a
 * window with those before it and for trends. */
#ifndef MODEL_PAST_H
#define MODEL_PAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "model/level.h"
#include "model/rule.h"
#include "model/window.h"

enum past_state {
    PAST_FAILED, /* it is there and could not be read, or is too large */
    PAST_ABSENT, /* the store has no such window */
    PAST_KNOWN,
};

struct past_group {
    uint64_t id, count;
    enum level level;
    const char *text; /* the template, cut at 1 KiB; interned */
};

struct past {
    char rule[RULE_NAME_MAX + 1];
    int64_t from;
    enum past_state state;
    bool whole; /* complete and not truncated: a group that is not there was not there */
    uint64_t lines, counted;   /* as its index has them: another number is another window */
    struct past_group *groups; /* by id */
    size_t count;
    uint64_t used;
};

enum { PAST_WINDOWS = 512, PAST_GROUPS = 500000 }; /* that are kept at most */

struct pasts; /* opaque */
struct pasts *pasts_new(void);
void pasts_free(struct pasts *p); /* NULL is allowed */

/* Each replaces what was known of the window, and may drop those that were used longest ago. */
void pasts_put(struct pasts *p, const struct window *w);
void pasts_put_none(struct pasts *p, const char *rule, int64_t from, enum past_state state);
/* A window without lines, of which the index says all there is to say. */
void pasts_put_entry(struct pasts *p, const char *rule, const struct window_entry *e);

/* NULL: nothing is known of it (yet). Valid until the next put. `p` may be NULL. */
const struct past *pasts_find(const struct pasts *p, const char *rule, int64_t from);
void pasts_touch(struct pasts *p, const char *rule, int64_t from); /* it is in use */

/* NULL when it was not in that window. */
const struct past_group *past_find(const struct past *w, uint64_t id);

/* A group's id as a number, 0 when it is none. */
uint64_t past_id(const char *id);

#endif
