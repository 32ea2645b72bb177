/* Alertmanager's silences, by the rules of 0.25's silence.Set: a change that touches matchers or a
 * start that has passed expires the silence and makes another. */
#ifndef SANDBOX_SILENCES_H
#define SANDBOX_SILENCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sandbox/prometheus/alert_matcher.h"

enum { SILENCES_MAX = 1000, SILENCE_MATCHERS_MAX = 100, SILENCE_ID = 37 };

enum silence_state { SILENCE_ACTIVE, SILENCE_PENDING, SILENCE_EXPIRED };

struct silence {
    char id[SILENCE_ID];
    char *author, *comment;
    int64_t from, to, updated;
    struct alert_matcher *matchers;
    size_t matcher_count;
};

struct silences;

struct silences *silences_new(void);
void silences_free(struct silences *s); /* NULL is allowed */

enum silence_state silence_state_at(const struct silence *one, int64_t now);
const char *silence_state_name(enum silence_state state);

struct silence *silences_find(struct silences *s, const char *id); /* NULL: none */
/* Takes what *wanted holds (whose id may be empty: a new one) and returns what it became; NULL: the
 * text in `error` says why, *found tells whether its id was known. What is expired for longest
 * makes room when there are too many. */
struct silence *silences_set(struct silences *s, struct silence *wanted, int64_t now, bool *found,
                             struct buf *error);
void silences_expire(struct silence *one, int64_t now);
void silences_free_inner(struct silence *one);

/* By state, then as Alertmanager lists them: active by their end, pending by their start, expired
 * the newest first. The list is the caller's to free. */
struct silence **silences_sorted(struct silences *s, int64_t now, size_t *count);

/* Whether it silences what has these labels, which `value` looks up ("" when absent). */
bool silence_fits(const struct silence *one,
                  const char *(*value)(const void *labels, const char *name), const void *labels);

#endif
