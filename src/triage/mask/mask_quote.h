/* Quotes, members of JSON, and lists in brackets. */
#ifndef TRIAGE_MASK_QUOTE_H
#define TRIAGE_MASK_QUOTE_H

#include <stdbool.h>

#include "triage/mask/mask_scan.h"

/* Reads on from the quote at s->p. */
void mask_quote_read(struct mask_scan *s);

/* "[a, b, c]" at s->p: a list of words is a value; false, with nothing read, for anything else. One
 * word is a list only as the value of a member (tags=[a]). */
bool mask_quote_list(struct mask_scan *s);

#endif
