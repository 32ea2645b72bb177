/* What a prompt offers for the word at its cursor: those that begin with it, then those that hold
 * it. */
#ifndef UI_CANDIDATES_H
#define UI_CANDIDATES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "ui/draw.h"

enum { CANDIDATES_MOST = 64, CANDIDATES_ROWS = 8, CANDIDATES_NONE = -1 };

/* All zero is an empty one, but for `chosen`: candidates_clear before use. */
struct candidates {
    struct {
        char *word, *help; /* help may be NULL */
    } list[CANDIDATES_MOST];
    size_t count, begin; /* `begin` of them begin with the word */
    size_t more;         /* did not fit */
    int chosen;          /* CANDIDATES_NONE: none yet */
    char title[200];     /* of the list that stands above the prompt; "": none */
};

void candidates_clear(struct candidates *c);

/* Adds a word that begins with `typed` or, with `within`, holds it in any case; help may be NULL. */
void candidates_offer(struct candidates *c, struct str typed, bool within, const char *word,
                      const char *help);
/* The next (1) or previous (-1) one, around; its word, or NULL when there is none. */
const char *candidates_step(struct candidates *c, int step);

/* Rows of the list with its title: 0 when there is neither. */
int candidates_rows(const struct candidates *c);
void candidates_draw(const struct candidates *c, const struct draw_area *a);
/* Beside each other, from column x on. */
void candidates_draw_line(const struct candidates *c, const struct draw_area *line, int x);

#endif
