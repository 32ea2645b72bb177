/* The words of a template, as merging and matching count them. */
#ifndef TRIAGE_TEMPLATE_WORDS_H
#define TRIAGE_TEMPLATE_WORDS_H

#include <stddef.h>

#include "base/str.h"

/* Takes the next word off *rest. Words stand one blank apart; a short quoted text without values,
 * "as this one", is one word, since where it stands a value might (which would be "<*>"), and so
 * is a run of words as titles have them (Print Spooler). An empty word when *rest is empty. */
struct str template_words_next(struct str *rest);

struct str template_words_at(struct str text, unsigned place); /* from 0; it must be there */
size_t template_words_count(struct str text);

#endif
