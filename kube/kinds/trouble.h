/* What is wrong with an object, in words: one bounded text for struct object's `trouble`. */
#ifndef KUBE_TROUBLE_H
#define KUBE_TROUBLE_H

#include <stdint.h>

#include "base/buf.h"
#include "model/object.h"

enum { TROUBLE_LONGEST = 400, TROUBLE_PART = 240 };

/* A buffer for it; trouble_set puts it into the row and frees it. */
void trouble_init(struct buf *words);
void trouble_set(struct object *row, struct buf *words);

/* Adds foreign text, white space folded, cut (with "…") at TROUBLE_PART bytes between characters.
 * */
void trouble_add(struct buf *words, const char *text);
/* Adds `separator` unless the text is empty so far. */
void trouble_part(struct buf *words, const char *separator);
/* Adds "WORD 2026-11-17 16:26 KST" (local zone); nothing for 0. */
void trouble_time(struct buf *words, const char *word, int64_t time);

/* Raises a row's health: the worse one counts. */
void trouble_worsen(struct object *row, enum health health);

#endif
