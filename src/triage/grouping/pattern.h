/*
 * Templates with loose words: places where the grouper found that any word may stand. The index
 * finds the pattern that a template matches. Also the ids of templates, which say whether and where
 * a template is loose, so that the catalogue needs to keep nothing but its text.
 */
#ifndef TRIAGE_PATTERN_H
#define TRIAGE_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { PATTERN_LOOSE = 3 }; /* loose words of a pattern that we make, at most */

struct pattern {
    struct str text; /* at most 64 words */
    uint64_t loose;  /* bit i: the word i is loose; it holds a <*>, which stands for any text */
    uint64_t many;   /* of these the one, if any, whose <*> may stand for several words */
    uint32_t owner;  /* the caller's */
};

/* 16 hex digits and a NUL: of the text and the loose places, for ever. */
void pattern_id(const struct pattern *p, char id[17]);

/* Finds the loose places that give this id (which came with this text from a catalogue). False when
 * there are none: then other masks than ours made the template, and every word with a <*> counts as
 * loose. */
bool pattern_from_id(struct pattern *p, struct str text, const char *id);

/* Whether a template without loose words is an instance of the pattern. */
bool pattern_matches(const struct pattern *p, struct str template_text);

/* Whether some template may be an instance of both. Says so in doubt where one has a place of many
 * words. */
bool pattern_overlaps(const struct pattern *a, const struct pattern *b);

/* The order in which patterns are preferred: those of single words first, then by fewer loose words,
 * then by the smaller id. */
bool pattern_precedes(const struct pattern *a, const struct pattern *b);

struct pattern_index; /* opaque */
struct pattern_index *pattern_index_new(void);
void pattern_index_free(struct pattern_index *x);
/* The text must live as long as the index. Patterns without loose words are not for the index. */
void pattern_index_add(struct pattern_index *x, const struct pattern *p);
/* The pattern that the template is an instance of and that precedes all others, or NULL. */
const struct pattern *pattern_index_find(const struct pattern_index *x, struct str template_text);
/* The one that all others precede, or NULL. */
const struct pattern *pattern_index_widest(const struct pattern_index *x, struct str template_text);
/* Whether every pattern that overlaps p precedes it. */
bool pattern_index_admits(const struct pattern_index *x, const struct pattern *p);

#endif
