/* The template as it is written: blanks made one, values that follow each other made one. */
#ifndef TRIAGE_MASK_OUT_H
#define TRIAGE_MASK_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "triage/mask/mask.h"

enum { MASK_OUT_ROOM = MASK_SIZE - 8 /* for the last <*> and the NUL */ };

/* What a value is made of: values of one kind that follow each other are a list, and one value. */
enum {
    MASK_OUT_NUMBER, /* numbers, times, dates, hexadecimal */
    MASK_OUT_ADDRESS,
    MASK_OUT_PATH,
    MASK_OUT_MAIL,
    MASK_OUT_OTHER, /* kinds from here on: words that begin alike */
};

struct mask_out {
    char *text; /* MASK_SIZE bytes */
    size_t n;
    size_t value_end;     /* where the last <*> ended; 0: there was none */
    uint32_t value_kind;  /* of the last value */
    uint32_t kind_before; /* of the one before it */
    unsigned words;
    bool unit;  /* the last value was a number with its unit */
    bool blank; /* one is due before what comes next */
    bool full;  /* what comes next is dropped; a <*> stands for it */
};

void mask_out_init(struct mask_out *o, char *text);

/* Adds text of the program that holds bytes outside ASCII. */
void mask_out_high(struct mask_out *o, struct str text);

/* A closing parenthesis: "1190 bytes (1.16 KB)" is one value, and "host ()" holds an empty one. */
void mask_out_close(struct mask_out *o);

/* Adds a value: nothing when it goes on with the one before, behind a colon or comma, or when it is
 * the next of a list. */
void mask_out_value(struct mask_out *o, uint32_t kind);

/* Writes the last <*> and the NUL. */
void mask_out_end(struct mask_out *o);

/* Makes room for n bytes and writes the blank that is due. */
static inline bool mask_out_begin(struct mask_out *o, size_t n)
{
    bool blank = o->blank && o->n;
    if (o->full || o->n + n + blank > MASK_OUT_ROOM || o->words + blank >= MASK_TOKENS - 1) {
        o->full = true;
        return false;
    }
    o->blank = false;
    if (blank) {
        o->text[o->n++] = ' ';
        o->words++;
    }
    return true;
}

/* Adds ASCII text of the program. */
static inline void mask_out_text(struct mask_out *o, struct str text)
{
    if (mask_out_begin(o, text.n)) {
        memcpy(o->text + o->n, text.p, text.n);
        o->n += text.n;
    }
}

static inline void mask_out_char(struct mask_out *o, char c)
{
    if (mask_out_begin(o, 1))
        o->text[o->n++] = c;
}

/* The byte before what comes next, without blanks; NUL at the start. */
static inline char mask_out_last(const struct mask_out *o)
{
    return o->n ? o->text[o->n - 1] : 0;
}

/* Whether the last thing written is a value. */
static inline bool mask_out_is_value(const struct mask_out *o)
{
    return o->value_end && o->value_end == o->n;
}

#endif
